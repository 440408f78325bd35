//! Who is calling: the cookie, the bearer credentials, the same-origin guard, where a sign-in leads back to.
//!
//! The gateway asserts no identity: it hands credentials on and the service checks them.

mod caller;
mod cookie;
mod guard;
mod return_to;
mod sign_in;

use http::{HeaderMap, HeaderValue, header};

pub use caller::{Caller, RequestId};
pub use cookie::{end, from_headers, start};
pub(crate) use guard::same_origin;
pub use return_to::ReturnTo;
pub(crate) use sign_in::{CREATE, CREATE_KEY, DELETE, is_browser, is_sign_out, take_token};

/// The `authorization` value that a request's calls carry: its own bearer token, else the one in its cookie.
pub(crate) fn credentials(headers: &HeaderMap) -> Option<HeaderValue> {
    match headers.get(header::AUTHORIZATION) {
        Some(given) => Some(given.clone()),
        None => {
            let token = from_headers(headers)?;
            HeaderValue::try_from(format!("Bearer {token}")).ok()
        }
    }
}
