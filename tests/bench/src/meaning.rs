//! Whether two JSON texts are the same message and name the same fields: what is compared for its cost has to say the same.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::{Deserializer, Value};

/// Fails where `other` differs from `one` in a value, or in which fields it names at all. `null` names no field, as ProtoJSON has it.
///
/// # Errors
/// What differs, or that one of them is not this message.
pub(crate) fn ensure_same(message: &MessageDescriptor, one: &[u8], other: &[u8]) -> Result<()> {
    let (named, others) = (fields(one)?, fields(other)?);
    let differing: Vec<&String> = named.symmetric_difference(&others).collect();
    ensure!(differing.is_empty(), "only one of two answers has {differing:?}");
    let (one, other) = (read(message, one)?, read(message, other)?);
    ensure!(one == other, "two answers differ:\n{one}\n{other}");
    Ok(())
}

/// The message of a JSON text, by a library and not by Shelf's own transcoder.
fn read(message: &MessageDescriptor, json: &[u8]) -> Result<DynamicMessage> {
    let mut json = Deserializer::from_slice(json);
    DynamicMessage::deserialize(message.clone(), &mut json)
        .with_context(|| format!("this is no {}", message.full_name()))
}

/// The paths of all members that are not `null`.
fn fields(json: &[u8]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    collect(&serde_json::from_slice(json)?, "", &mut found);
    Ok(found)
}

fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                let path = format!("{path}.{name}");
                collect(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(elements) => {
            for (number, element) in elements.iter().enumerate() {
                collect(element, &format!("{path}[{number}]"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use prost_reflect::DescriptorPool;

    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let message = DescriptorPool::global().get_message_by_name("google.protobuf.EnumValue");
        ensure_same(&message.unwrap(), one.as_bytes(), other.as_bytes()).is_ok()
    }

    #[test]
    fn order_and_spelling_change_no_meaning() {
        assert!(same(
            r#"{"name":"a","number":1}"#,
            r#"{"number":"1", "name":"\u0061","options":null}"#
        ));
    }

    #[test]
    fn another_value_and_a_missing_field_are_found() {
        assert!(!same(r#"{"name":"a"}"#, r#"{"name":"b"}"#));
        // The same message, and yet one of them was cheaper to print.
        assert!(!same(r#"{"name":"a","number":0}"#, r#"{"name":"a"}"#));
    }
}
