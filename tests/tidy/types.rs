//! `web/modules/types.js` against the contract: every shape that it names has the fields of its message, in ProtoJSON's types.
//!
//! A message may have more fields than the modules read; none that they name may be missing there or be of another type.

use std::collections::BTreeMap;

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use proto::descriptor_pool;

const TYPES: &str = include_str!("../../web/modules/types.js");

/// The shapes of the contract, and the messages that they are; the details of an error are told apart by their fields.
const SHAPES: [(&str, &[&str]); 12] = [
    ("Money", &["google.type.Money"]),
    ("Price", &["shelf.catalog.v1.Price"]),
    ("Actor", &["shelf.catalog.v1.Actor"]),
    ("Variant", &["shelf.catalog.v1.Variant"]),
    ("Product", &["shelf.catalog.v1.Product"]),
    (
        "ProductPage",
        &["shelf.catalog.v1.ListProductsResponse", "shelf.catalog.v1.SearchProductsResponse"],
    ),
    ("Change", &["shelf.catalog.v1.Change"]),
    ("Told", &["shelf.catalog.v1.WatchProductsResponse"]),
    ("Found", &["shelf.catalog.v1.FoundProduct"]),
    ("Segment", &["shelf.catalog.v1.TextSegment"]),
    ("FieldViolation", &["google.rpc.BadRequest.FieldViolation"]),
    ("ErrorDetail", &["google.rpc.ErrorInfo", "google.rpc.BadRequest"]),
];

/// The shapes that only the modules know.
const OWN: [&str; 8] =
    ["News", "CallOptions", "Done", "Offline", "Unknown", "Refused", "Failure", "Outcome"];

/// The fields of each shape, with their types as they are written, spaces left out.
type Shapes = BTreeMap<String, Vec<(String, String)>>;

/// The shapes of a file: `@typedef {{ name: type }} Shape`, or `@typedef {object} Shape` with a `@property` a field.
fn shapes(text: &str) -> Shapes {
    let mut shapes = Shapes::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some((_, rest)) = line.split_once("@typedef ") {
            let (kind, rest) = braced(rest);
            current = rest.split_whitespace().next().unwrap_or_default().to_owned();
            shapes.insert(current.clone(), members(&kind));
        } else if let Some((_, rest)) = line.split_once("@property ") {
            let (kind, rest) = braced(rest);
            let name = rest.split_whitespace().next().unwrap_or_default();
            let name = name.trim_matches(['[', ']']).to_owned();
            shapes.entry(current.clone()).or_default().push((name, kind));
        }
    }
    shapes
}

/// What stands between a text's first brace and the one that closes it, without spaces, and what follows.
fn braced(text: &str) -> (String, &str) {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return (text[1..at].replace(' ', ""), &text[at + 1..]);
        }
    }
    panic!("a brace is not closed: {text}")
}

/// The fields of `{name:type,other?:type}`; none of anything else.
fn members(kind: &str) -> Vec<(String, String)> {
    let Some(inside) = kind.strip_prefix('{').and_then(|kind| kind.strip_suffix('}')) else {
        return Vec::new();
    };
    let fields = inside.split(',').filter_map(|field| field.split_once(':'));
    fields.map(|(name, kind)| (name.trim_end_matches('?').to_owned(), kind.to_owned())).collect()
}

/// What is wrong with a shape, against the messages that it may be.
fn faults(shape: &str, fields: &[(String, String)], messages: &[MessageDescriptor]) -> Vec<String> {
    let fault = |(name, kind): &(String, String)| {
        let found: Vec<_> =
            messages.iter().filter_map(|message| message.get_field_by_json_name(name)).collect();
        if found.is_empty() {
            return Some(format!("{shape}.{name} is no field of the contract"));
        }
        let fits = found.iter().any(|field| fits(field, kind));
        (!fits).then(|| format!("{shape}.{name} is not `{kind}` in the contract"))
    };
    fields.iter().filter_map(fault).collect()
}

/// Whether a type is what ProtoJSON makes of a field.
fn fits(field: &FieldDescriptor, kind: &str) -> bool {
    if field.is_map() {
        return kind == "Record<string,string>";
    }
    let one = if field.is_list() { kind.strip_suffix("[]") } else { Some(kind) };
    one.is_some_and(|one| fits_one(&field.kind(), one))
}

fn fits_one(field: &Kind, kind: &str) -> bool {
    match field {
        Kind::String | Kind::Bytes | Kind::Int64 | Kind::Uint64 => kind == "string",
        Kind::Bool => kind == "boolean",
        Kind::Int32 | Kind::Uint32 | Kind::Double | Kind::Float => kind == "number",
        Kind::Enum(values) => {
            let named: Vec<_> = kind.split('|').map(|value| value.trim_matches('\'')).collect();
            let known = values.values().filter(|value| value.number() != 0);
            let known: Vec<_> = known.map(|value| value.name().to_owned()).collect();
            named == known
        }
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            kind == "string"
        }
        Kind::Message(message) if kind.starts_with('{') => {
            faults(kind, &members(kind), std::slice::from_ref(message)).is_empty()
        }
        Kind::Message(message) => {
            let shape = SHAPES.iter().find(|(shape, _)| *shape == kind);
            shape.is_some_and(|(_, messages)| messages.contains(&message.full_name()))
        }
        _ => false,
    }
}

fn messages(names: &[&str]) -> Vec<MessageDescriptor> {
    let message = |name: &&str| {
        let found = descriptor_pool().get_message_by_name(name);
        found.unwrap_or_else(|| panic!("the contract has no `{name}`"))
    };
    names.iter().map(message).collect()
}

#[test]
fn every_shape_of_the_modules_is_one_of_the_contract_or_their_own() {
    let found = shapes(TYPES);
    let known = SHAPES.iter().map(|(shape, _)| *shape).chain(OWN);
    let mut known: Vec<_> = known.collect();
    known.sort_unstable();
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), known);
}

#[test]
fn the_shapes_of_the_modules_have_the_fields_of_the_contract() {
    let found = shapes(TYPES);
    for (shape, names) in SHAPES {
        let fields = &found[shape];
        assert!(!fields.is_empty(), "{shape} has no field");
        assert_eq!(faults(shape, fields, &messages(names)), [""; 0]);
    }
}

#[test]
fn planted_shapes_are_found() {
    let product = &messages(&["shelf.catalog.v1.Product"]);
    let wrong = shapes(
        "/**\n * @typedef {object} Product\n * @property {string} [subtitle]\n * @property {number} title\n\
         * @property {string} [tags]\n * @property {Price[]} variants\n * @property {'STATE_DRAFT'} state\n\
         * @property {{ url: string }[]} [images]\n */",
    );
    let wrong = faults("Product", &wrong["Product"], product);
    assert_eq!(wrong.len(), 6, "{wrong:?}");
    let right =
        shapes("/** @typedef {{ title: string, tags?: string[], variants: Variant[] }} Product */");
    assert_eq!(right["Product"].len(), 3);
    assert_eq!(faults("Product", &right["Product"], product), [""; 0]);
}
