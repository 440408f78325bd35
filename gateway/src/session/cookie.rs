//! The session cookie: `__Host-sid`, which holds the session's token and nothing else.

use http::{HeaderMap, HeaderValue, header};

/// The cookie's name; the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
const NAME: &str = "__Host-sid";
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

/// The session token in a request's cookies, if there is one that could be a token.
pub fn from_headers(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| name.trim() == NAME)?;
    let token = token.trim();
    is_token(token).then_some(token)
}

/// RFC 6750's `b64token`, of sensible length: what may stand after `Bearer`.
pub(crate) fn is_token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && text.len() <= LONGEST && body.bytes().all(letter)
}
