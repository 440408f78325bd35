//! buf breaking: what `make check` asks about the contract, tried on planted changes of a copy.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tests::process::tool;

use super::run;

/// The lines of the Makefile that ask, and that write what is asked about.
const CHECK: &str = "\t$(NODE_BIN)/buf breaking --against $(RELEASED)\n";
const RELEASE: &str = "\t$(NODE_BIN)/buf build --exclude-source-info --output $(RELEASED)\n";

/// A file of the contract, what stands in it, what is planted instead, and buf's word for it.
type Planted = (&'static str, &'static str, &'static str, &'static str);

const BREAKING: [Planted; 9] = [
    ("catalog/v1/product", "string title = 5", "string title = 55", "deleted without reserving"),
    ("catalog/v1/product", "string brand = 8", "string maker = 8", "changed name"),
    ("catalog/v1/product", "string brand = 8", "int64 brand = 8", "changed type"),
    ("catalog/v1/product", "string brand = 8", "repeated string brand = 8", "changed cardinality"),
    ("catalog/v1/product", "    double number = 2", "    double number = 3", "deleted without"),
    ("catalog/v1/product", "STATE_ARCHIVED = 3", "STATE_RETIRED = 3", "changed name"),
    (
        "catalog/v1/category_service",
        "rpc GetCategory(GetCategoryRequest)",
        "rpc FetchCategory(GetCategoryRequest)",
        "RPC \"GetCategory\" on service \"CategoryService\" was deleted",
    ),
    (
        "catalog/v1/category_service",
        "rpc GetCategory(GetCategoryRequest) returns (Category)",
        "rpc GetCategory(GetCategoryRequest) returns (stream Category)",
        "from server unary to server streaming",
    ),
    (
        "catalog/v1/shop_service",
        "service ShopService",
        "service StoreService",
        "was deleted from package",
    ),
];

/// What a later version may do.
const HARMLESS: [Planted; 3] = [
    (
        "catalog/v1/product",
        "  Actor delete_actor = 23",
        "  // Newer.\n  string newer = 99;\n  Actor delete_actor = 23",
        "",
    ),
    ("catalog/v1/product", "STATE_ARCHIVED = 3;", "STATE_ARCHIVED = 3;\n    STATE_NEWER = 4;", ""),
    (
        "catalog/v1/category_service",
        "service CategoryService {",
        "service CategoryService {\n  rpc NewerCategory(GetCategoryRequest) returns (Category);",
        "",
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(from, to).unwrap();
        }
    }
}

/// The contract and buf's settings, in a folder of their own.
fn contract() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("buf.yaml"), folder.path().join("buf.yaml")).unwrap();
    copy(&root().join("proto"), &folder.path().join("proto"));
    folder
}

async fn buf(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(tool("tests/browser/node_modules/.bin/buf"));
    command.current_dir(folder).args(arguments);
    let (output, text) = run(command).await;
    (output.status.success(), text)
}

/// Writes the image of the contract as it is, as `make released` does.
async fn release(folder: &Path) {
    let arguments = ["build", "--exclude-source-info", "--output", "proto/released.binpb"];
    let (built, text) = buf(folder, &arguments).await;
    assert!(built, "{text}");
}

/// Asks as `make check` does.
async fn breaks(folder: &Path) -> Option<String> {
    let (kept, text) = buf(folder, &["breaking", "--against", "proto/released.binpb"]).await;
    (!kept).then_some(text)
}

/// The answer about a contract with one change against the version before it.
async fn planted((file, there, instead, _): &Planted) -> Option<String> {
    let folder = contract();
    release(folder.path()).await;
    let path = folder.path().join(format!("proto/shelf/{file}.proto"));
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches(there).count(), 1, "{file} holds `{there}` once");
    fs::write(&path, text.replace(there, instead)).unwrap();
    breaks(folder.path()).await
}

#[tokio::test]
async fn the_contract_keeps_what_was_released() {
    assert_eq!(breaks(&root()).await, None);
}

#[tokio::test]
async fn the_makefile_asks_and_releases_as_these_tests_do() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let recipe = |target: &str| {
        let rest = makefile.split(&format!("\n{target}: ")).nth(1).unwrap();
        rest.split("\n\n").next().unwrap().to_owned() + "\n"
    };
    assert!(makefile.contains("\nRELEASED   := proto/released.binpb\n"));
    assert!(recipe("check").contains(CHECK) && recipe("released").contains(RELEASE));
}

#[tokio::test]
async fn a_planted_breaking_change_is_refused() {
    for change in &BREAKING {
        let told = planted(change).await.unwrap_or_else(|| panic!("unnoticed: {change:?}"));
        assert!(told.contains(change.3), "{change:?}: {told}");
    }
}

#[tokio::test]
async fn what_is_only_added_is_no_breaking_change() {
    for change in &HARMLESS {
        assert_eq!(planted(change).await, None, "{change:?}");
    }
}

#[tokio::test]
async fn the_image_is_the_same_whenever_it_is_written() {
    let folder = contract();
    let mut images = Vec::new();
    for _ in 0..2 {
        release(folder.path()).await;
        images.push(fs::read(folder.path().join("proto/released.binpb")).unwrap());
    }
    assert!(images[0] == images[1], "byte for byte");
    let comment = b"Something the shop sells";
    let has_comments = images[0].windows(comment.len()).any(|part| part == comment);
    assert!(!has_comments, "without where things stand in the source");
}
