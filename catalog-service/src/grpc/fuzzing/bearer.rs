//! Bearer credentials, against what RFC 6750 and RFC 9110 have of them.

use http::{HeaderMap, header};

use crate::grpc::credentials::bearer;

/// A token is taken exactly from the one `authorization` header that is `Bearer`, one space and the token, which reads the same when it
/// is stated again.
pub(crate) fn assert_bearer(headers: &HeaderMap) {
    let values: Vec<_> = headers.get_all(header::AUTHORIZATION).iter().collect();
    let taken = bearer(headers);
    let expected = match values.as_slice() {
        [] => return assert!(matches!(taken, Ok(None))),
        [one] => token(one.as_bytes()),
        _ => None,
    };
    assert_eq!(taken.as_ref().ok().copied().flatten().map(str::as_bytes), expected, "{values:?}");
    assert_eq!(taken.is_ok(), expected.is_some());
    if let Ok(Some(token)) = taken {
        let stated = format!("Bearer {token}").parse().expect("it came as a header");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, stated)]);
        assert_eq!(bearer(&headers).ok().flatten(), Some(token));
    }
}

/// `"Bearer" 1*SP b64token`, with one space as everybody sends it.
fn token(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    let end = token.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(byte);
    let fits = end > 0 && token[..end].iter().all(letter);
    (scheme.eq_ignore_ascii_case(b"Bearer ") && fits).then_some(token)
}
