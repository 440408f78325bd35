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

/// A refusal: its status, what it means, and a header that tells more.
type Refusal = (&'static str, &'static str, Option<(&'static str, &'static str)>);

const RETRY: Option<(&str, &str)> = Some(("Retry-After", "Seconds after which to try again."));
const AUTHENTICATE: Option<(&str, &str)> = Some(("WWW-Authenticate", "How to authenticate."));

/// Every refusal there is, by status.
const REFUSALS: [Refusal; 17] = [
    (
        "400",
        "The request is faulty, or asks for what is not possible as things stand; the details say what.",
        None,
    ),
    ("401", "Credentials are missing, wrong or expired.", AUTHENTICATE),
    ("403", "The caller may not do this.", None),
    ("404", "What the request names does not exist, or not for this caller.", None),
    ("406", "The answer has no form that `Accept` takes.", None),
    (
        "409",
        "It clashes with what is there: a name that is taken, or a change by somebody else.",
        None,
    ),
    ("412", "The resource is no longer the one of `If-Match`.", None),
    ("413", "The body is too large.", None),
    ("414", "The address is too long.", None),
    ("415", "The body has a type or a coding that is not read.", None),
    ("421", "The server does not answer under the name in `Host`.", None),
    ("429", "Too much was asked for, or too often.", RETRY),
    ("431", "The header fields are too long or too many.", None),
    ("500", "Something went wrong on the server's side.", None),
    ("501", "The server does not offer this.", None),
    ("503", "The server has too much to do, or is not there.", RETRY),
    ("504", "The answer did not come in time; whether a change was made is not known.", None),
];

/// What decides which refusals an operation can answer with.
#[derive(Clone, Copy)]
pub(super) struct Traits {
    pub(super) writes: bool,
    pub(super) has_body: bool,
    pub(super) compares_etags: bool,
}

/// References to the refusals of an operation, by status.
pub(super) fn of(traits: Traits) -> impl Iterator<Item = (&'static str, Object)> {
    let applies = move |status: &str| match status {
        "409" => traits.writes,
        "412" => traits.compares_etags,
        "413" | "415" => traits.has_body,
        _ => true,
    };
    let refer = |status: &str| object().with("$ref", format!("#/components/responses/{status}"));
    let all = REFUSALS.iter().filter(move |(status, ..)| applies(status));
    all.map(move |(status, ..)| (*status, refer(status)))
}

/// All refusals, for the operations to refer to.
pub(super) fn answers() -> Object {
    let all = REFUSALS.iter();
    all.fold(object(), |all, (status, text, header)| all.with(status, answer(text, *header)))
}

/// An answer with an error body.
fn answer(description: &str, header: Option<(&str, &str)>) -> Object {
    let schema = object().with("$ref", "#/components/schemas/Error");
    let json = object().with("application/json", object().with("schema", schema));
    let mut answer = object().with("description", description);
    if let Some((name, text)) = header {
        let value = object().with("type", "string");
        let header = object().with("description", text).with("schema", value);
        answer.push("headers", object().with(name, header));
    }
    answer.with("content", json)
}
