//! The reply of a call: JSON, the raw bytes of an `HttpBody`, and the entity tag.

use bytes::{Bytes, BytesMut};

use super::{Call, Reply, found};
use crate::etag;
use crate::fault::FaultClass;
use crate::json_out;
use crate::plan::Resume;
use crate::tables::{Card, Field, Wkt};
use crate::wire::{LEN, Reader, Value};
use crate::{Coding, ETag, Fault, PrintOptions};

impl<'p> Call<'p, '_> {
    /// Appends the JSON of a reply to `out`, or hands out the bytes of an `HttpBody`.
    ///
    /// # Errors
    /// The reply is broken, too large or not expressible in JSON; `out` then holds nothing new.
    pub fn response(
        &self,
        wire: &Bytes,
        options: &PrintOptions,
        out: &mut BytesMut,
    ) -> Result<Reply, Fault> {
        let tables = &self.plan.tables;
        let msg = tables.msg(self.rpc.output);
        let Some(index) = self.rule.response_body else {
            if msg.wkt == Wkt::HttpBody {
                return raw(wire, wire);
            }
            json_out::print(tables, self.rpc.output, wire, options, out)?;
            return Ok(Reply::Json);
        };
        let field = &msg.fields[index];
        if self.is_raw(field) {
            let content = match found::last_value(tables, msg, &[index], wire) {
                Some(Value::Bytes(content)) => content,
                _ => &[],
            };
            return raw(wire, content);
        }
        json_out::print_field(tables, (self.rpc.output, index), wire, options, out)?;
        Ok(Reply::Json)
    }

    /// The text by which the event of this message is known; empty when it has none.
    pub(crate) fn event_id<'w>(&self, resume: &Resume, wire: &'w [u8]) -> &'w str {
        let tables = &self.plan.tables;
        match found::last_value(tables, tables.msg(self.rpc.output), &[resume.event_id], wire) {
            Some(Value::Bytes(id)) => std::str::from_utf8(id).unwrap_or_default(),
            _ => "",
        }
    }

    fn is_raw(&self, field: &Field) -> bool {
        let id = field.message().filter(|_| field.card == Card::Singular);
        id.is_some_and(|id| self.plan.tables.msg(id).wkt == Wkt::HttpBody)
    }

    /// The strong entity tag of a reply, made from its wire bytes before anything is printed.
    pub fn etag(&self, wire: &[u8], options: &PrintOptions, coding: Coding) -> ETag {
        let own = self.rule.reply_etag.and_then(|number| {
            let index = self.plan.tables.msg(self.rpc.output).index(number)?;
            let msg = self.plan.tables.msg(self.rpc.output);
            match found::last_value(&self.plan.tables, msg, &[index], wire)? {
                Value::Bytes(text) => Some(text),
                Value::Bits(_) => None,
            }
        });
        let rule = &self.rule.text;
        let hash = etag::hash(self.plan.fingerprint(), rule, options, coding, wire);
        ETag::new(own.unwrap_or_default(), hash)
    }
}

/// Content type and data of an `HttpBody`; the data is a slice of the whole reply.
fn raw(reply: &Bytes, wire: &[u8]) -> Result<Reply, Fault> {
    let broken =
        || Fault::new(FaultClass::Malformed, 500, "RESPONSE_INVALID", "the reply cannot be read");
    let (mut content_type, mut data): (&[u8], &[u8]) = (&[], &[]);
    let mut reader = Reader::new(wire);
    while let Some((number, wire_type)) = reader.tag().map_err(|_| broken())? {
        match (number, wire_type) {
            (1, LEN) => content_type = reader.bytes().map_err(|_| broken())?,
            (2, LEN) => data = reader.bytes().map_err(|_| broken())?,
            _ => reader.skip(number, wire_type, 100).map_err(|_| broken())?,
        }
    }
    let content_type = std::str::from_utf8(content_type).map_err(|_| broken())?;
    Ok(Reply::Raw { content_type: content_type.to_owned(), data: reply.slice_ref(data) })
}
