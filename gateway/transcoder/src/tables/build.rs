//! Builds the tables from a schema: resolves type names, notes what cannot be expressed, and
//! carries that note to every message that reaches it.

use std::collections::{BTreeMap, HashMap};

use bytes::BytesMut;

use super::{Card, EnumId, EnumTable, Field, Kind, Msg, MsgId, NO_FIELD, Spelling, Tables, Wkt};
use crate::load::{self, Schema};
use crate::names::Names;
use crate::options::PrintOptions;
use crate::sink::{PADDED, Piece};
use crate::text;

/// Field numbers below this are looked up in an array.
const DENSE: u32 = 512;

struct Types<'s> {
    messages: HashMap<&'s str, usize>,
    enums: HashMap<&'s str, usize>,
    schema: &'s Schema,
}

impl Tables {
    /// Builds the tables of a schema.
    ///
    /// # Errors
    /// Names a type that is missing, a name that two fields claim, or a duplicate number.
    pub(crate) fn build(schema: &Schema) -> Result<Self, String> {
        let types = Types {
            messages: index(schema.messages.iter().map(|m| m.name.as_str()))?,
            enums: index(schema.enums.iter().map(|e| e.name.as_str()))?,
            schema,
        };
        let mut tables =
            Self { enums: schema.enums.iter().map(enumeration).collect(), ..Self::default() };
        for message in &schema.messages {
            tables.messages.push(types.message(message)?);
        }
        for (number, message) in tables.messages.iter().enumerate() {
            tables.by_name.push((message.name.clone(), MsgId(number as u32)));
        }
        tables.by_name.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        tables.write_defaults();
        tables.note_closed_enums();
        tables.carry_refusals();
        Ok(tables)
    }

    /// Puts down the defaults of each message one after the other, as they are printed with the usual options.
    fn write_defaults(&mut self) {
        let options = PrintOptions::default();
        let mut written = Vec::with_capacity(self.messages.len());
        for message in &self.messages {
            let (mut texts, mut begins) = (Vec::new(), vec![0]);
            for field in &message.fields {
                if !field.presence {
                    texts.extend_from_slice(field.key(&options).text());
                    texts.extend_from_slice(self.default_text(field, &options));
                }
                begins.push(texts.len());
            }
            texts.extend_from_slice(&[0; PADDED]);
            written.push((texts.into(), begins.into()));
        }
        for (message, (texts, begins)) in self.messages.iter_mut().zip(written) {
            (message.default_texts, message.default_begins) = (texts, begins);
        }
    }

    fn note_closed_enums(&mut self) {
        for message in &mut self.messages {
            let enums = &self.enums;
            let closed = |field: &&Field| matches!(field.kind, Kind::Enum(id) if enums[id.0 as usize].closed);
            if let Some(field) = message.fields.iter().find(closed) {
                let reason = format!("`{}.{}` has a closed enum", message.name, field.name);
                message.refused.get_or_insert(reason.into());
            }
        }
    }

    /// A message that reaches a refused one is refused for the same reason.
    fn carry_refusals(&mut self) {
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.messages.len()];
        for (user, message) in self.messages.iter().enumerate() {
            for target in message.fields.iter().filter_map(Field::message) {
                users[target.0 as usize].push(user);
            }
        }
        let mut open: Vec<usize> = (0..self.messages.len())
            .filter(|index| self.messages[*index].refused.is_some())
            .collect();
        while let Some(index) = open.pop() {
            let reason = self.messages[index].refused.clone();
            for &user in &users[index] {
                if self.messages[user].refused.is_none() {
                    self.messages[user].refused.clone_from(&reason);
                    open.push(user);
                }
            }
        }
    }
}

fn index<'s>(names: impl Iterator<Item = &'s str>) -> Result<HashMap<&'s str, usize>, String> {
    let mut index = HashMap::new();
    for (number, name) in names.enumerate() {
        if index.insert(name, number).is_some() {
            return Err(format!("type `{name}` is defined twice"));
        }
    }
    Ok(index)
}

fn enumeration(source: &load::Enum) -> EnumTable {
    let mut by_number: BTreeMap<i32, Piece> = BTreeMap::new();
    let mut by_name = Vec::new();
    for (name, number) in &source.values {
        by_number.entry(*number).or_insert_with(|| Piece::new(&quoted(name)));
        by_name.push((name.as_str().into(), *number));
    }
    by_name.sort_unstable();
    EnumTable {
        name: source.name.as_str().into(),
        by_number: by_number.into_iter().collect(),
        by_name,
        null: source.name == "google.protobuf.NullValue",
        closed: source.closed,
    }
}

impl Types<'_> {
    fn message(&self, source: &load::Message) -> Result<Msg, String> {
        // A oneof with the one member `optional` made is presence, not a choice.
        let mut real = vec![None; source.oneofs];
        let mut oneofs = 0;
        for field in source.fields.iter().filter(|field| !field.proto3_optional) {
            if let Some(slot) = field.oneof.and_then(|oneof| real.get_mut(oneof)) {
                slot.get_or_insert_with(|| {
                    oneofs += 1;
                    oneofs - 1
                });
            }
        }
        let mut fields = Vec::new();
        for field in &source.fields {
            fields
                .push(self.field(field, &real).map_err(|why| format!("`{}`: {why}", source.name))?);
        }
        fields.sort_by_key(|field| field.number);
        if let Some(pair) = fields.windows(2).find(|pair| pair[0].number == pair[1].number) {
            return Err(format!(
                "`{}`: field number {} is used twice",
                source.name, pair[0].number
            ));
        }
        if source.map_entry && !is_entry(&fields) {
            return Err(format!("`{}` is no map's entry of a key and a value", source.name));
        }
        if fields.len() >= usize::from(u16::MAX) {
            return Err(format!("`{}` has too many fields", source.name));
        }
        Ok(Msg {
            name: source.name.as_str().into(),
            dense: dense(&fields),
            by_tag: by_tag(&fields),
            names: names(source, &fields)?,
            fields: fields.into(),
            default_texts: Box::default(),
            default_begins: Box::default(),
            wkt: well_known(&source.name),
            oneofs: usize::from(oneofs),
            refused: refusal(source).map(Into::into),
        })
    }

    fn field(&self, source: &load::Field, real: &[Option<u16>]) -> Result<Field, String> {
        let kind = self.kind(source)?;
        let is_map =
            matches!(kind, Kind::Message(id) if self.schema.messages[id.0 as usize].map_entry);
        let card = match source.repeated {
            true if is_map => Card::Map,
            true => Card::Repeated,
            false => Card::Singular,
        };
        let oneof = source.oneof.and_then(|oneof| real.get(oneof).copied().flatten());
        let oneof = oneof.filter(|_| !source.proto3_optional);
        let single = card == Card::Singular;
        let presence = source.explicit
            || source.proto3_optional
            || oneof.is_some()
            || matches!(kind, Kind::Message(_));
        Ok(Field {
            number: source.number,
            wire_type: kind.wire_type(),
            kind,
            card,
            packed: card == Card::Repeated && source.packed && kind.wire_type() != crate::wire::LEN,
            presence: single && presence,
            oneof,
            oneof_bit: oneof.map_or(0, |oneof| 1_u64.checked_shl(oneof.into()).unwrap_or(u64::MAX)),
            json_key: key(&source.json_name),
            proto_key: key(&source.name),
            spelling: Spelling::new(&key(&source.json_name).text()[1..]),
            name: source.name.as_str().into(),
            json: source.json_name.as_str().into(),
            output_only: source.behaviors.contains(&3),
            identifier: source.behaviors.contains(&8),
        })
    }

    fn kind(&self, source: &load::Field) -> Result<Kind, String> {
        let name = source.type_name.as_str();
        Ok(match source.kind {
            1 => Kind::Double,
            2 => Kind::Float,
            3 => Kind::Int64,
            4 => Kind::Uint64,
            5 => Kind::Int32,
            6 => Kind::Fixed64,
            7 => Kind::Fixed32,
            8 => Kind::Bool,
            9 => Kind::String,
            // A group is kept as a message, which `refusal` then refuses.
            10 | 11 | 14 | 0 => match (self.messages.get(name), self.enums.get(name)) {
                (Some(id), _) => Kind::Message(MsgId(*id as u32)),
                (None, Some(id)) => Kind::Enum(EnumId(*id as u32)),
                (None, None) => {
                    return Err(format!("type `{name}` of `{}` is missing", source.name));
                }
            },
            12 => Kind::Bytes,
            13 => Kind::Uint32,
            15 => Kind::Sfixed32,
            16 => Kind::Sfixed64,
            17 => Kind::Sint32,
            18 => Kind::Sint64,
            other => return Err(format!("`{}` has the unknown type {other}", source.name)),
        })
    }
}

/// Whether the fields, in order of their numbers, are a key that can be one and a value.
fn is_entry(fields: &[Field]) -> bool {
    let [key, value] = fields else { return false };
    let is_key = !matches!(
        key.kind,
        Kind::Double | Kind::Float | Kind::Bytes | Kind::Enum(_) | Kind::Message(_)
    );
    is_key
        && [key, value].map(|field| (field.number, field.card == Card::Singular))
            == [(1, true), (2, true)]
}

fn dense(fields: &[Field]) -> Box<[u16]> {
    let below = |field: &&Field| field.number < DENSE;
    let size = fields.iter().filter(below).map(|field| field.number + 1).max().unwrap_or(0);
    let mut dense = vec![u16::MAX; size as usize];
    for (index, field) in fields.iter().enumerate().filter(|(_, field)| below(field)) {
        dense[field.number as usize] = index as u16;
    }
    dense.into()
}

fn by_tag(fields: &[Field]) -> [u8; 256] {
    let mut by_tag = [NO_FIELD; 256];
    for (field, index) in fields.iter().zip(0..NO_FIELD).filter(|(field, _)| field.number < 32) {
        for wire_type in (0..=crate::wire::FIXED32).filter(|wire_type| field.takes(*wire_type)) {
            by_tag[field.number as usize * 8 + usize::from(wire_type)] = index;
        }
    }
    by_tag
}

fn names(source: &load::Message, fields: &[Field]) -> Result<Names, String> {
    let mut names: BTreeMap<&str, u16> = BTreeMap::new();
    for (index, field) in fields.iter().enumerate() {
        for name in [&*field.json, &*field.name] {
            let before = names.insert(name, index as u16);
            if before.is_some_and(|other| usize::from(other) != index) {
                return Err(format!("`{}`: two fields claim the name `{name}`", source.name));
            }
        }
    }
    Ok(Names::build(&names.into_iter().collect::<Vec<_>>()))
}

/// The name of a member as it is printed, with the comma before it and the colon behind.
fn key(name: &str) -> Piece {
    Piece::new(&[b",", &quoted(name)[..], b":"].concat())
}

/// A JSON string: names of a hostile set can hold anything.
fn quoted(name: &str) -> BytesMut {
    let mut quoted = BytesMut::new();
    text::append_quoted(&mut quoted, name);
    quoted
}

/// The first thing about a message that ProtoJSON cannot express.
fn refusal(message: &load::Message) -> Option<String> {
    let name = &message.name;
    if message.message_set {
        return Some(format!("`{name}` is a MessageSet"));
    }
    if message.extendable {
        return Some(format!("`{name}` takes extensions"));
    }
    message.fields.iter().find_map(|field| {
        let what = match field {
            _ if field.kind == 10 => "is a group",
            _ if field.delimited && field.kind == 11 => "has delimited encoding",
            _ if field.required => "is required",
            _ => return None,
        };
        Some(format!("`{name}.{}` {what}", field.name))
    })
}

fn well_known(name: &str) -> Wkt {
    if name == "google.api.HttpBody" {
        return Wkt::HttpBody;
    }
    match name.strip_prefix("google.protobuf.").unwrap_or_default() {
        "Any" => Wkt::Any,
        "Timestamp" => Wkt::Timestamp,
        "Duration" => Wkt::Duration,
        "FieldMask" => Wkt::FieldMask,
        "Struct" => Wkt::Struct,
        "Value" => Wkt::Value,
        "ListValue" => Wkt::ListValue,
        "Empty" => Wkt::Empty,
        "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value"
        | "UInt32Value" | "BoolValue" | "StringValue" | "BytesValue" => Wkt::Wrapper,
        _ => Wkt::None,
    }
}
