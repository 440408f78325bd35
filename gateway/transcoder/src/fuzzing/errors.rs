//! Error bodies: whatever an upstream sends along, an error arrives as JSON of its shape.

use bytes::BytesMut;
use serde_json::Value;

use super::library::{descriptor, plan};
use crate::{Code, ErrorOptions, ErrorShape, RpcError};

/// Every error is a JSON object of its shape, with the message as it came and details that name their types; none of them is meant for
/// the service's own developers, and there are no more than were sent.
///
/// The first byte is the code, which is none of success, the rest the details; the message is what is text of it.
///
/// # Panics
/// Where that does not hold.
pub fn errors(input: &[u8]) {
    let Some((number, details)) = input.split_first() else { return };
    let code = i32::from(*number) % 32 - 8;
    if code == 0 {
        return;
    }
    let message = String::from_utf8_lossy(details);
    let error = RpcError { code, message: &message, details };
    for (shape, if_match) in [(ErrorShape::Envelope, true), (ErrorShape::Status, false)] {
        let options = ErrorOptions { shape, if_match, ..ErrorOptions::new("library.test") };
        let mut out = BytesMut::from("kept");
        let head = plan().error_body(&error, &options, &mut out);
        let printed: Value = serde_json::from_slice(&out[4..]).expect("an error is JSON");
        let body = if shape == ErrorShape::Envelope { &printed["error"] } else { &printed };
        let known = Code::from_number(code);
        let number = match shape {
            ErrorShape::Envelope => i64::from(head.status),
            ErrorShape::Status => i64::from(known as i32),
        };
        assert_eq!(body["code"], number);
        assert_eq!(body["message"], *message);
        assert!((400..600).contains(&head.status), "{head:?}");
        assert_details(body["details"].as_array().expect("a list of details"), details);
    }
}

fn assert_details(printed: &[Value], sent: &[u8]) {
    for detail in printed {
        let kind = detail.get("@type").and_then(Value::as_str);
        let empty = detail.as_object().is_some_and(serde_json::Map::is_empty);
        let name = kind.map_or("", |kind| kind.rsplit('/').next().unwrap_or_default());
        assert!(empty || kind.is_some(), "{detail}");
        assert_ne!(name, "google.rpc.DebugInfo", "{detail}");
    }
    let status = prost_reflect::DynamicMessage::decode(descriptor("google.rpc.Status"), sent);
    if let Ok(status) = status {
        let details = status.get_field_by_name("details").map(|details| details.into_owned());
        let sent = details.as_ref().and_then(|details| details.as_list()).map_or(0, <[_]>::len);
        assert!(printed.len() <= sent, "{} of {sent}", printed.len());
    }
}
