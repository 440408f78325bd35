//! What the log says of a description.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::MakeWriter;

use crate::{
    description::{broken, compiled},
    faults::from_file,
};

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn the_first_reading_of_a_file_logs_what_it_leaves_out_and_what_is_in_force() {
    let kept = Kept::default();
    let log = tracing_subscriber::fmt().json().with_writer(kept.clone()).finish();
    let (_file, mut service) = from_file(&compiled(&broken()));
    service.skip_invalid = true;
    tracing::subscriber::with_default(log, || service.begin().unwrap());
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |message: &str| {
        lines
            .iter()
            .find(|line| line["fields"]["message"] == message)
            .unwrap_or_else(|| panic!("{log}"))
    };
    let left_out = told("a method or rule is left out");
    assert_eq!(left_out["level"], "WARN");
    let why = left_out["fields"]["error"].as_str().unwrap();
    assert!(why.contains("`items.v1.Items.Bare`") && why.contains("GET /{name=items/*}"), "{why}");
    assert_eq!(told("the contract is in force")["fields"]["methods"], 4);
    assert_eq!(lines.len(), 2, "{log}");
}
