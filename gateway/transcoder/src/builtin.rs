//! Types that every plan knows, whether or not the descriptor set brings them: the well-known
//! types, `google.api.HttpBody`, and the error details of `google.rpc`.

use crate::load::{Enum, Field, Message, Schema, camel};

/// Name, number, type. A leading `*` on the type means repeated; a name is a message or enum.
type Column = (&'static str, u32, &'static str);

const MESSAGES: &[(&str, &[Column])] = &[
    ("google.protobuf.Any", &[("type_url", 1, "string"), ("value", 2, "bytes")]),
    ("google.protobuf.Timestamp", &[("seconds", 1, "int64"), ("nanos", 2, "int32")]),
    ("google.protobuf.Duration", &[("seconds", 1, "int64"), ("nanos", 2, "int32")]),
    ("google.protobuf.FieldMask", &[("paths", 1, "*string")]),
    ("google.protobuf.Empty", &[]),
    ("google.protobuf.DoubleValue", &[("value", 1, "double")]),
    ("google.protobuf.FloatValue", &[("value", 1, "float")]),
    ("google.protobuf.Int64Value", &[("value", 1, "int64")]),
    ("google.protobuf.UInt64Value", &[("value", 1, "uint64")]),
    ("google.protobuf.Int32Value", &[("value", 1, "int32")]),
    ("google.protobuf.UInt32Value", &[("value", 1, "uint32")]),
    ("google.protobuf.BoolValue", &[("value", 1, "bool")]),
    ("google.protobuf.StringValue", &[("value", 1, "string")]),
    ("google.protobuf.BytesValue", &[("value", 1, "bytes")]),
    ("google.protobuf.Struct", &[("fields", 1, "*google.protobuf.Struct.FieldsEntry")]),
    (
        "google.protobuf.Struct.FieldsEntry",
        &[("key", 1, "string"), ("value", 2, "google.protobuf.Value")],
    ),
    (
        "google.protobuf.Value",
        &[
            ("null_value", 1, "enum google.protobuf.NullValue"),
            ("number_value", 2, "double"),
            ("string_value", 3, "string"),
            ("bool_value", 4, "bool"),
            ("struct_value", 5, "google.protobuf.Struct"),
            ("list_value", 6, "google.protobuf.ListValue"),
        ],
    ),
    ("google.protobuf.ListValue", &[("values", 1, "*google.protobuf.Value")]),
    (
        "google.api.HttpBody",
        &[
            ("content_type", 1, "string"),
            ("data", 2, "bytes"),
            ("extensions", 3, "*google.protobuf.Any"),
        ],
    ),
    (
        "google.rpc.Status",
        &[("code", 1, "int32"), ("message", 2, "string"), ("details", 3, "*google.protobuf.Any")],
    ),
    (
        "google.rpc.ErrorInfo",
        &[
            ("reason", 1, "string"),
            ("domain", 2, "string"),
            ("metadata", 3, "*google.rpc.ErrorInfo.MetadataEntry"),
        ],
    ),
    ("google.rpc.ErrorInfo.MetadataEntry", &[("key", 1, "string"), ("value", 2, "string")]),
    ("google.rpc.RetryInfo", &[("retry_delay", 1, "google.protobuf.Duration")]),
    ("google.rpc.DebugInfo", &[("stack_entries", 1, "*string"), ("detail", 2, "string")]),
    ("google.rpc.QuotaFailure", &[("violations", 1, "*google.rpc.QuotaFailure.Violation")]),
    (
        "google.rpc.QuotaFailure.Violation",
        &[("subject", 1, "string"), ("description", 2, "string")],
    ),
    (
        "google.rpc.PreconditionFailure",
        &[("violations", 1, "*google.rpc.PreconditionFailure.Violation")],
    ),
    (
        "google.rpc.PreconditionFailure.Violation",
        &[("type", 1, "string"), ("subject", 2, "string"), ("description", 3, "string")],
    ),
    ("google.rpc.BadRequest", &[("field_violations", 1, "*google.rpc.BadRequest.FieldViolation")]),
    (
        "google.rpc.BadRequest.FieldViolation",
        &[
            ("field", 1, "string"),
            ("description", 2, "string"),
            ("reason", 3, "string"),
            ("localized_message", 4, "google.rpc.LocalizedMessage"),
        ],
    ),
    ("google.rpc.RequestInfo", &[("request_id", 1, "string"), ("serving_data", 2, "string")]),
    (
        "google.rpc.ResourceInfo",
        &[
            ("resource_type", 1, "string"),
            ("resource_name", 2, "string"),
            ("owner", 3, "string"),
            ("description", 4, "string"),
        ],
    ),
    ("google.rpc.Help", &[("links", 1, "*google.rpc.Help.Link")]),
    ("google.rpc.Help.Link", &[("description", 1, "string"), ("url", 2, "string")]),
    ("google.rpc.LocalizedMessage", &[("locale", 1, "string"), ("message", 2, "string")]),
];

/// Adds the types that the schema lacks. Types whose shape the crate relies on replace those of
/// the set, so that no set can bend them; error details of the set may be newer and stay.
pub(crate) fn complete(schema: &mut Schema) {
    for (name, columns) in MESSAGES {
        let detail = name.starts_with("google.rpc.");
        if detail && schema.messages.iter().any(|message| message.name == *name) {
            continue;
        }
        schema.messages.retain(|message| message.name != *name);
        let mut message = Message {
            name: (*name).to_owned(),
            map_entry: name.ends_with("Entry"),
            fields: columns.iter().map(field).collect(),
            ..Message::default()
        };
        if *name == "google.protobuf.Value" {
            message.oneofs = 1;
            message.fields.iter_mut().for_each(|field| field.oneof = Some(0));
        }
        schema.messages.push(message);
    }
    let null = "google.protobuf.NullValue";
    schema.enums.retain(|known| known.name != null);
    let values = vec![("NULL_VALUE".to_owned(), 0)];
    schema.enums.push(Enum { name: null.to_owned(), values, closed: false });
}

fn field(&(name, number, column): &Column) -> Field {
    let single = column.strip_prefix('*').unwrap_or(column);
    let (kind, type_name) = match single {
        "double" => (1, ""),
        "float" => (2, ""),
        "int64" => (3, ""),
        "uint64" => (4, ""),
        "int32" => (5, ""),
        "bool" => (8, ""),
        "string" => (9, ""),
        "bytes" => (12, ""),
        "uint32" => (13, ""),
        name => match name.strip_prefix("enum ") {
            Some(name) => (14, name),
            None => (11, name),
        },
    };
    Field {
        name: name.to_owned(),
        json_name: camel(name),
        number,
        kind,
        type_name: type_name.to_owned(),
        repeated: column.starts_with('*'),
        ..Field::default()
    }
}
