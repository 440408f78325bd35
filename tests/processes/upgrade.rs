//! Opening the database of an earlier version: everything is there, whenever it is killed, and what does not fit is refused.

mod first;

use std::{collections::BTreeMap, fs, path::Path};

use rusqlite::Connection;
use tests::process::Process;

/// The pages of the database that is killed: so large that the shared memory beside the journal is smaller than one of them.
const PAGE: u64 = 65_536;

/// What a page has in the journal, before it.
const FRAME_HEAD: u64 = 24;

/// The signal of a write beyond the largest file that a process may have (setrlimit(2)).
const SIGXFSZ: i32 = 25;

/// The last step of the schema that the first version had.
const FIRST: usize = 2;

/// Every table and index, and how many rows the index of the revisions has, if it is there.
type Schema = (Vec<(String, String)>, Option<i64>);

/// The last step of today's schema.
fn today() -> usize {
    let steps = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog-service/migrations/sqlite");
    fs::read_dir(steps).unwrap().count()
}

/// The settings for a database in a folder.
fn variables(database: &str) -> [(&str, &str); 4] {
    [
        ("SHELF_CATALOG_LISTEN", "127.0.0.1:0"),
        ("SHELF_DATABASE_URL", database),
        ("SHELF_DATABASE_BALLAST_MIB", "0"),
        ("SHELF_LOG_FORMAT", "json"),
    ]
}

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

/// The first version's database in pages so large that a process can be killed at each of them that it writes.
fn in_large_pages(folder: &Path) -> Vec<u8> {
    let large = folder.join("large.db");
    let database = Connection::open(first::unpack(folder)).unwrap();
    let mode: String =
        database.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete", "pages change their size in no other mode");
    database
        .execute_batch(&format!("PRAGMA page_size = {PAGE}; VACUUM INTO '{}';", large.display()))
        .unwrap();
    fs::read(large).unwrap()
}

/// How many steps of the schema a database has, and what they made. It is read from a copy, since reading mends.
fn schema(file: &Path) -> (usize, Schema) {
    let copies = tempfile::tempdir().unwrap();
    let copy = copies.path().join("copy.db");
    fs::copy(file, &copy).unwrap();
    let journal = |path: &Path| format!("{}-wal", path.display());
    if Path::new(&journal(file)).exists() {
        fs::copy(journal(file), journal(&copy)).unwrap();
    }
    let database = Connection::open(copy).unwrap();
    let sound: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let steps: i64 =
        database.query_row("SELECT count(*) FROM schema_steps", [], |row| row.get(0)).unwrap();
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name";
    let mut statement = database.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let tables = rows.collect::<Result<_, _>>().unwrap();
    let count = "SELECT count(*) FROM revision_index";
    let indexed = database.query_row(count, [], |row| row.get(0)).ok();
    (steps.try_into().unwrap(), (tables, indexed))
}

/// Starts the service where no file may be larger than `most` bytes. Whether it was killed for trying.
async fn is_killed(file: &Path, most: u64) -> bool {
    let database = url(file);
    let mut process = Process::limited("catalog-service", most, &variables(&database));
    if process.says("\"address\":\"").await {
        process.kill().await;
        return false;
    }
    use std::os::unix::process::ExitStatusExt as _;
    let (status, output) = process.ended().await;
    assert_eq!(status.signal(), Some(SIGXFSZ), "{status}: {output}");
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_the_first_versions_database_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = first::unpack(folder.path());
    assert_eq!(schema(&file).0, FIRST);
    let service = first::Service::open(&file).await;
    service.check().await;
    service.go_on().await;
    service.stop().await;
    assert_eq!(schema(&file).0, today());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_within_a_step_leaves_all_of_it_or_nothing_and_the_next_start_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let plain = in_large_pages(folder.path());
    let mut left: BTreeMap<usize, (Schema, usize)> = BTreeMap::new();
    // Where in a page it is cut off is another place each time.
    let limits = (1..).map(|kill: u64| kill * (PAGE + FRAME_HEAD) * 2 / 3 + kill * 131);
    for most in limits {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shelf.db");
        fs::write(&file, &plain).unwrap();
        let killed = is_killed(&file, most).await;
        let (steps, schema) = schema(&file);
        let (same, kills) = left.entry(steps).or_insert_with(|| (schema.clone(), 0));
        assert_eq!(schema, *same, "killed after {most} bytes, {steps} steps are whole");
        *kills += usize::from(killed);
        if !killed {
            assert_eq!(steps, today());
            break;
        }
        let service = first::Service::open(&file).await;
        service.check().await;
        service.stop().await;
    }
    let kills: Vec<_> = left.iter().map(|(steps, (_, kills))| (*steps, *kills)).collect();
    let within_each =
        (FIRST..today()).all(|steps| left.get(&steps).is_some_and(|(_, kills)| *kills > 0));
    assert!(within_each, "kills by the steps they left: {kills:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_was_changed_is_refused_in_plain_words_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = first::unpack(folder.path());
    let database = Connection::open(&file).unwrap();
    let changed = "UPDATE schema_steps SET checksum = randomblob(32) WHERE step = 2";
    assert_eq!(database.execute(changed, []).unwrap(), 1);
    database.close().unwrap();
    let before = fs::read(&file).unwrap();
    let database = url(&file);
    let process = Process::start("catalog-service", &[], &variables(&database));
    let (status, output) = process.ended().await;
    assert_eq!(status.code(), Some(74), "{output}");
    for words in ["shelf.db", "step 2", "backup"] {
        assert!(output.contains(words), "{output}");
    }
    assert!(!output.contains("panicked"), "{output}");
    assert!(fs::read(&file).unwrap() == before, "not one byte is changed");
}
