//! The session cookie and bearer credentials, against the grammars of RFC 6265 and RFC 6750.

use http::{HeaderMap, HeaderValue, header};

use jiff::Timestamp;

use crate::session::{FormKey, Opened, credentials, from_headers, start};

/// A token is taken from cookies exactly where the first cookie of that name holds one; it is what credentials say, and the cookie that is
/// made of it reads back.
///
/// Each line is one `Cookie` header. Nothing that comes from outside opens as a form that waits.
///
/// # Panics
/// Where that does not hold.
pub fn session(input: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n').take(16) {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        headers.append(header::COOKIE, value);
    }
    let token = from_headers(&headers).map(str::to_owned);
    assert_eq!(token, expected(&headers), "{headers:?}");
    let bearer = token.as_ref().map(|token| format!("Bearer {token}"));
    assert_eq!(
        credentials(&headers).as_ref().map(HeaderValue::as_bytes),
        bearer.as_ref().map(String::as_bytes)
    );
    let given = HeaderValue::from_static("Bearer given");
    headers.insert(header::AUTHORIZATION, given.clone());
    assert_eq!(credentials(&headers), Some(given), "what is stated goes before the cookie");
    if let Some(token) = token {
        reads_back(&token);
    }
    // Any text at all is a token that reads back, or none that a cookie is made of.
    if let Ok(text) = std::str::from_utf8(input) {
        assert_eq!(start(text).is_some(), is_token(text), "{text}");
        let opened = FormKey::of(b"nobody's").open(text, Timestamp::UNIX_EPOCH);
        assert_eq!(opened, Opened::Unreadable, "{text}");
        if is_token(text) && !text.starts_with("shelf_key_") {
            reads_back(text);
        }
    }
}

/// The value of the first cookie of the name, if it is a token and no API key.
fn expected(headers: &HeaderMap) -> Option<String> {
    let space = [' ', '\t'];
    for line in headers.get_all(header::COOKIE) {
        let Ok(line) = std::str::from_utf8(line.as_bytes()) else { continue };
        for pair in line.split(';') {
            let Some(at) = pair.find('=') else { continue };
            let (name, value) =
                (pair[..at].trim_matches(space), pair[at + 1..].trim_matches(space));
            if name == "__Host-sid" {
                let is_session = is_token(value) && !value.starts_with("shelf_key_");
                return is_session.then(|| value.to_owned());
            }
        }
    }
    None
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`, of at most 512 bytes.
fn is_token(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let mut letters = 0;
    while let [
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'+' | b'/',
        behind @ ..,
    ] = rest
    {
        (letters, rest) = (letters + 1, behind);
    }
    letters > 0 && text.len() <= 512 && rest.iter().all(|byte| *byte == b'=')
}

fn reads_back(token: &str) {
    let cookie = start(token).expect("a token can stand in a cookie");
    let text = cookie.to_str().expect("visible ASCII");
    assert_eq!(text, format!("__Host-sid={token}; Path=/; Secure; HttpOnly; SameSite=Lax"));
    let (pair, _) = text.split_once(';').expect("attributes");
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, pair.parse().expect("a header"));
    assert_eq!(from_headers(&headers), Some(token));
}
