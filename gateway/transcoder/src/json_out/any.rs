//! `google.protobuf.Any`: the type's URL, then its members, or its own JSON form under `value`.

use super::{NOT_UTF8, Print, Printer, Stop, utf8};
use crate::base64;
use crate::tables::Wkt;
use crate::text;
use crate::wire::{LEN, Reader};

impl<'a> Printer<'a> {
    pub(super) fn any(&mut self, wire: &[u8]) -> Print<()> {
        let (mut url, mut content): (&[u8], &[u8]) = (&[], &[]);
        let mut reader = Reader::new(wire);
        while let Some((number, wire_type)) = reader.tag()? {
            match (number, wire_type) {
                (1, LEN) => url = reader.bytes()?,
                (2, LEN) => content = reader.bytes()?,
                _ => reader.skip(number, wire_type, self.options.max_depth)?,
            }
        }
        let start = self.enter()?;
        let url = utf8(url)?;
        if url.is_empty() && !content.is_empty() {
            return Err(Stop::Unprintable(&"an Any has a value and no type"));
        }
        if !url.is_empty() {
            self.out.put_slice(b",\"@type\":");
            text::put_quoted(&mut self.out, url.as_bytes()).ok_or(NOT_UTF8)?;
            self.any_content(url, content)?;
        }
        self.leave(start, *b"{}");
        Ok(())
    }

    fn any_content(&mut self, url: &str, content: &[u8]) -> Print<()> {
        let known = url.rsplit_once('/').and_then(|(_, name)| self.tables.find(name));
        let Some(id) = known else {
            if !self.any_as_bytes {
                return Err(Stop::Unprintable(&"an Any has an unknown type"));
            }
            self.out.put_slice(b",\"value\":\"");
            base64::encode(content, &mut self.out);
            self.out.put_u8(b'"');
            return Ok(());
        };
        let msg = self.tables.msg(id);
        if msg.refused.is_some() {
            return Err(Stop::Refused);
        }
        match msg.wkt {
            Wkt::None | Wkt::HttpBody => {
                self.wire_depth += 1;
                if self.wire_depth > self.options.max_depth {
                    return Err(Stop::Limit(&"the reply is nested too deep"));
                }
                self.members(msg, content)?;
                self.wire_depth -= 1;
                Ok(())
            }
            _ => {
                self.out.put_slice(b",\"value\":");
                self.message(id, content)
            }
        }
    }
}
