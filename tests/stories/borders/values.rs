//! What to try in a place: values at and beyond the borders of its rules and of its type, and texts that trip programs up.

use std::collections::HashMap;

use prost_reflect::{DynamicMessage, Kind, MapKey, Value};

use super::{
    places::{Place, What},
    rules, well_known,
};

/// Texts that are too short, too strange, or meant for another reader. None of them is too long.
const HOSTILE: [&str; 38] = [
    "\0",
    "a\0b",
    "\u{1}",
    "a\u{1b}[31mb",
    "\u{7f}",
    "\u{85}",
    "\t",
    "\n",
    "a\r\nb",
    " ",
    "  a  ",
    "a\u{a0}b",
    "\u{202e}abc",
    "\u{200f}",
    "\u{feff}",
    "\u{ffff}",
    "\u{10ffff}",
    "😀",
    "👩\u{200d}👩\u{200d}👧",
    "e\u{301}",
    "ﷺ",
    "İı",
    "%",
    "_",
    "*",
    "\\",
    "\"",
    "'",
    "'; DROP TABLE products; --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${x}",
    "../..",
    "%00",
    "-",
    "null",
    "products/-",
    "products/Mug/",
];

/// How long a text can be where no rule ends it.
pub(crate) const LONG: usize = 100_000;

/// The values to try in a place, each with what it is; none takes away what stands there.
pub(crate) fn of(place: &Place, sample: &DynamicMessage) -> Vec<(String, Option<Value>)> {
    let mut values = match place.what {
        What::List => lists(place, sample),
        What::Map => maps(place, sample),
        What::Key => texts(&rules::within(&rules::of(&place.field), "map.keys.")),
        What::One => singles(place),
    };
    if place.what != What::Key {
        values.push(("nothing".into(), None));
    }
    values
}

fn singles(place: &Place) -> Vec<(String, Option<Value>)> {
    let field = &place.field;
    let entry = field.kind().as_message().filter(|_| field.is_map()).cloned();
    let kind = entry.map_or_else(|| field.kind(), |entry| entry.map_entry_value_field().kind());
    let all = rules::of(field);
    let items = rules::within(&all, "repeated.items.");
    let named = |value: Value| match &value {
        Value::Message(message) => (message.to_string(), Some(value)),
        plain => (format!("{plain:?}"), Some(value)),
    };
    match kind {
        Kind::String => texts(if field.is_list() { &items } else { &all }),
        Kind::Bool => [true, false].map(Value::Bool).map(named).to_vec(),
        Kind::Int32 => [i32::MIN, -1, 0, 1, i32::MAX].map(Value::I32).map(named).to_vec(),
        Kind::Int64 => [i64::MIN, -1, 0, 1, i64::MAX].map(Value::I64).map(named).to_vec(),
        Kind::Double => {
            let strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            let fine = [
                0.0,
                -0.0,
                f64::MIN,
                f64::MAX,
                f64::MIN_POSITIVE,
                5e-324,
                0.1,
                9_007_199_254_740_993.0,
            ];
            strange.into_iter().chain(fine).map(Value::F64).map(named).collect()
        }
        Kind::Enum(known) => {
            let defined = known.values().map(|value| value.number());
            let last = known.values().map(|value| value.number()).max().unwrap();
            let unknown = [last + 1, -1, i32::MIN, i32::MAX];
            defined.chain(unknown).map(Value::EnumNumber).map(named).collect()
        }
        Kind::Message(inner) if inner.package_name().starts_with("shelf.") => {
            vec![("an empty message".into(), Some(Value::Message(DynamicMessage::new(inner))))]
        }
        Kind::Message(inner) => {
            well_known::values(&inner).into_iter().map(Value::Message).map(named).collect()
        }
        other => panic!("no values are known for `{}`, which is {other:?}", field.full_name()),
    }
}

fn texts(rules: &[(String, Value)]) -> Vec<(String, Option<Value>)> {
    let rule = |name: &str| {
        rules.iter().find(|(known, _)| known == name).map(|(_, rule)| rules::size(rule))
    };
    let (least, most, bytes) =
        (rule("string.min_len"), rule("string.max_len"), rule("string.max_bytes"));
    let mut texts = vec![("an empty text".to_owned(), String::new())];
    let mut repeated = |what: &str, count: usize| {
        texts.push((format!("{count} times {what:?}"), what.repeat(count)));
    };
    if let Some(most) = most {
        for letter in ["x", "é", "😀"] {
            repeated(letter, most);
            repeated(letter, most + 1);
        }
    }
    if let Some(bytes) = bytes {
        repeated("x", bytes);
        repeated("x", bytes + 1);
        repeated("é", bytes / 2);
        repeated("é", bytes / 2 + 1);
    }
    if let Some(least) = least.filter(|least| *least > 1) {
        repeated("é", least);
        repeated("é", least - 1);
    }
    if most.is_none() && bytes.is_none() {
        repeated("x", 64);
        repeated("x", LONG);
    }
    let all: String =
        HOSTILE.iter().filter(|text| !text.contains(char::is_control)).copied().collect();
    let joined: String = all.chars().take(most.unwrap_or(100)).collect();
    texts.push(("all that is hostile and visible".into(), joined));
    texts.extend(HOSTILE.map(|text| (format!("{text:?}"), text.to_owned())));
    texts.into_iter().map(|(what, text)| (what, Some(Value::String(text)))).collect()
}

/// Lists as long as they may be, and longer.
fn lists(place: &Place, sample: &DynamicMessage) -> Vec<(String, Option<Value>)> {
    let rules = rules::of(&place.field);
    let most = rules.iter().find(|(name, _)| name == "repeated.max_items");
    // A batch's own limit has a reason of its own.
    let most = most.map_or(500, |(_, rule)| rules::size(rule));
    let Some(Value::List(list)) = place.get(sample) else { return Vec::new() };
    let of = |count: usize| {
        let list = Value::List(list.iter().cycle().take(count).cloned().collect());
        (format!("{count} items"), Some(list))
    };
    vec![of(most), of(most + 1)]
}

/// Maps as large as they may be, and larger.
fn maps(place: &Place, sample: &DynamicMessage) -> Vec<(String, Option<Value>)> {
    let rules = rules::of(&place.field);
    let most = rules.iter().find(|(name, _)| name == "map.max_pairs");
    let most = most.map_or(1_000, |(_, rule)| rules::size(rule));
    let Some(Value::Map(map)) = place.get(sample) else { return Vec::new() };
    let value = map.values().next().expect("samples have a pair");
    let of = |count: usize| {
        let pair = |number: usize| (MapKey::String(format!("key {number}")), value.clone());
        let pairs: HashMap<_, _> = (0..count).map(pair).collect();
        (format!("{count} pairs"), Some(Value::Map(pairs)))
    };
    vec![of(most), of(most + 1)]
}
