//! The mask of a PATCH without one, against a mask computed from the parsed JSON.

use std::collections::BTreeSet;

use bytes::BytesMut;
use prost_reflect::{Kind, MessageDescriptor, Value as Field};
use serde_json::Value;

use super::library::{decoded, descriptor, plan};
use crate::{Input, ParseOptions, Routed};

/// What no mask names: the name that the path binds, the etag, and what only the service sets.
const UNLISTED: [&str; 3] = ["name", "etag", "create_time"];

/// The mask that is recorded names the leaves that the parsed JSON has.
///
/// # Panics
/// Where that does not hold.
pub fn mask(input: &[u8]) {
    let Routed::Hit(call) = plan().route("PATCH", "/v1/shelves/a/books/b") else {
        panic!("the method has a rule")
    };
    let body = Input { content_type: "application/json", body: input, ..Input::default() };
    let mut out = BytesMut::new();
    if input.is_empty() || call.request(&body, &ParseOptions::default(), &mut out).is_err() {
        return;
    }
    let request = decoded(descriptor("library.v1.UpdateBookRequest"), &out);
    let mask = request.get_field_by_name("update_mask").expect("the mask").into_owned();
    let paths = mask.as_message().and_then(|mask| mask.get_field_by_name("paths"));
    let recorded = paths.as_deref().and_then(Field::as_list).expect("its paths");
    let names: BTreeSet<_> = recorded.iter().filter_map(Field::as_str).map(str::to_owned).collect();
    assert_eq!(names.len(), recorded.len(), "a path stands twice: {recorded:?}");
    let parsed = serde_json::from_slice(input).expect("what is read is JSON");
    let mut expected = BTreeSet::new();
    add_leaves(&descriptor("library.v1.Book"), &parsed, "", &mut expected);
    assert_eq!(names, expected);
}

fn add_leaves(kind: &MessageDescriptor, json: &Value, above: &str, paths: &mut BTreeSet<String>) {
    for (key, value) in json.as_object().into_iter().flatten() {
        let by_name = || kind.get_field_by_name(key);
        let field = kind.get_field_by_json_name(key).or_else(by_name).expect("a known field");
        let path = format!("{above}{}", field.name());
        // The name and the etag are left out of the book itself; what only the service sets, anywhere.
        let own = above.is_empty() || field.name() != "etag";
        if UNLISTED.contains(&field.name()) && own {
            continue;
        }
        let below = match field.kind() {
            Kind::Message(below) if !field.is_list() && !field.is_map() => Some(below),
            _ => None,
        };
        let plain = below.filter(|below| below.full_name().starts_with("library."));
        match (plain, value.as_object()) {
            (Some(below), Some(members)) if !members.is_empty() => {
                add_leaves(&below, value, &format!("{path}."), paths);
            }
            _ => {
                paths.insert(path);
            }
        }
    }
}
