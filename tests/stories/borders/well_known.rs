//! Values of the message types that are known everywhere: times, durations, amounts of money and masks, at and beyond their borders.

use prost_reflect::{DynamicMessage, MessageDescriptor, Value};

use super::values::LONG;

/// Nanoseconds of which only three are within a second.
const NANOS: [i32; 7] = [i32::MIN, -1, 0, 1, 999_999_999, 1_000_000_000, i32::MAX];

/// The values to try for a type.
pub(crate) fn values(descriptor: &MessageDescriptor) -> Vec<DynamicMessage> {
    match descriptor.full_name() {
        "google.protobuf.Timestamp" => times(descriptor),
        "google.protobuf.Duration" => durations(descriptor),
        "google.type.Money" => amounts(descriptor),
        "google.protobuf.FieldMask" => masks(descriptor),
        other => panic!("no values are known for `{other}`"),
    }
}

fn of(descriptor: &MessageDescriptor, fields: &[(&str, Value)]) -> DynamicMessage {
    let mut message = DynamicMessage::new(descriptor.clone());
    for (name, value) in fields {
        message.set_field_by_name(name, value.clone());
    }
    message
}

fn span(descriptor: &MessageDescriptor, seconds: i64, nanos: i32) -> DynamicMessage {
    of(descriptor, &[("seconds", Value::I64(seconds)), ("nanos", Value::I32(nanos))])
}

/// The years -5000, 0, 1, 1969, 1970, 9999 and 10000, to the second.
fn times(descriptor: &MessageDescriptor) -> Vec<DynamicMessage> {
    let seconds = [
        i64::MIN,
        -220_000_000_000,
        -62_167_219_200,
        -62_135_596_801,
        -62_135_596_800,
        -1,
        0,
        253_402_207_200,
        253_402_300_799,
        253_402_300_800,
        i64::MAX,
    ];
    let seconds = seconds.into_iter().map(|seconds| span(descriptor, seconds, 0));
    seconds.chain(NANOS.map(|nanos| span(descriptor, 1_900_000_000, nanos))).collect()
}

/// Up to 10,000 years, and beyond; with nanoseconds of either sign.
fn durations(descriptor: &MessageDescriptor) -> Vec<DynamicMessage> {
    let most = 315_576_000_000;
    let seconds = [i64::MIN, -most - 1, -most, -1, 0, 1, most, most + 1, i64::MAX];
    let each = |seconds| [0, i32::MAX, i32::MIN].map(|nanos| span(descriptor, seconds, nanos));
    let seconds = seconds.into_iter().flat_map(each);
    seconds.chain(NANOS.map(|nanos| span(descriptor, 60, nanos))).collect()
}

/// Currencies that there are and are not, and amounts that are too large, too fine, negative, or of two signs.
fn amounts(descriptor: &MessageDescriptor) -> Vec<DynamicMessage> {
    let money = |code: &str, units: i64, nanos: i32| {
        let code = Value::String(code.into());
        let units = Value::I64(units);
        of(descriptor, &[("currency_code", code), ("units", units), ("nanos", Value::I32(nanos))])
    };
    let codes = ["", "EUR", "USD", "JPY", "eur", "XXX", "EURO", "E\0R", "😀", "ＥＵＲ"];
    let units = [i64::MIN, -1, 0, 1, 9_223_372_036_853, 9_223_372_036_854, i64::MAX];
    let fractions = [-10_000_000, 1_000, 10_000_000].into_iter().chain(NANOS);
    let codes = codes.map(|code| money(code, 20, 0)).into_iter();
    let units = units.map(|units| money("EUR", units, 0)).into_iter();
    let fractions = fractions.flat_map(|nanos| [money("EUR", 1, nanos), money("EUR", -1, nanos)]);
    codes.chain(units).chain(fractions).collect()
}

/// Masks of paths that there are not, that go too deep, of too many, and of one that is too long.
fn masks(descriptor: &MessageDescriptor) -> Vec<DynamicMessage> {
    let short: [&[&str]; 15] = [
        &[""],
        &["*"],
        &["nothing"],
        &["title", "nothing"],
        &["title.length"],
        &["title", "*"],
        &["Title"],
        &["\0"],
        &["\u{7f}"],
        &["😀"],
        &["attributes.*"],
        &["attributes."],
        &["attributes.`a b`"],
        &["*.title"],
        &["."],
    ];
    let text = |text: &&str| Value::String((*text).to_owned());
    let short = short.into_iter().map(|paths| paths.iter().map(text).collect());
    let many = (0..5_000).map(|number| Value::String(format!("path_{number}"))).collect();
    let long = vec![Value::String("x".repeat(LONG))];
    let all = short.chain([many, long]);
    all.map(|paths| of(descriptor, &[("paths", Value::List(paths))])).collect()
}
