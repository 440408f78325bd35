//! One binding of one method: its parameters, body and answers.

use super::errors;
use super::node::{Node, Object, object};
use super::parameters::{Query, header};
use super::path::Shape;
use super::schemas::{Schemas, Side, is_required};
use super::{Access, ApiInfo};
use crate::frames::prints_error;
use crate::plan::{Body, Rule};
use crate::tables::{MsgId, Wkt};
use crate::{Dialect, Plan, Rpc};

/// One entity tag or any, as `If-Match` takes them.
fn tag() -> Object {
    let pattern = r#"^(\*|"[!#-~]{1,300}")$"#;
    object().with("type", "string").with("format", "etag").with("pattern", pattern)
}

/// What an idempotency key may be: a token (RFC 9110), or a string in quotes (RFC 9651).
fn key() -> Object {
    let token = "[0-9A-Za-z!#$%&'*+.^_`|~-]{1,128}";
    let quoted = r#""([!#-\[\]-~]|\\["\\]){1,128}""#;
    object().with("type", "string").with("pattern", format!("^({token}|{quoted})$"))
}

/// Entity tags as they come: what is none of ours matches nothing.
fn tags() -> Object {
    object().with("type", "string").with("format", "etag")
}

/// Writes one operation.
pub(super) struct Writer<'a, 'p> {
    pub(super) plan: &'p Plan,
    pub(super) rule: &'a Rule,
    pub(super) rpc: &'a Rpc,
    pub(super) info: &'a ApiInfo<'a>,
    pub(super) shape: &'a Shape,
    pub(super) schemas: &'a mut Schemas<'p>,
}

impl Writer<'_, '_> {
    /// The operation, whose answer leads to others by these links.
    pub(super) fn write(mut self, id: &str, links: Object) -> Object {
        let (service, _) = names(self.rpc);
        let access = (self.info.access)(self.rpc.full_name());
        let comment = self.plan.notes.comment(self.rpc.full_name());
        let texts = [comment, access.sentence()].into_iter().filter(|text| !text.is_empty());
        let description = texts.collect::<Vec<_>>().join("\n\n");
        let mut operation = object()
            .with("operationId", id)
            .with("tags", vec![service.into()])
            .with_text("summary", &first_sentence(comment))
            .with_text("description", &description);
        let bearer = object().with("bearer", Node::List(Vec::new()));
        match access {
            Access::Open(_) => {}
            Access::Optional(_) => {
                operation.push("security", vec![object().into(), bearer.into()]);
            }
            Access::Needed(_) => operation.push("security", vec![bearer.into()]),
        }
        let parameters = self.parameters();
        if !parameters.is_empty() {
            operation.push("parameters", parameters);
        }
        if let Some(body) = self.body() {
            operation.push("requestBody", body);
        }
        let answers = self.answers(links);
        operation.with("responses", answers)
    }

    fn is_read(&self) -> bool {
        self.rule.text.starts_with("GET ") && !self.rpc.server_streaming
    }

    fn parameters(&mut self) -> Vec<Node> {
        let mut parameters = Vec::new();
        for parameter in &self.shape.parameters {
            let whole = parameter.variable.filter(|_| parameter.whole);
            let field = whole.and_then(|index| self.variable_schema(index));
            parameters.push(parameter.write(field).into());
        }
        let mut query = Query {
            rule: self.rule,
            by_header: self.by_header(),
            body: self.body_type(),
            schemas: self.schemas,
            parameters,
        };
        query.add(self.rpc.input);
        let mut parameters = query.parameters;
        if self.rule.etag.is_some() && !self.is_read() {
            let what = "The ETag that the change is based on; another one now is 412.";
            parameters.push(header("If-Match", what, tag()).into());
        }
        if self.is_read() {
            let what = "An ETag of an earlier answer; the same one now is 304.";
            parameters.push(header("If-None-Match", what, tags()).into());
        }
        if self.rule.writes && self.rule.request_id.is_some() {
            let what = "The same key makes a repeated request take effect once.";
            parameters.push(header("Idempotency-Key", what, key()).into());
        }
        parameters
    }

    /// The message that the body is, where the rule names a field for it.
    fn body_type(&self) -> Option<MsgId> {
        match self.rule.body {
            Body::Field(index) => self.plan.tables.msg(self.rpc.input).fields[index].message(),
            _ => None,
        }
    }

    /// The fields that `If-Match` and `Idempotency-Key` fill.
    fn by_header(&self) -> Vec<Vec<usize>> {
        let etag = self.rule.etag.clone();
        let key = self.rule.request_id.filter(|_| self.rule.writes).map(|index| vec![index]);
        etag.into_iter().chain(key).collect()
    }

    fn variable_schema(&mut self, index: usize) -> Option<Object> {
        let (last, above) = self.rule.variables[index].path.split_last()?;
        let tables = &self.plan.tables;
        let msg = above.iter().try_fold(tables.msg(self.rpc.input), |msg, index| {
            msg.fields[*index].message().map(|id| tables.msg(id))
        })?;
        Some(self.schemas.bare_field(msg, &msg.fields[*last], Side::Text))
    }

    fn body(&mut self) -> Option<Object> {
        let input = self.plan.tables.msg(self.rpc.input);
        let content =
            |media: &str, schema: Object| object().with(media, object().with("schema", schema));
        let filled = self.filled_elsewhere();
        let json = match (self.rpc.client_streaming, self.info.dialect) {
            (true, Dialect::Google) => "application/x-ndjson",
            (false, _) | (true, Dialect::GrpcGateway) => "application/json",
        };
        let (content, required) = match self.rule.body {
            Body::None => return None,
            _ if self.rule.raw_body => (content("*/*", object()), false),
            Body::Root => {
                let without: Vec<u32> = filled
                    .iter()
                    .filter(|path| path.len() == 1)
                    .map(|path| input.fields[path[0]].number)
                    .collect();
                let schema = self.schemas.message(input, Side::Body, &without);
                let required = schema.get("required").is_some() || self.rpc.client_streaming;
                (content(json, schema), required)
            }
            Body::Field(index) => {
                let field = &input.fields[index];
                // A PATCH names what it changes, so that nothing else has to be there.
                let side =
                    if self.rule.text.starts_with("PATCH ") { Side::Change } else { Side::Body };
                let mut schema = self.schemas.bare_field(input, field, side);
                let below = filled.iter().filter(|path| path.len() == 2 && path[0] == index);
                let inner = field.message().map(|id| self.plan.tables.msg(id));
                let names: Vec<&str> = below
                    .filter_map(|path| inner.map(|inner| &*inner.fields[path[1]].json))
                    .collect();
                if !names.is_empty() {
                    let refused = names.iter().fold(object(), |all, name| all.with(name, false));
                    schema.push("properties", refused);
                }
                let note = self.plan.notes.field(&input.name, &field.name);
                // What the path sets in it is there without a body.
                let by_path = self.rule.variables.iter().any(|bound| bound.path[0] == index);
                let required = note.is_some_and(|note| is_required(note, field)) && !by_path;
                (content(json, schema), required)
            }
        };
        Some(object().with("required", required).with("content", content))
    }

    /// The fields that the path or a header fills, which therefore do not stand in the body.
    fn filled_elsewhere(&self) -> Vec<Vec<usize>> {
        let bound = self.rule.variables.iter().map(|variable| variable.path.clone());
        bound.chain(self.by_header()).collect()
    }

    fn answers(&mut self, links: Object) -> Object {
        let mut answer = self.answer();
        if !links.is_empty() {
            answer.push("links", links);
        }
        let mut answers = object().with("200", answer);
        if self.is_read() {
            let unchanged = "Nothing has changed since the answer with this `ETag`.";
            answers.push("304", object().with("description", unchanged));
        }
        let traits = errors::Traits {
            writes: self.rule.writes,
            has_body: self.rule.body != Body::None,
            compares_etags: self.rule.etag.is_some() && !self.is_read(),
        };
        for (status, refusal) in errors::of(traits) {
            answers.push(status, refusal);
        }
        answers
    }

    fn answer(&mut self) -> Object {
        let output = self.plan.tables.msg(self.rpc.output);
        let answer = object().with("description", "The answer.");
        let schema = match self.rule.response_body {
            None if output.wkt == Wkt::HttpBody => None,
            None => Some(self.schemas.message_value(self.rpc.output, Side::Answer)),
            Some(index) => {
                let field = &output.fields[index];
                let raw = field.message().is_some_and(|id| {
                    !field.is_list() && self.plan.tables.msg(id).wkt == Wkt::HttpBody
                });
                (!raw).then(|| self.schemas.bare_field(output, field, Side::Answer))
            }
        };
        let media = |schema: Object| object().with("schema", schema);
        let content = match schema {
            None => object().with("*/*", object()),
            Some(schema) if self.rpc.server_streaming => self.stream(schema),
            Some(schema) => object().with("application/json", media(schema)),
        };
        let answer = answer.with("content", content);
        if !self.is_read() {
            return answer;
        }
        let tag = object()
            .with("description", "A strong entity tag of this answer.")
            .with("schema", object().with("type", "string"));
        answer.with("headers", object().with("ETag", tag))
    }
}

impl Writer<'_, '_> {
    /// The framings of a stream of messages of this schema.
    fn stream(&self, schema: Object) -> Object {
        let media = |schema: Object| object().with("schema", schema);
        let results = self.info.dialect == Dialect::GrpcGateway;
        let message = match results || prints_error(&self.plan.tables, self.rule, self.rpc) {
            true => as_result(schema),
            false => schema,
        };
        let events = media(object().with("type", "string"));
        match results {
            true => object().with("application/json", media(message)),
            false => {
                let all = object().with("type", "array").with("items", message.clone());
                object()
                    .with("application/json", media(all))
                    .with("application/x-ndjson", media(message))
            }
        }
        .with("text/event-stream", events)
    }
}

/// A message under a key of its own, by which it is told from an error.
fn as_result(schema: Object) -> Object {
    object()
        .with("type", "object")
        .with("properties", object().with("result", schema))
        .with("required", vec!["result".into()])
}

/// The short names of a method's service and of itself.
pub(super) fn names(rpc: &Rpc) -> (&str, &str) {
    let mut parts = rpc.full_name().rsplit('.');
    let method = parts.next().unwrap_or_default();
    (parts.next().unwrap_or_default(), method)
}

/// The first sentence of a comment, on one line and without its full stop.
fn first_sentence(comment: &str) -> String {
    let words: Vec<&str> = comment.split_whitespace().collect();
    let end = words.iter().position(|word| word.ends_with('.')).map_or(words.len(), |at| at + 1);
    words[..end].join(" ").trim_end_matches('.').to_owned()
}
