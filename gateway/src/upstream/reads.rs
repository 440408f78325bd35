//! Which methods change nothing, as the contract says.

use std::{collections::HashSet, sync::LazyLock};

use prost_reflect::MethodDescriptor;
use prost_types::method_options::IdempotencyLevel;

/// Whether the method at this path of gRPC only reads. One that the contract does not know changes nothing either.
pub(crate) fn reads(path: &str) -> bool {
    static WRITES: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let services = proto::descriptor_pool().services();
        let methods = services.flat_map(|service| service.methods().collect::<Vec<_>>());
        methods.filter(|method| !only_reads(method)).map(|method| path_of(&method)).collect()
    });
    !WRITES.contains(path)
}

/// The path under which gRPC calls a method.
pub(super) fn path_of(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Whether a method is reached by GET, or says `NO_SIDE_EFFECTS`.
pub(super) fn only_reads(method: &MethodDescriptor) -> bool {
    let options = method.options();
    let by_get = || {
        let http = proto::descriptor_pool().get_extension_by_name("google.api.http")?;
        let rule = options.get_extension(&http);
        Some(rule.as_message()?.has_field_by_name("get"))
    };
    let level = options.get_field_by_name("idempotency_level").and_then(|it| it.as_enum_number());
    level == Some(IdempotencyLevel::NoSideEffects as i32) || by_get() == Some(true)
}
