//! JSON Schema (2020-12) of messages, fields and enums: what ProtoJSON prints, and what it reads.
//!
//! The two differ, so every type has a schema of its own for each side. What is read is described as widely as it is
//! accepted: `null` for what is not set, integers in quotes, enum values as numbers.

use std::collections::BTreeSet;

use super::node::{Node, Object, object, texts};
use crate::load::{FieldNote, Notes, ValueRules};
use crate::tables::{Card, EnumId, Field, Kind, Msg, MsgId, Tables, Wkt};
use crate::{ParseOptions, PrintOptions};

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// Printed.
    Answer,
    /// Read from a body.
    Body,
    /// Read from the query or a header.
    Text,
}

/// A type that gets a schema of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Message(MsgId),
    Enum(EnumId),
}

/// Makes schemas, and remembers which types they refer to.
pub(super) struct Schemas<'p> {
    pub(super) tables: &'p Tables,
    pub(super) notes: &'p Notes,
    pub(super) parse: &'p ParseOptions,
    pub(super) print: &'p PrintOptions,
    made: BTreeSet<(Named, Side)>,
    wanted: Vec<(Named, Side)>,
}

impl<'p> Schemas<'p> {
    pub(super) fn new(
        (tables, notes): (&'p Tables, &'p Notes),
        parse: &'p ParseOptions,
        print: &'p PrintOptions,
    ) -> Self {
        Self { tables, notes, parse, print, made: BTreeSet::new(), wanted: Vec::new() }
    }

    /// The schemas of all types that were referred to, by name.
    pub(super) fn components(mut self) -> Object {
        let mut found = Vec::new();
        while let Some((named, side)) = self.wanted.pop() {
            let schema = match named {
                Named::Message(id) => self.message(self.tables.msg(id), side, &[]),
                Named::Enum(id) => self.enumeration(id),
            };
            found.push((self.name(named, side), schema));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().fold(object(), |all, (name, schema)| all.with(&name, schema))
    }

    fn name(&self, named: Named, side: Side) -> String {
        let name = match named {
            Named::Message(id) => &self.tables.msg(id).name,
            Named::Enum(id) => &self.tables.enumeration(id).name,
        };
        match side {
            Side::Answer => name.to_string(),
            Side::Body => format!("{name}-input"),
            Side::Text => format!("{name}-text"),
        }
    }

    fn refer(&mut self, named: Named, side: Side) -> Object {
        if self.made.insert((named, side)) {
            self.wanted.push((named, side));
        }
        object().with("$ref", format!("#/components/schemas/{}", self.name(named, side)))
    }

    /// A message where it is used: a reference, or the form of its own that it has in JSON.
    pub(super) fn message_value(&mut self, id: MsgId, side: Side) -> Object {
        let msg = self.tables.msg(id);
        match msg.wkt {
            Wkt::None => self.refer(Named::Message(id), side),
            Wkt::Wrapper => {
                let inner = msg.fields.first().map(|field| self.value(field.kind, None, side));
                nullable(inner.unwrap_or_default())
            }
            other => well_known(other),
        }
    }

    /// The object that a message is in JSON, without the fields of these numbers.
    pub(super) fn message(&mut self, msg: &Msg, side: Side, without: &[u32]) -> Object {
        let mut properties = object();
        let mut required = Vec::new();
        for field in msg.fields.iter().filter(|field| !without.contains(&field.number)) {
            let name = if self.print.proto_names { &*field.name } else { &*field.json };
            let note = self.notes.field(&msg.name, &field.name);
            if side == Side::Body && note.is_some_and(is_required) {
                required.push(Node::from(name));
            }
            properties.push(name, self.field(msg, field, side));
        }
        let mut schema = object()
            .with("type", "object")
            .with_text("description", self.notes.comment(&msg.name))
            .with("properties", properties);
        if !required.is_empty() {
            schema.push("required", required);
        }
        let choices = choices(msg, without);
        if side == Side::Body && !choices.is_empty() {
            schema.push("allOf", choices);
        }
        if side == Side::Body && !self.parse.lenient_body {
            schema.push("additionalProperties", false);
        }
        schema
    }

    /// A field where it is used, with its comment.
    pub(super) fn field(&mut self, msg: &Msg, field: &Field, side: Side) -> Object {
        let note = self.notes.field(&msg.name, &field.name);
        let mut schema = self.bare_field(msg, field, side);
        if side == Side::Body && !note.is_some_and(is_required) {
            schema = nullable(schema);
        }
        let comment = self.notes.comment(&format!("{}.{}", msg.name, field.name));
        schema = schema.with_text("description", comment);
        if field.output_only {
            schema.push("readOnly", true);
        }
        if note.is_some_and(|note| note.input_only) {
            schema.push("writeOnly", true);
        }
        schema
    }

    /// A field where it is used: a value, a list or a map.
    pub(super) fn bare_field(&mut self, msg: &Msg, field: &Field, side: Side) -> Object {
        let note = self.notes.field(&msg.name, &field.name);
        let rules = note.map(|note| &note.rules);
        match field.card {
            Card::Singular => self.value(field.kind, rules, side),
            Card::Repeated => {
                let items = rules.and_then(|rules| rules.items.as_deref());
                let items = self.value(field.kind, items, side);
                bounded(object().with("type", "array").with("items", items), rules, side)
            }
            Card::Map => self.map(field, rules, side),
        }
    }

    fn map(&mut self, field: &Field, rules: Option<&ValueRules>, side: Side) -> Object {
        let entry = field.message().map(|id| self.tables.msg(id));
        let parts = entry.and_then(|entry| entry.field(1).zip(entry.field(2)));
        let schema = object().with("type", "object");
        let Some((key, value)) = parts else { return schema };
        let values = rules.and_then(|rules| rules.values.as_deref());
        let schema = schema.with("additionalProperties", self.value(value.kind, values, side));
        let names = match (key.kind, rules.and_then(|rules| rules.keys.as_deref())) {
            (Kind::String, None) => None,
            (Kind::String, keys) => Some(bounded(object(), keys, side)),
            (Kind::Bool, _) => Some(object().with("enum", texts(["true", "false"]))),
            _ => Some(object().with("pattern", "^-?[0-9]+$")),
        };
        let names = names.filter(|names| !names.is_empty() && side != Side::Answer);
        let schema = match names {
            Some(names) => schema.with("propertyNames", names),
            None => schema,
        };
        bounded(schema, rules, side)
    }

    /// One value.
    fn value(&mut self, kind: Kind, rules: Option<&ValueRules>, side: Side) -> Object {
        match kind {
            Kind::Message(id) => self.message_value(id, side),
            Kind::Enum(id) if self.tables.enumeration(id).null => object().with("type", "null"),
            Kind::Enum(id) => self.choice(id, rules, side),
            Kind::Bool => object().with("type", "boolean"),
            Kind::String => bounded(object().with("type", "string"), rules, side),
            Kind::Bytes => object()
                .with("type", "string")
                .with("contentEncoding", "base64")
                .with("pattern", "^([0-9A-Za-z+/_-]{4})*([0-9A-Za-z+/_-]{2,3}=*)?$"),
            Kind::Double | Kind::Float => float(kind, rules, side),
            _ => self.integer(kind, rules, side),
        }
    }

    fn integer(&self, kind: Kind, rules: Option<&ValueRules>, side: Side) -> Object {
        let (format, least, most) = range(kind);
        let quoted = object().with("type", "string").with("format", format);
        if side == Side::Answer && kind.is_long() && !self.print.int64_as_numbers {
            return quoted.with("pattern", "^-?[0-9]{1,20}$");
        }
        let mut plain = object().with("type", "integer").with("format", format);
        let declared = |keyword: &str| {
            let bounds = rules.map_or(&[][..], |rules| &rules.bounds);
            bounds.iter().any(|(known, _)| known.ends_with(keyword) || known.starts_with(keyword))
        };
        if !declared("minimum") && !declared("exclusiveMinimum") {
            plain.push("minimum", Node::Raw(least.to_owned()));
        }
        if !declared("maximum") && !declared("exclusiveMaximum") {
            plain.push("maximum", Node::Raw(most.to_owned()));
        }
        let plain = bounded(plain, rules, side);
        if side != Side::Body {
            return plain;
        }
        // Shorter than the longest value, so that every text of this form is in range.
        let digits = most.len() - 1;
        let sign = if least.starts_with('-') && !declared("minimum") { "-?" } else { "" };
        let quoted = quoted.with("pattern", format!("^{sign}(0|[1-9][0-9]{{0,{}}})$", digits - 1));
        let both = if kind.is_long() { [quoted, plain] } else { [plain, quoted] };
        object().with("anyOf", both.map(Node::from).to_vec())
    }

    fn choice(&mut self, id: EnumId, rules: Option<&ValueRules>, side: Side) -> Object {
        let named = self.refer(Named::Enum(id), side);
        if side == Side::Answer && !self.print.enums_as_ints {
            return named;
        }
        let numbers = match rules.is_some_and(|rules| rules.defined_only) {
            true => self.tables.enumeration(id).values().map(|(number, _)| number).collect(),
            false => Vec::new(),
        };
        let number = object().with("type", "integer").with("format", "int32");
        let number = match numbers.is_empty() {
            true => {
                number.with("minimum", i64::from(i32::MIN)).with("maximum", i64::from(i32::MAX))
            }
            false => number.with(
                "enum",
                numbers.into_iter().map(|number| i64::from(number).into()).collect::<Vec<_>>(),
            ),
        };
        object().with("anyOf", vec![named.into(), number.into()])
    }

    fn enumeration(&self, id: EnumId) -> Object {
        let table = self.tables.enumeration(id);
        let names = table.values().map(|(_, name)| Node::Raw(name.to_owned()));
        let mut description = self.notes.comment(&table.name).to_owned();
        for (_, quoted) in table.values() {
            let name = quoted.trim_matches('"');
            let comment = self.notes.comment(&format!("{}.{name}", table.name));
            if !comment.is_empty() {
                description += &format!("\n\n`{name}`: {comment}");
            }
        }
        object()
            .with("type", "string")
            .with_text("description", description.trim())
            .with("enum", names.collect::<Vec<_>>())
    }
}

/// No two members of a oneof stand side by side.
fn choices(msg: &Msg, without: &[u32]) -> Vec<Node> {
    let is_member = |field: &&Field| field.oneof.is_some() && !without.contains(&field.number);
    let members: Vec<&Field> = msg.fields.iter().filter(is_member).collect();
    let mut pairs = Vec::new();
    for (index, one) in members.iter().enumerate() {
        for other in members[index + 1..].iter().filter(|other| other.oneof == one.oneof) {
            let both = texts([&*one.json, &*other.json]);
            pairs.push(object().with("not", object().with("required", both)).into());
        }
    }
    pairs
}

fn float(kind: Kind, rules: Option<&ValueRules>, side: Side) -> Object {
    let format = if kind == Kind::Float { "float" } else { "double" };
    let number = bounded(object().with("type", "number").with("format", format), rules, side);
    if side == Side::Text {
        return number;
    }
    let special = object().with("type", "string");
    let special = special.with("enum", texts(["NaN", "Infinity", "-Infinity"]));
    object().with("anyOf", vec![number.into(), special.into()])
}

/// Whether a request without the field is refused.
pub(super) fn is_required(note: &FieldNote) -> bool {
    note.required || (note.rules.required && !note.rules.ignores_default)
}

/// The same schema, `null` allowed.
fn nullable(schema: Object) -> Object {
    if schema.is_empty() {
        return schema;
    }
    let null = object().with("type", "null");
    object().with("anyOf", vec![schema.into(), null.into()])
}

/// Adds what the rules ask of a value that is sent; answers are what they are.
fn bounded(mut schema: Object, rules: Option<&ValueRules>, side: Side) -> Object {
    let Some(rules) = rules.filter(|_| side != Side::Answer) else { return schema };
    for (keyword, number) in &rules.bounds {
        schema.push(keyword, Node::Raw(number.clone()));
    }
    if let Some(pattern) = &rules.pattern {
        let optional = if rules.ignores_default { "^$|" } else { "" };
        schema.push("pattern", format!("{optional}{pattern}"));
    }
    if !rules.one_of.is_empty() {
        schema.push("enum", texts(rules.one_of.iter().map(String::as_str)));
    }
    let unbounded = !rules.bounds.iter().any(|(keyword, _)| *keyword == "minLength");
    if rules.required && unbounded && schema.get("type") == Some(&Node::from("string")) {
        schema.push("minLength", 1);
    }
    schema
}

/// Format, least and greatest value of an integer.
fn range(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Uint32 | Kind::Fixed32 => ("uint32", "0", "4294967295"),
        Kind::Uint64 | Kind::Fixed64 => ("uint64", "0", "18446744073709551615"),
        kind if kind.is_long() => ("int64", "-9223372036854775808", "9223372036854775807"),
        _ => ("int32", "-2147483648", "2147483647"),
    }
}

/// The types with a JSON form of their own.
fn well_known(wkt: Wkt) -> Object {
    let text = || object().with("type", "string");
    match wkt {
        Wkt::Timestamp => text().with("format", "date-time"),
        Wkt::Duration => text().with("pattern", "^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$"),
        Wkt::FieldMask => text().with("description", "field paths, separated by commas"),
        Wkt::ListValue => object().with("type", "array"),
        Wkt::Any => object()
            .with("type", "object")
            .with("properties", object().with("@type", text()))
            .with("additionalProperties", true),
        Wkt::Struct => object().with("type", "object").with("additionalProperties", true),
        Wkt::Empty => object().with("type", "object").with("additionalProperties", false),
        Wkt::HttpBody => text().with("format", "binary"),
        Wkt::Value | Wkt::Wrapper | Wkt::None => object(),
    }
}
