//! What the log says of a description.

use serving::Kept;

use crate::{
    description::{broken, compiled},
    faults::from_file,
};

#[test]
fn the_first_reading_of_a_file_logs_what_it_leaves_out_and_what_is_in_force() {
    let kept = Kept::default();
    let (_file, mut service) = from_file(&compiled(&broken()));
    service.skip_invalid = true;
    tracing::subscriber::with_default(kept.keeping(), || service.begin().unwrap());
    let log = kept.text();
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |message: &str| {
        lines.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("{log}"))
    };
    let left_out = told("a method or rule is left out");
    assert_eq!(left_out["level"], "WARN");
    let why = left_out["error"].as_str().unwrap();
    assert!(why.contains("`items.v1.Items.Bare`") && why.contains("GET /{name=items/*}"), "{why}");
    assert_eq!(told("the contract is in force")["methods"], 4);
    assert_eq!(lines.len(), 2, "{log}");
}
