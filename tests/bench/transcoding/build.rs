//! Compiles `goods.proto` as users of prost and pbjson do: once with pbjson's defaults, and once so that it prints unset fields, too.

use std::{env, error::Error, fs, path::Path, path::PathBuf};

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script by its environment")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=goods.proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).open_file("goods.proto")?;
    let encoded = compiler.encode_file_descriptor_set();
    fs::write(out.join("goods.binpb"), &encoded)?;

    let mut omits = pbjson_build::Builder::new();
    generate(&mut omits, &out.join("omits"), &compiler, &encoded)?;
    let mut prints = pbjson_build::Builder::new();
    generate(prints.emit_fields(), &out.join("prints"), &compiler, &encoded)
}

fn generate(
    json: &mut pbjson_build::Builder,
    out: &Path,
    compiler: &protox::Compiler,
    encoded: &[u8],
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    // Small maps are faster as trees: what favours this side.
    prost_build::Config::new()
        .out_dir(out)
        .btree_map(["."])
        .compile_well_known_types()
        .extern_path(".google.protobuf", "::pbjson_types")
        .compile_fds(compiler.file_descriptor_set())?;
    json.out_dir(out).btree_map(["."]).register_descriptors(encoded)?.build(&[".goods"])?;
    Ok(())
}
