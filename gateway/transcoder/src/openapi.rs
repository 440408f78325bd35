//! The OpenAPI 3.1 document of a plan, made from the same tables that transcode, and from the comments of the set.
//!
//! It describes what this crate reads and prints under the options given, no more and no less. Without source
//! information in the set it is bare, and still true.

mod errors;
mod links;
mod node;
mod operation;
mod parameters;
mod path;
mod schemas;

use std::sync::Arc;

use bytes::BytesMut;
use links::Place;
use node::{Node, Object, object};
use schemas::Schemas;

use crate::options::ErrorShape;
use crate::plan::Rule;
use crate::{Dialect, ParseOptions, Plan, PrintOptions, Rpc};

/// What a document says that no descriptor tells.
#[derive(Clone, Copy)]
pub struct ApiInfo<'a> {
    /// The API's title.
    pub title: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What it is, in Markdown; may be empty.
    pub description: &'a str,
    /// Where the API is, as an address that may be relative to the document's own; empty: where the document is.
    pub server: &'a str,
    /// How a caller comes by credentials, in Markdown.
    pub credentials: &'a str,
    /// What a method (`package.Service.Method`) asks of its caller.
    pub access: &'a (dyn Fn(&str) -> Access + Sync),
    /// The shape of error bodies.
    pub errors: ErrorShape,
    /// Whose streams they are.
    pub dialect: Dialect,
}

/// What a method asks of its caller, with a sentence that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing; credentials make no difference.
    Open(String),
    /// Nothing; with credentials it may do more.
    Optional(String),
    /// Credentials.
    Needed(String),
}

impl Access {
    fn sentence(&self) -> &str {
        match self {
            Self::Open(text) | Self::Optional(text) | Self::Needed(text) => text,
        }
    }
}

impl std::fmt::Debug for ApiInfo<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiInfo").field("title", &self.title).finish_non_exhaustive()
    }
}

/// The methods that a path item of OpenAPI 3.1 can hold; others go into an extension of it.
const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"];

impl Plan {
    /// The OpenAPI 3.1 document, in JSON.
    pub fn openapi(
        &self,
        info: &ApiInfo<'_>,
        parse: &ParseOptions,
        print: &PrintOptions,
    ) -> Vec<u8> {
        let mut schemas = Schemas::new((&self.tables, &self.notes), parse, print);
        let paths = self.paths(info, &mut schemas);
        let mut components = object().with("schemas", {
            let error = errors::schema(info.errors);
            with_first("Error", error, schemas.components())
        });
        components.push("responses", errors::answers());
        let is_open = |rpc: &Arc<Rpc>| matches!((info.access)(rpc.full_name()), Access::Open(_));
        if !self.rpcs().iter().all(is_open) {
            let bearer = object()
                .with("type", "http")
                .with("scheme", "bearer")
                .with_text("description", info.credentials);
            components.push("securitySchemes", object().with("bearer", bearer));
        }
        let document = object()
            .with("openapi", "3.1.0")
            .with("jsonSchemaDialect", "https://spec.openapis.org/oas/3.1/dialect/base")
            .with("info", {
                object()
                    .with("title", info.title)
                    .with("version", info.version)
                    .with_text("description", info.description)
            })
            .with_servers(info.server)
            .with("tags", self.tags())
            .with("paths", paths)
            .with("components", components);
        let mut out = BytesMut::new();
        Node::from(document).print(&mut out);
        out.to_vec()
    }

    /// Every operation at its path.
    fn paths<'p>(&'p self, info: &ApiInfo<'_>, schemas: &mut Schemas<'p>) -> Object {
        let bindings = self.bindings();
        let places: Vec<Place> = bindings.iter().map(|binding| binding.place(self)).collect();
        let mut paths = object();
        for (Binding { rule, rpc, shape, .. }, place) in bindings.iter().zip(&places) {
            let links = place.links(&places);
            let writer = operation::Writer { plan: self, rule, rpc, info, shape, schemas };
            let operation = writer.write(&place.id, links);
            let method = rule.text.split(' ').next().unwrap_or_default();
            let Some(item) = paths.entry(&shape.text).as_object() else { continue };
            let name = method.to_ascii_lowercase();
            match METHODS.contains(&method) && item.get(&name).is_none() {
                true => item.push(&name, operation),
                false => {
                    // Another kind of method, or a template that OpenAPI cannot tell from one above.
                    if let Some(others) = item.entry("x-other-operations").as_object() {
                        others.push(&rule.text, operation);
                    }
                }
            }
        }
        paths
    }

    fn bindings(&self) -> Vec<Binding<'_>> {
        let mut numbers = vec![0; self.rpcs().len()];
        let mut bindings = Vec::new();
        for rule in self.rules.iter().filter(|rule| !rule.replaced) {
            let rpc = &self.rpcs()[rule.rpc];
            numbers[rule.rpc] += 1;
            if let Some(shape) = path::Shape::of(self, rule, rpc) {
                bindings.push(Binding { rule, rpc, shape, number: numbers[rule.rpc] });
            }
        }
        bindings
    }

    /// The services, with their comments.
    fn tags(&self) -> Vec<Node> {
        let mut services: Vec<&str> = self.rpcs().iter().map(|rpc| rpc.service()).collect();
        services.dedup();
        let tag = |name: &str| {
            let short = name.rsplit('.').next().unwrap_or(name);
            object().with("name", short).with_text("description", self.notes.comment(name)).into()
        };
        services.into_iter().map(tag).collect()
    }
}

/// One rule of a method with its path.
struct Binding<'p> {
    rule: &'p Rule,
    rpc: &'p Rpc,
    shape: path::Shape,
    /// Which of the method's rules it is.
    number: usize,
}

impl Binding<'_> {
    fn place(&self, plan: &Plan) -> Place {
        let (service, method) = operation::names(self.rpc);
        let id = match self.number {
            1 => format!("{service}_{method}"),
            number => format!("{service}_{method}_{number}"),
        };
        Place::of(plan, (self.rule, self.rpc), &self.shape, id)
    }
}

impl Object {
    /// The same document, with its one server unless that is where the document is.
    fn with_servers(self, server: &str) -> Self {
        match server {
            "" => self,
            _ => self.with("servers", vec![object().with("url", server).into()]),
        }
    }
}

fn with_first(name: &str, first: Object, others: Object) -> Object {
    let mut all = object().with(name, first);
    all.append(others);
    all
}
