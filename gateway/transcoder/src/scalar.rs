//! Texts of scalar values to wire bytes: quoted numbers, query values, path captures, map keys.
//! A value is written without its tag; the caller decides whether a zero is worth writing.

use bytes::{BufMut, BytesMut};

use crate::base64;
use crate::num::{self, Wrong};
use crate::tables::{Field, Kind, MsgId, Tables, Wkt};
use crate::wire;
use crate::wkt;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// The implicit default of its type.
    Zero,
    /// Any other value.
    Set,
    /// Nothing: an enum name that nobody knows, in lenient mode.
    Dropped,
}

impl Put {
    pub(crate) fn zero_if(zero: bool) -> Self {
        if zero { Self::Zero } else { Self::Set }
    }
}

/// Appends a number of a numeric kind.
pub(crate) fn put_number(out: &mut BytesMut, kind: Kind, text: &str) -> Result<Put, Wrong> {
    if !num::is_number(text) {
        return Err(Wrong::Syntax);
    }
    put_json_number(out, kind, text)
}

/// The same for a text that is known to be a JSON number.
pub(crate) fn put_json_number(out: &mut BytesMut, kind: Kind, text: &str) -> Result<Put, Wrong> {
    let bits = match kind {
        Kind::Double => num::double(text)?.to_bits(),
        Kind::Float => u64::from(num::float(text)?.to_bits()),
        _ => return put_integer(out, kind, num::integer(text)?),
    };
    put_bits(out, kind, bits);
    Ok(Put::zero_if(bits == 0))
}

/// Appends an integer, given as sign and magnitude, as a number of a numeric kind.
#[inline]
pub(crate) fn put_integer(
    out: &mut BytesMut,
    kind: Kind,
    integer: (bool, u64),
) -> Result<Put, Wrong> {
    let bits = match kind {
        Kind::Int32 | Kind::Enum(_) => num::signed(integer, 32)? as u64,
        Kind::Sint32 => zigzag(num::signed(integer, 32)?),
        Kind::Sfixed32 => num::signed(integer, 32)? as u32 as u64,
        Kind::Int64 | Kind::Sfixed64 => num::signed(integer, 64)? as u64,
        Kind::Sint64 => zigzag(num::signed(integer, 64)?),
        Kind::Uint32 | Kind::Fixed32 => num::unsigned(integer, 32)?,
        Kind::Uint64 | Kind::Fixed64 => num::unsigned(integer, 64)?,
        // Rounded once, as from the digits; a zero keeps its sign.
        Kind::Double => with_sign(integer.0, integer.1 as f64).to_bits(),
        Kind::Float => {
            u64::from((with_sign(integer.0, f64::from(integer.1 as f32)) as f32).to_bits())
        }
        _ => return Err(Wrong::Syntax),
    };
    put_bits(out, kind, bits);
    Ok(Put::zero_if(bits == 0))
}

fn with_sign(negative: bool, magnitude: f64) -> f64 {
    if negative { -magnitude } else { magnitude }
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

/// Appends bits in the wire type of their kind.
pub(crate) fn put_bits(out: &mut BytesMut, kind: Kind, bits: u64) {
    match kind.wire_type() {
        wire::FIXED64 => out.put_u64_le(bits),
        wire::FIXED32 => out.put_u32_le(bits as u32),
        _ => wire::put_varint(out, bits),
    }
}

/// Appends a quoted number; floats also have the names of their special values.
pub(crate) fn put_quoted_number(out: &mut BytesMut, kind: Kind, text: &str) -> Result<Put, Wrong> {
    let special = match text {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ => return put_number(out, kind, text),
    };
    match kind {
        Kind::Double => out.put_u64_le(special.to_bits()),
        Kind::Float => out.put_u32_le((special as f32).to_bits()),
        _ => return Err(Wrong::Syntax),
    }
    Ok(Put::Set)
}

/// Appends the number behind an enum name.
pub(crate) fn put_enum_name(
    out: &mut BytesMut,
    tables: &Tables,
    kind: Kind,
    name: &str,
    any_case: bool,
) -> Result<Put, &'static str> {
    let Kind::Enum(id) = kind else { return Err("is not an enum") };
    match tables.enumeration(id).number(name, any_case) {
        Some(number) => {
            wire::put_varint(out, i64::from(number) as u64);
            Ok(Put::zero_if(number == 0))
        }
        None => Err("is not a value of its enum"),
    }
}

/// Appends length and content of a bytes value given in base64.
pub(crate) fn put_base64(out: &mut BytesMut, text: &[u8]) -> Result<Put, &'static str> {
    let length = wire::begin(out, 1);
    let start = out.len();
    base64::decode(text, out).ok_or("is not base64")?;
    let empty = out.len() == start;
    wire::end(out, length);
    Ok(Put::zero_if(empty))
}

/// Appends length and content of a string.
#[inline]
pub(crate) fn put_str(out: &mut BytesMut, text: &str) -> Put {
    wire::put_varint(out, text.len() as u64);
    out.put_slice(text.as_bytes());
    Put::zero_if(text.is_empty())
}

/// Appends `true` or `false`.
pub(crate) fn put_bool(out: &mut BytesMut, text: &str) -> Result<Put, &'static str> {
    let value = match text {
        "true" => true,
        "false" => false,
        _ => return Err("must be `true` or `false`"),
    };
    out.put_u8(u8::from(value));
    Ok(Put::zero_if(!value))
}

/// Appends a value given as plain text, as queries and paths carry it: a scalar with its length,
/// or a well-known type that has a text form, with its length.
pub(crate) fn put_text(
    out: &mut BytesMut,
    tables: &Tables,
    kind: Kind,
    text: &str,
    any_case: bool,
) -> Result<Put, &'static str> {
    match kind {
        Kind::String => Ok(put_str(out, text)),
        Kind::Bytes => put_base64(out, text.as_bytes()),
        Kind::Bool => put_bool(out, text),
        Kind::Enum(_) => match put_number(out, kind, text) {
            Err(Wrong::Syntax) => put_enum_name(out, tables, kind, text, any_case),
            other => other.map_err(Wrong::message),
        },
        Kind::Message(id) => {
            let length = wire::begin(out, 1);
            put_well_known(out, tables, id, text, any_case)?;
            wire::end(out, length);
            Ok(Put::Set)
        }
        _ => put_quoted_number(out, kind, text).map_err(Wrong::message),
    }
}

/// Whether a value can be given as plain text.
pub(crate) fn has_text(tables: &Tables, field: &Field) -> bool {
    field.message().is_none_or(|id| {
        matches!(tables.msg(id).wkt, Wkt::Timestamp | Wkt::Duration | Wkt::FieldMask | Wkt::Wrapper)
    })
}

fn put_well_known(
    out: &mut BytesMut,
    tables: &Tables,
    id: MsgId,
    text: &str,
    any_case: bool,
) -> Result<(), &'static str> {
    match tables.msg(id).wkt {
        Wkt::Timestamp => put_timestamp(out, text),
        Wkt::Duration => put_duration(out, text),
        Wkt::FieldMask => put_any_mask(out, text),
        Wkt::Wrapper => {
            let Some(field) = tables.msg(id).field(1) else { return Err("is not a wrapper") };
            let mark = out.len();
            put_tag(out, field);
            if put_text(out, tables, field.kind, text, any_case)? != Put::Set {
                out.truncate(mark);
            }
            Ok(())
        }
        _ => Err("has no text form"),
    }
}

/// Appends the tag that a field's single value carries.
#[inline]
pub(crate) fn put_tag(out: &mut BytesMut, field: &Field) {
    wire::put_tag(out, field.number, field.wire_type);
}

/// Appends the content of a Timestamp.
pub(crate) fn put_timestamp(out: &mut BytesMut, text: &str) -> Result<(), &'static str> {
    let (seconds, nanos) =
        wkt::parse_timestamp(text).ok_or("is not a timestamp such as `2026-01-31T12:00:00Z`")?;
    put_seconds(out, seconds, nanos);
    Ok(())
}

/// Appends the content of a Duration.
pub(crate) fn put_duration(out: &mut BytesMut, text: &str) -> Result<(), &'static str> {
    let (seconds, nanos) = wkt::parse_duration(text).ok_or("is not a duration such as `1.5s`")?;
    put_seconds(out, seconds, nanos);
    Ok(())
}

fn put_seconds(out: &mut BytesMut, seconds: i64, nanos: i32) {
    if seconds != 0 {
        wire::put_tag(out, 1, wire::VARINT);
        wire::put_varint(out, seconds as u64);
    }
    if nanos != 0 {
        wire::put_tag(out, 2, wire::VARINT);
        wire::put_varint(out, i64::from(nanos) as u64);
    }
}

/// Appends the content of a FieldMask in ProtoJSON: lowerCamelCase paths.
pub(crate) fn put_mask(out: &mut BytesMut, text: &str) -> Result<(), &'static str> {
    put_paths(out, text, wkt::put_snake)
}

/// Appends the content of a FieldMask in either spelling, as queries may carry it.
fn put_any_mask(out: &mut BytesMut, text: &str) -> Result<(), &'static str> {
    put_paths(out, text, |out, path| match path.contains('_') {
        true => {
            out.put_slice(path.as_bytes());
            Some(())
        }
        false => wkt::put_snake(out, path),
    })
}

fn put_paths(
    out: &mut BytesMut,
    text: &str,
    put: impl Fn(&mut BytesMut, &str) -> Option<()>,
) -> Result<(), &'static str> {
    if text.is_empty() {
        return Ok(());
    }
    for path in text.split(',') {
        wire::put_tag(out, 1, wire::LEN);
        let length = wire::begin(out, 1);
        put(out, path).ok_or("is not a list of field paths")?;
        wire::end(out, length);
    }
    Ok(())
}
