//! The session cookie: `__Host-sid`, which holds the session's token and nothing else.

use http::{HeaderMap, HeaderValue, header};

/// The cookie's name; the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub(super) const NAME: &str = "__Host-sid";
/// What may stand around a name or a value (RFC 9110); other spaces are letters of theirs.
const SPACE: [char; 2] = [' ', '\t'];
/// The longest token taken from a cookie.
const LONGEST: usize = 512;

/// The `Set-Cookie` value that signs a browser in; `None` when the token cannot stand in a cookie.
pub fn start(token: &str) -> Option<HeaderValue> {
    let cookie = format!("{NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax");
    let mut value = HeaderValue::try_from(cookie).ok().filter(|_| is_token(token))?;
    value.set_sensitive(true);
    Some(value)
}

/// The `Set-Cookie` value that signs a browser out.
pub fn end() -> HeaderValue {
    HeaderValue::from_static("__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// How API keys begin, which are credentials in the `authorization` header alone.
const API_KEY: &str = "shelf_key_";

/// The session token in a request's cookies, if there is one that could be a token.
pub fn from_headers(headers: &HeaderMap) -> Option<&str> {
    value(headers, NAME).filter(|token| is_token(token) && !token.starts_with(API_KEY))
}

/// Whether a request carries the cookie, with whatever in it.
pub(super) fn is_there(headers: &HeaderMap) -> bool {
    value(headers, NAME).is_some()
}

/// The value of the first cookie of a name.
pub(super) fn value<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(name, _)| name.trim_matches(SPACE) == wanted)
        .map(|(_, value)| value.trim_matches(SPACE))
}

/// RFC 6750's `b64token`, of sensible length: what may stand after `Bearer`.
pub(crate) fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && text.len() <= LONGEST && body.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("__Host-sid=abc", Some("abc"))]
    #[case("a=b; __Host-sid=abc_-.~+/==; c=d", Some("abc_-.~+/=="))]
    #[case("a=b;__Host-sid=abc", Some("abc"))]
    #[case("__Host-sid=shelf_key_abc", None)]
    #[case("__Host-sid=", None)]
    #[case("__Host-sid===", None)]
    #[case("__Host-sid=a b", None)]
    #[case("__Host-sid=a\"b", None)]
    #[case("__Host-SID=abc", None)]
    #[case("x__Host-sid=abc", None)]
    #[case("sid=abc", None)]
    #[case("\u{a0}__Host-sid=abc", None)]
    #[case("__Host-sid=abc\u{a0}", None)]
    #[case("", None)]
    fn only_a_token_is_taken(#[case] cookies: &str, #[case] token: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_bytes(cookies.as_bytes()).unwrap());
        assert_eq!(from_headers(&headers), token);
    }

    #[test]
    fn several_cookie_lines_are_one() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=b".parse().unwrap());
        headers.append(header::COOKIE, "__Host-sid=abc".parse().unwrap());
        assert_eq!(from_headers(&headers), Some("abc"));
    }

    #[test]
    fn what_is_started_can_be_read_back_and_nothing_else_is_started() {
        let cookie = start("abc").unwrap();
        assert!(cookie.is_sensitive());
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie);
        assert_eq!(from_headers(&headers), Some("abc"));
        for token in ["", "a;b", "a b", "a\r\nb", "é", &"a".repeat(LONGEST + 1)] {
            assert!(start(token).is_none(), "{token}");
        }
    }
}
