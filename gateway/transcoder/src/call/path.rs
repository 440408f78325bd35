//! Path captures: always written, even when zero, so that they win over body and query.

use std::ops::Range;

use bytes::BytesMut;

use super::{Call, found};
use crate::percent;
use crate::plan::Variable;
use crate::route;
use crate::scalar;
use crate::wire::Value;
use crate::{Fault, ParseOptions};

impl Call<'_, '_> {
    pub(super) fn write_captures(
        &self,
        options: &ParseOptions,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        for variable in &self.rule.variables {
            self.write_capture(variable, options, start, out)?;
        }
        Ok(())
    }

    fn write_capture(
        &self,
        variable: &Variable,
        options: &ParseOptions,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        let (tables, msg) = (&self.plan.tables, self.request_type());
        let refuse = |reason, why: &str| {
            Fault::field(&variable.text, reason, format!("`{}` {why}", variable.text))
        };
        let raw = route::capture(self.path, variable.start, variable.end);
        let text = match variable.several {
            true => percent::decode_segments(raw),
            false => percent::decode(raw),
        };
        let text = text.ok_or_else(|| {
            refuse("FIELD_INVALID", "has an escape in the path that is not valid UTF-8")
        })?;
        let before = &out[start..];
        if found::clashes(tables, msg, &variable.path, before) {
            return Err(refuse("ONEOF_CONFLICT", "conflicts with another member of its oneof"));
        }
        let mark = out.len();
        let any_case = options.enums_in_any_case;
        found::put_at(tables, msg, &variable.path, out, |out, field| {
            let mut put = |value: &str| {
                scalar::put_tag(out, field);
                scalar::put_text(out, tables, field.kind, value, any_case).map(drop)
            };
            match variable.list {
                true => text.split(',').try_for_each(put),
                false => put(&text),
            }
        })
        .map_err(|why| refuse("FIELD_INVALID", why))?;
        if variable.list {
            return match self.replace_list(variable, options, start..mark, out) {
                true => Ok(()),
                false => Err(refuse("FIELD_CONFLICT", "is given in the path and in the body")),
            };
        }
        let body = found::last_value(tables, msg, &variable.path, &out[start..mark]);
        let path = found::last_value(tables, msg, &variable.path, &out[mark..]);
        if !options.lenient_body && body.is_some_and(|body| !same(Some(body), path)) {
            return Err(refuse("FIELD_CONFLICT", "differs between the path and the request"));
        }
        Ok(())
    }
}

impl Call<'_, '_> {
    /// Takes the list out of what was written before the path, where its values would come first; whether that may be.
    fn replace_list(
        &self,
        variable: &Variable,
        options: &ParseOptions,
        before: Range<usize>,
        out: &mut BytesMut,
    ) -> bool {
        let (tables, msg) = (&self.plan.tables, self.request_type());
        if found::last_value(tables, msg, &variable.path, &out[before.clone()]).is_none() {
            return true;
        }
        let [index] = variable.path[..] else { return false };
        if options.lenient_body {
            found::remove(msg.fields[index].number, before, out);
        }
        options.lenient_body
    }
}

fn same(a: Option<Value<'_>>, b: Option<Value<'_>>) -> bool {
    match (a, b) {
        (Some(Value::Bits(a)), Some(Value::Bits(b))) => a == b,
        (Some(Value::Bytes(a)), Some(Value::Bytes(b))) => a == b,
        _ => false,
    }
}
