//! JSON to wire bytes, against serde_json's grammar and prost-reflect's reading.

use prost_reflect::DynamicMessage;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{
    library::{assert_place, decoded, message, read},
    same,
};
use crate::ParseOptions;

/// What the text is read as, chosen by the first byte.
const MESSAGES: [&str; 8] = [
    "library.v1.Book",
    "google.protobuf.Any",
    "google.protobuf.Struct",
    "google.protobuf.Value",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "google.protobuf.FieldMask",
    "library.v1.ListBooksRequest",
];

/// What is read is JSON, prost reads what was written, and finds in it what prost-reflect finds in the text; a fault of the syntax is one
/// to serde_json too, and every fault lies within the text.
///
/// # Panics
/// Where that does not hold.
pub fn json_to_wire(input: &[u8]) {
    let Some((choice, json)) = input.split_first() else { return };
    let (id, descriptor) = message(MESSAGES[usize::from(*choice) % MESSAGES.len()]);
    let options = ParseOptions { lenient_body: choice & 0x80 != 0, ..ParseOptions::default() };
    match read(id, json, &options) {
        Err(fault) => {
            assert_place(&fault, json);
            let is_json = serde_json::from_slice::<Value>(json).is_ok();
            assert!(!is_json || fault.reason != "JSON_SYNTAX", "{fault:?}");
        }
        Ok(wire) => {
            serde_json::from_slice::<IgnoredAny>(json).expect("what is read is JSON");
            let ours = decoded(descriptor.clone(), &wire);
            let mut text = serde_json::Deserializer::from_slice(json);
            if let Ok(theirs) = DynamicMessage::deserialize(descriptor, &mut text) {
                assert!(same::messages(&ours, &theirs), "{}", String::from_utf8_lossy(json));
            }
        }
    }
}
