//! The messages of `goods.proto`, generated: prost's types with pbjson's ProtoJSON, and the descriptors for whoever needs no types.

/// Fields that hold their default are left out of the JSON.
#[expect(missing_docs, clippy::all, clippy::too_many_lines, reason = "generated")]
pub mod omits {
    include!(concat!(env!("OUT_DIR"), "/omits/goods.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/omits/goods.v1.serde.rs"));
}

/// Fields that hold their default are printed.
#[expect(missing_docs, clippy::all, clippy::too_many_lines, reason = "generated")]
pub mod prints {
    include!(concat!(env!("OUT_DIR"), "/prints/goods.v1.rs"));
    include!(concat!(env!("OUT_DIR"), "/prints/goods.v1.serde.rs"));
}

/// The `FileDescriptorSet` of the same messages.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/goods.binpb"));
