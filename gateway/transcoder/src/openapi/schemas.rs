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
    /// Read from a body that holds only what changes.
    Change,
    /// Read from the query or a header.
    Text,
}

impl Side {
    /// Whether it is read from a body.
    pub(super) fn is_body(self) -> bool {
        matches!(self, Self::Body | Self::Change)
    }

    /// The side of what lies below a message: only its own fields may be left out.
    fn below(self) -> Self {
        if self == Self::Change { Self::Body } else { self }
    }
}

/// A duration of at most 315,576,000,000 seconds, give or take what a pattern can say.
const DURATION: &str =
    "^-?([0-9]{1,11}|[12][0-9]{11}|30[0-9]{10}|31[0-4][0-9]{9}|315[0-4][0-9]{8})(\\.[0-9]{1,9})?s$";

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
            Side::Change => format!("{name}-change"),
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
        let changes = self.changed_by_mask(msg).filter(|_| side == Side::Body);
        let mut properties = object();
        let mut required = Vec::new();
        for field in msg.fields.iter().filter(|field| !without.contains(&field.number)) {
            let name = if self.print.proto_names { &*field.name } else { &*field.json };
            let note = self.notes.field(&msg.name, &field.name);
            if side == Side::Body && note.is_some_and(|note| is_required(note, field)) {
                required.push(Node::from(name));
            }
            let below = match changes {
                Some(changed) if field.message() == Some(changed) => Side::Change,
                _ => side.below(),
            };
            let schema = match changes.filter(|_| self.is_mask(field)) {
                Some(changed) => nullable(self.mask_over(changed)).with_text("description", {
                    self.notes.comment(&format!("{}.{}", msg.name, field.name))
                }),
                None if below == Side::Change => self.named(msg, field),
                None => self.field(msg, field, below),
            };
            properties.push(name, schema);
        }
        let mut schema = object()
            .with("type", "object")
            .with_text("description", self.notes.comment(&msg.name))
            .with("properties", properties);
        if !required.is_empty() {
            schema.push("required", required);
        }
        let choices = self.choices(msg, without);
        if side.is_body() && !choices.is_empty() {
            schema.push("allOf", choices);
        }
        if side.is_body() && !self.parse.lenient_body {
            schema.push("additionalProperties", false);
        }
        schema
    }

    /// Whether a field is a mask over its neighbour.
    pub(super) fn is_mask(&self, field: &Field) -> bool {
        let message = field.message().map(|id| self.tables.msg(id));
        message.is_some_and(|message| message.wkt == Wkt::FieldMask)
    }

    /// What a mask over a message may be: `*`, or fields of it with commas between them.
    pub(super) fn mask_over(&self, message: MsgId) -> Object {
        let fields = self.tables.msg(message).fields.iter();
        let names: Vec<&str> = fields
            .filter(|field| !field.output_only && !field.identifier)
            .map(|field| &*field.json)
            .collect();
        let one = format!("({})", names.join("|"));
        let more = names.len().saturating_sub(1);
        let pattern = format!("^(\\*|{one}(,{one}){{0,{more}}})?$");
        object().with("type", "string").with("pattern", pattern)
    }

    /// A resource to change that no path names: its name has to be there.
    fn named(&mut self, msg: &Msg, field: &Field) -> Object {
        let mut schema = self.field(msg, field, Side::Change);
        let inner = field.message().map(|id| self.tables.msg(id));
        let identifier = inner.and_then(|inner| inner.fields.iter().find(|it| it.identifier));
        if let Some(identifier) = identifier {
            let name = object().with("type", "string").with("minLength", 1);
            schema.push("required", texts([&*identifier.json]));
            schema.push("properties", object().with(&identifier.json, name));
        }
        schema
    }

    /// The message that a mask beside it speaks of.
    fn changed_by_mask(&self, msg: &Msg) -> Option<MsgId> {
        msg.fields.iter().find(|field| &*field.name == "update_mask" && self.is_mask(field))?;
        let is_changed = |field: &&Field| {
            let message = field.message().map(|id| self.tables.msg(id));
            field.card == Card::Singular && message.is_some_and(|it| it.wkt == Wkt::None)
        };
        msg.fields.iter().find(is_changed)?.message()
    }

    /// A field where it is used, with its comment.
    pub(super) fn field(&mut self, msg: &Msg, field: &Field, side: Side) -> Object {
        let note = self.notes.field(&msg.name, &field.name);
        let required = note.is_some_and(|note| is_required(note, field));
        let chosen = self.required_choice(msg, field);
        let mut schema = self.bare_field(msg, field, side);
        if side.is_body() && required {
            schema = not_empty(schema);
        } else if side.is_body() && !chosen {
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

    /// Whether a field belongs to a choice of which one has to be made.
    fn required_choice(&self, msg: &Msg, field: &Field) -> bool {
        field.oneof.is_some() && self.notes.is_required_choice(&msg.name, &field.name)
    }

    /// No two members of a oneof stand side by side, and one of them does where that is asked for.
    fn choices(&self, msg: &Msg, without: &[u32]) -> Vec<Node> {
        let is_member = |field: &&Field| field.oneof.is_some() && !without.contains(&field.number);
        let members: Vec<&Field> = msg.fields.iter().filter(is_member).collect();
        let mut rules = Vec::new();
        for (index, one) in members.iter().enumerate() {
            for other in members[index + 1..].iter().filter(|other| other.oneof == one.oneof) {
                let both = texts([&*one.json, &*other.json]);
                rules.push(object().with("not", object().with("required", both)).into());
            }
        }
        let needed = members.iter().filter(|field| self.required_choice(msg, field));
        let needed: Vec<Node> =
            needed.map(|field| object().with("required", texts([&*field.json])).into()).collect();
        if !needed.is_empty() {
            rules.push(object().with("anyOf", needed).into());
        }
        rules
    }

    /// A field where it is used: a value, a list or a map.
    pub(super) fn bare_field(&mut self, msg: &Msg, field: &Field, side: Side) -> Object {
        // A list and a map are replaced as a whole.
        let side = if field.card == Card::Singular { side } else { side.below() };
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
        if !side.is_body() {
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
        let table = self.tables.enumeration(id);
        let allowed = rules.map_or(&[][..], |rules| &rules.numbers);
        let is_allowed = |number: i32| allowed.is_empty() || allowed.contains(&number);
        let known: Vec<_> = table.values().filter(|(number, _)| is_allowed(*number)).collect();
        let number = object().with("type", "integer").with("format", "int32");
        let is_closed = !allowed.is_empty() || rules.is_some_and(|rules| rules.defined_only);
        let number = match is_closed {
            true => {
                let numbers = known.iter().map(|(number, _)| i64::from(*number).into());
                number.with("enum", numbers.collect::<Vec<_>>())
            }
            false => {
                number.with("minimum", i64::from(i32::MIN)).with("maximum", i64::from(i32::MAX))
            }
        };
        let named = match allowed.is_empty() {
            true => named,
            false => {
                let names = known.iter().map(|(_, name)| Node::Raw((*name).to_owned()));
                object().with("type", "string").with("enum", names.collect::<Vec<_>>())
            }
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

fn float(kind: Kind, rules: Option<&ValueRules>, side: Side) -> Object {
    let format = if kind == Kind::Float { "float" } else { "double" };
    let number = bounded(object().with("type", "number").with("format", format), rules, side);
    if side == Side::Text {
        return number;
    }
    let mut forms = vec![Node::from(number)];
    if side.is_body() && rules.is_none_or(|rules| rules.bounds.is_empty()) {
        // A number in quotes, with as many digits as are surely in range.
        let pattern = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9])?$";
        forms.push(object().with("type", "string").with("pattern", pattern).into());
    }
    if side == Side::Answer || rules.is_none_or(|rules| !rules.finite) {
        let special = object().with("type", "string");
        forms.push(special.with("enum", texts(["NaN", "Infinity", "-Infinity"])).into());
    }
    object().with("anyOf", forms)
}

/// Whether a request without the field is refused: because it says so, or because its rules refuse the default.
pub(super) fn is_required(note: &FieldNote, field: &Field) -> bool {
    let refuses_default = |(keyword, number): &(&str, String)| {
        ["minLength", "minItems", "minProperties"].contains(keyword) && number != "0"
    };
    let by_rules =
        note.rules.required || (!field.presence && note.rules.bounds.iter().any(refuses_default));
    note.required || (by_rules && !note.rules.ignores_default)
}

/// The same schema, `null` allowed.
fn nullable(schema: Object) -> Object {
    if schema.is_empty() {
        return schema;
    }
    let null = object().with("type", "null");
    object().with("anyOf", vec![schema.into(), null.into()])
}

/// The same schema, without the values that count as absent.
fn not_empty(mut schema: Object) -> Object {
    let is_text = schema.get("type") == Some(&Node::from("string"));
    if is_text && ["minLength", "format", "enum"].iter().all(|known| schema.get(known).is_none()) {
        schema.push("minLength", 1);
    }
    schema
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
    if let Some(format) = rules.format {
        schema.push("format", format);
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
        Wkt::Duration => text().with("pattern", DURATION),
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
