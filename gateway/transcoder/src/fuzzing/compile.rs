//! Compiling a descriptor set from anywhere: it ends in errors or in tables that can be used.

use bytes::BytesMut;
use prost_types::{DescriptorProto, FileDescriptorSet};
use serde::de::IgnoredAny;

use crate::{ParseOptions, Plan, PlanConfig, PrintOptions};

/// The set is refused with a reason, or compiled the same way each time: every message that prost finds in it is known, its empty form
/// prints as JSON that reads back, and every rule can be asked for.
///
/// # Panics
/// Where that does not hold.
pub fn compile(input: &[u8]) {
    let strict = Plan::compile(input, &[], &PlanConfig::default());
    let lenient =
        Plan::compile(input, &[], &PlanConfig { skip_invalid: true, ..PlanConfig::default() });
    for error in strict.as_ref().err().into_iter().flatten() {
        assert!(!error.message.is_empty(), "{error:?}");
    }
    let plan = match (&strict, &lenient) {
        (Ok(plan), Ok(other)) => {
            assert_eq!(plan.fingerprint(), other.fingerprint());
            assert!(other.skipped().is_empty());
            plan
        }
        (Err(errors), Ok(other)) => {
            assert_eq!(other.skipped(), errors);
            other
        }
        (Err(strict), Err(lenient)) => return assert_eq!(strict, lenient),
        (Ok(_), Err(errors)) => panic!("lenient is stricter: {errors:?}"),
    };
    use_tables(plan, input);
}

fn use_tables(plan: &Plan, input: &[u8]) {
    for name in names(input) {
        let id = plan.message(&name).unwrap_or_else(|| panic!("`{name}` is not known"));
        assert_eq!(plan.name_of(id), name);
        let (mut json, mut wire) = (BytesMut::new(), BytesMut::new());
        if plan.wire_to_json(id, b"", &PrintOptions::default(), &mut json).is_ok() {
            serde_json::from_slice::<IgnoredAny>(&json).expect("what is printed is JSON");
            let read = plan.json_to_wire(id, &json, &ParseOptions::default(), &mut wire);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }
    for rpc in plan.rpcs() {
        assert!(rpc.grpc_path().starts_with('/') && !plan.name_of(rpc.output()).is_empty());
        plan.route("GET", rpc.grpc_path());
    }
}

/// The full names of the messages of a set, as prost reads them; none, when it does not.
fn names(set: &[u8]) -> Vec<String> {
    use prost_types::FileDescriptorProto;
    let read = <FileDescriptorSet as prost_reflect::prost::Message>::decode(set);
    let Ok(set) = read else { return Vec::new() };
    let mut names = Vec::new();
    let package = |file: &FileDescriptorProto| file.package().to_owned();
    for file in &set.file {
        add(&package(file), &file.message_type, &mut names);
    }
    names
}

fn add(scope: &str, messages: &[DescriptorProto], names: &mut Vec<String>) {
    for message in messages {
        let dot = if scope.is_empty() { "" } else { "." };
        let name = format!("{scope}{dot}{}", message.name());
        add(&name, &message.nested_type, names);
        names.push(name);
    }
}
