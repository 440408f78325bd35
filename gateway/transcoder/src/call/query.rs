//! Query parameters. They are grouped by field path, so that the bytes are those that a body
//! with the same values would give.

use std::borrow::Cow;

use bytes::BytesMut;

use super::{Call, found};
use crate::fault::{Violation, clip};
use crate::json_in::map_key;
use crate::percent;
use crate::plan::Body;
use crate::scalar::{self, Put};
use crate::tables::{Card, Field, Msg, Tables, Wkt};
use crate::wire;
use crate::{Fault, ParseOptions};

/// How many unknown parameters one fault names.
const MAX_UNKNOWN: usize = 16;

/// One parameter whose field is known.
struct Param<'q> {
    name: Cow<'q, str>,
    value: Cow<'q, str>,
    /// Field indices from the request down.
    path: Vec<usize>,
    /// The range of the map key in the name.
    key: Option<(usize, usize)>,
}

/// Field indices, and the range of the map key in the name.
type Resolved = (Vec<usize>, Option<(usize, usize)>);

/// Why a name was not resolved.
enum Unresolved {
    Unknown,
    Refused(&'static str),
}

struct Writer<'a> {
    tables: &'a Tables,
    any_case: bool,
    out: &'a mut BytesMut,
}

impl Call<'_, '_> {
    pub(super) fn write_query(
        &self,
        query: &str,
        options: &ParseOptions,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        if query.is_empty() {
            return Ok(());
        }
        let mut params = self.params(query, options)?;
        params.sort_by(|a, b| a.path.cmp(&b.path));
        let (tables, msg) = (&self.plan.tables, self.request_type());
        for param in &params {
            if found::clashes(tables, msg, &param.path, &out[start..]) {
                return Err(conflict(&param.name));
            }
        }
        let any_case = options.enums_in_any_case;
        Writer { tables, any_case, out }.message(msg, &params, 0)
    }

    fn params<'q>(&self, query: &'q str, options: &ParseOptions) -> Result<Vec<Param<'q>>, Fault> {
        let pairs = || query.split('&').filter(|pair| !pair.is_empty());
        if pairs().nth(options.max_pairs).is_some() {
            let message = format!("the query has more than {} parameters", options.max_pairs);
            return Err(Fault::bad("QUERY_TOO_LONG", message));
        }
        let mut params = Vec::new();
        let mut unknown = Vec::new();
        for pair in pairs() {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = percent::decode_query(name).zip(percent::decode_query(value));
            let (name, value) = decoded.ok_or_else(|| {
                let message = "the query has an escape that is not valid UTF-8";
                Fault::field(name, "FIELD_INVALID", message)
            })?;
            match self.resolve(&name, options) {
                Ok((path, key)) => params.push(Param { name, value, path, key }),
                Err(Unresolved::Unknown) if options.lenient_query => {}
                Err(Unresolved::Unknown) => unknown.push(name),
                Err(Unresolved::Refused(why)) => {
                    let message = format!("`{}` {why}", clip(&name));
                    return Err(Fault::field(&name, "FIELD_INVALID", message));
                }
            }
        }
        if unknown.is_empty() { Ok(params) } else { Err(unknown_params(&unknown)) }
    }

    /// The field of a dotted name; `m[key]` also names a map key.
    fn resolve(&self, name: &str, options: &ParseOptions) -> Result<Resolved, Unresolved> {
        let (dotted, key) = match name.find('[').zip(name.strip_suffix(']')) {
            Some((open, inner)) => (&name[..open], Some((open + 1, inner.len()))),
            None => (name, None),
        };
        let tables = &self.plan.tables;
        let mut path = Vec::new();
        let mut within = Some(self.request_type());
        let mut leaf: Option<&Field> = None;
        for part in dotted.split('.') {
            if path.len() == options.max_path {
                return Err(Unresolved::Refused("is nested too deep"));
            }
            let msg = within.ok_or(Unresolved::Unknown)?;
            let index = msg.named(part).ok_or(Unresolved::Unknown)?;
            let field = &msg.fields[index];
            path.push(index);
            leaf = Some(field);
            let inner = field.message().filter(|_| !field.is_list()).map(|id| tables.msg(id));
            within = inner.filter(|inner| matches!(inner.wkt, Wkt::None | Wkt::HttpBody));
        }
        let bound = self.rule.variables.iter().any(|variable| variable.path == path);
        let in_body = match self.rule.body {
            Body::None => false,
            Body::Root => true,
            Body::Field(index) => path.first() == Some(&index),
        };
        if bound || in_body {
            return Err(Unresolved::Unknown);
        }
        check_leaf(tables, leaf.ok_or(Unresolved::Unknown)?, key.is_some())?;
        Ok((path, key))
    }
}

/// Whether a field can be given as a parameter, with or without a map key.
fn check_leaf(tables: &Tables, field: &Field, keyed: bool) -> Result<(), Unresolved> {
    let text = match (field.card, field.message()) {
        (Card::Map, Some(entry)) => {
            let value = tables.msg(entry).field(2);
            value.is_some_and(|value| scalar::has_text(tables, value))
        }
        (Card::Repeated, message) => message.is_none(),
        _ => scalar::has_text(tables, field),
    };
    match field.card {
        _ if !text => Err(Unresolved::Refused("cannot be given in the query")),
        Card::Map if !keyed => Err(Unresolved::Refused("is a map; name a key as in `map[key]`")),
        Card::Singular | Card::Repeated if keyed => Err(Unresolved::Unknown),
        _ => Ok(()),
    }
}

impl Writer<'_> {
    /// The fields of one message: `params` all have its path as their first `level` indices.
    fn message(&mut self, msg: &Msg, params: &[Param<'_>], level: usize) -> Result<(), Fault> {
        let mut oneofs = Vec::new();
        for group in params.chunk_by(|a, b| a.path[level] == b.path[level]) {
            let field = &msg.fields[group[0].path[level]];
            if let Some(oneof) = field.oneof {
                if oneofs.contains(&oneof) {
                    return Err(conflict(&group[0].name));
                }
                oneofs.push(oneof);
            }
            let inner = field.message().filter(|_| group[0].path.len() > level + 1);
            match inner {
                Some(id) => {
                    wire::put_tag(self.out, field.number, wire::LEN);
                    let length = wire::begin(self.out, 1);
                    self.message(self.tables.msg(id), group, level + 1)?;
                    wire::end(self.out, length);
                }
                None => self.leaf(field, group)?,
            }
        }
        Ok(())
    }

    fn leaf(&mut self, field: &Field, group: &[Param<'_>]) -> Result<(), Fault> {
        match (field.card, group) {
            (Card::Map, _) => self.entries(field, group),
            (Card::Singular, [only]) => {
                let mark = self.out.len();
                scalar::put_tag(self.out, field);
                if self.value(field, only)? == Put::Zero && !field.presence {
                    self.out.truncate(mark);
                }
                Ok(())
            }
            (Card::Singular, params) => {
                let name = &params[0].name;
                let message = format!("`{}` is given more than once", clip(name));
                Err(Fault::field(name, "FIELD_DUPLICATE", message))
            }
            (Card::Repeated, params) if field.packed => {
                wire::put_tag(self.out, field.number, wire::LEN);
                let length = wire::begin(self.out, 1);
                for param in params {
                    self.value(field, param)?;
                }
                wire::end(self.out, length);
                Ok(())
            }
            (Card::Repeated, params) => params.iter().try_for_each(|param| {
                scalar::put_tag(self.out, field);
                self.value(field, param).map(drop)
            }),
        }
    }

    fn entries(&mut self, field: &Field, group: &[Param<'_>]) -> Result<(), Fault> {
        let entry = field.message().map(|id| self.tables.msg(id));
        let parts = entry.and_then(|entry| entry.field(1).zip(entry.field(2)));
        let Some((key, value)) = parts else { return Ok(()) };
        let mut keys: Vec<BytesMut> = Vec::new();
        for param in group {
            let (start, end) = param.key.unwrap_or_default();
            let text = param.name.get(start..end).unwrap_or_default();
            let mut encoded = BytesMut::new();
            scalar::put_tag(&mut encoded, key);
            map_key(&mut encoded, key.kind, text).map_err(|why| invalid(&param.name, why))?;
            if keys.contains(&encoded) {
                let message = format!("`{}` is given more than once", clip(&param.name));
                return Err(Fault::field(&param.name, "FIELD_DUPLICATE", message));
            }
            wire::put_tag(self.out, field.number, wire::LEN);
            let length = wire::begin(self.out, 1);
            self.out.extend_from_slice(&encoded);
            scalar::put_tag(self.out, value);
            self.value(value, param)?;
            wire::end(self.out, length);
            keys.push(encoded);
        }
        Ok(())
    }

    fn value(&mut self, field: &Field, param: &Param<'_>) -> Result<Put, Fault> {
        scalar::put_text(self.out, self.tables, field.kind, &param.value, self.any_case)
            .map_err(|why| invalid(&param.name, why))
    }
}

fn invalid(name: &str, why: &str) -> Fault {
    Fault::field(name, "FIELD_INVALID", format!("`{}` {why}", clip(name)))
}

fn conflict(name: &str) -> Fault {
    let message = format!("`{}` conflicts with another member of its oneof", clip(name));
    Fault::field(name, "ONEOF_CONFLICT", message)
}

fn unknown_params(names: &[Cow<'_, str>]) -> Fault {
    let message = match names {
        [only] => format!("`{}` is not a known query parameter", clip(only)),
        _ => "the query has unknown parameters".to_owned(),
    };
    let mut fault = Fault::bad("FIELD_UNKNOWN", message);
    for name in names.iter().take(MAX_UNKNOWN) {
        let description = "is not a known query parameter".to_owned();
        let field = clip(name);
        fault.violations.push(Violation { field, reason: "FIELD_UNKNOWN", description });
    }
    fault
}
