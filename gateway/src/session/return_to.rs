//! Where a sign-in leads back to: a page of this shop, never another site.

use std::fmt;

/// A relative target: a path of this shop, with its query, safe to redirect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

/// The longest target that is followed.
const LONGEST: usize = 2048;

impl ReturnTo {
    /// Takes a target as it came; anything but a path of this shop is `None`.
    ///
    /// No `//` at the start and no `\` anywhere, since browsers read either as another host; only visible ASCII, as in a
    /// URL that a browser printed itself.
    pub fn parse(target: &str) -> Option<Self> {
        let visible = target.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\');
        let path = target.split(['?', '#']).next()?;
        let relative = path.starts_with('/') && !path.contains("//");
        let stays = !path.split('/').any(|segment| matches!(segment, "." | ".."));
        let fits = target.len() <= LONGEST;
        (visible && relative && stays && fits).then(|| Self(target.to_owned()))
    }

    /// The target, for a `Location` header or a hidden field.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
