//! `/openapi.json`: what this API is, for programs and for the page that lists it (OpenAPI 3.1).
//!
//! Made from the contract alone, when it is first asked for, and the same for everybody, so that it is kept in every coding.

use std::{collections::HashMap, sync::LazyLock, thread};

use axum::{body::Body, response::Response};
use http::{HeaderValue, Method, Request, header};
use proto::access::Role;
use transcoder::{Access, ApiInfo, Dialect, ErrorShape, ParseOptions, Plan, PrintOptions};

use crate::{
    app::{Gateway, Refusal, Visit},
    assets::{self, File},
    contract::{Contract, Front, plan},
};

/// What the document says first, in Markdown.
const ABOUT: &str = include_str!("describe.md");

/// How a program comes by credentials.
const CREDENTIALS: &str = "An API key, which an admin makes at `/admin/keys` or by `POST /v1/apiKeys`, or the `token` of \
    `POST /v1/sessions`. The cookie of somebody who is signed in to the admin is for its pages and not for programs.";

/// The option of the contract that names the least role that may call a method.
const REQUIRED_ROLE: &str = "shelf.access.v1.required_role";

/// Answers `GET /openapi.json`.
pub(crate) fn describe(gateway: &Gateway, visit: &Visit, request: &Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let refusal = Refusal::wrong_method(HeaderValue::from_static("GET,HEAD"));
        return refusal.render(gateway, visit);
    }
    let answer = match gateway.front() {
        Front::Shelf => Some(assets::send(document(), request)),
        Front::Service => {
            let contract = gateway.contract();
            let write = |plan: &Plan| document_of(plan, contract);
            contract.described(write, |file| assets::send(file, request))
        }
    };
    let Some(mut response) = answer else { return Refusal::no_contract().render(gateway, visit) };
    // It changes with the next version of this program, and its ETag tells.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn document() -> &'static File {
    static DOCUMENT: LazyLock<File> = LazyLock::new(|| {
        let json = plan().openapi(&info(), &ParseOptions::default(), &PrintOptions::default());
        // Without the thread the gzip form goes on being served.
        if let Err(error) = thread::Builder::new().name("brotli".into()).spawn(compress) {
            tracing::warn!(%error, "no thread to compress the API's description on");
        }
        File::new("application/json", json)
    });
    &DOCUMENT
}

/// The document of a service that is not Shelf's, of which the contract is all that is known.
fn document_of(plan: &Plan, contract: &Contract) -> File {
    let access = |_: &str| Access::Optional("Credentials are passed on to the service.".to_owned());
    // The same on every instance for the same contract.
    let version = format!("{:032x}", plan.fingerprint());
    let info = ApiInfo {
        title: "The API of this service",
        version: &version,
        description: "",
        server: "/",
        credentials: "Whatever the service takes; the `authorization` header is passed on to it.",
        access: &access,
        errors: contract.errors().shape,
        dialect: contract.profile().dialect(),
    };
    File::new("application/json", plan.openapi(&info, contract.parse(), contract.print()))
}

fn compress() {
    document().compress_thoroughly();
}

fn info() -> ApiInfo<'static> {
    ApiInfo {
        title: "Shelf",
        version: env!("CARGO_PKG_VERSION"),
        description: ABOUT,
        server: "/",
        credentials: CREDENTIALS,
        access: &access,
        errors: ErrorShape::Envelope,
        dialect: Dialect::Google,
    }
}

/// Who may call a method, from the option that the service itself goes by.
fn access(method: &str) -> Access {
    static ROLES: LazyLock<HashMap<String, Role>> = LazyLock::new(roles);
    let needed = |role: &str| Access::Needed(format!("Needs the role {role}."));
    match ROLES.get(method) {
        Some(Role::Anyone) if method.starts_with("shelf.access.") => {
            Access::Open("Anyone may call it; credentials are not looked at.".to_owned())
        }
        Some(Role::Anyone) => {
            Access::Optional("Anyone may call it; with credentials it may tell more.".to_owned())
        }
        Some(Role::Viewer) => needed("VIEWER"),
        Some(Role::Editor) => needed("EDITOR"),
        Some(Role::Admin) => needed("ADMIN"),
        Some(Role::Unspecified) | None => Access::Needed("Refused to everybody.".to_owned()),
    }
}

fn roles() -> HashMap<String, Role> {
    let pool = proto::descriptor_pool();
    let Some(option) = pool.get_extension_by_name(REQUIRED_ROLE) else { return HashMap::new() };
    pool.services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .filter_map(|method| {
            let number = method.options().get_extension(&option).as_enum_number()?;
            Some((method.full_name().to_owned(), Role::try_from(number).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_method_is_described_once_for_each_of_its_addresses() {
        let json = plan().openapi(&info(), &ParseOptions::default(), &PrintOptions::default());
        let document: Value = serde_json::from_slice(&json).unwrap();
        let paths = document["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|item| item.as_object().unwrap().values());
        let mut found: Vec<&str> =
            operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        found.sort_unstable();
        let mut wanted: Vec<String> = plan()
            .rpcs()
            .iter()
            .map(|rpc| {
                let (service, method) = rpc.full_name().rsplit_once('.').unwrap();
                format!("{}_{method}", service.rsplit('.').next().unwrap())
            })
            .collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
    }

    #[test]
    fn the_contract_says_who_may_call() {
        let needs = |method| match access(method) {
            Access::Needed(text) => text,
            other => panic!("{method}: {other:?}"),
        };
        assert_eq!(
            needs("shelf.catalog.v1.ProductService.CreateProduct"),
            "Needs the role EDITOR."
        );
        assert_eq!(
            needs("shelf.catalog.v1.ProductService.ExpungeProduct"),
            "Needs the role ADMIN."
        );
        assert_eq!(needs("shelf.catalog.v1.ChangeService.ListChanges"), "Needs the role VIEWER.");
        assert_eq!(needs("shelf.catalog.v1.Nothing.Known"), "Refused to everybody.");
        let open = access("shelf.access.v1.SessionService.CreateSession");
        assert!(matches!(open, Access::Open(_)));
        let optional = access("shelf.catalog.v1.ProductService.GetProduct");
        assert!(matches!(optional, Access::Optional(_)));
    }
}
