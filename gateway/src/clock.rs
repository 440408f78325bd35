//! The one source of the time of day. How long something takes is measured by the runtime's own clock, which tests can halt.

use jiff::Timestamp;

/// The time of this machine.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
