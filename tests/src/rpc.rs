//! Any RPC of the contract by its descriptor: called with a message that is made at run time, by gRPC and by JSON.
//!
//! It reads the contract's options and knows no service by name, so that what is asked of every RPC is asked of a new one too.

mod grpc;
mod json;
mod outcome;

use prost_reflect::{DynamicMessage, FieldDescriptor, MethodDescriptor, Value};
use proto::access::Role;

pub use json::{Connection, Request, Spelling};
pub use outcome::{Outcome, Refused};

/// A method with what the contract says of it.
#[derive(Clone, Debug)]
pub struct Rpc {
    /// The method.
    pub method: MethodDescriptor,
    /// The role that it needs.
    pub role: Role,
    /// The verb of its HTTP rule, such as `PATCH`.
    pub verb: http::Method,
    /// The path of its HTTP rule, such as `/v1/{product.name=products/*}`.
    pub path: String,
    /// What the body is: a field, `*` for the whole message, or empty for none.
    pub body: String,
}

/// Every RPC of the contract that answers once. One that answers with a stream is watched in [`crate::events`].
pub fn all() -> Vec<Rpc> {
    let services = proto::descriptor_pool().services();
    let own = services.filter(|service| service.package_name().starts_with("shelf."));
    let methods = own.flat_map(|service| service.methods().collect::<Vec<_>>());
    methods.filter(|method| !method.is_server_streaming()).map(Rpc::of).collect()
}

/// The RPC of a name, such as `GetProduct`.
///
/// # Panics
/// There is none.
pub fn named(name: &str) -> Rpc {
    let rpc = all().into_iter().find(|rpc| rpc.method.name() == name);
    rpc.unwrap_or_else(|| panic!("there is no RPC `{name}`"))
}

impl Rpc {
    fn of(method: MethodDescriptor) -> Self {
        let name = method.full_name();
        assert!(!method.is_client_streaming(), "{name} takes a stream");
        let pool = proto::descriptor_pool();
        let option = |name: &str| {
            let extension = pool.get_extension_by_name(name).expect("the option is embedded");
            method.options().get_extension(&extension).into_owned()
        };
        let role = option("shelf.access.v1.required_role").as_enum_number();
        let role = role.and_then(|role| Role::try_from(role).ok()).expect("a role");
        let rule = option("google.api.http");
        let rule = rule.as_message().expect("an HTTP rule");
        let text = |field: &str| match rule.get_field_by_name(field).as_deref() {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        let verbs = ["get", "put", "post", "delete", "patch"];
        let verb = verbs.into_iter().find(|verb| !text(verb).is_empty()).expect("a verb");
        let (path, body) = (text(verb), text("body"));
        let verb = verb.to_uppercase().parse().expect("a method of HTTP");
        Self { role, verb, path, body, method }
    }

    /// Its name, such as `GetProduct`.
    pub fn name(&self) -> &str {
        self.method.name()
    }

    /// Whether it changes nothing.
    pub fn reads(&self) -> bool {
        self.verb == http::Method::GET
    }

    /// An empty request.
    pub fn request(&self) -> DynamicMessage {
        DynamicMessage::new(self.method.input())
    }

    /// The field of the request that holds the resource which it answers, as in Create and Update.
    pub fn resource(&self) -> Option<FieldDescriptor> {
        let (input, output) = (self.method.input(), self.method.output());
        let mut fields = input.fields();
        fields.find(|field| !field.is_list() && field.kind().as_message() == Some(&output))
    }
}

/// Whether a field has a behaviour of google.api.field_behavior, such as `OUTPUT_ONLY`.
pub fn behaves(field: &FieldDescriptor, behaviour: &str) -> bool {
    let pool = proto::descriptor_pool();
    let extension = pool.get_extension_by_name("google.api.field_behavior").expect("embedded");
    let known = extension.kind();
    let number = known.as_enum().and_then(|known| known.get_value_by_name(behaviour));
    let number = number.unwrap_or_else(|| panic!("no behaviour `{behaviour}`")).number();
    let options = field.options();
    let given = options.get_extension(&extension);
    given.as_list().unwrap_or_default().iter().any(|one| one.as_enum_number() == Some(number))
}
