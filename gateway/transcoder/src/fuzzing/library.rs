//! The schema that the oracles share: that of the crate's other tests, as this crate and as prost-reflect read it.

use std::sync::LazyLock;

use bytes::BytesMut;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use crate::{Fault, MsgId, ParseOptions, Plan, PlanConfig, PrintOptions};

static SET: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let includes = ["tests/protos", "../../proto"]
        .map(|folder| format!("{}/{folder}", env!("CARGO_MANIFEST_DIR")));
    let mut compiler = protox::Compiler::new(includes).expect("the folders of the schema");
    for file in ["library.proto", "google/rpc/status.proto"] {
        compiler.include_imports(true).open_file(file).expect("a schema without faults");
    }
    compiler.encode_file_descriptor_set()
});

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    Plan::compile(&SET, &[], &PlanConfig::default()).expect("a schema without faults")
});

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(SET.as_slice()).expect("a schema without faults"));

/// Compiles the schema before the first input, whose time is measured.
pub fn prepare() {
    LazyLock::force(&PLAN);
    LazyLock::force(&POOL);
}

pub(super) fn plan() -> &'static Plan {
    &PLAN
}

/// A message as this crate and as prost-reflect know it.
pub(super) fn message(name: &str) -> (MsgId, MessageDescriptor) {
    let known = plan().message(name).expect("a message of the schema");
    (known, descriptor(name))
}

pub(super) fn descriptor(name: &str) -> MessageDescriptor {
    POOL.get_message_by_name(name).expect("a message of the schema")
}

pub(super) fn book() -> (MsgId, MessageDescriptor) {
    message("library.v1.Book")
}

/// Reads JSON behind what stands there already, which a refusal leaves as it was.
pub(super) fn read(id: MsgId, json: &[u8], options: &ParseOptions) -> Result<Vec<u8>, Fault> {
    let mut out = BytesMut::from("kept");
    let read = plan().json_to_wire(id, json, options, &mut out);
    assert!(out.starts_with(b"kept") && (read.is_ok() || out.len() == 4), "{read:?} {out:?}");
    read.map(|()| out[4..].to_vec())
}

/// Prints a message behind what stands there already, which a refusal leaves as it was.
pub(super) fn print(id: MsgId, wire: &[u8], options: &PrintOptions) -> Result<String, Fault> {
    let mut out = BytesMut::from("kept");
    let printed = plan().wire_to_json(id, wire, options, &mut out);
    assert!(out.starts_with(b"kept") && (printed.is_ok() || out.len() == 4), "{printed:?}");
    printed.map(|()| String::from_utf8(out[4..].to_vec()).expect("JSON is UTF-8"))
}

/// Wire bytes that this crate wrote, as prost reads them.
pub(super) fn decoded(descriptor: MessageDescriptor, wire: &[u8]) -> DynamicMessage {
    DynamicMessage::decode(descriptor, wire).expect("what is written can be read")
}

/// Every way of printing, chosen by four bits.
pub(super) fn print_options(bits: u8) -> PrintOptions {
    PrintOptions {
        omit_defaults: bits & 1 != 0,
        int64_as_numbers: bits & 2 != 0,
        enums_as_ints: bits & 4 != 0,
        proto_names: bits & 8 != 0,
        ..PrintOptions::default()
    }
}

/// A fault names a place within the text, in bytes and in lines.
pub(super) fn assert_place(fault: &Fault, text: &[u8]) {
    assert!(fault.at.is_none_or(|at| at <= text.len()), "{fault:?}");
    if let Some((line, column)) = fault.line {
        let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
        let found = line.checked_sub(1).and_then(|line| lines.get(line));
        let length = found.map(|found| String::from_utf8_lossy(found).chars().count());
        assert!(length.is_some_and(|length| (1..=length + 1).contains(&column)), "{fault:?}");
    }
}
