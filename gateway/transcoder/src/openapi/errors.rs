//! The schema of error bodies, and the answers that carry them.

use super::node::{Node, Object, object};
use crate::options::ErrorShape;

/// An error body in its outer shape.
pub(super) fn schema(shape: ErrorShape) -> Object {
    let detail = object()
        .with("type", "object")
        .with("properties", object().with("@type", object().with("type", "string")))
        .with("required", vec!["@type".into()])
        .with("additionalProperties", true);
    let details = object()
        .with("type", "array")
        .with("description", "`google.rpc.ErrorInfo` with the reason, `BadRequest` with every field at fault, and others")
        .with("items", detail);
    let code = |what: &str| object().with("type", "integer").with("description", what);
    let message =
        object().with("type", "string").with("description", "what went wrong, for people");
    match shape {
        ErrorShape::Status => members(&[
            ("code", code("the number of the canonical code")),
            ("message", message),
            ("details", details),
        ]),
        ErrorShape::Envelope => {
            let status = object()
                .with("type", "string")
                .with("description", "the name of the canonical code, such as `NOT_FOUND`");
            let inner = members(&[
                ("code", code("the HTTP status")),
                ("message", message),
                ("status", status),
                ("details", details),
            ]);
            members(&[("error", inner)])
        }
    }
}

/// An object that always has all of these members.
fn members(all: &[(&str, Object)]) -> Object {
    let properties =
        all.iter().fold(object(), |all, (name, schema)| all.with(name, schema.clone()));
    let required: Vec<Node> = all.iter().map(|(name, _)| (*name).into()).collect();
    object().with("type", "object").with("properties", properties).with("required", required)
}

/// An answer with an error body.
pub(super) fn answer(description: &str) -> Object {
    let schema = object().with("$ref", "#/components/schemas/Error");
    let json = object().with("application/json", object().with("schema", schema));
    object().with("description", description).with("content", json)
}
