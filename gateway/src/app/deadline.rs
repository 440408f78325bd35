//! When an answer has to be there: `grpc-timeout` where it may be given, else the default of the part that answers.

use std::time::Duration;

use axum::body::Body;
use http::{HeaderName, Request};
use tokio::time::Instant;

use super::{Kind, Refusal};
use crate::config::Deadlines;

/// gRPC's own header.
const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// When an answer has to be there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(super) at: Instant,
    /// The client named it. A stream has no other.
    pub(super) is_asked: bool,
}

/// The request's deadline; 400 for a `grpc-timeout` that is none.
pub(super) fn of(
    request: &Request<Body>,
    kind: Kind,
    deadlines: &Deadlines,
) -> Result<Deadline, Refusal> {
    let asked = match kind {
        Kind::Api | Kind::Relay => request.headers().get(TIMEOUT),
        Kind::Page | Kind::Asset | Kind::Picture | Kind::Description | Kind::Health => None,
    };
    let time = match (asked, kind) {
        (Some(value), _) => {
            let invalid = || {
                let message = "`grpc-timeout` is 1 to 8 digits and one of H, M, S, m, u, n";
                Refusal::bad("TIMEOUT_INVALID", message)
            };
            parse(value.as_bytes()).ok_or_else(invalid)?.min(deadlines.longest)
        }
        (None, Kind::Api | Kind::Relay) => deadlines.call,
        (None, _) => deadlines.page,
    };
    Ok(Deadline { at: Instant::now() + time, is_asked: asked.is_some() })
}

/// gRPC's own grammar: 1 to 8 digits and a unit.
fn parse(value: &[u8]) -> Option<Duration> {
    let (unit, digits) = value.split_last()?;
    if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let count: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(match unit {
        b'H' => Duration::from_secs(count * 3600),
        b'M' => Duration::from_secs(count * 60),
        b'S' => Duration::from_secs(count),
        b'm' => Duration::from_millis(count),
        b'u' => Duration::from_micros(count),
        b'n' => Duration::from_nanos(count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_digits_and_a_unit() {
        for (text, time) in [
            ("1H", Some(Duration::from_secs(3600))),
            ("2M", Some(Duration::from_secs(120))),
            ("99999999S", Some(Duration::from_secs(99_999_999))),
            ("0m", Some(Duration::ZERO)),
            ("7u", Some(Duration::from_micros(7))),
            ("7n", Some(Duration::from_nanos(7))),
            ("100000000S", None),
            ("S", None),
            ("1", None),
            ("", None),
            ("1s", None),
            ("+1S", None),
            ("1.5S", None),
            ("1 S", None),
        ] {
            assert_eq!(parse(text.as_bytes()), time, "{text}");
        }
    }
}
