//! One value: numbers, texts, bytes, names of enums, and the messages within.

use super::{NOT_UTF8, Print, Printer, Stop};
use crate::base64;
use crate::num;
use crate::tables::Kind;
use crate::text;
use crate::wire::Value;

impl<'a> Printer<'a> {
    /// One value of any kind.
    pub(super) fn value(&mut self, kind: Kind, value: Value<'_>) -> Print<()> {
        match (kind, value) {
            (Kind::Message(id), Value::Bytes(content)) => return self.message(id, content),
            (Kind::String, Value::Bytes(content)) => {
                text::put_quoted(&mut self.out, content).ok_or(NOT_UTF8)?;
            }
            (Kind::Bytes, Value::Bytes(content)) => {
                self.out.put_u8(b'"');
                base64::encode(content, &mut self.out);
                self.out.put_u8(b'"');
            }
            (kind, Value::Bits(bits)) => self.number(kind, bits),
            // `Field::takes` and packed runs let no other combination through.
            _ => return Err(Stop::Broken(&"a value has the wrong wire type")),
        }
        Ok(())
    }

    /// A number, truth value or enum of those bits. Many are small integers.
    #[inline]
    pub(super) fn number(&mut self, kind: Kind, bits: u64) {
        match kind {
            Kind::Int32 => num::put_i64(&mut self.out, i64::from(bits as i32)),
            _ => self.other_number(kind, bits),
        }
    }

    #[inline(never)]
    fn other_number(&mut self, kind: Kind, bits: u64) {
        match kind {
            Kind::Int32 | Kind::Sfixed32 => num::put_i64(&mut self.out, i64::from(bits as i32)),
            Kind::Bool => self.out.put_slice(if bits == 0 { b"false" } else { b"true" }),
            Kind::Uint32 | Kind::Fixed32 => num::put_u64(&mut self.out, u64::from(bits as u32)),
            Kind::Sint32 => num::put_i64(&mut self.out, unzigzag(u64::from(bits as u32))),
            Kind::Int64 | Kind::Sfixed64 => self.long(bits as i64),
            Kind::Uint64 | Kind::Fixed64 => self.unsigned_long(false, bits),
            Kind::Sint64 => self.long(unzigzag(bits)),
            Kind::Enum(id) => {
                let table = self.tables.enumeration(id);
                match table.text(bits as i32) {
                    _ if table.null => self.out.put_slice(b"null"),
                    Some(name) if !self.options.enums_as_ints => self.out.put_piece(name),
                    _ => num::put_i64(&mut self.out, i64::from(bits as i32)),
                }
            }
            Kind::Float => self.float(f32::from_bits(bits as u32)),
            _ => self.double(f64::from_bits(bits)),
        }
    }

    fn long(&mut self, value: i64) {
        self.unsigned_long(value < 0, value.unsigned_abs());
    }

    /// 64-bit integers are strings unless asked otherwise.
    fn unsigned_long(&mut self, negative: bool, magnitude: u64) {
        if !self.options.int64_as_numbers {
            return num::put_quoted(&mut self.out, negative, magnitude);
        }
        if negative {
            self.out.put_u8(b'-');
        }
        num::put_u64(&mut self.out, magnitude);
    }

    fn double(&mut self, value: f64) {
        match special(value) {
            None => self.finite(value),
            Some(name) => self.out.put_slice(name),
        }
    }

    fn finite(&mut self, value: f64) {
        // Many are whole numbers, whose last bits are zeros. Bits tell a negative zero apart, too.
        let whole = value as i32;
        if value.to_bits() & 0x1f_ffff == 0 && f64::from(whole).to_bits() == value.to_bits() {
            return num::put_i64(&mut self.out, whole.into());
        }
        num::put_f64(&mut self.out, value);
    }

    fn float(&mut self, value: f32) {
        match special(f64::from(value)) {
            Some(name) => self.out.put_slice(name),
            None => num::put_f32(&mut self.out, value),
        }
    }
}

#[inline]
fn special(value: f64) -> Option<&'static [u8]> {
    match value {
        _ if value.is_finite() => None,
        f64::INFINITY => Some(b"\"Infinity\""),
        f64::NEG_INFINITY => Some(b"\"-Infinity\""),
        _ => Some(b"\"NaN\""),
    }
}

fn unzigzag(bits: u64) -> i64 {
    (bits >> 1) as i64 ^ -((bits & 1) as i64)
}

/// Whether a value is the implicit default of its kind.
pub(super) fn is_default(kind: Kind, value: Value<'_>) -> bool {
    match value {
        Value::Bytes(content) => content.is_empty(),
        Value::Bits(bits) => is_zero(kind, bits),
    }
}

/// Whether a number is the implicit default of its kind. For floats this compares bits: -0.0 is not the default.
#[inline]
pub(super) fn is_zero(kind: Kind, bits: u64) -> bool {
    match kind {
        Kind::Int32 | Kind::Uint32 | Kind::Sint32 | Kind::Enum(_) => bits as u32 == 0,
        _ => bits == 0,
    }
}
