//! Money, numbers and times as people read them, and nothing else; `web/modules/format.js` prints the same.
//!
//! Both are tested by the examples in `web/format-examples.json`. Money is never a float.

use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proto::google::r#type::Money;

const NO_BREAK: &str = "\u{a0}";

/// An amount, whole and in the two parts of a price label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    /// All of it: `€14.90`.
    pub(crate) text: String,
    /// What stands large on the label: `€14`.
    pub(crate) whole: String,
    /// What stands small: `90`; empty for a currency without decimals.
    pub(crate) fraction: String,
}

impl Amount {
    /// Whether it leaves no room beside it on a card: from a million on.
    pub(crate) fn is_long(&self) -> bool {
        self.text.chars().count() > 11
    }
}

/// An amount of money with its currency.
pub(crate) fn money(money: &Money) -> Amount {
    let places = decimal_places(&money.currency_code);
    let digits = format!("{:09}", money.nanos.unsigned_abs());
    let kept = digits.trim_end_matches('0').len().max(places);
    let fraction = digits.get(..kept).unwrap_or(&digits).to_owned();
    let minus = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let units = grouped(&money.units.unsigned_abs().to_string());
    let whole = format!("{minus}{}{units}", symbol(&money.currency_code));
    let point = if fraction.is_empty() { "" } else { "." };
    Amount { text: format!("{whole}{point}{fraction}"), whole, fraction }
}

/// An amount as it stands in an input: digits and a point, no currency.
pub(crate) fn plain_money(money: &Money) -> String {
    let places = decimal_places(&money.currency_code);
    let digits = format!("{:09}", money.nanos.unsigned_abs());
    let kept = digits.trim_end_matches('0').len().max(places);
    match digits.get(..kept) {
        Some(fraction) if !fraction.is_empty() => format!("{}.{fraction}", money.units),
        _ => money.units.to_string(),
    }
}

/// How many decimal places a currency has (ISO 4217); two for one that is not known.
pub(crate) fn decimal_places(currency: &str) -> usize {
    let known = Currency::from_code(currency).and_then(Currency::exponent);
    known.map_or(2, usize::from)
}

/// What stands before an amount: a symbol, or the currency's code and a no-break space.
pub(crate) fn symbol(currency: &str) -> String {
    let symbol = match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "INR" => "₹",
        "KRW" => "₩",
        "ILS" => "₪",
        "VND" => "₫",
        "PHP" => "₱",
        "BRL" => "R$",
        "AUD" => "A$",
        "CAD" => "CA$",
        "HKD" => "HK$",
        "MXN" => "MX$",
        "NZD" => "NZ$",
        "TWD" => "NT$",
        other => return format!("{other}{NO_BREAK}"),
    };
    symbol.to_owned()
}

/// A number with its thousands grouped, and no more decimals than it needs.
pub(crate) fn number(value: f64) -> String {
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let minus = if value < 0.0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{minus}{}{point}{fraction}", grouped(whole))
}

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

/// How long ago, or the date when that is easier to read.
pub(crate) fn relative(time: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(time);
    let (minutes, hours) = (age.as_mins(), age.as_hours());
    match age {
        _ if age.abs() < SignedDuration::from_mins(1) => "just now".to_owned(),
        _ if age.is_negative() || hours >= 7 * 24 => strftime(time, "%-d %b %Y"),
        _ if minutes < 60 => ago(minutes, "minute"),
        _ if hours < 24 => ago(hours, "hour"),
        _ => ago(hours / 24, "day"),
    }
}

/// The day, such as `14 December 2026`.
pub(crate) fn date(time: Timestamp) -> String {
    strftime(time, "%-d %B %Y")
}

/// The day and the minute, in UTC.
pub(crate) fn moment(time: Timestamp) -> String {
    strftime(time, "%-d %B %Y, %H:%M UTC")
}

/// A moment as a `datetime-local` input takes it, in UTC.
pub(crate) fn local_input(time: Timestamp) -> String {
    let whole_minute = time.as_second() % 60 == 0;
    strftime(time, if whole_minute { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" })
}

/// The service's time as ours; `None` outside the years 1 to 9999.
pub(crate) fn timestamp(time: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(time.seconds, time.nanos).ok()
}

fn ago(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
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
mod tests {
    use serde_json::Value;

    use super::*;

    fn examples(kind: &str) -> Vec<Value> {
        let all: Vec<Value> =
            serde_json::from_str(include_str!("../../../web/format-examples.json")).unwrap();
        let of_kind: Vec<Value> = all.into_iter().filter(|one| one["kind"] == kind).collect();
        assert!(!of_kind.is_empty(), "no examples of {kind}");
        of_kind
    }

    fn text<'a>(example: &'a Value, field: &str) -> &'a str {
        example[field].as_str().unwrap()
    }

    fn at(example: &Value, field: &str) -> Timestamp {
        text(example, field).parse().unwrap()
    }

    #[test]
    fn money_reads_as_in_the_examples() {
        for example in examples("money") {
            let amount = money(&Money {
                currency_code: text(&example, "currency").into(),
                units: text(&example, "units").parse().unwrap(),
                nanos: i32::try_from(example["nanos"].as_i64().unwrap()).unwrap(),
            });
            assert_eq!(amount.text, text(&example, "text"));
            assert_eq!(amount.whole, text(&example, "whole"));
            assert_eq!(amount.fraction, text(&example, "fraction"));
        }
    }

    #[test]
    fn numbers_and_totals_read_as_in_the_examples() {
        for example in examples("number") {
            assert_eq!(number(example["value"].as_f64().unwrap()), text(&example, "text"));
        }
        for example in examples("total") {
            let value = i32::try_from(example["value"].as_i64().unwrap()).unwrap();
            assert_eq!(total(value, example["capped"] == true), text(&example, "text"));
        }
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
}
