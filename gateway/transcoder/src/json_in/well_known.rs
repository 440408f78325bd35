//! The well-known types that are not objects of their fields.

use super::{Parser, Read, UNSUPPORTED, invalid, stop};
use crate::scalar::{self, Put};
use crate::tables::{Field, Kind, Msg, MsgId, Wkt};

impl<'a> Parser<'a> {
    /// The content of a well-known type, from its JSON value on.
    pub(super) fn well_known(&mut self, id: MsgId, msg: &'a Msg) -> Read<()> {
        let at = self.pos;
        match msg.wkt {
            Wkt::Any => self.any(),
            Wkt::Timestamp => {
                let text = self.want_string("must be a timestamp in quotes")?;
                scalar::put_timestamp(self.out, &text).map_err(|why| invalid(at, why))
            }
            Wkt::Duration => {
                let text = self.want_string("must be a duration in quotes")?;
                scalar::put_duration(self.out, &text).map_err(|why| invalid(at, why))
            }
            Wkt::FieldMask => {
                let text = self.want_string("must be a list of field paths in quotes")?;
                scalar::put_mask(self.out, &text).map_err(|why| invalid(at, why))
            }
            Wkt::Struct => match self.part(msg, 1)?.kind {
                Kind::Message(entry) => self.map(1, entry),
                _ => Err(unsupported(at)),
            },
            Wkt::ListValue => self.list(self.part(msg, 1)?),
            Wkt::Value => self.value(msg),
            Wkt::Wrapper => self.wrapper(self.part(msg, 1)?),
            Wkt::None | Wkt::Empty | Wkt::HttpBody => self.message(id),
        }
    }

    /// A field of a well-known type.
    fn part(&self, msg: &'a Msg, number: u32) -> Read<&'a Field> {
        msg.field(number).ok_or_else(|| unsupported(self.pos))
    }

    fn wrapper(&mut self, field: &'a Field) -> Read<()> {
        let mark = self.out.len();
        scalar::put_tag(self.out, field);
        if self.scalar(field.kind)? != Put::Set {
            self.out.truncate(mark);
        }
        Ok(())
    }

    /// `google.protobuf.Value`: the member follows from the JSON value.
    fn value(&mut self, msg: &'a Msg) -> Read<()> {
        let number = match self.peek() {
            Some(b'n') => 1,
            Some(b'-' | b'0'..=b'9') => 2,
            Some(b'"') => 3,
            Some(b't' | b'f') => 4,
            Some(b'{') => 5,
            Some(b'[') => 6,
            _ => return Err(self.syntax("a value was expected")),
        };
        let field = self.part(msg, number)?;
        scalar::put_tag(self.out, field);
        match field.kind {
            Kind::Message(id) => self.nested(id, 1).map(drop),
            kind => self.scalar(kind).map(drop),
        }
    }
}

fn unsupported(at: usize) -> Box<super::Stop> {
    stop(at, UNSUPPORTED, "has a type that JSON cannot express")
}
