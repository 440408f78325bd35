//! Entity tags.

/// The content coding of a reply; a strong tag differs between codings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Not compressed.
    #[default]
    Identity,
    /// `gzip`.
    Gzip,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

/// A strong entity tag, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// The value of the `ETag` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an `If-None-Match` header names this tag (weak comparison; `*` matches): 304.
    pub fn matches(&self, if_none_match: &str) -> bool {
        unimplemented!()
    }
}
