//! The id under which a call is found in the logs: the caller's `x-request-id`, or one made here.
//!
//! An id from outside is taken only if it is short and plain, so that no log line can be forged with it.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::ids;

/// The header that carries the id, in requests and in answers.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a caller.
const LONGEST: usize = 64;

/// The id of the call with these headers; `now` tells when it begins.
pub(crate) fn of_call(headers: &HeaderMap, now: impl FnOnce() -> Timestamp) -> HeaderValue {
    match headers.get(&X_REQUEST_ID) {
        Some(id) if plain(id.as_bytes()) => id.clone(),
        _ => HeaderValue::try_from(ids::new_id(now()))
            .unwrap_or_else(|_| HeaderValue::from_static("none")),
    }
}

/// The id as text.
pub(crate) fn as_str(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or_default()
}

fn plain(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(id: &[u8]) -> HeaderMap {
        HeaderMap::from_iter([(X_REQUEST_ID, HeaderValue::from_bytes(id).unwrap())])
    }

    fn id(headers: &HeaderMap) -> HeaderValue {
        of_call(headers, || Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_plain_id_is_kept() {
        for text in ["7", "a-b_c.D9", &"x".repeat(LONGEST)] {
            assert_eq!(id(&headers(text.as_bytes())), text);
        }
    }

    #[test]
    fn any_other_id_is_replaced() {
        let long = "x".repeat(LONGEST + 1);
        for text in [&b""[..], b"a b", b"a=b", "a\u{e9}".as_bytes(), b"a\tb", long.as_bytes()] {
            let made = id(&headers(text));
            assert_ne!(made.as_bytes(), text);
            assert_eq!(made.len(), 20);
        }
        assert_ne!(id(&HeaderMap::new()), id(&HeaderMap::new()));
    }
}
