//! The contract's tables, compiled once, and what they say of a method.

use std::{collections::HashMap, sync::LazyLock};

use transcoder::{Plan, PlanConfig, Rpc};

/// The tables.
///
/// # Panics
/// When the descriptors that the build embedded break a rule of the transcoder; a test compiles them.
pub(crate) fn plan() -> &'static Plan {
    static PLAN: LazyLock<Plan> = LazyLock::new(|| {
        Plan::compile(proto::FILE_DESCRIPTOR_SET, &[], &PlanConfig::default())
            .unwrap_or_else(|errors| panic!("the embedded contract is faulty: {errors:?}"))
    });
    &PLAN
}

/// The method at this path of gRPC.
pub(crate) fn method(path: &str) -> Option<&'static Rpc> {
    static METHODS: LazyLock<HashMap<&str, &Rpc>> =
        LazyLock::new(|| plan().rpcs().iter().map(|rpc| (rpc.grpc_path(), rpc)).collect());
    METHODS.get(path).copied()
}

/// Whether the method at this path of gRPC only reads. One that the contract does not know changes nothing either.
pub(crate) fn reads(path: &str) -> bool {
    method(path).is_none_or(Rpc::reads)
}
