//! The gateway's settings, read once at start. Nothing else in the gateway looks at the environment.

mod origin;

pub use origin::Origin;

/// What the gateway was told at start, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers find this shop: links are built from it, never from a request's Host.
    pub origin: Origin,
    /// Names besides those of the origin and of this machine under which it may be asked for.
    pub allowed_hosts: Vec<String>,
    /// A host besides our own that pictures may come from, over https.
    pub picture_host: Option<String>,
}
