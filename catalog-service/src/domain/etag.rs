//! Strong entity tags (RFC 9110, AIP-154).

use std::fmt;

use super::Uid;

/// Names one version of one resource; never the same for two, because a uid is never used again and a version only rises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// The etag of a version.
    pub fn of(uid: &Uid, version: u64) -> Self {
        Self(format!("\"{uid}-{version}\""))
    }

    /// What a caller sent; it need not be one of ours. An empty one is none.
    pub fn given(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The version that this etag names, if it is one of the given resource's.
    pub fn version_of(&self, uid: &Uid) -> Option<u64> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        inner.strip_prefix(uid.as_str())?.strip_prefix('-')?.parse().ok()
    }

    /// The tag, quotes included.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
