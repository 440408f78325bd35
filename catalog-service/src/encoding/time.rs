//! Times between the domain and the contract.

use jiff::Timestamp;

use crate::domain::{Violations, to_microseconds};

/// The first second of the year 1. The contract's times begin there, and JSON has no way to write an earlier one.
const YEAR_1: i64 = -62_135_596_800;

/// Writes a time.
pub(super) fn to_wire(time: Timestamp) -> prost_types::Timestamp {
    let (mut seconds, mut nanos) = (time.as_second(), time.subsec_nanosecond());
    if nanos < 0 {
        (seconds, nanos) = (seconds - 1, nanos + 1_000_000_000);
    }
    prost_types::Timestamp { seconds, nanos }
}

/// Reads a time; one out of range is a violation.
pub(super) fn from_wire(
    time: Option<prost_types::Timestamp>,
    at: &dyn Fn() -> String,
    violations: &mut Violations,
) -> Option<Timestamp> {
    let time = time?;
    let parsed = parse(time);
    if parsed.is_none() {
        violations.add(at(), "must be a time between the years 1 and 9999");
    }
    parsed
}

/// Reads a time that was kept.
pub(super) fn kept(time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    parse(time?)
}

fn parse(time: prost_types::Timestamp) -> Option<Timestamp> {
    if time.seconds < YEAR_1 || !(0..1_000_000_000).contains(&time.nanos) {
        return None;
    }
    Timestamp::new(time.seconds, time.nanos).ok().map(to_microseconds)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1970-01-01T00:00:00Z")]
    #[case("2026-11-23T02:05:46.123456Z")]
    #[case("1969-12-31T23:59:59.5Z")]
    #[case("0001-01-01T00:00:00Z")]
    fn a_time_comes_back_as_it_was(#[case] text: &str) {
        let time: Timestamp = text.parse().unwrap();
        assert_eq!(kept(Some(to_wire(time))), Some(time));
        assert!((0..1_000_000_000).contains(&to_wire(time).nanos));
    }

    #[rstest]
    #[case(0, -1)]
    #[case(0, 1_000_000_000)]
    #[case(i64::MAX, 0)]
    #[case(i64::MIN, 0)]
    #[case(YEAR_1 - 1, 999_999_999)]
    fn a_time_out_of_range_is_a_violation(#[case] seconds: i64, #[case] nanos: i32) {
        let mut violations = Violations::default();
        let time = prost_types::Timestamp { seconds, nanos };
        assert_eq!(from_wire(Some(time), &|| "product.publish_time".into(), &mut violations), None);
        assert_eq!(violations.into_vec()[0].field, "product.publish_time");
    }
}
