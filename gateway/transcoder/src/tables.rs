//! The tables that drive both directions: messages, fields and enums as they are looked up.
//! They hold no state that changes; hints live in the reader or printer of one call.

mod build;
mod spelling;

use std::ops::Range;

use crate::names::Names;
use crate::options::PrintOptions;
use crate::sink::Piece;
use crate::wire;

pub(crate) use spelling::Spelling;

/// A message type of one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MsgId(pub(crate) u32);

/// An enum type of one plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EnumId(u32);

/// Every message and enum of a plan.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    messages: Vec<Msg>,
    enums: Vec<EnumTable>,
    /// Message names, sorted.
    by_name: Vec<(Box<str>, MsgId)>,
}

/// What stands for a tag that no field of a message takes.
const NO_FIELD: u8 = u8::MAX;

/// One message type.
#[derive(Debug)]
pub(crate) struct Msg {
    pub(crate) name: Box<str>,
    /// Sorted by number.
    pub(crate) fields: Box<[Field]>,
    /// Index by number, for small numbers.
    dense: Box<[u16]>,
    /// Index by a tag below 256 that the field takes; [`NO_FIELD`] for all others.
    by_tag: [u8; 256],
    names: Names,
    /// The members that are printed for fields without presence that are not there, one after the other, and what fills them up.
    default_texts: Box<[u8]>,
    /// Where those of each field begin, and where the last ones end.
    default_begins: Box<[usize]>,
    pub(crate) wkt: Wkt,
    pub(crate) oneofs: usize,
    /// Why ProtoJSON cannot express this type or one that it reaches.
    pub(crate) refused: Option<Box<str>>,
}

/// Types with a JSON form of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wkt {
    None,
    Any,
    Timestamp,
    Duration,
    FieldMask,
    Struct,
    Value,
    ListValue,
    Wrapper,
    /// `{}` like any message without fields, but under `value` inside an Any.
    Empty,
    HttpBody,
}

/// One field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) number: u32,
    pub(crate) wire_type: u8,
    pub(crate) kind: Kind,
    pub(crate) card: Card,
    /// Written packed.
    pub(crate) packed: bool,
    /// Set and unset differ, so that a zero is written and printed.
    pub(crate) presence: bool,
    /// The oneof it belongs to; synthetic ones do not count.
    pub(crate) oneof: Option<u16>,
    /// The bit of that oneof; all bits where there are more oneofs than bits, and none where there is no oneof.
    pub(crate) oneof_bit: u64,
    /// The proto name.
    pub(crate) name: Box<str>,
    /// The JSON name.
    pub(crate) json: Box<str>,
    /// `,"jsonName":`, escaped.
    json_key: Piece,
    /// `,"proto_name":`.
    proto_key: Piece,
    /// `"jsonName":`, as most writers put it down; `None` when it is long.
    pub(crate) spelling: Option<Spelling>,
    pub(crate) output_only: bool,
    pub(crate) identifier: bool,
}

/// How many values a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Card {
    Singular,
    Repeated,
    Map,
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Double,
    Float,
    Int64,
    Uint64,
    Int32,
    Fixed64,
    Fixed32,
    Bool,
    String,
    Bytes,
    Uint32,
    Sfixed32,
    Sfixed64,
    Sint32,
    Sint64,
    Enum(EnumId),
    Message(MsgId),
}

/// One enum type.
#[derive(Debug)]
pub(crate) struct EnumTable {
    pub(crate) name: Box<str>,
    /// Number and quoted name, sorted by number; the first alias of each.
    by_number: Vec<(i32, Piece)>,
    /// Name and number, sorted by name.
    by_name: Vec<(Box<str>, i32)>,
    /// `google.protobuf.NullValue`, whose JSON form is `null`.
    pub(crate) null: bool,
    closed: bool,
}

impl Tables {
    pub(crate) fn msg(&self, id: MsgId) -> &Msg {
        &self.messages[id.0 as usize]
    }

    pub(crate) fn enumeration(&self, id: EnumId) -> &EnumTable {
        &self.enums[id.0 as usize]
    }

    pub(crate) fn find(&self, full_name: &str) -> Option<MsgId> {
        let at = self.by_name.binary_search_by(|(name, _)| (**name).cmp(full_name)).ok()?;
        Some(self.by_name[at].1)
    }

    /// The JSON form of a value that was never set.
    pub(crate) fn default_text(&self, field: &Field, options: &PrintOptions) -> &[u8] {
        match (field.card, field.kind) {
            (Card::Repeated, _) => b"[]",
            (Card::Map, _) => b"{}",
            (_, Kind::Message(_)) => b"null",
            (_, Kind::String | Kind::Bytes) => b"\"\"",
            (_, Kind::Bool) => b"false",
            (_, kind) if kind.is_long() && !options.int64_as_numbers => b"\"0\"",
            (_, Kind::Enum(id)) => match self.enumeration(id).text(0) {
                _ if self.enumeration(id).null => b"null",
                Some(name) if !options.enums_as_ints => name.text(),
                _ => b"0",
            },
            _ => b"0",
        }
    }
}

impl Msg {
    /// The index of a field number.
    #[inline]
    pub(crate) fn index(&self, number: u32) -> Option<usize> {
        match self.dense.get(number as usize) {
            Some(&u16::MAX) => None,
            Some(&index) => Some(usize::from(index)),
            None => self.fields.binary_search_by_key(&number, |field| field.number).ok(),
        }
    }

    /// The index of the field that takes a tag below 256.
    #[inline(always)]
    pub(crate) fn tagged(&self, tag: u8) -> Option<usize> {
        match self.by_tag[usize::from(tag)] {
            NO_FIELD => None,
            index => Some(usize::from(index)),
        }
    }

    /// What is printed for the fields of a gap with the usual options: a text, and how much of it counts.
    #[inline(always)]
    pub(crate) fn defaults(&self, gap: Range<usize>) -> (&[u8], usize) {
        let begin = self.default_begins[gap.start];
        (&self.default_texts[begin..], self.default_begins[gap.end] - begin)
    }

    /// The field of a number.
    pub(crate) fn field(&self, number: u32) -> Option<&Field> {
        self.index(number).map(|index| &self.fields[index])
    }

    /// The index of a JSON or proto name.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.names.find(name)
    }
}

impl Field {
    /// The key with its leading comma and trailing colon.
    #[inline]
    pub(crate) fn key(&self, options: &PrintOptions) -> &Piece {
        if options.proto_names { &self.proto_key } else { &self.json_key }
    }

    pub(crate) fn is_list(&self) -> bool {
        self.card != Card::Singular
    }

    /// The message type of its values; for maps, the entry.
    pub(crate) fn message(&self) -> Option<MsgId> {
        match self.kind {
            Kind::Message(id) => Some(id),
            _ => None,
        }
    }

    /// Whether values of this wire type are read; all others count as unknown.
    #[inline]
    pub(crate) fn takes(&self, wire_type: u8) -> bool {
        wire_type == self.wire_type || (wire_type == wire::LEN && self.card == Card::Repeated)
    }
}

impl Kind {
    pub(crate) fn wire_type(self) -> u8 {
        match self {
            Self::Double | Self::Fixed64 | Self::Sfixed64 => wire::FIXED64,
            Self::Float | Self::Fixed32 | Self::Sfixed32 => wire::FIXED32,
            Self::String | Self::Bytes | Self::Message(_) => wire::LEN,
            _ => wire::VARINT,
        }
    }

    /// 64-bit integers, which JSON carries as strings.
    pub(crate) fn is_long(self) -> bool {
        matches!(self, Self::Int64 | Self::Uint64 | Self::Fixed64 | Self::Sfixed64 | Self::Sint64)
    }
}

impl EnumTable {
    /// Every number with its quoted name, by number.
    pub(crate) fn values(&self) -> impl Iterator<Item = (i32, &str)> {
        let values = self.by_number.iter();
        values.map(|(number, quoted)| {
            (*number, std::str::from_utf8(quoted.text()).unwrap_or_default())
        })
    }

    /// The quoted name of a number.
    #[inline]
    pub(crate) fn text(&self, number: i32) -> Option<&Piece> {
        // Most enums count up from zero.
        let guess = usize::try_from(number).ok().and_then(|at| self.by_number.get(at));
        if let Some((found, text)) = guess
            && *found == number
        {
            return Some(text);
        }
        let at = self.by_number.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        Some(&self.by_number[at].1)
    }

    /// The number of a name.
    pub(crate) fn number(&self, name: &str, any_case: bool) -> Option<i32> {
        if let Ok(at) = self.by_name.binary_search_by(|(known, _)| (**known).cmp(name)) {
            return Some(self.by_name[at].1);
        }
        let found = self.by_name.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.filter(|_| any_case).map(|(_, number)| *number)
    }
}
