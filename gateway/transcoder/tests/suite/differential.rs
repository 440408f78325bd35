//! Random messages, against prost-reflect, and random bytes, against panics.
//!
//! The oracle deviates from ProtoJSON in known ways; the generators stay clear of exactly those:
//! duplicate members, integers with exponents in quotes, -0.0 without presence, and times out of
//! range.

use std::sync::LazyLock;

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::{Map, Value, json};
use transcoder::{
    ErrorOptions, HeaderFields, Input, ParseOptions, Plan, PlanConfig, PrintOptions, Routed,
    RpcError,
};

use crate::library::{SET, TERSE, book, json, plan, wire, wire_of};

static BOOK: LazyLock<MessageDescriptor> = LazyLock::new(|| {
    let pool = DescriptorPool::decode(SET.as_slice()).unwrap();
    pool.get_message_by_name("library.v1.Book").unwrap()
});

fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![Just(String::new()), "[a-z\"\\\\/\n\u{1}é😀]{0,20}", "[ -~]{0,40}"]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), (-1_000_000_i64..1_000_000).prop_map(|n| n as f64 / 64.0)]
        .prop_filter("JSON has no such number, or the oracle drops it", |n| {
            n.is_finite() && n.to_bits() != (-0.0_f64).to_bits()
        })
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// One member of a book: the JSON name and a legal value.
fn member() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![scalar(), list(), map(), well_known()]
}

/// The values of a strategy under one name.
fn named<S>(name: &'static str, values: S) -> BoxedStrategy<(&'static str, Value)>
where
    S: Strategy + 'static,
    S::Value: serde::Serialize,
{
    values.prop_map(move |value| (name, json!(value))).boxed()
}

fn scalar() -> impl Strategy<Value = (&'static str, Value)> {
    let ratio =
        any::<f32>().prop_filter("finite", |ratio| ratio.is_finite() && ratio.to_bits() != 1 << 31);
    prop_oneof![
        named("title", text()),
        named("subtitle", text()),
        named("stra\"nge", text()),
        named("pages", any::<i64>().prop_map(|n| n.to_string())),
        named("u64", any::<u64>().prop_map(|n| n.to_string())),
        named("s32", any::<i32>()),
        named("lent", any::<bool>()),
        named("genre", genre()),
        named("price", number()),
        named("ratio", ratio),
        named("cover", cover()),
    ]
}

fn genre() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![Just(json!("GENRE_POETRY")), (-3..5_i32).prop_map(|number| json!(number))]
}

/// Bytes as the oracle prints them: those of the crate under test would prove nothing.
fn cover() -> impl Strategy<Value = Value> {
    prop::collection::vec(any::<u8>(), 1..200).prop_map(|bytes| {
        let mut book = DynamicMessage::new(BOOK.clone());
        book.set_field_by_name("cover", prost_reflect::Value::Bytes(bytes.into()));
        serde_json::to_value(&book).unwrap()["cover"].clone()
    })
}

fn list() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        named("genres", prop::collection::vec(genre(), 0..5)),
        named("authors", prop::collection::vec(text(), 0..4)),
        named("years", prop::collection::vec(any::<i32>(), 0..40)),
        named("numbers", prop::collection::vec(number(), 0..4)),
        named("list", prop::collection::vec(any_value(), 0..3)),
    ]
}

fn size() -> impl Strategy<Value = Value> + Clone {
    (any::<i32>(), text()).prop_map(|(width, maker)| json!({"width": width, "maker": maker}))
}

fn map() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        named("labels", prop::collection::btree_map(text(), text(), 0..12)),
        named("shelves", prop::collection::btree_map(any::<i32>(), genre(), 0..12)),
        named("boxes", prop::collection::btree_map(any::<bool>(), size(), 0..3)),
        named("extra", prop::collection::btree_map(text(), any_value(), 0..3)),
    ]
}

fn well_known() -> impl Strategy<Value = (&'static str, Value)> {
    let time = (0..4_000_u32, 0..1_000_u32).prop_map(|(days, ms)| {
        format!("2{:03}-0{}-1{}T00:00:00.{ms:03}Z", days / 9, 1 + days % 9, days % 9)
    });
    let origin = (any::<i32>(), text()).prop_map(|(height, maker)| {
        json!({"@type": "type.googleapis.com/library.v1.Size", "height": height, "maker": maker})
    });
    prop_oneof![
        named("size", size()),
        named("crate", size()),
        named("printTime", time),
        named("loan", (-999_i64..999).prop_map(|seconds| format!("{seconds}.250s"))),
        named("value", any_value()),
        named("note", text()),
        named("big", any::<i64>().prop_map(|n| n.to_string())),
        named("origin", origin),
    ]
}

fn book_json() -> impl Strategy<Value = Value> {
    let flat = || {
        prop::collection::vec(member(), 0..12).prop_map(|members| {
            let members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            Value::Object(members)
        })
    };
    flat().prop_recursive(3, 12, 3, move |inner| {
        (flat(), prop::collection::vec(inner.clone(), 0..3), inner).prop_map(
            |(mut book, parts, next)| {
                book["parts"] = json!(parts);
                book["next"] = next;
                book
            },
        )
    })
}

fn oracle(json: &Value) -> DynamicMessage {
    DynamicMessage::deserialize(BOOK.clone(), json).unwrap()
}

/// Wire bytes as the oracle sees them; as JSON, since its maps have no order.
fn decoded(wire: &[u8]) -> Value {
    serde_json::to_value(DynamicMessage::decode(BOOK.clone(), wire).unwrap()).unwrap()
}

/// Numbers compare as doubles: `1.0` and `1` are one value.
fn canonical(value: Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_f64().unwrap()),
        Value::Array(list) => list.into_iter().map(canonical).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| match value.as_f64().filter(|_| key == "ratio") {
                // The oracle prints floats with the digits of a double.
                Some(ratio) => (key, json!(ratio as f32)),
                None => (key, canonical(value)),
            })
            .collect(),
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_reads_as_the_oracle_reads_it(book in book_json()) {
        let ours = wire(&book.to_string()).unwrap();
        prop_assert_eq!(decoded(&ours), serde_json::to_value(oracle(&book)).unwrap());
    }

    #[test]
    fn wire_prints_as_the_oracle_prints_it(source in book_json(), defaults: bool) {
        let message = oracle(&source);
        let wire = message.encode_to_vec();
        let options = PrintOptions { omit_defaults: !defaults, ..TERSE };
        let printed = crate::library::json_of(book(), &wire, &options).unwrap();
        let printed: Value = serde_json::from_str(&printed).unwrap();
        let options = SerializeOptions::new().skip_default_fields(!defaults);
        let expected = message.serialize_with_options(serde_json::value::Serializer, &options).unwrap();
        prop_assert_eq!(canonical(printed), canonical(expected));
    }

    #[test]
    fn both_paths_print_alike(source in book_json(), defaults: bool) {
        let wire = oracle(&source).encode_to_vec();
        let options = PrintOptions { omit_defaults: !defaults, ..TERSE };
        // An empty name twice changes nothing but the path.
        let doubled = [b"\x0a\x00\x0a\x00", wire.as_slice()].concat();
        prop_assert_eq!(
            crate::library::json_of(book(), &wire, &options).unwrap(),
            crate::library::json_of(book(), &doubled, &options).unwrap()
        );
    }

    #[test]
    fn what_is_printed_reads_back(source in book_json()) {
        let first = wire(&source.to_string()).unwrap();
        let printed = json(&first).unwrap();
        let second = wire(&printed).unwrap();
        prop_assert_eq!(decoded(&first), decoded(&second));
    }

    #[test]
    fn damaged_json_never_panics_and_its_place_is_found(source in book_json(), at: prop::sample::Index, byte: u8, cut: bool) {
        let mut text = source.to_string().into_bytes();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text[at] = byte }
        if let Err(fault) = wire_of(book(), &text, &ParseOptions::default()) {
            prop_assert!(fault.line.is_some() && fault.at.is_some_and(|at| at <= text.len()));
        }
    }

    #[test]
    fn damaged_wire_never_panics_and_prints_only_json(source in book_json(), at: prop::sample::Index, byte: u8, cut: bool) {
        let mut wire = oracle(&source).encode_to_vec();
        prop_assume!(!wire.is_empty());
        let at = at.index(wire.len());
        if cut { wire.truncate(at) } else { wire[at] = byte }
        if let Ok(printed) = json(&wire) {
            prop_assert!(serde_json::from_str::<Value>(&printed).is_ok(), "{}", printed);
        }
    }

    #[test]
    fn no_bytes_panic_anywhere(bytes in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,80}", name in "[a-z.\\[\\]=&%0-9A-Z+_]{0,60}") {
        let mut out = BytesMut::new();
        for message in ["library.v1.Book", "google.protobuf.Any", "google.protobuf.Value", "google.protobuf.Struct"] {
            let id = plan().message(message).unwrap();
            let _ = plan().wire_to_json(id, &bytes, &PrintOptions::default(), &mut out);
            let _ = plan().json_to_wire(id, &bytes, &ParseOptions::default(), &mut out);
            let _ = plan().json_to_wire(id, text.as_bytes(), &ParseOptions::default(), &mut out);
        }
        let _ = Plan::compile(&bytes, &[], &PlanConfig::default());
        let error = RpcError { code: 3, message: &text, details: &bytes };
        out.clear();
        plan().error_body(&error, &ErrorOptions::new("d"), &mut out);
        prop_assert!(serde_json::from_slice::<Value>(&out).is_ok());
        for (method, path) in [("GET", "/v1/books"), ("GET", &*format!("/v1/books/{name}")), ("PATCH", "/v1/shelves/a/books/b"), ("POST", "/v1/shelves/a/books/b:lend")] {
            let Routed::Hit(call) = plan().route(method, path) else { continue };
            let headers = HeaderFields {
                if_match: Some(&text),
                idempotency_key: Some(&name),
                last_event_id: Some(&text),
            };
            for body in [&bytes[..], b"", b"{}"] {
                let input = Input { query: &name, content_type: "application/json", body, headers };
                let _ = call.request(&input, &ParseOptions::default(), &mut out);
            }
            let wire = Bytes::from(bytes.clone());
            let _ = call.response(&wire, &PrintOptions::default(), &mut out);
            let tag = call.etag(&wire, &PrintOptions::default(), transcoder::Coding::Identity);
            prop_assert!(tag.matches(tag.as_str()));
            tag.matches(&text);
        }
    }
}

#[test]
fn a_damaged_set_never_panics() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..300 {
        let (at, byte) = (any::<prop::sample::Index>(), any::<u8>())
            .new_tree(&mut runner)
            .map(|tree| tree.current())
            .unwrap();
        let mut set = SET.clone();
        let at = at.index(set.len());
        set[at] = byte;
        if let Ok(plan) =
            Plan::compile(&set, &[], &PlanConfig { skip_invalid: true, ..PlanConfig::default() })
        {
            let mut out = BytesMut::new();
            if let Some(id) = plan.message("library.v1.Book") {
                let wire = wire(r#"{"title":"x","size":{"width":1},"labels":{"a":"b"}}"#).unwrap();
                let _ = plan.wire_to_json(id, &wire, &PrintOptions::default(), &mut out);
            }
        }
    }
}
