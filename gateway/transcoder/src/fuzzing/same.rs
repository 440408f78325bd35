//! Whether two messages say the same, where prost-reflect is known to read JSON otherwise than ProtoJSON has it.
//!
//! It drops -0.0 and empty paths of a FieldMask, takes every number with a point or an exponent for a double, and rounds a float by
//! way of one.

use prost_reflect::{DynamicMessage, FieldDescriptor, MapKey, ReflectMessage as _, Value};

use super::library::descriptor;

/// The whole numbers that a double holds exactly.
const EXACT: u64 = 1 << 53;

/// Whether every field of two messages of one type says the same.
pub(super) fn messages(one: &DynamicMessage, other: &DynamicMessage) -> bool {
    let kind = one.descriptor();
    match kind.full_name() {
        "google.protobuf.FieldMask" => paths(one) == paths(other),
        "google.protobuf.Any" => anys(one, other),
        _ => kind.fields().all(|field| fields(&field, one, other)),
    }
}

fn fields(field: &FieldDescriptor, one: &DynamicMessage, other: &DynamicMessage) -> bool {
    match (one.has_field(field), other.has_field(field)) {
        (false, false) => true,
        (is_set, other_is_set) if field.supports_presence() && is_set != other_is_set => false,
        _ => values(&one.get_field(field), &other.get_field(field)),
    }
}

fn values(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::F64(one), Value::F64(other)) => one == other || one.is_nan() && other.is_nan(),
        (Value::F32(one), Value::F32(other)) => {
            one.is_nan() && other.is_nan() || one == other || {
                one.is_sign_negative() == other.is_sign_negative()
                    && one.to_bits().abs_diff(other.to_bits()) <= 1
            }
        }
        (Value::I64(one), Value::I64(other)) => {
            one == other || one.unsigned_abs() > EXACT && *one as f64 == *other as f64
        }
        (Value::U64(one), Value::U64(other)) => {
            one == other || *one > EXACT && *one as f64 == *other as f64
        }
        (Value::Message(one), Value::Message(other)) => messages(one, other),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| values(one, other))
        }
        (Value::Map(one), Value::Map(other)) => {
            let in_other = |(key, value): (&MapKey, &Value)| {
                other.get(key).is_some_and(|other| values(value, other))
            };
            one.len() == other.len() && one.iter().all(in_other)
        }
        _ => one == other,
    }
}

fn paths(mask: &DynamicMessage) -> Vec<Value> {
    let paths = mask.get_field_by_name("paths").map(|paths| paths.into_owned());
    let Some(Value::List(paths)) = paths else { return Vec::new() };
    paths.into_iter().filter(|path| path.as_str() != Some("")).collect()
}

/// What an Any holds is compared by its fields, whose order on the wire is free.
fn anys(one: &DynamicMessage, other: &DynamicMessage) -> bool {
    let parts = |any: &DynamicMessage| {
        let text = any.get_field_by_name("type_url")?.as_str()?.to_owned();
        let content = any.get_field_by_name("value")?.as_bytes()?.clone();
        Some((text, content))
    };
    let (Some((one, content)), Some((other, other_content))) = (parts(one), parts(other)) else {
        return false;
    };
    let name = one.rsplit('/').next().unwrap_or_default();
    if one != other || name.is_empty() {
        return one == other && content == other_content;
    }
    let read = |content: &[u8]| DynamicMessage::decode(descriptor(name), content).ok();
    match (read(&content), read(&other_content)) {
        (Some(one), Some(other)) => messages(&one, &other),
        _ => false,
    }
}
