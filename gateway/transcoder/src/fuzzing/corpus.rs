//! Every input of every corpus, through its oracle: what fuzzing has found once is tried with every run of the tests.

use std::{fs, panic::catch_unwind, path::Path};

type Oracle = fn(&[u8]);

/// Each target with its oracle.
const TARGETS: [(&str, Oracle); 12] = [
    ("compile", super::compile),
    ("errors", super::errors),
    ("json_to_wire", super::json_to_wire),
    ("lines", super::lines),
    ("mask", super::mask),
    ("query", super::query),
    ("round_trip", super::round_trip),
    ("route", super::route),
    ("tags", super::tags),
    ("template", super::template),
    ("values", super::values),
    ("wire_to_json", super::wire_to_json),
];

/// The names of what lies in a folder below `fuzz`.
fn names(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|_| panic!("{}", folder.display()));
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

#[test]
fn every_oracle_holds_over_its_corpus() {
    let mut failed = Vec::new();
    for (target, oracle) in TARGETS {
        let folder = format!("corpus/{target}");
        let inputs = names(&folder);
        assert!(inputs.len() >= 3, "{target} has {} inputs", inputs.len());
        for input in inputs {
            let path = format!("{}/fuzz/{folder}/{input}", env!("CARGO_MANIFEST_DIR"));
            let bytes = fs::read(&path).unwrap();
            if catch_unwind(|| oracle(&bytes)).is_err() {
                failed.push(path);
            }
        }
    }
    assert_eq!(failed, [""; 0]);
}

#[test]
fn every_target_has_an_oracle_and_a_corpus() {
    let targets = TARGETS.map(|(target, _)| target);
    assert_eq!(names("corpus"), targets);
    assert_eq!(names("fuzz_targets"), targets.map(|target| format!("{target}.rs")));
}
