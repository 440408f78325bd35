//! SIGTERM while a binary is still starting: as soon as anybody can know of it, it ends in good order.

use std::path::Path;

use tempfile::TempDir;
use tests::process::{PATIENCE, Process};
use tokio::{task::yield_now, time::timeout};

const BINARIES: [&str; 3] = ["catalog-service", "gateway", "shelf"];

/// Starts a binary that keeps its data in a folder, on free ports.
fn start(name: &str, folder: &TempDir) -> Process {
    let place = |file: &str| folder.path().join(file).display().to_string();
    let any = "127.0.0.1:0";
    match name {
        "catalog-service" => {
            let database = format!("sqlite:{}", place("shelf.db"));
            let variables = [
                ("SHELF_CATALOG_LISTEN", any),
                ("SHELF_DATABASE_URL", &database),
                ("SHELF_PUBLIC_ORIGIN", "http://localhost:8080"),
            ];
            Process::start(name, &[], &variables)
        }
        "gateway" => {
            Process::start(name, &["--listen", any, "--catalog", "http://127.0.0.1:1"], &[])
        }
        _ => {
            let data = place("");
            let arguments = ["--data-dir", &data, "--listen", any, "--grpc-listen", any];
            Process::start(name, &arguments, &[])
        }
    }
}

/// Asks a process to stop, and expects that it does so by itself.
async fn assert_stops(process: Process, moment: &str) {
    process.terminate().await;
    let (status, output) = process.ended().await;
    assert_eq!(status.code(), Some(0), "{moment}: {status}: {output}");
    assert!(!output.contains("panicked"), "{moment}: {output}");
}

/// Waits for something that only looking can tell.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waited = timeout(PATIENCE, async {
        while !is_so() {
            yield_now().await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never: {what}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_said_anything_listens_for_sigterm() {
    for name in BINARIES.repeat(5) {
        let folder = tempfile::tempdir().unwrap();
        let mut process = start(name, &folder);
        let line = process.any_line().await;
        assert!(process.listens_for_sigterm(), "{name} says `{line}` before it listens");
        assert_stops(process, &format!("{name} after `{line}`")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_listens_for_sigterm_before_it_touches_its_data() {
    for name in ["catalog-service", "shelf"] {
        let folder = tempfile::tempdir().unwrap();
        let process = start(name, &folder);
        let database = folder.path().join("shelf.db");
        until("a database", || Path::exists(&database)).await;
        assert!(process.listens_for_sigterm(), "{name} opens its database before it listens");
        assert_stops(process, &format!("{name} with its database just begun")).await;
        // What was begun is whole: the next start needs no help.
        let mut again = start(name, &folder);
        again.line("/admin/setup#").await;
        assert_stops(again, &format!("{name} the second time")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_at_any_moment_of_a_start_ends_it_in_good_order() {
    for name in BINARIES {
        let folder = tempfile::tempdir().unwrap();
        // A different moment in each round, told by how often it was looked at since it listens for the signal.
        for round in 0..12 {
            let process = start(name, &folder);
            until("a process that listens for SIGTERM", || process.listens_for_sigterm()).await;
            for _ in 0..round * round * 20 {
                assert!(process.listens_for_sigterm(), "{name} listens no more");
                yield_now().await;
            }
            assert_stops(process, &format!("{name} in round {round}")).await;
        }
    }
}
