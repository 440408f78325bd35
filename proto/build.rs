//! Compiles the contract: Rust types, clients and servers, the checks of `buf.validate`, and the descriptors with every option.

#[path = "build/validate.rs"]
mod validate;

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

/// The packages that become Rust types, and the well-known ones that they refer to; the others are only options.
const GENERATED: [&str; 4] =
    ["shelf.catalog.v1", "shelf.access.v1", "google.type", "google.protobuf"];

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by its environment")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=shelf");
    println!("cargo:rerun-if-changed=google");
    println!("cargo:rerun-if-changed=buf");
    let out = PathBuf::from(env::var("OUT_DIR")?);

    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(contract_files()?)?;
    // The encoded set keeps the options; the typed set loses `google.api.http`, `buf.validate` and our own.
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(out.join("contract.binpb"), &encoded)?;

    let mut typed = prost_types::FileDescriptorSet::decode(encoded.as_slice())?;
    typed.file.retain(|file| GENERATED.contains(&file.package()));
    let mut config = prost_build::Config::new();
    config.btree_map(["."]).enable_type_names().skip_debug(SECRET);
    tonic_prost_build::configure()
        .include_file("contract.rs")
        .compile_fds_with_config(typed, config)?;

    fs::write(out.join("validate.rs"), validate::generate(&encoded)?)?;
    Ok(())
}

/// Messages that carry a password or a token never reach a log by way of `Debug`.
const SECRET: [&str; 6] = [
    "shelf.access.v1.CreateSessionRequest",
    "shelf.access.v1.RedeemSetupTokenRequest",
    "shelf.access.v1.CreateUserRequest",
    "shelf.access.v1.ChangePasswordRequest",
    "shelf.access.v1.Session",
    "shelf.access.v1.ApiKey",
];

/// Our own files, and the details of errors, which appear in answers only as `Any`.
fn contract_files() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files =
        vec![PathBuf::from("google/rpc/error_details.proto"), "google/rpc/status.proto".into()];
    for folder in ["shelf/access/v1", "shelf/catalog/v1"] {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "proto") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
