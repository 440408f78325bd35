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

    /// What a caller sent; it need not be one of ours. An empty one is none, and so is `*`, which any version matches (RFC 9110, 13.1.1).
    pub fn given(text: &str) -> Option<Self> {
        (!matches!(text, "" | "*")).then(|| Self(text.to_owned()))
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("\"abc-7\"", Some(7))]
    #[case("abc-7", None)]
    #[case("W/\"abc-7\"", None)]
    #[case("\"abd-7\"", None)]
    #[case("\"abc-\"", None)]
    #[case("\"abc--7\"", None)]
    #[case("\"ab-c-7\"", None)]
    fn a_version_is_read_from_an_own_etag_only(#[case] text: &str, #[case] version: Option<u64>) {
        assert_eq!(Etag::given(text).unwrap().version_of(&Uid::new("abc")), version);
    }

    #[rstest]
    #[case("")]
    #[case("*")]
    fn an_etag_that_asks_for_nothing_is_none(#[case] text: &str) {
        assert_eq!(Etag::given(text), None);
    }

    #[test]
    fn an_etag_names_its_version() {
        let etag = Etag::of(&Uid::new("abc"), 12);
        assert_eq!(etag.as_str(), "\"abc-12\"");
        assert_eq!(etag.version_of(&Uid::new("abc")), Some(12));
    }
}
