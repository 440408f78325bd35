//! The address under which browsers find the shop.

use std::{fmt, str::FromStr};

use http::{Uri, uri::Authority};

/// A scheme and an authority, such as `https://shop.example`; no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    authority: Authority,
}

impl Origin {
    /// This machine under its own name.
    pub(super) fn local(port: u16) -> Self {
        let authority = format!("localhost:{port}").parse();
        let authority = authority.unwrap_or(Authority::from_static("localhost"));
        Self { https: false, authority }
    }

    /// Whether browsers reach the shop over https.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Host and port as a browser sends them.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Whether browsers keep a sign-in of this origin: https, or this machine itself.
    pub fn keeps_sign_ins(&self) -> bool {
        self.https || self.is_plain_and_local()
    }

    /// Whether it is this machine itself by plain HTTP, where not every browser keeps a `Secure` cookie.
    pub(crate) fn is_plain_and_local(&self) -> bool {
        !self.https && matches!(self.authority.host(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// The whole address of a path of the shop.
    pub fn url(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

impl FromStr for Origin {
    type Err = OriginInvalid;

    fn from_str(text: &str) -> Result<Self, OriginInvalid> {
        let invalid = || OriginInvalid(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(invalid()),
        };
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
        match authority {
            Some(authority) if bare => {
                let authority = authority.as_str().to_ascii_lowercase().parse();
                Ok(Self { https, authority: authority.map_err(|_| invalid())? })
            }
            _ => Err(invalid()),
        }
    }
}

/// A text that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an origin; write a scheme and a host, such as `https://shop.example`")]
pub struct OriginInvalid(String);

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://shop.example", "https://shop.example", true)]
    #[case("https://Shop.Example/", "https://shop.example", true)]
    #[case("http://localhost:8080", "http://localhost:8080", true)]
    #[case("http://127.0.0.1", "http://127.0.0.1", true)]
    #[case("http://192.0.2.1:8080", "http://192.0.2.1:8080", false)]
    fn an_origin_is_a_scheme_and_a_host(
        #[case] text: &str,
        #[case] printed: &str,
        #[case] secure: bool,
    ) {
        let origin: Origin = text.parse().unwrap();
        assert_eq!((origin.to_string().as_str(), origin.keeps_sign_ins()), (printed, secure));
        assert_eq!(origin.url("/p/mug"), format!("{printed}/p/mug"));
    }

    #[rstest]
    #[case("shop.example")]
    #[case("ftp://shop.example")]
    #[case("https://shop.example/path")]
    #[case("https://shop.example?query")]
    #[case("https://user@shop.example")]
    #[case("https://")]
    #[case("")]
    fn anything_else_is_not(#[case] text: &str) {
        assert!(text.parse::<Origin>().is_err());
    }
}
