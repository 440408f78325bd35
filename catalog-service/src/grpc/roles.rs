//! What the contract says of each method: the role it needs, whether it only reads, and whether its request is a stream.
//!
//! The table is read from the descriptors once. A method without a role is refused to everybody, so that one that is
//! added without thought is closed, not open.

use std::{collections::HashMap, sync::LazyLock};

use prost_reflect::{DynamicMessage, MethodDescriptor};
use prost_types::method_options::IdempotencyLevel;
use proto::access;

use super::frames::Messages;
use crate::domain::Role;

/// What is known of a method before it is called.
#[derive(Debug)]
pub(crate) struct Method {
    /// Its name, such as `shelf.catalog.v1.ProductService/GetProduct`.
    pub(crate) name: &'static str,
    /// The least role that may call it; none: nobody may.
    pub(crate) role: Option<Role>,
    /// As what a call of it is counted.
    pub(crate) counts: Counts,
    /// How many messages its request has.
    pub(crate) messages: Messages,
    /// Whether its answer is a stream.
    pub(crate) streams: bool,
    /// Whether it has nothing to do with who calls: signing in, health, reflection.
    pub(crate) ignores_credentials: bool,
    /// Whether it is answered however busy the service is.
    pub(crate) always_answered: bool,
}

/// As what a call is counted. Each has its own rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    /// It changes nothing: it is reached by GET, or says `NO_SIDE_EFFECTS`.
    Read,
    /// It changes nothing, and goes through an index for words: its name says that it searches or suggests.
    Search,
    /// It may change something.
    Write,
}

/// The method at `path`, such as `/shelf.catalog.v1.ProductService/GetProduct`.
pub(crate) fn named(path: &str) -> Option<&'static Method> {
    static METHODS: LazyLock<HashMap<&str, Method>> = LazyLock::new(methods);
    METHODS.get(path.strip_prefix('/')?)
}

/// The option by which a method names its role.
const REQUIRED_ROLE: &str = "shelf.access.v1.required_role";

/// The option that maps a method to HTTP.
const HTTP_RULE: &str = "google.api.http";

fn methods() -> HashMap<&'static str, Method> {
    let pool = proto::descriptor_pool();
    let ours = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let ours = ours.map(|method| described(&method));
    ours.chain(served_beside()).map(|method| (method.name, method)).collect()
}

fn name(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().full_name(), method.name())
}

fn described(method: &MethodDescriptor) -> Method {
    let role = required_role(&method.options());
    let signs_in = method.parent_service().package_name() == "shelf.access.v1";
    Method {
        // The table is made once, and kept as long as the process.
        name: name(method).leak(),
        role,
        counts: counts(method),
        messages: if method.is_client_streaming() { Messages::Any } else { Messages::One },
        streams: method.is_server_streaming(),
        ignores_credentials: signs_in && role == Some(Role::Anyone),
        always_answered: false,
    }
}

fn counts(method: &MethodDescriptor) -> Counts {
    match only_reads(method) {
        true if ["Search", "Suggest"].iter().any(|verb| method.name().starts_with(verb)) => {
            Counts::Search
        }
        true => Counts::Read,
        false => Counts::Write,
    }
}

fn only_reads(method: &MethodDescriptor) -> bool {
    let options = method.options();
    let by_get = || {
        let http = proto::descriptor_pool().get_extension_by_name(HTTP_RULE)?;
        let rule = options.get_extension(&http);
        Some(rule.as_message()?.has_field_by_name("get"))
    };
    let level = options.get_field_by_name("idempotency_level").and_then(|it| it.as_enum_number());
    level == Some(IdempotencyLevel::NoSideEffects as i32) || by_get() == Some(true)
}

fn required_role(options: &DynamicMessage) -> Option<Role> {
    let extension = proto::descriptor_pool().get_extension_by_name(REQUIRED_ROLE)?;
    let number = options.get_extension(&extension).as_enum_number()?;
    match access::Role::try_from(number).ok()? {
        access::Role::Unspecified => None,
        access::Role::Anyone => Some(Role::Anyone),
        access::Role::Viewer => Some(Role::Viewer),
        access::Role::Editor => Some(Role::Editor),
        access::Role::Admin => Some(Role::Admin),
    }
}

/// The health and reflection services, whose descriptors know nothing of our roles.
fn served_beside() -> impl Iterator<Item = Method> {
    let open = |name| Method {
        name,
        role: Some(Role::Anyone),
        counts: Counts::Read,
        messages: Messages::One,
        streams: false,
        ignores_credentials: true,
        always_answered: true,
    };
    let reflection = |name| Method {
        messages: Messages::Any,
        streams: true,
        always_answered: false,
        ..open(name)
    };
    [
        open("grpc.health.v1.Health/Check"),
        open("grpc.health.v1.Health/List"),
        Method { streams: true, ..open("grpc.health.v1.Health/Watch") },
        reflection("grpc.reflection.v1.ServerReflection/ServerReflectionInfo"),
        reflection("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"),
    ]
    .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_of_the_contract_names_its_role() {
        let pool = proto::descriptor_pool();
        let mut methods = 0;
        for described in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let name = name(&described);
            assert!(named(&format!("/{name}")).unwrap().role.is_some(), "{name}");
            methods += 1;
        }
        assert!(methods > 30, "only {methods} methods");
    }

    #[test]
    fn a_method_without_the_option_has_no_role() {
        let pool = proto::descriptor_pool();
        let options = pool.get_message_by_name("google.protobuf.MethodOptions").unwrap();
        assert_eq!(required_role(&DynamicMessage::new(options)), None);
    }

    #[test]
    fn methods_by_get_read_or_search_and_all_others_write() {
        for (path, counts) in [
            ("/shelf.catalog.v1.ProductService/GetProduct", Counts::Read),
            ("/shelf.catalog.v1.ProductService/BatchGetProducts", Counts::Read),
            ("/shelf.catalog.v1.ProductService/SearchProducts", Counts::Search),
            ("/shelf.catalog.v1.ProductService/SuggestProducts", Counts::Search),
            ("/shelf.catalog.v1.ProductService/UpdateProduct", Counts::Write),
            ("/shelf.catalog.v1.ProductService/PublishProduct", Counts::Write),
            ("/shelf.access.v1.SessionService/CreateSession", Counts::Write),
            ("/grpc.health.v1.Health/Check", Counts::Read),
        ] {
            assert_eq!(named(path).unwrap().counts, counts, "{path}");
        }
    }

    #[test]
    fn only_signing_in_and_the_services_beside_ignore_credentials() {
        for path in [
            "/shelf.access.v1.SessionService/CreateSession",
            "/shelf.access.v1.UserService/RedeemSetupToken",
            "/grpc.health.v1.Health/Check",
        ] {
            assert!(named(path).unwrap().ignores_credentials, "{path}");
        }
        for path in [
            "/shelf.catalog.v1.ProductService/GetProduct",
            "/shelf.access.v1.SessionService/GetSession",
        ] {
            assert!(!named(path).unwrap().ignores_credentials, "{path}");
        }
    }
}
