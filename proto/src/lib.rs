//! Shelf's contract: the types, clients and servers generated from the `.proto` files, and their descriptors.
//!
//! Nothing here is written by hand but the names under which the generated code is reached and the few types that the
//! generated checks need.

/// The generated modules, one a package.
#[expect(clippy::all, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}

#[expect(clippy::all, reason = "generated")]
mod checks {
    include!(concat!(env!("OUT_DIR"), "/validate.rs"));
}
mod secret;
mod validate;

pub use generated::{google, shelf};
pub use shelf::{access::v1 as access, catalog::v1 as catalog};
pub use validate::{Path, Validate, Violation};

use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

/// The contract as an encoded `google.protobuf.FileDescriptorSet`, with imports, comments and every option.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/contract.binpb"));

/// The contract's descriptors, for reading options at start and for tests; not for serving.
pub fn descriptor_pool() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
        DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the build wrote these descriptors")
    });
    &POOL
}
