//! Who is calling: the cookies, the bearer credentials, the same-origin guard, where a sign-in leads back to, and a form that came
//! too late for its session.
//!
//! The gateway asserts no identity: it hands credentials on and the service checks them.

mod caller;
mod cookie;
mod guard;
pub(crate) mod last_user;
mod parked;
pub(crate) mod plain;
mod return_to;
mod sign_in;

use http::{HeaderMap, HeaderValue, header};

pub use caller::{Caller, RequestId};
pub use cookie::{end, from_headers, start};
pub(crate) use guard::same_origin;
pub use parked::FormKey;
pub(crate) use parked::{GOOD_FOR, Opened, Parked};
pub use return_to::ReturnTo;
pub(crate) use sign_in::{
    CREATE, CREATE_KEY, DELETE, cookies, is_browser, is_sign_out, take_token,
};

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
