//! The contract's tables, compiled once, and what they say of a method.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use transcoder::{Plan, PlanConfig, Rpc};

/// The tables.
///
/// # Panics
/// When the descriptors that the build embedded break a rule of the transcoder; a test compiles them.
pub(crate) fn plan() -> &'static Arc<Plan> {
    static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
        let plan = Plan::compile(proto::FILE_DESCRIPTOR_SET, &[], &PlanConfig::default());
        Arc::new(
            plan.unwrap_or_else(|errors| panic!("the embedded contract is faulty: {errors:?}")),
        )
    });
    &PLAN
}

/// The method at this path of gRPC.
pub(crate) fn method(path: &str) -> Option<&'static Rpc> {
    static METHODS: LazyLock<HashMap<&str, &Rpc>> =
        LazyLock::new(|| plan().rpcs().iter().map(|rpc| (rpc.grpc_path(), &**rpc)).collect());
    METHODS.get(path).copied()
}

/// What a call is for. Each is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It changes nothing.
    Read,
    /// It changes nothing, and goes through an index for words: its name says that it searches or suggests.
    Search,
    /// It may change something.
    Write,
}

/// What the method at this path of gRPC is for. One that the contract does not know changes nothing.
pub(crate) fn purpose(path: &str) -> Purpose {
    method(path).map_or(Purpose::Read, purpose_of)
}

/// What a method is for.
pub(crate) fn purpose_of(rpc: &Rpc) -> Purpose {
    let name = rpc.grpc_path().rsplit('/').next().unwrap_or_default();
    match rpc.reads() {
        false => Purpose::Write,
        true if ["Search", "Suggest"].iter().any(|verb| name.starts_with(verb)) => Purpose::Search,
        true => Purpose::Read,
    }
}
