//! Descriptions of services, compiled from text.

use std::{collections::BTreeMap, fs, path::Path};

use prost::Message as _;

/// The text of the service's own file.
pub(crate) const ITEMS: &str = include_str!("items.proto");

/// A `google.protobuf.FileDescriptorSet` whose files stay bytes.
#[derive(Clone, PartialEq, prost::Message)]
struct Set {
    #[prost(bytes = "vec", repeated, tag = "1")]
    files: Vec<Vec<u8>>,
}

/// The name of a file, as its bytes tell it.
#[derive(Clone, PartialEq, prost::Message)]
struct Named {
    #[prost(string, tag = "1")]
    name: String,
}

/// The descriptor set of this text and all that it imports.
pub(crate) fn compiled(text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("items.proto"), text).unwrap();
    let folders = [folder.path(), Path::new("tests/any_service"), Path::new("../proto")];
    let mut compiler = protox::Compiler::new(folders).unwrap();
    compiler.include_imports(true).open_file("items.proto").unwrap();
    compiler.encode_file_descriptor_set()
}

/// The same, file by file.
pub(crate) fn files(text: &str) -> BTreeMap<String, Vec<u8>> {
    let set = Set::decode(compiled(text).as_slice()).unwrap();
    let named = |file: Vec<u8>| (Named::decode(file.as_slice()).unwrap().name, file);
    set.files.into_iter().map(named).collect()
}

/// The next version: another name in JSON, and another method.
pub(crate) fn next() -> String {
    ITEMS.replace("short_note", "long_note").replace(
        "rpc Bare(Item) returns (Item);",
        "rpc Bare(Item) returns (Item) { option (google.api.http) = {post: \"/bare\" body: \"*\"}; }",
    )
}

/// One that cannot be used: two methods on one path.
pub(crate) fn broken() -> String {
    next().replace("post: \"/bare\" body: \"*\"", "get: \"/{name=items/*}\"")
}
