//! Counts and times as the pages say them, in their own language; `web/modules/format.js` prints the same.
//!
//! Both are tested by the examples in `web/format-examples.json`. Amounts and what else is of the catalog: [`super::locale`].

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

/// Room for most times.
const ROOM: usize = 32;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The second with which the year 1 begins, the first of the service's and RFC 3339's.
const FIRST: i64 = -62_135_596_800;

/// A whole number with its thousands grouped.
pub(crate) fn count(value: i64) -> String {
    let minus = if value < 0 { "-" } else { "" };
    format!("{minus}{}", grouped(&value.unsigned_abs().to_string()))
}

/// How many products there are, as far as they were counted.
pub(crate) fn total(value: i32, capped: bool) -> String {
    let more = if capped { "more than " } else { "" };
    let plural = if value == 1 { "" } else { "s" };
    format!("{more}{} product{plural}", count(value.into()))
}

/// How much of a list was shown so far, as far as it was counted.
pub(crate) fn progress(shown: i32, total: i32, capped: bool) -> String {
    let more = if capped { "more than " } else { "" };
    format!("{} of {more}{}", count(shown.into()), count(total.into()))
}

/// How long ago, or the date when that is easier to read.
pub(crate) fn relative(time: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(time);
    let (minutes, hours) = (age.as_mins(), age.as_hours());
    match age {
        _ if age.abs() < SignedDuration::from_mins(1) => "just now".to_owned(),
        _ if age.is_negative() || hours >= 7 * 24 => short_date(time),
        _ if minutes < 60 => ago(minutes, "minute"),
        _ if hours < 24 => ago(hours, "hour"),
        _ => ago(hours / 24, "day"),
    }
}

/// The day, such as `14 December 2026`.
pub(crate) fn date(time: Timestamp) -> String {
    let mut text = String::with_capacity(ROOM);
    put_day(&mut text, civil(time), usize::MAX);
    text
}

/// The same, shorter: `14 Dec 2026`.
fn short_date(time: Timestamp) -> String {
    let mut text = String::with_capacity(ROOM);
    put_day(&mut text, civil(time), 3);
    text
}

/// The day and the minute, in UTC.
pub(crate) fn moment(time: Timestamp) -> String {
    let at = civil(time);
    let mut text = String::with_capacity(ROOM);
    put_day(&mut text, at, usize::MAX);
    text.push_str(", ");
    put_two(&mut text, at.hour());
    text.push(':');
    put_two(&mut text, at.minute());
    text.push_str(" UTC");
    text
}

/// The second it is in (RFC 3339).
pub(crate) fn second(time: Timestamp) -> String {
    let at = civil(time);
    let mut text = String::with_capacity(ROOM);
    let century = i8::try_from(at.year() / 100).unwrap_or_default();
    let year = i8::try_from(at.year() % 100).unwrap_or_default();
    let parts = [at.month(), at.day(), at.hour(), at.minute(), at.second()];
    put_two(&mut text, century);
    put_two(&mut text, year);
    for (mark, part) in ['-', '-', 'T', ':', ':'].into_iter().zip(parts) {
        text.push(mark);
        put_two(&mut text, part);
    }
    text.push('Z');
    text
}

fn civil(time: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(time)
}

/// Appends a day, with so many letters of its month.
fn put_day(text: &mut String, at: DateTime, letters: usize) {
    let month = MONTHS.get(usize::from(at.month().unsigned_abs()) - 1).copied().unwrap_or_default();
    text.push_str(itoa::Buffer::new().format(at.day()));
    text.push(' ');
    text.push_str(month.get(..letters).unwrap_or(month));
    text.push(' ');
    text.push_str(itoa::Buffer::new().format(at.year()));
}

/// Appends a number with two digits.
fn put_two(text: &mut String, number: i8) {
    let number = number.unsigned_abs();
    text.extend([number / 10, number % 10].map(|digit| char::from(b'0' + digit)));
}

/// A moment as a `datetime-local` input takes it, in UTC.
pub(crate) fn local_input(time: Timestamp) -> String {
    let whole_minute = time.as_second() % 60 == 0;
    strftime(time, if whole_minute { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" })
}

/// The service's time as ours; `None` before the year 1, and from the last day of 9999 on.
pub(crate) fn timestamp(time: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok().filter(|at| at.as_second() >= FIRST)
}

fn ago(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    [itoa::Buffer::new().format(count), " ", unit, plural, " ago"].concat()
}

fn strftime(time: Timestamp, pattern: &str) -> String {
    time.to_zoned(TimeZone::UTC).strftime(pattern).to_string()
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::Value;

    use super::*;

    pub(crate) fn examples(kind: &str) -> Vec<Value> {
        let all: Vec<Value> =
            serde_json::from_str(include_str!("../../../web/format-examples.json")).unwrap();
        let of_kind: Vec<Value> = all.into_iter().filter(|one| one["kind"] == kind).collect();
        assert!(!of_kind.is_empty(), "no examples of {kind}");
        of_kind
    }

    pub(crate) fn text<'a>(example: &'a Value, field: &str) -> &'a str {
        example[field].as_str().unwrap()
    }

    fn at(example: &Value, field: &str) -> Timestamp {
        text(example, field).parse().unwrap()
    }

    #[test]
    fn totals_read_as_in_the_examples() {
        for example in examples("total") {
            let value = i32::try_from(example["value"].as_i64().unwrap()).unwrap();
            assert_eq!(total(value, example["capped"] == true), text(&example, "text"));
        }
    }

    #[test]
    fn a_list_says_how_far_it_is_shown() {
        assert_eq!(progress(24, 48, false), "24 of 48");
        assert_eq!(progress(1_200, 10_000, true), "1,200 of more than 10,000");
    }

    #[test]
    fn a_time_has_a_year_of_four_digits() {
        let told = |seconds| timestamp(&prost_types::Timestamp { seconds, nanos: 0 }).map(second);
        let last = Timestamp::MAX.as_second();
        assert_eq!(told(FIRST).as_deref(), Some("0001-01-01T00:00:00Z"));
        assert_eq!(told(last).as_deref(), Some("9999-12-30T22:00:00Z"));
        assert_eq!((told(FIRST - 1), told(last + 1)), (None, None));
    }

    #[test]
    fn times_read_as_in_the_examples() {
        for example in examples("relative") {
            let read = relative(at(&example, "time"), at(&example, "now"));
            assert_eq!(read, text(&example, "text"), "{example}");
        }
        for example in examples("date") {
            assert_eq!(date(at(&example, "time")), text(&example, "text"));
        }
        for example in examples("moment") {
            assert_eq!(moment(at(&example, "time")), text(&example, "text"));
        }
    }

    #[test]
    fn a_second_is_told_as_rfc_3339_has_it() {
        for time in ["2026-11-30T07:05:09Z", "0987-01-02T23:59:59Z", "9999-12-30T00:00:00Z"] {
            assert_eq!(second(time.parse().unwrap()), time);
        }
        assert_eq!(second("2026-11-30T07:05:09.999Z".parse().unwrap()), "2026-11-30T07:05:09Z");
    }
}
