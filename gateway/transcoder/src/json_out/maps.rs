//! Maps on the way out: entries in the order of the wire, keys as strings, duplicates found by
//! comparing printed keys.

use super::{Print, Printer, Stop};
use crate::tables::{Field, Kind, MsgId};
use crate::wire::{self, Reader, Value};

/// Up to this many keys are compared with one another, more are sorted.
const FEW: usize = 8;

/// The state of a map whose brace is open.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Where its keys begin in the printer's list.
    base: usize,
    /// Every key so far was greater than the one before it, so none repeats; by bytes, as sorted
    /// text, and by length first, as sorted numbers.
    ascending: bool,
    lengthening: bool,
}

/// The parts of one entry; the last occurrence of each wins.
pub(super) struct Entry<'a, 'w> {
    key: &'a Field,
    value: &'a Field,
    key_bits: Option<Value<'w>>,
    value_bits: Option<Value<'w>>,
    /// A message value came in several pieces, which are to be merged.
    pieces: bool,
}

impl<'a> Printer<'a> {
    pub(super) fn begin_map(&self) -> Open {
        Open { base: self.keys.len(), ascending: true, lengthening: true }
    }

    /// Closes the brace of a map without duplicates.
    pub(super) fn end_map(&mut self, map: &Open) {
        self.keys.truncate(map.base);
        self.close(b'}');
    }

    /// One entry on the fast path.
    pub(super) fn entry(&mut self, id: MsgId, wire: &[u8], map: &mut Open) -> Print<()> {
        let entry = self.read_entry(id, wire)?;
        if entry.pieces {
            return Err(Stop::Restart);
        }
        if self.keys.len() > map.base {
            self.out.put_u8(b',');
        }
        let start = self.out.len();
        self.entry_key(&entry)?;
        self.keys.push((start, self.out.len()));
        self.check_key(map)?;
        self.entry_value(&entry)
    }

    /// Restarts on the slow path when the last key stood in the map before.
    fn check_key(&mut self, map: &mut Open) -> Print<()> {
        let Some((new, known)) = self.keys[map.base..].split_last() else { return Ok(()) };
        let Some(last) = known.last() else { return Ok(()) };
        let (new, last) = (self.key(*new), self.key(*last));
        map.ascending &= last < new;
        map.lengthening &= (last.len(), last) < (new.len(), new);
        if map.ascending || map.lengthening {
            return Ok(());
        }
        // A long map out of order is left to the slow path, which sorts its keys once.
        let repeated = known.iter().any(|known| self.key(*known) == new);
        if repeated || known.len() > FEW * FEW {
            return Err(Stop::Restart);
        }
        Ok(())
    }

    /// A printed key, between its quotation marks: the one behind it comes after a space, but a text before one that goes on.
    fn key(&self, (start, end): (usize, usize)) -> &[u8] {
        &self.out.written()[start + 1..end - 2]
    }

    pub(super) fn read_entry<'w>(&self, id: MsgId, wire: &'w [u8]) -> Print<Entry<'a, 'w>> {
        let msg = self.tables.msg(id);
        let (Some(key), Some(value)) = (msg.field(1), msg.field(2)) else {
            return Err(Stop::Refused);
        };
        let mut entry = Entry { key, value, key_bits: None, value_bits: None, pieces: false };
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            if number == 1 && key.takes(wire_type) {
                entry.key_bits = Some(reader.value(wire_type)?);
            } else if number == 2 && value.takes(wire_type) {
                entry.pieces |= entry.value_bits.is_some() && value.message().is_some();
                entry.value_bits = Some(reader.value(wire_type)?);
            } else {
                reader.skip(number, wire_type, self.options.max_depth)?;
            }
        }
        Ok(entry)
    }

    /// The key as a JSON string, with its colon.
    pub(super) fn entry_key(&mut self, entry: &Entry<'_, '_>) -> Print<()> {
        let value = entry.key_bits.unwrap_or(absent(entry.key));
        match entry.key.kind {
            Kind::String => self.value(Kind::String, value)?,
            kind if kind.is_long() && !self.options.int64_as_numbers => self.value(kind, value)?,
            kind => {
                self.out.put_u8(b'"');
                self.value(kind, value)?;
                self.out.put_u8(b'"');
            }
        }
        self.out.put_u8(b':');
        Ok(())
    }

    /// The value of an entry; an entry is itself a level of messages.
    pub(super) fn entry_value(&mut self, entry: &Entry<'_, '_>) -> Print<()> {
        let value = entry.value_bits.unwrap_or(absent(entry.value));
        self.in_entry(|printer| printer.value(entry.value.kind, value))
    }

    /// An entry on the slow path, where the pieces of a message value are merged.
    pub(super) fn merged_entry(&mut self, entry: &Entry<'_, '_>, wire: &[u8]) -> Print<()> {
        if !entry.pieces {
            return self.entry_value(entry);
        }
        let mut merged = Vec::new();
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            match (number, wire_type) {
                (2, wire::LEN) => merged.extend_from_slice(reader.bytes()?),
                _ => reader.skip(number, wire_type, self.options.max_depth)?,
            }
        }
        self.in_entry(|printer| printer.value(entry.value.kind, Value::Bytes(&merged)))
    }

    fn in_entry(&mut self, print: impl FnOnce(&mut Self) -> Print<()>) -> Print<()> {
        self.wire_depth += 1;
        if self.wire_depth > self.options.max_depth {
            return Err(Stop::Limit(&"the reply is nested too deep"));
        }
        print(self)?;
        self.wire_depth -= 1;
        self.check_size()
    }
}

/// The default of a part that an entry left out.
fn absent(field: &Field) -> Value<'static> {
    match field.kind.wire_type() {
        wire::LEN => Value::Bytes(&[]),
        _ => Value::Bits(0),
    }
}
