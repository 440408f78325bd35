//! The time in which an active product is public, judged whenever it is read.

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

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
    let round = TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Floor);
    time.round(round).unwrap_or(time)
}
