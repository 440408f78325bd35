//! The parameters of an operation that stand in the query and in headers.

use super::node::{Node, Object, object};
use super::schemas::{Schemas, Side, is_required};
use crate::plan::{Body, Rule};
use crate::scalar;
use crate::tables::{Card, Field, Msg, MsgId, Wkt};

/// How deep fields of messages are written out as dotted names.
const DEEP: usize = 4;

/// Writes the query parameters of one rule.
pub(super) struct Query<'a, 'p> {
    pub(super) rule: &'a Rule,
    /// Fields that a header fills, by their path of indices.
    pub(super) by_header: Vec<Vec<usize>>,
    /// The message that the body is, whose fields a mask may name.
    pub(super) body: Option<MsgId>,
    pub(super) schemas: &'a mut Schemas<'p>,
    pub(super) parameters: Vec<Node>,
}

impl Query<'_, '_> {
    /// Adds every field of the request that neither the path, the body nor a header fills.
    pub(super) fn add(&mut self, input: MsgId) {
        if self.rule.body != Body::Root {
            self.message(input, &mut Vec::new(), &mut Vec::new(), "");
        }
    }

    fn message(&mut self, id: MsgId, path: &mut Vec<usize>, open: &mut Vec<MsgId>, prefix: &str) {
        if open.contains(&id) || open.len() == DEEP {
            return;
        }
        open.push(id);
        let tables = self.schemas.tables;
        let msg = tables.msg(id);
        for (index, field) in msg.fields.iter().enumerate() {
            path.push(index);
            if !self.is_filled(path) {
                let name = if self.schemas.print.proto_names { &field.name } else { &field.json };
                let name = format!("{prefix}{name}");
                let inner = field
                    .message()
                    .filter(|id| !field.is_list() && matches!(tables.msg(*id).wkt, Wkt::None));
                match inner {
                    Some(inner) => self.message(inner, path, open, &format!("{name}.")),
                    None => self.field(msg, field, &name),
                }
            }
            path.pop();
        }
        open.pop();
    }

    fn is_filled(&self, path: &[usize]) -> bool {
        let in_body = matches!(self.rule.body, Body::Field(body) if path[0] == body);
        in_body
            || self.rule.variables.iter().any(|variable| variable.path == path)
            || self.by_header.iter().any(|filled| filled == path)
    }

    fn field(&mut self, msg: &Msg, field: &Field, name: &str) {
        let tables = self.schemas.tables;
        let has_text = match (field.card, field.message()) {
            (Card::Map, Some(entry)) => {
                let value = tables.msg(entry).field(2);
                value.is_some_and(|value| scalar::has_text(tables, value))
            }
            (Card::Repeated, message) => message.is_none(),
            _ => scalar::has_text(tables, field),
        };
        if !has_text || field.output_only {
            return;
        }
        let note = self.schemas.notes.field(&msg.name, &field.name);
        let comment = self.schemas.notes.comment(&format!("{}.{}", msg.name, field.name));
        let schema = match self.mask(field) {
            Some(mask) => mask,
            None => with_known_format(self.schemas.bare_field(msg, field, Side::Text), field),
        };
        // What a message needs is needed only where there is one.
        let on_top = !name.contains('.');
        let mut parameter = object().with("name", name).with("in", "query");
        if field.card == Card::Map {
            parameter = parameter.with("style", "deepObject").with("explode", true);
        }
        parameter = parameter
            .with_text("description", comment)
            .with("required", on_top && note.is_some_and(|note| is_required(note, field)))
            .with("schema", schema);
        self.parameters.push(parameter.into());
    }
}

impl Query<'_, '_> {
    /// A mask over the body.
    fn mask(&self, field: &Field) -> Option<Object> {
        let body = self.body.filter(|_| self.schemas.is_mask(field))?;
        Some(self.schemas.mask_over(body))
    }
}

/// The texts that the AIPs give a grammar of their own: filters (160), orders (132) and page tokens (158).
fn with_known_format(schema: Object, field: &Field) -> Object {
    match &*field.name {
        "filter" => schema.with("format", "aip-160-filter"),
        "order_by" => schema.with("format", "aip-132-order"),
        "page_token" => schema.with("format", "page-token"),
        _ => schema,
    }
}

/// A header of the request.
pub(super) fn header(name: &str, description: &str, schema: Object) -> Object {
    object()
        .with("name", name)
        .with("in", "header")
        .with("description", description)
        .with("required", false)
        .with("schema", schema)
}
