//! Where pictures may be: with the shop itself, or on the one host that is set for them. Pages may load them from nowhere else.

use super::Catalog;

impl Catalog {
    /// Whether a product may have a picture at this address.
    pub(super) fn allows_picture(&self, uri: &str) -> bool {
        is_allowed(uri, self.picture_host.as_deref())
    }

    /// What an address that is not allowed has to be told.
    pub(super) fn picture_rule(&self) -> String {
        match self.picture_host.as_deref() {
            Some(host) => format!("must start with `/pictures/` or `https://{host}/`"),
            None => "must start with `/pictures/`; no other host is set for pictures".to_owned(),
        }
    }
}

fn is_allowed(uri: &str, host: Option<&str>) -> bool {
    let Some(rest) = uri.strip_prefix("https://") else { return uri.starts_with("/pictures/") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.is_some_and(|host| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_the_shops_own_or_on_the_host_that_is_set() {
        let host = Some("pictures.example");
        for (uri, with_host, without) in [
            ("/pictures/kettle.svg", true, true),
            ("https://pictures.example/kettle.svg", true, false),
            ("https://Pictures.Example?kettle", true, false),
            ("https://pictures.example:8443/kettle.svg", false, false),
            ("https://pictures.example.evil.example/kettle.svg", false, false),
            ("https://pictures.example@evil.example/kettle.svg", false, false),
            ("https://evil.example/pictures.example", false, false),
            ("https://evil.example#pictures.example", false, false),
            ("http://pictures.example/kettle.svg", false, false),
            ("//pictures.example/kettle.svg", false, false),
            ("kettle.svg", false, false),
        ] {
            assert_eq!(
                (is_allowed(uri, host), is_allowed(uri, None)),
                (with_host, without),
                "{uri}"
            );
        }
    }
}
