//! The files under `web/` that browsers fetch: styles, modules, font, icons, the sample shop's pictures.
//!
//! They are read from the binary (from the disk in development), named by one digest, compressed once and never changed.

/// The table of assets made at start.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    digest: String,
    preloads: Vec<String>,
}

impl Assets {
    /// The address of a file under `web/`, such as `modules/main.js` or `icons/sprite.svg`.
    pub fn url(&self, path: &str) -> String {
        format!("/assets/{}/{path}", self.digest)
    }

    /// The address of the one stylesheet.
    pub fn stylesheet(&self) -> String {
        self.url("styles.css")
    }

    /// The addresses of all modules, for one `modulepreload` each, in a stable order.
    pub fn modules(&self) -> &[String] {
        &self.preloads
    }
}
