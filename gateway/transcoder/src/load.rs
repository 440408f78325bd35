//! Reads a serialized `google.protobuf.FileDescriptorSet` into the few facts the tables need.
//! Unknown options are skipped, not refused: what a message cannot express in ProtoJSON is
//! noted on that message, and only methods that reach it are refused.

mod features;
mod notes;
mod rules;

pub(crate) use features::Features;
pub(crate) use notes::{FieldNote, Notes, ValueRules};
pub(crate) use rules::HttpRule;

use crate::wire::{Broken, Reader, Value};

/// All types and services of a set.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    pub(crate) messages: Vec<Message>,
    pub(crate) enums: Vec<Enum>,
    pub(crate) methods: Vec<Method>,
    /// What documents tell beyond that.
    pub(crate) notes: Notes,
    files: Vec<String>,
}

/// A message type.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) oneofs: usize,
    pub(crate) map_entry: bool,
    pub(crate) message_set: bool,
    pub(crate) extendable: bool,
}

/// A field as declared; types are numbered as in `FieldDescriptorProto.Type`.
#[derive(Debug, Default)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) json_name: String,
    pub(crate) number: u32,
    pub(crate) repeated: bool,
    pub(crate) required: bool,
    pub(crate) kind: u32,
    pub(crate) type_name: String,
    pub(crate) oneof: Option<usize>,
    pub(crate) proto3_optional: bool,
    pub(crate) explicit: bool,
    pub(crate) packed: bool,
    pub(crate) delimited: bool,
    pub(crate) behaviors: Vec<u64>,
}

/// An enum type.
#[derive(Debug, Default)]
pub(crate) struct Enum {
    pub(crate) name: String,
    pub(crate) values: Vec<(String, i32)>,
    pub(crate) closed: bool,
}

/// A method and its `google.api.http` rule.
#[derive(Debug, Default)]
pub(crate) struct Method {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
    pub(crate) http: Option<HttpRule>,
}

impl Schema {
    /// Reads a whole set. Files that occur twice are read once.
    pub(crate) fn read(set: &[u8]) -> Result<Self, Broken> {
        let mut schema = Self::default();
        each(set, |number, value| match (number, value) {
            (1, Value::Bytes(file)) => schema.file(file),
            _ => Ok(()),
        })?;
        Ok(schema)
    }

    fn file(&mut self, wire: &[u8]) -> Result<(), Broken> {
        let (mut name, mut package) = (String::new(), String::new());
        let mut features = Features::PROTO2;
        // The syntax decides what the fields before it mean, so the head is read first.
        each(wire, |number, value| {
            match (number, value) {
                (1, Value::Bytes(text)) => name = utf8(text),
                (2, Value::Bytes(text)) => package = utf8(text),
                (12, Value::Bytes(b"proto3")) => features = Features::PROTO3,
                (14, Value::Bits(998)) => features = Features::PROTO2,
                (14, Value::Bits(999)) => features = Features::PROTO3,
                (14, Value::Bits(_)) => features = Features::EDITION_2023,
                _ => {}
            }
            Ok(())
        })?;
        if self.files.contains(&name) {
            return Ok(());
        }
        self.files.push(name);
        let features = features.inherit(options(wire, 8)?, 50)?;
        self.notes.read(wire, &package)?;
        each(wire, |number, value| match (number, value) {
            (4, Value::Bytes(message)) => self.message(message, &package, features),
            (5, Value::Bytes(content)) => self.enumeration(content, &package, features),
            (6, Value::Bytes(service)) => self.service(service, &package),
            _ => Ok(()),
        })
    }

    fn message(&mut self, wire: &[u8], scope: &str, outer: Features) -> Result<(), Broken> {
        let own = options(wire, 7)?;
        let features = outer.inherit(own.clone(), 12)?;
        let mut message =
            Message { name: join(scope, &field_text(wire, 1)?), ..Message::default() };
        for part in own {
            each(part, |number, value| {
                match (number, value) {
                    (1, Value::Bits(bit)) => message.message_set = bit != 0,
                    (7, Value::Bits(bit)) => message.map_entry = bit != 0,
                    _ => {}
                }
                Ok(())
            })?;
        }
        each(wire, |number, value| {
            match (number, value) {
                (2, Value::Bytes(content)) => message.fields.push(Field::read(content, features)?),
                (3, Value::Bytes(nested)) => self.message(nested, &message.name, features)?,
                (4, Value::Bytes(nested)) => self.enumeration(nested, &message.name, features)?,
                (5, Value::Bytes(_)) => message.extendable = true,
                (8, Value::Bytes(_)) => message.oneofs += 1,
                _ => {}
            }
            Ok(())
        })?;
        self.messages.push(message);
        Ok(())
    }

    fn enumeration(&mut self, wire: &[u8], scope: &str, outer: Features) -> Result<(), Broken> {
        let closed = outer.inherit(options(wire, 3)?, 7)?.closed_enums;
        let name = join(scope, &field_text(wire, 1)?);
        let mut values = Vec::new();
        each(wire, |number, value| {
            if let (2, Value::Bytes(value)) = (number, value) {
                let mut entry = (field_text(value, 1)?, 0);
                each(value, |number, value| {
                    if let (2, Value::Bits(bits)) = (number, value) {
                        entry.1 = bits as i32;
                    }
                    Ok(())
                })?;
                values.push(entry);
            }
            Ok(())
        })?;
        self.enums.push(Enum { name, values, closed });
        Ok(())
    }

    fn service(&mut self, wire: &[u8], package: &str) -> Result<(), Broken> {
        let service = join(package, &field_text(wire, 1)?);
        each(wire, |number, value| {
            if let (2, Value::Bytes(content)) = (number, value) {
                let mut method = Method::read(content)?;
                method.service.clone_from(&service);
                self.methods.push(method);
            }
            Ok(())
        })
    }
}

impl Field {
    fn read(wire: &[u8], outer: Features) -> Result<Self, Broken> {
        let own = options(wire, 8)?;
        let features = outer.inherit(own.clone(), 21)?;
        let mut field = Self {
            explicit: features.explicit_presence,
            packed: features.packed,
            delimited: features.delimited,
            required: features.required,
            ..Self::default()
        };
        each(wire, |number, value| {
            match (number, value) {
                (1, Value::Bytes(text)) => field.name = utf8(text),
                (3, Value::Bits(bits)) => field.number = bits as u32,
                (4, Value::Bits(2)) => field.required = true,
                (4, Value::Bits(3)) => field.repeated = true,
                (5, Value::Bits(bits)) => field.kind = bits as u32,
                (6, Value::Bytes(text)) => field.type_name = absolute(text),
                (9, Value::Bits(bits)) => field.oneof = Some(bits as usize),
                (10, Value::Bytes(text)) => field.json_name = utf8(text),
                (17, Value::Bits(bit)) => field.proto3_optional = bit != 0,
                _ => {}
            }
            Ok(())
        })?;
        for part in own {
            each(part, |number, value| {
                match (number, value) {
                    (2, Value::Bits(bit)) => field.packed = bit != 0,
                    (1052, Value::Bits(behavior)) => field.behaviors.push(behavior),
                    (1052, Value::Bytes(list)) => {
                        let mut list = Reader::new(list);
                        while !list.is_empty() {
                            field.behaviors.push(list.varint()?);
                        }
                    }
                    _ => {}
                }
                Ok(())
            })?;
        }
        if field.json_name.is_empty() {
            field.json_name = camel(&field.name);
        }
        Ok(field)
    }
}

impl Method {
    fn read(wire: &[u8]) -> Result<Self, Broken> {
        let mut method = Self::default();
        each(wire, |number, value| {
            match (number, value) {
                (1, Value::Bytes(text)) => method.name = utf8(text),
                (2, Value::Bytes(text)) => method.input = absolute(text),
                (3, Value::Bytes(text)) => method.output = absolute(text),
                (5, Value::Bits(bit)) => method.client_streaming = bit != 0,
                (6, Value::Bits(bit)) => method.server_streaming = bit != 0,
                _ => {}
            }
            Ok(())
        })?;
        for part in options(wire, 4)? {
            each(part, |number, value| match (number, value) {
                (HttpRule::EXTENSION, Value::Bytes(rule)) => {
                    method.http.get_or_insert_default().read(rule)
                }
                _ => Ok(()),
            })?;
        }
        Ok(method)
    }

    /// `package.Service.Method`.
    pub(crate) fn full_name(&self) -> String {
        join(&self.service, &self.name)
    }
}

/// Calls `visit` for every field of a message; groups are skipped.
fn each<'a>(
    wire: &'a [u8],
    mut visit: impl FnMut(u32, Value<'a>) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let mut reader = Reader::new(wire);
    while let Some((number, wire_type)) = reader.tag()? {
        match wire_type {
            3 | 4 => reader.skip(number, wire_type, 32)?,
            _ => visit(number, reader.value(wire_type)?)?,
        }
    }
    Ok(())
}

/// Every occurrence of the options message of a descriptor.
fn options(wire: &[u8], field: u32) -> Result<Vec<&[u8]>, Broken> {
    let mut parts = Vec::new();
    each(wire, |number, value| {
        if let (true, Value::Bytes(part)) = (number == field, value) {
            parts.push(part);
        }
        Ok(())
    })?;
    Ok(parts)
}

fn field_text(wire: &[u8], field: u32) -> Result<String, Broken> {
    Ok(options(wire, field)?.last().map(|text| utf8(text)).unwrap_or_default())
}

fn utf8(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// A type name without its leading dot.
fn absolute(text: &[u8]) -> String {
    utf8(text.strip_prefix(b".").unwrap_or(text))
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// The JSON name that protoc gives a field without one of its own.
pub(crate) fn camel(name: &str) -> String {
    let mut upper = false;
    let mut camel = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            _ if upper => {
                camel.push(letter.to_ascii_uppercase());
                upper = false;
            }
            _ => camel.push(letter),
        }
    }
    camel
}
