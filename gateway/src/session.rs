//! Who is calling: the cookie, the bearer credentials, the same-origin guard, where a sign-in leads back to.
//!
//! The gateway asserts no identity: it hands credentials on and the service checks them.

mod caller;
mod cookie;
mod return_to;

pub use caller::{Caller, RequestId};
pub use cookie::{end, from_headers, start};
pub use return_to::ReturnTo;
