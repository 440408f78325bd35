//! Header fields that fill request fields: `If-Match` the etag, `Idempotency-Key` the request id.
//! Neither is ever ignored in silence where it would protect a write.

use std::borrow::Cow;

use bytes::BytesMut;

use super::{Call, HeaderFields, found};
use crate::Fault;
use crate::etag::{self, Wanted};
use crate::fault::FaultClass;
use crate::scalar;
use crate::wire::Value;

impl Call<'_, '_> {
    pub(super) fn write_headers(
        &self,
        headers: &HeaderFields<'_>,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        if let Some(header) = headers.if_match {
            self.write_if_match(header, start, out)?;
        }
        if let Some(header) = headers.idempotency_key {
            self.write_request_id(header, start, out)?;
        }
        if let (Some(resume), Some(id)) = (&self.rule.resume, headers.last_event_id) {
            // A browser that reconnects repeats the old address, so what it has seen since beats the query.
            let field = &self.request_type().fields[resume.request_field];
            scalar::put_tag(out, field);
            scalar::put_str(out, id);
        }
        Ok(())
    }

    fn write_if_match(&self, header: &str, start: usize, out: &mut BytesMut) -> Result<(), Fault> {
        let refuse = |message: &str| Err(Fault::field("If-Match", "ETAG_INVALID", message));
        let etag = match etag::wanted(header) {
            Wanted::Any => return Ok(()),
            Wanted::Etag(etag) => etag,
            Wanted::Weak => {
                let message = "a weak tag in `If-Match` never matches";
                return Err(Fault::new(FaultClass::Precondition, 412, "ETAG_WEAK", message));
            }
            Wanted::Several => return refuse("`If-Match` names more than one tag"),
            Wanted::Empty => return refuse("`If-Match` has a tag of a reply that had no etag"),
            Wanted::Malformed => return refuse("`If-Match` is not a list of tags in quotes"),
        };
        match &self.rule.etag {
            None => refuse("this method takes no `If-Match`"),
            Some(path) => self.write_text(path, "If-Match", "ETAG_CONFLICT", &etag, start, out),
        }
    }

    fn write_request_id(
        &self,
        header: &str,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        let name = "Idempotency-Key";
        let Some(key) = key_of(header) else {
            let message = "`Idempotency-Key` is neither a token nor a string in quotes";
            return Err(Fault::field(name, "REQUEST_ID_INVALID", message));
        };
        match self.rule.request_id {
            None if !self.rule.writes => Ok(()),
            None => {
                let message = "this method takes no `Idempotency-Key`";
                Err(Fault::field(name, "REQUEST_ID_INVALID", message))
            }
            Some(index) => self.write_text(&[index], name, "REQUEST_ID_CONFLICT", &key, start, out),
        }
    }

    /// Sets a string field, unless the request set it to the same text before.
    fn write_text(
        &self,
        path: &[usize],
        header: &str,
        reason: &'static str,
        text: &str,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        let (tables, msg) = (&self.plan.tables, self.request_type());
        match found::last_value(tables, msg, path, &out[start..]) {
            Some(Value::Bytes(known)) if known == text.as_bytes() => Ok(()),
            Some(_) => {
                let message = format!("`{header}` differs from the value in the request");
                Err(Fault::field(header, reason, message))
            }
            None => found::put_at(tables, msg, path, out, |out, field| {
                scalar::put_tag(out, field);
                scalar::put_str(out, text);
                Ok(())
            }),
        }
    }
}

/// The key of a header: a string of RFC 9651, or a token of RFC 9110, as many clients send it.
fn key_of(header: &str) -> Option<Cow<'_, str>> {
    let trimmed = header.trim_matches([' ', '\t']);
    let Some(quoted) = trimmed.strip_prefix('"') else {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        return (!trimmed.is_empty() && trimmed.bytes().all(letter)).then_some(trimmed.into());
    };
    let inner = quoted.strip_suffix('"')?;
    let mut key = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return None,
            '\\' => key.push(letters.next().filter(|next| matches!(next, '"' | '\\'))?),
            ' '..='~' => key.push(letter),
            _ => return None,
        }
    }
    (!key.is_empty()).then_some(key.into())
}
