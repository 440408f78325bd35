//! The slow path: occurrences of a message are gathered, sorted by field and merged, so that any
//! legal order of wire bytes prints as the sorted order would. Each level visits its bytes once.

use super::{Print, Printer};
use crate::tables::{Card, Field, Kind, Msg, MsgId};
use crate::wire::{Reader, Value};

/// One occurrence of a known field.
#[derive(Clone, Copy)]
pub(super) struct Occurrence<'w> {
    pub(super) index: usize,
    pub(super) value: Value<'w>,
}

impl<'a> Printer<'a> {
    /// The members of a message in order of their numbers.
    pub(super) fn sorted_members(&mut self, msg: &'a Msg, wire: &[u8]) -> Print<()> {
        let mut found = self.gather(msg, wire)?;
        found.sort_by_key(|occurrence| occurrence.index);
        let mut next = 0;
        for group in found.chunk_by(|a, b| a.index == b.index) {
            let index = group[0].index;
            self.defaults(msg, next..index);
            next = index + 1;
            self.group(&msg.fields[index], group)?;
        }
        self.defaults(msg, next..msg.fields.len());
        self.check_size()
    }

    /// All known fields in the order of the wire, without oneof members that a later one replaced.
    pub(super) fn gather<'w>(&self, msg: &Msg, wire: &'w [u8]) -> Print<Vec<Occurrence<'w>>> {
        let mut found = Vec::new();
        // For each oneof, its current member and the first occurrence that still counts.
        let mut current = vec![(usize::MAX, 0); msg.oneofs];
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            let index = msg.index(number).filter(|index| msg.fields[*index].takes(wire_type));
            let Some(index) = index else {
                reader.skip(number, wire_type, self.options.max_depth)?;
                continue;
            };
            let value = reader.value(wire_type)?;
            if let Some(oneof) = msg.fields[index].oneof {
                let slot = &mut current[usize::from(oneof)];
                if slot.0 != index {
                    *slot = (index, found.len());
                }
            }
            found.push(Occurrence { index, value });
        }
        let mut position = 0;
        found.retain(|occurrence| {
            position += 1;
            msg.fields[occurrence.index].oneof.is_none_or(|oneof| {
                let (member, start) = current[usize::from(oneof)];
                member == occurrence.index && position > start
            })
        });
        Ok(found)
    }

    /// A field and all its occurrences.
    fn group(&mut self, field: &'a Field, group: &[Occurrence<'_>]) -> Print<()> {
        match (field.card, group) {
            (Card::Singular, [.., last]) if group.len() == 1 || field.message().is_none() => {
                self.member(field, last.value)
            }
            (Card::Repeated, _) if self.options.omit_defaults && is_empty(field, group) => Ok(()),
            _ => {
                self.out.put_piece(field.key(self.options));
                self.group_value(field, group)
            }
        }
    }

    /// The value of a field, without its key.
    pub(super) fn group_value(&mut self, field: &'a Field, group: &[Occurrence<'_>]) -> Print<()> {
        match (field.card, field.kind) {
            (Card::Map, Kind::Message(entry)) => self.sorted_map(entry, group),
            (Card::Singular, Kind::Message(id)) => match group {
                [only] => self.value(field.kind, only.value),
                // Messages merge when their bytes are put one after another.
                _ => self.message(id, &merged(group)),
            },
            (Card::Singular, kind) => match group {
                [.., last] => self.value(kind, last.value),
                [] => Ok(()),
            },
            _ => {
                let start = self.enter()?;
                for occurrence in group {
                    self.elements(field, occurrence.value)?;
                }
                self.leave(start, *b"[]");
                Ok(())
            }
        }
    }

    /// A map in which the last entry of each key wins.
    pub(super) fn sorted_map(&mut self, entry: MsgId, group: &[Occurrence<'_>]) -> Print<()> {
        let mut entries = Vec::new();
        for occurrence in group {
            let Value::Bytes(wire) = occurrence.value else { continue };
            let parts = self.read_entry(entry, wire)?;
            let start = self.out.len();
            self.entry_key(&parts)?;
            let key = self.out.written()[start..].to_vec();
            self.out.truncate(start);
            entries.push((key, parts, wire));
        }
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|index| (&entries[*index].0, *index));
        let mut kept: Vec<usize> = order
            .chunk_by(|a, b| entries[*a].0 == entries[*b].0)
            .filter_map(|same| same.last().copied())
            .collect();
        kept.sort_unstable();
        let start = self.enter()?;
        for index in kept {
            let (key, parts, wire) = &entries[index];
            self.out.put_slice(key);
            self.merged_entry(parts, wire)?;
        }
        self.leave(start, *b"{}");
        Ok(())
    }

    /// One field of a message as the whole reply; an absent one prints its zero.
    pub(super) fn only_field(&mut self, id: MsgId, index: usize, wire: &[u8]) -> Print<()> {
        let msg = self.tables.msg(id);
        let field = &msg.fields[index];
        let mut found = self.gather(msg, wire)?;
        found.retain(|occurrence| occurrence.index == index);
        if found.is_empty() {
            self.out.put_slice(self.tables.default_text(field, self.options));
            return Ok(());
        }
        self.wire_depth += 1;
        self.group_value(field, &found)?;
        self.wire_depth -= 1;
        Ok(())
    }
}

fn merged(group: &[Occurrence<'_>]) -> Vec<u8> {
    let mut merged = Vec::new();
    for occurrence in group {
        if let Value::Bytes(content) = occurrence.value {
            merged.extend_from_slice(content);
        }
    }
    merged
}

/// Whether a list has only empty packed runs.
fn is_empty(field: &Field, group: &[Occurrence<'_>]) -> bool {
    field.kind.wire_type() != crate::wire::LEN
        && group.iter().all(|occurrence| matches!(occurrence.value, Value::Bytes([])))
}
