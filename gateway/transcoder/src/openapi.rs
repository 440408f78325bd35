//! The OpenAPI 3.1 document of a plan, made from the same tables that transcode, and from the comments of the set.
//!
//! It describes what this crate reads and prints under the options given, no more and no less. Without source
//! information in the set it is bare, and still true.

mod errors;
mod node;
mod operation;
mod parameters;
mod path;
mod schemas;

use bytes::BytesMut;
use node::{Node, Object, object};
use schemas::Schemas;

use crate::options::ErrorShape;
use crate::{ParseOptions, Plan, PrintOptions};

/// What a document says that no descriptor tells.
#[derive(Clone, Copy)]
pub struct ApiInfo<'a> {
    /// The API's title.
    pub title: &'a str,
    /// Its version.
    pub version: &'a str,
    /// What it is, in Markdown; may be empty.
    pub description: &'a str,
    /// What a method (`package.Service.Method`) asks of its caller: nothing, or a sentence about the credentials needed.
    pub access: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The shape of error bodies.
    pub errors: ErrorShape,
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
        if self.rpcs().iter().any(|rpc| (info.access)(rpc.full_name()).is_some()) {
            let bearer = object().with("type", "http").with("scheme", "bearer");
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
            .with("tags", self.tags())
            .with("paths", paths)
            .with("components", components);
        let mut out = BytesMut::new();
        Node::from(document).print(&mut out);
        out.to_vec()
    }

    fn paths<'p>(&'p self, info: &ApiInfo<'_>, schemas: &mut Schemas<'p>) -> Object {
        let mut paths = object();
        let mut numbers = vec![0; self.rpcs().len()];
        for rule in &self.rules {
            let rpc = &self.rpcs()[rule.rpc];
            numbers[rule.rpc] += 1;
            let Some(shape) = path::Shape::of(self, rule, rpc) else { continue };
            let operation =
                operation::Writer { plan: self, rule, rpc, info, shape: &shape, schemas }
                    .write(numbers[rule.rpc]);
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

fn with_first(name: &str, first: Object, others: Object) -> Object {
    let mut all = object().with(name, first);
    all.append(others);
    all
}
