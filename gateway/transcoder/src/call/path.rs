//! Path captures: always written, even when zero, so that they win over body and query.

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
            scalar::put_tag(out, field);
            scalar::put_text(out, tables, field.kind, &text, any_case).map(drop)
        })
        .map_err(|why| refuse("FIELD_INVALID", why))?;
        let body = found::last_value(tables, msg, &variable.path, &out[start..mark]);
        let path = found::last_value(tables, msg, &variable.path, &out[mark..]);
        if !options.lenient_body && body.is_some_and(|body| !same(Some(body), path)) {
            return Err(refuse("FIELD_CONFLICT", "differs between the path and the request"));
        }
        Ok(())
    }
}

fn same(a: Option<Value<'_>>, b: Option<Value<'_>>) -> bool {
    match (a, b) {
        (Some(Value::Bits(a)), Some(Value::Bits(b))) => a == b,
        (Some(Value::Bytes(a)), Some(Value::Bytes(b))) => a == b,
        _ => false,
    }
}
