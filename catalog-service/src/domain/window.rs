//! The time in which an active product is public, judged whenever it is read.

use jiff::Timestamp;

/// From `start` until just before `end`; none is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// When it opens.
    pub start: Option<Timestamp>,
    /// When it closes.
    pub end: Option<Timestamp>,
}

impl Window {
    /// Whether it is open at a time.
    pub fn contains(&self, now: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= now) && self.end.is_none_or(|end| now < end)
    }

    /// Whether it is open at some time from `first` to `last`, both included.
    pub fn is_open_between(&self, first: Timestamp, last: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= last) && self.end.is_none_or(|end| first < end)
    }

    /// Whether it is ever open.
    pub fn is_possible(&self) -> bool {
        match (self.start, self.end) {
            (Some(start), Some(end)) => start < end,
            _ => true,
        }
    }
}

/// Times are kept to the microsecond; finer digits are cut off.
pub fn to_microseconds(time: Timestamp) -> Timestamp {
    let below_second = i64::from(time.subsec_nanosecond().div_euclid(1_000));
    Timestamp::from_microsecond(time.as_second() * 1_000_000 + below_second).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finer_digits_are_cut_off_before_1970_too() {
        for (given, kept) in [
            ("2026-11-30T10:00:00.123456789Z", "2026-11-30T10:00:00.123456Z"),
            ("2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z"),
            ("1970-01-01T00:00:00.000000999Z", "1970-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999Z"),
            ("1969-12-31T23:59:58.000000001Z", "1969-12-31T23:59:58Z"),
        ] {
            let [given, kept] = [given, kept].map(|time| time.parse::<Timestamp>().unwrap());
            assert_eq!(to_microseconds(given), kept, "{given}");
        }
    }
}
