//! What both services need to serve, and what is no business of either: connections that are watched over, the hosts
//! they may be for, and the log.
//!
//! Nothing in here knows what is asked or answered.

mod at_once;
mod call;
mod gather;
mod host;
mod kept;
mod line;
mod lines;
mod requests;
mod sending;
mod standard_error;

pub use at_once::AtOnce;
pub use call::{Answer, Call};
pub use gather::Gather;
pub use host::is_plain_host;
pub use kept::{Keeping, Kept};
pub use line::{Activity, Line, Patience};
pub use lines::Lines;
pub use requests::{Requests, Stalled, UnderWay};
pub use sending::Sending;
pub use standard_error::StandardError;
