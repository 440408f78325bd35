//! Wire bytes to JSON: the fast path, the indexed one, and prost-reflect.

use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value;

use super::library::{book, plan, print, print_options};
use crate::{
    FaultClass, MsgId, PrintOptions,
    wire::{self, Reader},
};

/// The name of a book, empty and twice: it changes nothing, but that fields do not come once and in order.
const OUT_OF_ORDER: &[u8] = b"\x0a\x00\x0a\x00";

/// Both paths print the same, which is JSON, and what prost-reflect prints of the message; neither calls broken what prost-reflect can print.
///
/// # Panics
/// Where that does not hold.
pub fn wire_to_json(input: &[u8]) {
    let Some((choice, wire)) = input.split_first() else { return };
    let (id, descriptor) = book();
    let options = print_options(*choice);
    let fast = print(id, wire, &options);
    let indexed = print(id, &[OUT_OF_ORDER, wire].concat(), &options);
    assert_eq!(fast.as_ref().ok(), indexed.as_ref().ok(), "{fast:?}\n{indexed:?}");
    let theirs = DynamicMessage::decode(descriptor, wire).ok().filter(|_| !is_mistyped(id, wire));
    let expected = theirs.and_then(|theirs| serialized(&theirs, &options));
    match (fast, expected) {
        (Ok(text), expected) => {
            let printed = serde_json::from_str(&text).expect("what is printed is JSON");
            if let Some(expected) = expected {
                let [printed, expected] = [printed, expected].map(without_negative_zeros);
                assert!(alike(&printed, &expected), "{printed}\n{expected}");
            }
        }
        (Err(fault), Some(_)) => assert_ne!(fault.class, FaultClass::Malformed, "{fault:?}"),
        (Err(_), None) => {}
    }
}

/// Whether a known field has a wire type of another one anywhere: it counts as unknown, but prost-reflect reads a map all the same.
fn is_mistyped(id: MsgId, wire: &[u8]) -> bool {
    let (tables, mut reader) = (&plan().tables, Reader::new(wire));
    let msg = tables.msg(id);
    while let Ok(Some((number, wire_type))) = reader.tag() {
        let Some(index) = msg.index(number) else {
            match reader.skip(number, wire_type, 100) {
                Ok(()) => continue,
                Err(_) => return false,
            }
        };
        let field = &msg.fields[index];
        if !field.takes(wire_type) {
            return true;
        }
        match (reader.value(wire_type), field.message()) {
            (Ok(wire::Value::Bytes(inner)), Some(id)) if is_mistyped(id, inner) => return true,
            (Ok(_), _) => {}
            (Err(_), _) => return false,
        }
    }
    false
}

fn serialized(message: &DynamicMessage, options: &PrintOptions) -> Option<Value> {
    let options = SerializeOptions::new()
        .skip_default_fields(options.omit_defaults)
        .stringify_64_bit_integers(!options.int64_as_numbers)
        .use_enum_numbers(options.enums_as_ints)
        .use_proto_field_name(options.proto_names);
    message.serialize_with_options(serde_json::value::Serializer, &options).ok()
}

/// Without members that are -0: prost-reflect takes it for the default, and leaves it out with the defaults. The bits say that it is none.
fn without_negative_zeros(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            let is_one = |value: &Value| {
                value.as_f64().is_some_and(|number| number == 0.0 && number.is_sign_negative())
            };
            members.retain(|_, value| !is_one(value));
            members.values_mut().for_each(|value| *value = without_negative_zeros(value.take()));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|value| *value = without_negative_zeros(value.take()));
        }
        _ => {}
    }
    value
}

/// Numbers are alike as doubles, or as floats, which prost-reflect prints with the digits of a double.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64(), other.as_f64());
            one == other || one.map(|one| one as f32) == other.map(|other| other as f32)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let in_other = |(key, value): (&String, &Value)| {
                other.get(key).is_some_and(|other| alike(value, other))
            };
            one.len() == other.len() && one.iter().all(in_other)
        }
        _ => one == other,
    }
}
