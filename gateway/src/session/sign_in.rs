//! A sign-in by JSON or gRPC-Web: to a browser the session's token goes as the cookie and in no other way.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use prost::Message as _;
use proto::access::{DeleteSessionRequest, Session};

use super::{cookie, last_user};

/// The method that makes a session.
pub(crate) const CREATE: &str = "/shelf.access.v1.SessionService/CreateSession";
/// The method that ends one.
pub(crate) const DELETE: &str = "/shelf.access.v1.SessionService/DeleteSession";
/// The method that makes an API key, whose secret is answered once.
pub(crate) const CREATE_KEY: &str = "/shelf.access.v1.ApiKeyService/CreateApiKey";

/// Whether a request comes from a browser: every browser's POST says where it comes from.
pub(crate) fn is_browser(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
        || headers.contains_key(HeaderName::from_static("sec-fetch-site"))
}

/// Takes the token out of an encoded session: the session without it, and the cookies that hold it and remember whose it is.
///
/// `None` when it is no session with a token.
pub(crate) fn take_token(session: &Bytes) -> Option<(Bytes, [HeaderValue; 2])> {
    let mut session = Session::decode(session.clone()).ok()?;
    let cookies = cookies(&session)?;
    session.token.clear();
    Some((session.encode_to_vec().into(), cookies))
}

/// The cookies of a session: the one that signs in, and the one that remembers who that was.
///
/// `None` when its token cannot stand in a cookie.
pub(crate) fn cookies(session: &Session) -> Option<[HeaderValue; 2]> {
    let user = session.user.as_ref().map_or("", |user| user.name.as_str());
    Some([cookie::start(&session.token)?, last_user::remember(user)])
}

/// Whether an encoded request ends the session of its own call. One that only validates does not.
pub(crate) fn is_sign_out(request: &Bytes) -> bool {
    let request = DeleteSessionRequest::decode(request.clone());
    request.is_ok_and(|request| request.name == "sessions/-" && !request.validate_only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_in_the_cookie_and_no_longer_in_the_session() {
        let name = "sessions/s1".to_owned();
        let session = Session { name: name.clone(), token: "t0ken".into(), ..Default::default() };
        let (rest, [cookie, last]) = take_token(&session.encode_to_vec().into()).unwrap();
        assert!(last.to_str().unwrap().starts_with("__Host-last="));
        assert_eq!(cookie, "__Host-sid=t0ken; Path=/; Secure; HttpOnly; SameSite=Lax");
        let rest = Session::decode(rest).unwrap();
        assert_eq!((rest.name, rest.token), (name, String::new()));
    }

    #[test]
    fn what_is_no_session_with_a_token_has_no_cookie() {
        assert!(take_token(&Bytes::new()).is_none());
        assert!(take_token(&Bytes::from_static(b"\xff\xff")).is_none());
    }
}
