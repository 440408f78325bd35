//! The well-known types that are not objects of their fields.

use super::{Print, Printer, Stop, utf8};
use crate::tables::{Field, Kind, Msg, Wkt};
use crate::wire::{LEN, Reader, VARINT, Value};
use crate::wkt;

/// The tags within a Timestamp and a Duration.
const SECONDS: u8 = 1 << 3 | VARINT;
const NANOS: u8 = 2 << 3 | VARINT;

impl<'a> Printer<'a> {
    #[inline(never)]
    pub(super) fn well_known(&mut self, msg: &'a Msg, wire: &[u8]) -> Print<()> {
        match msg.wkt {
            Wkt::Any => self.any(wire),
            Wkt::Timestamp => {
                let (seconds, nanos) = self.seconds(wire)?;
                let put = wkt::put_timestamp(&mut self.out, seconds, nanos);
                put.ok_or(Stop::Unprintable(&"a Timestamp is out of range"))
            }
            Wkt::Duration => {
                let (seconds, nanos) = self.seconds(wire)?;
                let put = wkt::put_duration(&mut self.out, seconds, nanos);
                put.ok_or(Stop::Unprintable(&"a Duration is out of range"))
            }
            Wkt::FieldMask => self.field_mask(wire),
            Wkt::Struct => self.map_alone(part(msg, 1)?, wire),
            Wkt::ListValue => self.list_alone(part(msg, 1)?, wire),
            Wkt::Value => self.any_value(msg, wire),
            Wkt::Wrapper => self.wrapper(part(msg, 1)?, wire),
            Wkt::None | Wkt::Empty | Wkt::HttpBody => Err(Stop::Refused),
        }
    }

    #[inline]
    fn seconds(&self, wire: &[u8]) -> Print<(i64, i32)> {
        let (mut seconds, mut nanos) = (0, 0);
        let mut reader = Reader::new(wire);
        // What encoders write: seconds, then nanoseconds, and nothing else.
        if reader.short(|tag| (tag == SECONDS).then_some(())).is_some() {
            seconds = reader.wide_varint()? as i64;
        }
        if reader.short(|tag| (tag == NANOS).then_some(())).is_some() {
            nanos = reader.wide_varint()? as i32;
        }
        if reader.is_empty() {
            return Ok((seconds, nanos));
        }
        while let Some((number, wire_type)) = reader.tag()? {
            match (number, wire_type) {
                (1, VARINT) => seconds = reader.varint()? as i64,
                (2, VARINT) => nanos = reader.varint()? as i32,
                _ => reader.skip(number, wire_type, self.options.max_depth)?,
            }
        }
        Ok((seconds, nanos))
    }

    fn field_mask(&mut self, wire: &[u8]) -> Print<()> {
        let start = self.out.len();
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            if (number, wire_type) != (1, LEN) {
                reader.skip(number, wire_type, self.options.max_depth)?;
                continue;
            }
            let path = utf8(reader.bytes()?)?;
            self.out.put_u8(b',');
            let put = wkt::put_camel(&mut self.out, path);
            put.ok_or(Stop::Unprintable(&"a FieldMask path has no JSON form"))?;
        }
        self.surround(start, *b"\"\"");
        Ok(())
    }

    fn wrapper(&mut self, field: &'a Field, wire: &[u8]) -> Print<()> {
        let mut last = None;
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            if number == 1 && field.takes(wire_type) {
                last = Some(reader.value(wire_type)?);
            } else {
                reader.skip(number, wire_type, self.options.max_depth)?;
            }
        }
        match last {
            Some(value) => self.value(field.kind, value),
            None => {
                self.out.put_slice(self.tables.default_text(field, self.options));
                Ok(())
            }
        }
    }

    /// A message that is nothing but its map.
    fn map_alone(&mut self, field: &'a Field, wire: &[u8]) -> Print<()> {
        let Kind::Message(entry) = field.kind else { return Err(Stop::Refused) };
        let mut group = Vec::new();
        let mut reader = Reader::new(wire);
        let start = if self.slow { 0 } else { self.enter()? };
        let mut map = self.begin_map(entry);
        while let Some((number, wire_type)) = reader.tag()? {
            match (number, wire_type, self.slow) {
                (1, LEN, false) => self.entry(entry, reader.bytes()?, &mut map)?,
                (1, LEN, true) => {
                    let value = Value::Bytes(reader.bytes()?);
                    group.push(super::slow::Occurrence { index: 0, value });
                }
                _ => reader.skip(number, wire_type, self.options.max_depth)?,
            }
        }
        if self.slow {
            return self.sorted_map(entry, &group);
        }
        self.end_map(&map, start);
        Ok(())
    }

    /// A message that is nothing but its list.
    fn list_alone(&mut self, field: &'a Field, wire: &[u8]) -> Print<()> {
        let start = self.enter()?;
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            if (number, wire_type) == (1, LEN) {
                let value = Value::Bytes(reader.bytes()?);
                self.out.put_u8(b',');
                self.value(field.kind, value)?;
                self.check_size()?;
            } else {
                reader.skip(number, wire_type, self.options.max_depth)?;
            }
        }
        self.leave(start, *b"[]");
        Ok(())
    }

    /// `google.protobuf.Value`: whichever member is set.
    fn any_value(&mut self, msg: &'a Msg, wire: &[u8]) -> Print<()> {
        let mut found = None;
        if self.slow {
            let group = self.gather(msg, wire)?;
            if let [.., last] = group.as_slice() {
                let field = &msg.fields[last.index];
                check_finite(field.kind, last.value)?;
                return self.group_value(field, &group);
            }
        } else {
            let mut reader = Reader::new(wire);
            while let Some((number, wire_type)) = reader.tag()? {
                match msg.field(number).filter(|field| field.takes(wire_type)) {
                    Some(_) if found.is_some() => return Err(Stop::Restart),
                    Some(field) => found = Some((field, reader.value(wire_type)?)),
                    None => reader.skip(number, wire_type, self.options.max_depth)?,
                }
            }
        }
        let (field, value) = found.ok_or(Stop::Unprintable(&"a Value has no kind"))?;
        check_finite(field.kind, value)?;
        self.value(field.kind, value)
    }
}

/// JSON numbers know neither NaN nor infinity, and a Value has no text for them.
fn check_finite(kind: Kind, value: Value<'_>) -> Print<()> {
    match (kind, value) {
        (Kind::Double, Value::Bits(bits)) if !f64::from_bits(bits).is_finite() => {
            Err(Stop::Unprintable(&"a Value holds NaN or infinity"))
        }
        _ => Ok(()),
    }
}

fn part(msg: &Msg, number: u32) -> Print<&Field> {
    msg.field(number).ok_or(Stop::Refused)
}
