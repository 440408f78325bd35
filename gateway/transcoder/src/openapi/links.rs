//! Where an answer leads: from what was created or read to the operations on it, from those back to it, and to the next page.
//!
//! Only what a request or an answer says in so many words is passed on: a path's parameters, an id that the caller chose, an
//! entity tag, a page token.

use super::node::{Object, object};
use super::path::Shape;
use crate::plan::{Body, Rule};
use crate::tables::{Kind, Msg};
use crate::{Plan, Rpc};

/// What links need to know of an operation.
pub(super) struct Place {
    pub(super) id: String,
    method: String,
    path: String,
    parameters: Vec<String>,
    /// The parameter that names what it creates, and where its request says it.
    creates: Option<(String, String)>,
    compares_etags: bool,
    answers_etag: bool,
    answers_pages: bool,
}

impl Place {
    pub(super) fn of(plan: &Plan, (rule, rpc): (&Rule, &Rpc), shape: &Shape, id: String) -> Self {
        let (input, output) = (plan.tables.msg(rpc.input), plan.tables.msg(rpc.output));
        let method = rule.text.split(' ').next().unwrap_or_default();
        Self {
            id,
            method: method.to_owned(),
            path: shape.text.clone(),
            parameters: shape.parameters.iter().map(|known| known.name.clone()).collect(),
            creates: (method == "POST").then(|| created(input, rule)).flatten(),
            compares_etags: rule.etag.is_some() && method != "GET",
            answers_etag: has_text(output, "etag"),
            answers_pages: has_text(output, "next_page_token") && has_text(input, "page_token"),
        }
    }

    /// The links of its answer to these places, by name.
    pub(super) fn links(&self, all: &[Self]) -> Object {
        let links = all.iter().filter_map(|other| Some((other, self.passed_on(other)?)));
        links.fold(object(), |links, (other, parameters)| {
            let link = object().with("operationId", other.id.as_str());
            links.with(&other.id, link.with("parameters", parameters))
        })
    }

    /// The parameters of another operation that this one fills; `None` where it does not lead there.
    fn passed_on(&self, other: &Self) -> Option<Object> {
        if self.id == other.id {
            return self.answers_pages.then(|| {
                self.own_parameters(other).with("pageToken", "$response.body#/nextPageToken")
            });
        }
        if let Some((name, source)) = &self.creates {
            let leads = is_below(&other.path, &format!("{}/{{{name}}}", self.path))
                && other.parameters.len() == self.parameters.len() + 1;
            return leads.then(|| self.own_parameters(other).with(name, source.as_str()));
        }
        let (own, verb) = split_verb(&self.path);
        let leads = match self.method.as_str() {
            "GET" if verb.is_none() => is_below(&other.path, own),
            "DELETE" => split_verb(&other.path).0 == own,
            _ => other.method == "GET" && other.path == own,
        };
        let filled = other.parameters.iter().all(|name| self.parameters.contains(name));
        if !leads || !filled || self.parameters.is_empty() {
            return None;
        }
        let parameters = self.own_parameters(other);
        Some(match self.answers_etag && other.compares_etags && self.method == "GET" {
            true => parameters.with("header.If-Match", "$response.body#/etag"),
            false => parameters,
        })
    }

    fn own_parameters(&self, other: &Self) -> Object {
        let shared = self.parameters.iter().filter(|name| other.parameters.contains(name));
        shared.fold(object(), |all, name| all.with(name, format!("$request.path.{name}")))
    }
}

/// The id that a caller may choose (AIP-133): `product_id` names what the parameter `product` names elsewhere.
fn created(input: &Msg, rule: &Rule) -> Option<(String, String)> {
    let field = input.fields.iter().find(|field| {
        field.kind == Kind::String && field.name.ends_with("_id") && &*field.name != "request_id"
    })?;
    let name = field.json.strip_suffix("Id")?.to_owned();
    let source = match rule.body {
        Body::Root => format!("$request.body#/{}", field.json),
        _ => format!("$request.query.{}", field.json),
    };
    Some((name, source))
}

fn has_text(msg: &Msg, name: &str) -> bool {
    msg.fields.iter().any(|field| &*field.name == name && field.kind == Kind::String)
}

/// A path and its verb.
fn split_verb(path: &str) -> (&str, Option<&str>) {
    match path.rsplit_once(':') {
        Some((path, verb)) if !verb.contains('/') => (path, Some(verb)),
        _ => (path, None),
    }
}

/// Whether a path is another one, one of its verbs, or a collection below it.
fn is_below(path: &str, root: &str) -> bool {
    let rest = path.strip_prefix(root);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':') || rest.starts_with('/'))
}
