//! Who was signed in last in a browser: a cookie beside the session's, which stays when that has ended.
//!
//! It holds a mark of the user and no name. A form that comes too late is kept for whoever has the same mark.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest as _, Sha256};

use super::cookie;

/// The cookie's name.
pub(super) const NAME: &str = "__Host-last";
/// How much of the digest marks a user: 128 bits.
const LENGTH: usize = 16;

/// The mark of a user, by their resource name.
pub(crate) fn mark(user: &str) -> String {
    let digest = Sha256::new_with_prefix(b"shelf last user\0").chain_update(user).finalize();
    BASE64_URL_SAFE_NO_PAD.encode(&digest[..LENGTH])
}

/// The `Set-Cookie` value that remembers a user.
pub(crate) fn remember(user: &str) -> HeaderValue {
    let cookie = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax", mark(user));
    // A mark is made of letters that stand in any header.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
}

/// The mark in a request's cookies; empty when there is none.
pub(crate) fn from_headers(headers: &HeaderMap) -> &str {
    cookie::value(headers, NAME).filter(|mark| cookie::is_token(mark)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn a_mark_comes_back_and_is_no_name() {
        let set = remember("users/ada");
        let text = set.to_str().unwrap();
        assert!(!text.contains("ada") && text.contains("HttpOnly"), "{text}");
        let mut headers = HeaderMap::new();
        assert_eq!(from_headers(&headers), "");
        headers.insert(header::COOKIE, text.split(';').next().unwrap().parse().unwrap());
        assert_eq!(from_headers(&headers), mark("users/ada"));
        assert_ne!(mark("users/ada"), mark("users/grace"));
    }
}
