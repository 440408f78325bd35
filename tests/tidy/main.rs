//! Holds what ARCHITECTURE.md says must stay true, as far as it can be held by reading the tree.
//!
//! Each rule is a function of a file's path and text that names its faults, so that it is tried on planted ones too.

mod settings;
mod types;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The longest file that is still read from top to bottom.
const LONGEST: usize = 500;

/// The longest module of `web/`: each is one behaviour, and is fetched by a browser.
const LONGEST_MODULE: usize = 150;

/// Names that say nothing about what is inside.
const GRAB_BAGS: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "misc", "mod"];

/// What only people and tools write, and nobody reviews line by line.
const SKIPPED: [&str; 6] = ["target", "node_modules", ".git", ".venv", "shelf-data", "__pycache__"];

/// Folders, and the words that no file below them may hold: which way dependencies point.
const FORBIDDEN: [(&str, &[&str]); 12] = [
    (
        "catalog-service/src/domain",
        &["tonic::", "prost::", "proto::", "rusqlite::", "http::", "axum::", "serde_json::"],
    ),
    (
        "catalog-service/src/domain",
        &["crate::store", "crate::catalog", "crate::grpc", "crate::access"],
    ),
    ("catalog-service/src/catalog", &["tonic::", "axum::", "rusqlite::", "crate::grpc"]),
    ("catalog-service/src/store", &["tonic::", "axum::", "crate::grpc", "crate::server"]),
    ("catalog-service/src/grpc", &["rusqlite::"]),
    ("catalog-service/src", &["askama", "gateway::", "transcoder::", "text/html"]),
    ("gateway/src", &["rusqlite", "catalog_service", "prost_reflect::DynamicMessage"]),
    ("gateway/src/pages", &["rusqlite", "transcoder::"]),
    ("gateway/transcoder/src", &["shelf.", "tonic::", "axum::", "http::", "tokio::", "prost::"]),
    ("proto/src", &["catalog_service", "gateway::"]),
    ("shelf/src", &["rusqlite", "askama"]),
    ("tests/stories", &["tokio::time::sleep", "thread::sleep", "#[ignore"]),
];

/// Words that stand in one kind of file only, because the thing has one place.
const ONE_PLACE: [(&str, &[&str]); 4] = [
    ("SystemTime::now", &["clock"]),
    ("Timestamp::now", &["clock"]),
    ("fstatvfs", &["catalog-service/src/disk"]),
    ("env::var(", &["config", "build"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// Every file of the project, as a path from its root, with its text.
fn tree() -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    assert!(files.len() > 100, "the whole tree is read, {} files", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(&path, files);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).expect("a path below the root");
            files.push((path.to_string_lossy().into_owned(), text));
        }
    }
}

/// Asserts that a rule finds nothing in any file.
fn hold(rule: impl Fn(&str, &str) -> Option<String>) {
    let faults: Vec<String> = tree()
        .iter()
        .filter_map(|(path, text)| rule(path, text).map(|fault| format!("{path}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

fn opens_without_its_purpose(path: &str, text: &str) -> Option<String> {
    (is_rust(path) && !text.starts_with("//! ")).then(|| "does not open with `//!`".to_owned())
}

fn is_too_long(path: &str, text: &str) -> Option<String> {
    let ours = [".rs", ".js", ".css", ".html", ".py", ".sql"].iter().any(|end| path.ends_with(end));
    let lines = text.lines().count();
    let most = if path.starts_with("web/modules/") { LONGEST_MODULE } else { LONGEST };
    (ours && lines > most).then(|| format!("has {lines} lines"))
}

fn has_a_name_that_says_nothing(path: &str, _: &str) -> Option<String> {
    path.split('/')
        .map(|part| part.split('.').next().unwrap_or_default())
        .find(|part| GRAB_BAGS.contains(part))
        .map(|part| format!("`{part}` says nothing"))
}

/// The code of a Rust file: no comments, nothing of its test module.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .filter(|line| !line.trim_start().starts_with("//"))
}

/// Whether a word stands in a line on its own: `prost::` is not in `shelf_prost::`.
fn holds_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '-')
    })
}

/// An oracle of a fuzz target is a test: it may know what it compares with.
fn is_oracle(path: &str) -> bool {
    path.contains("/src/fuzzing/")
}

fn points_the_wrong_way(path: &str, text: &str) -> Option<String> {
    if !is_rust(path) || is_oracle(path) {
        return None;
    }
    FORBIDDEN
        .iter()
        .filter(|(folder, _)| {
            path.starts_with(&format!("{folder}/")) || path == format!("{folder}.rs")
        })
        .flat_map(|(_, words)| *words)
        .find(|word| code(text).any(|line| holds_word(line, word)))
        .map(|word| format!("holds `{word}`"))
}

fn reaches_past_the_one_place(path: &str, text: &str) -> Option<String> {
    if !is_rust(path) || path == "tests/tidy/main.rs" {
        return None;
    }
    ONE_PLACE
        .iter()
        .filter(|(_, places)| !places.iter().any(|place| path.contains(place)))
        .find(|(word, _)| code(text).any(|line| line.contains(word)))
        .map(|(word, places)| format!("`{word}` belongs into {places:?}"))
}

fn silences_a_lint(path: &str, text: &str) -> Option<String> {
    let line = text.lines().find(|line| {
        let line = line.trim_start();
        line.starts_with("#[allow(")
            || line.starts_with("#![allow(")
            || line.starts_with("#[ignore")
    })?;
    is_rust(path).then(|| format!("`{}`", line.trim()))
}

#[test]
fn every_file_says_what_it_is_for() {
    hold(opens_without_its_purpose);
}

#[test]
fn every_file_can_be_read_in_one_go() {
    hold(is_too_long);
}

#[test]
fn every_name_says_something() {
    hold(has_a_name_that_says_nothing);
}

#[test]
fn dependencies_point_down() {
    hold(points_the_wrong_way);
}

#[test]
fn time_and_settings_come_from_one_place() {
    hold(reaches_past_the_one_place);
}

#[test]
fn no_lint_and_no_test_is_silenced() {
    hold(silences_a_lint);
}

#[test]
fn every_version_stands_in_the_workspace() {
    for (path, text) in tree() {
        // What is a workspace by itself has its own.
        if !path.ends_with("/Cargo.toml") || text.contains("\n[workspace]\n") {
            continue;
        }
        let versions: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("[dependencies]"))
            .filter(|line| line.contains("version = ") || line.contains("= \""))
            .filter(|line| !line.starts_with("name = ") && !line.starts_with("path = "))
            .collect();
        assert_eq!(versions, Vec::<&str>::new(), "{path}");
    }
}

/// The versions of a crate in a lock file.
fn locked<'l>(lock: &'l str, name: &str) -> Vec<&'l str> {
    let name = format!("name = \"{name}\"\nversion = ");
    lock.split(name.as_str()).skip(1).filter_map(|rest| rest.lines().next()).collect()
}

/// Otherwise the transcoder would be measured against what Shelf does not use.
#[test]
fn the_transcoder_is_measured_against_the_versions_of_the_workspace() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let (ours, measured) = (read("Cargo.lock"), read("tests/bench/transcoding/Cargo.lock"));
    for name in ["bytes", "prost", "prost-reflect", "serde", "serde_json", "twox-hash"] {
        assert_eq!(locked(&measured, name), locked(&ours, name), "{name}: update both lock files");
        assert!(!locked(&ours, name).is_empty(), "{name} is in no lock file");
    }
}

#[test]
fn packages_know_only_those_below_them() {
    let ours = ["proto", "serving", "catalog-service", "gateway", "transcoder", "shelf", "tests"];
    let known: [(&str, &[&str]); 5] = [
        ("proto", &[]),
        ("shelf/serving", &[]),
        ("catalog-service", &["proto", "serving"]),
        ("gateway", &["proto", "serving", "transcoder"]),
        ("gateway/transcoder", &[]),
    ];
    for (package, below) in known {
        let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
        let normal = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        let used: Vec<&str> = ours
            .into_iter()
            .filter(|name| normal.contains(&format!("\n{name}.workspace = true")))
            .collect();
        assert_eq!(used, below, "what {package} depends on");
    }
}

#[test]
fn planted_faults_are_found() {
    let domain = "catalog-service/src/domain/money.rs";
    let long = "x\n".repeat(LONGEST + 1);
    let found = [
        opens_without_its_purpose(domain, "use std::fs;"),
        is_too_long(domain, &long),
        is_too_long("web/modules/cells.js", &"x\n".repeat(LONGEST_MODULE + 1)),
        has_a_name_that_says_nothing("gateway/src/utils/mod.rs", ""),
        has_a_name_that_says_nothing("gateway/src/pages/helpers.rs", ""),
        points_the_wrong_way(domain, "use tonic::Status;"),
        points_the_wrong_way("catalog-service/src/domain.rs", "pub use crate::store::Store;"),
        reaches_past_the_one_place(domain, "let now = SystemTime::now();"),
        silences_a_lint(domain, "    #[allow(dead_code)]"),
    ];
    assert!(found.iter().all(Option::is_some), "{found:?}");
    let fine = [
        points_the_wrong_way(domain, "// unlike tonic::Status\nuse shelf_http::X;"),
        reaches_past_the_one_place("gateway/src/config.rs", "env::var(\"A\")"),
        is_too_long(domain, "x\n"),
        is_too_long("web/modules/cells.js", &"x\n".repeat(LONGEST_MODULE)),
    ];
    assert!(fine.iter().all(Option::is_none), "{fine:?}");
}
