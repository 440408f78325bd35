//! Where the files come from: the binary, or the disk in development.

use std::{borrow::Cow, time::Duration};

use rust_embed::RustEmbed;

/// How often development looks at the disk again.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Everything under `web/`; templates are compiled by the pages and left out here.
#[derive(RustEmbed)]
#[folder = "../web"]
#[allow_missing = true]
struct Web;

/// The folders that are served; `sheets/` holds the styles of single pages, with which no other is to be burdened, and `rules/` what
/// browsers may fetch ahead.
const SERVED: [&str; 6] = ["modules/", "sheets/", "rules/", "fonts/", "icons/", "pictures/"];

/// The content type of a served file; `None` for notes, licences' neighbours and whatever else lies there.
pub(super) fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/speculationrules+json",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// The paths of all served files but the styles, in order.
pub(super) fn paths() -> Vec<String> {
    let served = |path: &str| SERVED.iter().any(|folder| path.starts_with(folder));
    let mut paths: Vec<String> = Web::iter()
        .filter(|path| served(path) && content_type(path).is_some())
        .map(Cow::into_owned)
        .collect();
    paths.sort();
    paths
}

/// The styles in the order in which they are joined: their numbers, and within a numbered folder by name.
pub(super) fn styles() -> Vec<String> {
    let style = |path: &str| path.starts_with("styles/") && path.ends_with(".css");
    let mut paths: Vec<String> =
        Web::iter().filter(|path| style(path)).map(Cow::into_owned).collect();
    paths.sort();
    paths
}

/// A file's bytes; empty when it has gone since it was listed.
pub(super) fn read(path: &str) -> Cow<'static, [u8]> {
    Web::get(path).map(|file| file.data).unwrap_or_default()
}

/// What changes whenever a file on the disk does: the newest time, the number of files and their lengths.
///
/// In a release build the files are in the binary and the stamp is always the same.
pub(super) fn stamp() -> (u64, usize, u64) {
    if !cfg!(debug_assertions) {
        return (0, 0, 0);
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    let files = Web::iter().filter_map(|path| root.join(path.as_ref()).metadata().ok());
    files.fold((0, 0, 0), |(newest, count, length), file| {
        let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
        let changed =
            file.modified().ok().and_then(since).map_or(0, |time| time.as_millis() as u64);
        (newest.max(changed), count + 1, length + file.len())
    })
}
