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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_shop_is_followed() {
        for target in [
            "/",
            "/admin",
            "/admin/products",
            "/admin/products?state=ACTIVE&page_token=a.b-c_d",
            "/admin/products/enamel-mug#title",
            "/p/enamel-mug?variant=white",
            "/search?q=caf%C3%A9",
            "/search?q=http://other.example/",
            "/search?q=a//b",
            "/admin/sign-in?return_to=%2Fadmin",
            "/a:b@c",
            "/%2F%2Fother.example",
        ] {
            assert_eq!(ReturnTo::parse(target).map(|to| to.to_string()), Some(target.into()));
        }
    }

    #[test]
    fn everything_else_is_not() {
        let long = format!("/{}", "a".repeat(LONGEST));
        for target in [
            "",
            "admin",
            "admin/products",
            "?q=a",
            "#title",
            ".",
            "./admin",
            "../admin",
            "/../admin",
            "/admin/./products",
            "/admin/..",
            "//other.example",
            "///other.example",
            "////other.example",
            "/a//other.example",
            "/\\other.example",
            "\\\\other.example",
            "\\/other.example",
            "/\t/other.example",
            "/\n/other.example",
            "/\r\nLocation: https://other.example",
            "\t//other.example",
            " /admin",
            " //other.example",
            "https://other.example",
            "HTTPS://other.example",
            "http:other.example",
            "https:/other.example",
            "javascript:alert(1)",
            "data:text/html,a",
            "mailto:a@b.example",
            "/caf\u{e9}",
            "/\u{2215}\u{2215}other.example",
            "/a b",
            "/a\0b",
            "/\u{7f}",
            long.as_str(),
        ] {
            assert_eq!(ReturnTo::parse(target), None, "{target:?}");
        }
    }
}
