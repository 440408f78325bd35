//! Origins (RFC 6454) and host names, as settings name them and requests carry them.

use std::fmt;

use http::uri::Authority;

/// A scheme, a host and perhaps a port, such as `https://shop.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: &'static str,
    authority: Authority,
}

impl Origin {
    /// Takes `http://…` or `https://…` without a path.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const ADVICE: &str =
            "write an origin, such as `https://shop.example` or `http://localhost:8080`";
        let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let (scheme, authority) = if let Some(rest) = text.strip_prefix("https://") {
            ("https", rest)
        } else if let Some(rest) = text.strip_prefix("http://") {
            ("http", rest)
        } else {
            return Err(ADVICE);
        };
        let authority: Authority = authority.parse().map_err(|_| ADVICE)?;
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(ADVICE);
        }
        Ok(Self { scheme, authority })
    }

    /// The name or address of the host, IPv6 addresses in brackets.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// Whether browsers reach it encrypted.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// Takes the name of a host without scheme and port, in lower case.
///
/// # Errors
/// What to write instead.
pub fn host(text: &str) -> Result<String, &'static str> {
    match text.parse::<Authority>() {
        Ok(authority) if authority.host() == text => Ok(text.to_ascii_lowercase()),
        _ => Err("write a host name without scheme and port, such as `catalog.internal`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (text, written, host) in [
            ("https://shop.example", "https://shop.example", "shop.example"),
            ("https://Shop.Example/", "https://shop.example", "shop.example"),
            ("http://localhost:8080", "http://localhost:8080", "localhost"),
            ("http://[::1]:8080", "http://[::1]:8080", "[::1]"),
        ] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!((origin.to_string().as_str(), origin.host()), (written, host));
        }
        for text in [
            "",
            "shop.example",
            "ftp://shop.example",
            "https://",
            "https://a/b",
            "https://u@a",
            "null",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_host_has_no_port() {
        assert_eq!(host("Catalog.internal"), Ok("catalog.internal".to_owned()));
        for text in ["", "a:1", "https://a", "a/b", "a b"] {
            assert!(host(text).is_err(), "{text}");
        }
    }
}
