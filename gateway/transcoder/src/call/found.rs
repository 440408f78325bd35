//! Looks into wire bytes that this crate has just written: what did the body or the query set?

use std::ops::Range;

use bytes::BytesMut;

use crate::tables::{Msg, Tables};
use crate::wire::{self, LEN, Reader, Value};

/// Whether a message has a top-level field.
pub(super) fn has_field(wire: &[u8], number: u32) -> bool {
    fields(wire).any(|(found, _, _)| found == number)
}

/// The last value at a path of field indices.
pub(super) fn last_value<'w>(
    tables: &Tables,
    msg: &Msg,
    path: &[usize],
    wire: &'w [u8],
) -> Option<Value<'w>> {
    let (index, below) = path.split_first()?;
    let field = &msg.fields[*index];
    let mut last = None;
    for (_, _, value) in fields(wire).filter(|(number, _, _)| *number == field.number) {
        match (below, field.message(), value) {
            ([], _, value) => last = Some(value),
            (_, Some(id), Value::Bytes(inner)) => {
                last = last_value(tables, tables.msg(id), below, inner).or(last);
            }
            _ => {}
        }
    }
    last
}

/// Whether a message along the path holds another member of a oneof that the path goes through.
pub(super) fn clashes(tables: &Tables, msg: &Msg, path: &[usize], wire: &[u8]) -> bool {
    let Some((index, below)) = path.split_first() else { return false };
    let field = &msg.fields[*index];
    fields(wire).any(|(number, _, value)| {
        if number != field.number {
            let other = msg.field(number).and_then(|other| other.oneof);
            return other.is_some() && other == field.oneof;
        }
        match (field.message(), value) {
            (Some(id), Value::Bytes(inner)) => clashes(tables, tables.msg(id), below, inner),
            _ => false,
        }
    })
}

/// Writes one value at a path of field indices, with the messages around it.
pub(super) fn put_at<E>(
    tables: &Tables,
    msg: &Msg,
    path: &[usize],
    out: &mut BytesMut,
    put: impl FnOnce(&mut BytesMut, &crate::tables::Field) -> Result<(), E>,
) -> Result<(), E> {
    let Some((index, below)) = path.split_first() else { return Ok(()) };
    let field = &msg.fields[*index];
    match field.message() {
        Some(id) if !below.is_empty() => {
            wire::put_tag(out, field.number, LEN);
            let length = wire::begin(out, 1);
            put_at(tables, tables.msg(id), below, out, put)?;
            wire::end(out, length);
            Ok(())
        }
        _ => put(out, field),
    }
}

/// Takes every value of a field out of a range of a message.
pub(super) fn remove(number: u32, range: Range<usize>, out: &mut BytesMut) {
    let behind = out.split_off(range.end);
    let wire = out.split_off(range.start);
    let (mut reader, mut at) = (Reader::new(&wire), 0);
    while let Ok(Some((found, wire_type))) = reader.tag()
        && reader.value(wire_type).is_ok()
    {
        let end = wire.len() - reader.left();
        if found != number {
            out.extend_from_slice(&wire[at..end]);
        }
        at = end;
    }
    out.extend_from_slice(&behind);
}

/// The fields of a message written by this crate; it stops at anything it would not write.
fn fields(wire: &[u8]) -> impl Iterator<Item = (u32, u8, Value<'_>)> {
    let mut reader = Reader::new(wire);
    std::iter::from_fn(move || {
        let (number, wire_type) = reader.tag().ok()??;
        Some((number, wire_type, reader.value(wire_type).ok()?))
    })
}
