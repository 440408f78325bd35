//! Lists and maps: packed runs, element lengths, and duplicate map keys.

use super::{DUPLICATE, Parser, Read, UNSUPPORTED, invalid, stop};
use crate::FEW_KEYS;
use crate::num::Wrong;
use crate::scalar::{self, Put};
use crate::tables::{Field, Kind, MsgId};
use crate::wire;

/// The encoded key of one map entry, and where it stands in the JSON text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Key {
    start: usize,
    end: usize,
    at: usize,
}

impl<'a> Parser<'a> {
    /// A repeated field from its bracket on.
    pub(super) fn list(&mut self, field: &'a Field) -> Read<()> {
        self.open(b'[', "must be an array")?;
        let (mut first, mut width) = (true, 1);
        if field.packed {
            return self.packed(field);
        }
        while self.more(b']', &mut first)? {
            let mark = self.out.len();
            scalar::put_tag(self.out, field);
            if let Kind::Message(id) = field.kind {
                width = self.nested(id, width)?;
            } else if self.scalar(field.kind)? == Put::Dropped {
                self.out.truncate(mark);
            }
        }
        Ok(())
    }

    fn packed(&mut self, field: &'a Field) -> Read<()> {
        let mark = self.out.len();
        wire::put_tag(self.out, field.number, wire::LEN);
        let length = wire::begin(self.out, 1);
        let start = self.out.len();
        let mut first = true;
        while self.more(b']', &mut first)? {
            self.scalar(field.kind)?;
        }
        if self.out.len() == start {
            self.out.truncate(mark);
        } else {
            wire::end(self.out, length);
        }
        Ok(())
    }

    /// A map from its brace on: one entry for each member.
    pub(super) fn map(&mut self, number: u32, entry: MsgId) -> Read<()> {
        let msg = self.tables.msg(entry);
        let (Some(key), Some(value)) = (msg.field(1), msg.field(2)) else {
            return Err(stop(self.pos, UNSUPPORTED, "is not a map"));
        };
        let mut members = self.open_object()?;
        self.descend()?;
        let base = self.keys.len();
        let mut width = 1;
        while self.more_members(&mut members)? {
            let at = self.pos;
            let text = self.key()?;
            let mark = self.out.len();
            wire::put_tag(self.out, number, wire::LEN);
            let length = wire::begin(self.out, width);
            let content = self.out.len();
            scalar::put_tag(self.out, key);
            map_key(self.out, key.kind, &text).map_err(|why| invalid(at, why))?;
            let key_length = self.out.len() - content;
            if !self.map_value(value)? {
                self.out.truncate(mark);
                continue;
            }
            let took = wire::end(self.out, length);
            let start = content - width + took;
            width = took;
            self.add_key(base, Key { start, end: start + key_length, at })?;
        }
        self.wire_depth -= 1;
        self.close_keys(base)
    }

    /// Whether the entry is kept: an unknown enum name drops it in lenient mode.
    fn map_value(&mut self, value: &'a Field) -> Read<bool> {
        scalar::put_tag(self.out, value);
        match value.kind {
            Kind::Message(id) => self.nested(id, 1).map(|_| true),
            kind => self.scalar(kind).map(|put| put != Put::Dropped),
        }
    }

    fn add_key(&mut self, base: usize, key: Key) -> Read<()> {
        let known = &self.keys.as_slice()[base..];
        if known.len() < FEW_KEYS {
            let new = &self.out[key.start..key.end];
            if known.iter().any(|old| self.out[old.start..old.end] == *new) {
                return Err(stop(key.at, DUPLICATE, "is given twice"));
            }
        }
        self.keys.push(key);
        Ok(())
    }

    fn close_keys(&mut self, base: usize) -> Read<()> {
        let out = &*self.out;
        let keys = &mut self.keys.as_mut_slice()[base..];
        if keys.len() > FEW_KEYS {
            // No hashing of foreign keys: sorting cannot be made slow.
            keys.sort_unstable_by_key(|key| (&out[key.start..key.end], key.at));
            let twice = keys
                .windows(2)
                .find(|pair| out[pair[0].start..pair[0].end] == out[pair[1].start..pair[1].end]);
            if let Some(pair) = twice {
                return Err(stop(pair[1].at, DUPLICATE, "is given twice"));
            }
        }
        self.keys.truncate(base);
        Ok(())
    }
}

/// Appends a map key given as text.
pub(crate) fn map_key(
    out: &mut bytes::BytesMut,
    kind: Kind,
    text: &str,
) -> Result<(), &'static str> {
    match kind {
        Kind::String => {
            scalar::put_str(out, text);
            Ok(())
        }
        Kind::Bool => scalar::put_bool(out, text).map(drop),
        _ => scalar::put_number(out, kind, text).map(drop).map_err(Wrong::message),
    }
}
