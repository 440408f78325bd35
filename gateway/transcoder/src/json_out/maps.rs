//! Maps on the way out: entries in the order of the wire, keys as strings, duplicates found by
//! comparing printed keys.

use super::{NOT_UTF8, Print, Printer, Stop};
use crate::FEW_KEYS;
use crate::sink::PADDED;
use crate::tables::{Field, Kind, MsgId};
use crate::text;
use crate::wire::{self, Reader, Value};

/// A comma, filled up.
pub(super) const COMMA: &[u8; PADDED] = b",                               ";

/// A colon, filled up.
const COLON: &[u8; PADDED] = b":                               ";
/// The tags of an entry whose key is a text, and whose value has a length as well.
const KEY: u8 = 1 << 3 | wire::LEN;
const VALUE: u8 = 2 << 3 | wire::LEN;

/// The state of a map that is being printed.
#[derive(Debug, Default)]
pub(super) struct Open<'w> {
    /// Where its keys begin in the printer's list.
    base: usize,
    /// What the values are, if they have a length on the wire and keys are texts.
    values: Option<Kind>,
    /// The last key, when keys are texts.
    last: &'w [u8],
    /// Every key so far was greater than the one before it, so none repeats: texts by bytes, and numbers, whose longer texts
    /// are greater, by length first.
    ascending: bool,
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
    pub(super) fn begin_map(&self, entry: MsgId) -> Open<'static> {
        let values = match &*self.tables.msg(entry).fields {
            [key, value] if key.kind == Kind::String && value.wire_type == wire::LEN => {
                Some(value.kind)
            }
            _ => None,
        };
        Open { base: self.keys.len(), values, last: &[], ascending: true }
    }

    /// Ends a map without duplicates that began at `start`.
    pub(super) fn end_map(&mut self, map: &Open<'_>, start: usize) {
        self.keys.truncate(map.base);
        self.leave(start, *b"{}");
    }

    /// One entry on the fast path.
    #[inline]
    pub(super) fn entry<'w>(&mut self, id: MsgId, wire: &'w [u8], map: &mut Open<'w>) -> Print<()> {
        // An entry is itself a level of messages.
        if let Some(kind) = map.values
            && self.wire_depth < self.options.max_depth
            && let Some((key, value)) = key_and_value(wire)
        {
            let start = self.out.len() + 1;
            text::put_named(&mut self.out, (COMMA, 1), key).ok_or(NOT_UTF8)?;
            self.keys.push((start, self.out.len()));
            self.check_text(map, key)?;
            return self.usual_value(kind, value);
        }
        self.any_entry(id, wire, map)
    }

    /// A value that has a length, in an entry that is not too deep.
    fn usual_value(&mut self, kind: Kind, value: &[u8]) -> Print<()> {
        if kind == Kind::String {
            text::put_named(&mut self.out, (COLON, 1), value).ok_or(NOT_UTF8)?;
            return self.check_size();
        }
        self.out.put_u8(b':');
        self.wire_depth += 1;
        match kind {
            Kind::Message(id) => self.message(id, value)?,
            _ => self.value(kind, Value::Bytes(value))?,
        }
        self.wire_depth -= 1;
        self.check_size()
    }

    fn any_entry<'w>(&mut self, id: MsgId, wire: &'w [u8], map: &mut Open<'w>) -> Print<()> {
        let entry = self.read_entry(id, wire)?;
        if entry.pieces {
            return Err(Stop::Restart);
        }
        let start = self.out.len() + 1;
        self.entry_key(&entry)?;
        // The colon is no part of it.
        self.keys.push((start, self.out.len() - 1));
        match (entry.key.kind, entry.key_bits) {
            (Kind::String, Some(Value::Bytes(key))) => self.check_text(map, key)?,
            (Kind::String, _) => self.check_text(map, &[])?,
            _ => self.check_number(map)?,
        }
        self.entry_value(&entry)
    }

    /// Restarts on the slow path when a text stood in the map before as a key. It is compared as it came: what was just
    /// written in pieces is slow to read again.
    fn check_text<'w>(&mut self, map: &mut Open<'w>, key: &'w [u8]) -> Print<()> {
        let last = std::mem::replace(&mut map.last, key);
        map.ascending &= self.keys.len() == map.base + 1 || is_before(last, key);
        if map.ascending { Ok(()) } else { self.check_all(map) }
    }

    /// The same for a number, which is compared as it is printed.
    fn check_number(&mut self, map: &mut Open<'_>) -> Print<()> {
        if let [.., last, new] = self.keys.as_slice()[map.base..] {
            let (new, last) = (self.key(new), self.key(last));
            map.ascending &= (last.len(), last) < (new.len(), new);
        }
        if map.ascending { Ok(()) } else { self.check_all(map) }
    }

    /// Compares the last key with all others.
    fn check_all(&self, map: &Open<'_>) -> Print<()> {
        let Some((new, known)) = self.keys.as_slice()[map.base..].split_last() else {
            return Ok(());
        };
        let new = self.key(*new);
        // A long map out of order is left to the slow path, which sorts its keys once.
        let repeated = known.iter().any(|known| self.key(*known) == new);
        if repeated || known.len() > FEW_KEYS * FEW_KEYS {
            return Err(Stop::Restart);
        }
        Ok(())
    }

    /// A printed key, between its quotation marks.
    fn key(&self, (start, end): (usize, usize)) -> &[u8] {
        &self.out.written()[start + 1..end - 1]
    }

    pub(super) fn read_entry<'w>(&self, id: MsgId, wire: &'w [u8]) -> Print<Entry<'a, 'w>> {
        let msg = self.tables.msg(id);
        let (Some(key), Some(value)) = (msg.field(1), msg.field(2)) else {
            return Err(Stop::Refused);
        };
        let mut entry = Entry { key, value, key_bits: None, value_bits: None, pieces: false };
        let mut reader = Reader::new(wire);
        // What encoders write: a key, then a value, and nothing else.
        if reader.short(|tag| (tag == 1 << 3 | key.wire_type).then_some(())).is_some() {
            entry.key_bits = Some(reader.value(key.wire_type)?);
            if reader.short(|tag| (tag == 2 << 3 | value.wire_type).then_some(())).is_some() {
                entry.value_bits = Some(reader.value(value.wire_type)?);
            }
        }
        if !reader.is_empty() {
            self.read_rest(&mut entry, &mut reader)?;
        }
        Ok(entry)
    }

    /// Whatever else an entry may hold: its parts in another order or again, and fields that nobody knows.
    fn read_rest<'w>(&self, entry: &mut Entry<'_, 'w>, reader: &mut Reader<'w>) -> Print<()> {
        while let Some((number, wire_type)) = reader.tag()? {
            if number == 1 && entry.key.takes(wire_type) {
                entry.key_bits = Some(reader.value(wire_type)?);
            } else if number == 2 && entry.value.takes(wire_type) {
                entry.pieces |= entry.value_bits.is_some() && entry.value.message().is_some();
                entry.value_bits = Some(reader.value(wire_type)?);
            } else {
                reader.skip(number, wire_type, self.options.max_depth)?;
            }
        }
        Ok(())
    }

    /// The key as a JSON string, with the comma before it and its colon.
    pub(super) fn entry_key(&mut self, entry: &Entry<'_, '_>) -> Print<()> {
        let value = entry.key_bits.unwrap_or(absent(entry.key));
        if let (Kind::String, Value::Bytes(text)) = (entry.key.kind, value) {
            text::put_named(&mut self.out, (COMMA, 1), text).ok_or(NOT_UTF8)?;
            self.out.put_u8(b':');
            return Ok(());
        }
        self.out.put_u8(b',');
        match entry.key.kind {
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

/// Whether a text comes before another by its bytes. Most differ early.
#[inline]
fn is_before(text: &[u8], other: &[u8]) -> bool {
    match (text.first_chunk(), other.first_chunk()) {
        (Some(start), Some(others)) if start != others => {
            u64::from_be_bytes(*start) < u64::from_be_bytes(*others)
        }
        _ => text < other,
    }
}

/// Key and value of an entry in which both have a length, as encoders write it: both, in this order, and nothing else.
#[inline]
fn key_and_value(wire: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader::new(wire);
    reader.short(|tag| (tag == KEY).then_some(()))?;
    let key = reader.bytes().ok()?;
    reader.short(|tag| (tag == VALUE).then_some(()))?;
    let value = reader.bytes().ok()?;
    reader.is_empty().then_some((key, value))
}

/// The default of a part that an entry left out.
fn absent(field: &Field) -> Value<'static> {
    match field.kind.wire_type() {
        wire::LEN => Value::Bytes(&[]),
        _ => Value::Bits(0),
    }
}
