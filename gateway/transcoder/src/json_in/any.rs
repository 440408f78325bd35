//! `google.protobuf.Any`: the type may stand anywhere in the object, so it is looked for first.

use std::borrow::Cow;

use super::seen::Seen;
use super::{DUPLICATE, INVALID, Parser, Read, UNSUPPORTED, field_named, invalid, stop};
use crate::tables::{Msg, Wkt};
use crate::wire;

const TYPE: &str = "@type";

impl<'a> Parser<'a> {
    /// The content of an Any, from its brace on.
    pub(super) fn any(&mut self) -> Read<()> {
        let start = self.pos;
        let depth = self.json_depth;
        let found = self.find_type()?;
        let Some((url, at)) = found else { return Ok(()) };
        self.pos = start;
        self.json_depth = depth;
        let name = url.rsplit_once('/').map(|(_, name)| name);
        let name = name.ok_or_else(|| invalid(at, "must be a type URL with a slash"))?;
        let id = self.tables.find(name).ok_or_else(|| invalid(at, "names an unknown type"))?;
        let msg = self.tables.msg(id);
        if msg.refused.is_some() {
            return Err(stop(at, UNSUPPORTED, "names a type that JSON cannot express"));
        }
        wire::put_bytes(self.out, 1, url.as_bytes());
        let mark = self.out.len();
        wire::put_tag(self.out, 2, wire::LEN);
        self.descend()?;
        let length = wire::begin(self.out, 1);
        let content = self.out.len();
        match msg.wkt {
            Wkt::None | Wkt::HttpBody => self.typed_object(msg)?,
            _ => self.typed_value(id)?,
        }
        self.wire_depth -= 1;
        if self.out.len() == content {
            self.out.truncate(mark);
        } else {
            wire::end(self.out, length);
        }
        Ok(())
    }

    /// The type and where it stands; `None` after an object without members.
    fn find_type(&mut self) -> Read<Option<(Cow<'a, str>, usize)>> {
        let start = self.pos;
        let mut members = self.open_object()?;
        while self.more_members(&mut members)? {
            if self.key()? == TYPE {
                let at = self.pos;
                let url = self.want_string("must be a type URL")?;
                return Ok(Some((url, at)));
            }
            self.skip_value()?;
        }
        match members.none() {
            true => Ok(None),
            false => Err(stop(start, INVALID, "must have an `@type`")),
        }
    }

    /// The members of a message beside its type.
    fn typed_object(&mut self, msg: &'a Msg) -> Read<()> {
        let mut members = self.open_object()?;
        let mut seen = Seen::new(msg.fields.len() + msg.oneofs);
        let (mut next, mut typed) = (0, false);
        while self.more_members(&mut members)? {
            let at = self.pos;
            let key = self.key()?;
            if key == TYPE {
                self.pass_type(at, &mut typed)?;
            } else {
                match field_named(msg, next, &key) {
                    Some(index) => {
                        self.member(msg, index, at, &mut seen)?;
                        next = index + 1;
                    }
                    None => self.unknown_member(at)?,
                }
            }
        }
        Ok(())
    }

    /// A type with a JSON form of its own, under `value`.
    fn typed_value(&mut self, id: crate::tables::MsgId) -> Read<()> {
        let start = self.pos;
        let mut members = self.open_object()?;
        let (mut typed, mut valued) = (false, false);
        while self.more_members(&mut members)? {
            let at = self.pos;
            match &*self.key()? {
                TYPE => self.pass_type(at, &mut typed)?,
                "value" if valued => return Err(stop(at, DUPLICATE, "is given twice")),
                "value" => {
                    valued = true;
                    self.message(id)?;
                }
                _ => self.unknown_member(at)?,
            }
        }
        match valued {
            true => Ok(()),
            false => Err(stop(start, INVALID, "must have a `value`")),
        }
    }

    fn pass_type(&mut self, at: usize, typed: &mut bool) -> Read<()> {
        if std::mem::replace(typed, true) {
            return Err(stop(at, DUPLICATE, "is given twice"));
        }
        self.skip_value()
    }
}
