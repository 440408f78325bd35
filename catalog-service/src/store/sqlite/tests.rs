//! The contract, and what only this backend promises: how it opens, what it survives, and that its lists need no sorting.

mod revisions;

use std::{fs, path::Path, sync::Arc, time::Duration};

use rstest::rstest;
use rusqlite::Connection;

use super::{Ending, Sqlite};
use crate::{
    clock::{ManualClock, SystemClock},
    config::{Deadlines, DiskLimits, Limits},
    disk::SystemDisk,
    domain::{Audience, PageRequest, ProductAction, ProductChange, View},
    store::{
        self, Error, OpenError, Store,
        contract::{by, contract, new, product_id, requested, sold, staff},
    },
};

async fn open(clock: Arc<ManualClock>) -> Arc<dyn Store> {
    store::open("sqlite::memory:", clock, Arc::new(SystemDisk), &Limits::default()).await.unwrap()
}

contract!(super::open);

async fn open_url(url: &str) -> Result<Arc<dyn Store>, OpenError> {
    store::open(url, Arc::new(SystemClock), Arc::new(SystemDisk), &Limits::default()).await
}

pub(super) fn open_at(path: &str, limits: DiskLimits) -> Result<Sqlite, OpenError> {
    let limits = Limits { disk: limits, ..Limits::default() };
    Sqlite::open(path, Arc::new(SystemClock), Arc::new(SystemDisk), &limits)
}

fn open_file(path: &Path) -> Result<Sqlite, OpenError> {
    let limits = DiskLimits { ballast: 1 << 20, ..DiskLimits::default() };
    open_at(path.to_str().unwrap(), limits)
}

#[rstest]
#[case("shelf.db")]
#[case("sqlite")]
#[case("sqlite:")]
#[case("mysql://localhost")]
#[tokio::test]
async fn an_address_of_no_store_is_refused(#[case] url: &str) {
    let error = open_url(url).await.err().unwrap();
    assert!(matches!(error, OpenError::Address(_)), "{error}");
}

#[tokio::test]
async fn a_backend_that_is_not_there_is_said_so() {
    let error = open_url("postgres://localhost/shelf").await.err();
    assert!(matches!(error, Some(OpenError::Unsupported(scheme)) if scheme == "postgres"));
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/shelf.db");
    let store = open_file(&path).unwrap();
    let keys = store.token_keys();
    let create = async |store: &Sqlite| {
        let write = requested("ada", "one", 1);
        store.create_products(write, vec![new("kettle")], View::Basic).await.unwrap()
    };
    let answered = create(&store).await;
    drop(store);
    let store = open_file(&path).unwrap();
    assert_eq!(create(&store).await, answered);
    let id = product_id("kettle");
    assert!(store.product(&id, View::Basic, Audience::Staff).await.unwrap().is_some());
    assert_eq!(store.token_keys(), keys);
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/shelf.db");
    let store = open_file(&path).unwrap();
    store.create_products(by("ada"), vec![new("kettle")], View::Basic).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_database_in_use_is_not_opened_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    let _first = open_file(&path).unwrap();
    assert!(matches!(open_file(&path), Err(OpenError::InUse { .. })));
}

#[test]
fn a_file_that_is_no_database_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "Milk, bread, and a kettle. ".repeat(100)).unwrap();
    assert!(matches!(open_file(&path), Err(OpenError::Foreign { .. })));
    assert!(fs::read_to_string(&path).unwrap().starts_with("Milk"));
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(open_file(&path), Err(OpenError::Foreign { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_folder_is_no_database() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(open_file(folder.path()), Err(OpenError::Unreadable { .. })));
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    drop(open_file(&path).unwrap());
    let database = Connection::open(&path).unwrap();
    database.execute("INSERT INTO schema_steps VALUES (1000, x'00')", []).unwrap();
    drop(database);
    let Err(OpenError::Newer { found, known, .. }) = open_file(&path) else { panic!("opened") };
    assert_eq!(found, known + 1);
}

#[test]
fn a_schema_changed_from_outside_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    drop(open_file(&path).unwrap());
    let database = Connection::open(&path).unwrap();
    database.execute("UPDATE schema_steps SET checksum = x'00' WHERE step = 1", []).unwrap();
    drop(database);
    assert!(matches!(open_file(&path), Err(OpenError::Altered { step: 1, .. })));
}

/// The files as a crash would leave them: copied while the store is open, without the last checkpoint.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_answered_write_of_a_group_is_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    let store: Arc<Sqlite> = Arc::new(open_file(&path).unwrap());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            for number in 0..8 {
                let product = new(&format!("w{writer}-{number}"));
                store.create_products(by("ada"), vec![product], View::Basic).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let crashed = folder.path().join("crashed.db");
    for end in ["", "-wal"] {
        let from = format!("{}{end}", path.display());
        fs::copy(from, format!("{}{end}", crashed.display())).unwrap();
    }
    let recovered = open_file(&crashed).unwrap();
    let page = PageRequest::new(1_000, None);
    let products = recovered.list_products(staff("", ""), page).await.unwrap();
    assert_eq!(products.content.items.len(), 16 * 8);
    assert_eq!(products.position.number(), 16 * 8);
    let numbers = recovered.readers.read(|db| {
        let sql = "SELECT count(*), max(sequence), (SELECT count(*) FROM revisions) FROM changes";
        Ok(db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    });
    assert_eq!(numbers.unwrap(), (16 * 8, 16 * 8, 16 * 8));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_file(&folder.path().join("shelf.db")).unwrap();
    store.create_products(by("ada"), vec![new("kettle")], View::Basic).await.unwrap();
    let pages = async |pages: i64| {
        store
            .writer
            .write(Ending::Keep, move |db| {
                let used: i64 = db.query_row("PRAGMA page_count", [], |row| row.get(0))?;
                let most = format!("PRAGMA max_page_count = {}", used + pages);
                Ok(db.query_row(&most, [], |_| Ok(()))?)
            })
            .await
            .unwrap();
    };
    pages(0).await;
    let batch = || (0..200).map(|number| new(&format!("p{number}"))).collect();
    let refused = store.create_products(by("ada"), batch(), View::Basic).await;
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    let found = store.product(&product_id("kettle"), View::Basic, Audience::Staff).await;
    assert!(found.unwrap().is_some());
    pages(10_000).await;
    store.create_products(by("ada"), batch(), View::Basic).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_panics_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_file(&folder.path().join("shelf.db")).unwrap();
    let panicking = store.writer.write::<(), _>(Ending::Keep, |db| {
        db.execute("DELETE FROM shop", [])?;
        panic!("a fault in a write");
    });
    let (panicked, created) =
        tokio::join!(panicking, store.create_products(by("ada"), vec![new("kettle")], View::Basic));
    assert!(matches!(panicked, Err(Error::Failed(_))));
    created.unwrap();
    store.shop().await.unwrap();
}

#[tokio::test]
async fn a_closed_store_is_not_available() {
    let store = open_file(&tempfile::tempdir().unwrap().path().join("shelf.db")).unwrap();
    store.close().await;
    let read = store.shop().await;
    assert!(matches!(read, Err(Error::Unavailable)), "{read:?}");
    let written = store.create_products(by("ada"), vec![new("kettle")], View::Basic).await;
    assert!(matches!(written, Err(Error::Unavailable)), "{written:?}");
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_given_up() {
    let deadlines = Deadlines { query: Duration::from_millis(1), ..Deadlines::default() };
    let limits = Limits { deadlines, ..Limits::default() };
    let (clock, disk) = (Arc::new(SystemClock), Arc::new(SystemDisk));
    let store = Sqlite::open(":memory:", clock, disk, &limits).unwrap();
    let endless =
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    let given_up = store
        .readers
        .read_long(move |db| Ok(db.query_row(endless, [], |row| row.get::<_, i64>(0))?))
        .await;
    assert!(matches!(given_up, Err(Error::TooExpensive)), "{given_up:?}");
    // Too short for anybody to look at the time.
    let short = |db: &Connection| Ok(db.query_row("SELECT 7", [], |row| row.get::<_, i64>(0))?);
    assert_eq!(store.readers.read_long(short).await.unwrap(), 7);
}

/// A store whose long reads have an hour, and so many steps.
fn stepping(query_steps: u64) -> Sqlite {
    let deadlines = Deadlines { query: Duration::from_secs(3_600), ..Deadlines::default() };
    let limits = Limits { deadlines, query_steps, ..Limits::default() };
    Sqlite::open(":memory:", Arc::new(SystemClock), Arc::new(SystemDisk), &limits).unwrap()
}

#[tokio::test]
async fn a_query_of_too_many_steps_is_given_up_wherever_it_runs() {
    // Counts by itself, and answers how many steps it took.
    let count = |db: &Connection| {
        let numbers = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 9000)";
        let mut counting = db.prepare(&format!("{numbers} SELECT count(*) FROM n"))?;
        counting.query_row([], |row| row.get::<_, i64>(0))?;
        Ok(counting.get_status(rusqlite::StatementStatus::VmStep))
    };
    let steps = stepping(u64::MAX).readers.read_long(count).await.unwrap();
    let steps = u64::try_from(steps).unwrap();
    // It is looked at after every 4,000 steps.
    let looked_at = steps / 4_000 * 4_000;
    assert!(looked_at > 40_000, "{steps}");
    for (allowed, is_answered) in [
        (0, false),
        (looked_at / 2, false),
        (looked_at - 1, false),
        (looked_at, true),
        (looked_at + 1, true),
    ] {
        let store = stepping(allowed);
        // The one after it has steps of its own.
        for _ in 0..2 {
            let answer = store.readers.read_long(count).await;
            match is_answered {
                true => assert_eq!(u64::try_from(answer.unwrap()).unwrap(), steps, "{allowed}"),
                false => {
                    assert!(matches!(answer, Err(Error::TooExpensive)), "{allowed}: {answer:?}")
                }
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_looks_at_too_much_is_refused_and_a_get_is_not() {
    let store = stepping(0);
    for batch in 0..4 {
        let products = (0..500).map(|number| new(&format!("p{batch}-{number}"))).collect();
        store.create_products(by("ada"), products, View::Basic).await.unwrap();
    }
    let page = || PageRequest::new(1, None);
    let list = store.list_products(staff("description:\"nowhere\"", "price"), page()).await;
    assert!(matches!(list, Err(Error::TooExpensive)), "{list:?}");
    let id = product_id("p1-7");
    assert!(store.product(&id, View::Full, Audience::Staff).await.unwrap().is_some());
}

#[tokio::test]
async fn the_journal_is_moved_into_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    let store = open_file(&path).unwrap();
    for batch in 0..4 {
        let products = (0..250).map(|number| new(&format!("p{batch}-{number}"))).collect();
        store.create_products(by("ada"), products, View::Basic).await.unwrap();
    }
    store.close().await;
    let journal = format!("{}-wal", path.display());
    assert!(fs::metadata(journal).map_or(0, |file| file.len()) == 0);
    drop(store);
    let store = open_file(&path).unwrap();
    let page = store.list_products(staff("", ""), PageRequest::new(1, None)).await.unwrap();
    assert_eq!(page.content.total.count, 1_000);
}

#[rstest]
#[case("category = kitchen")]
#[case("category:kitchen")]
#[case("tag = new")]
#[case("sku = K-1")]
#[case("gtin = 4006381333931")]
#[case("brand = Acme")]
#[case("slug = kettle")]
#[case("price < 5")]
#[case("price.USD < 5")]
#[case("attributes.colour = red")]
#[case("attributes.weight > 1")]
#[case("delete_time:*")]
#[tokio::test]
async fn a_filter_that_finds_few_products_looks_at_no_others(#[case] filter: &str) {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let query = crate::domain::ProductQuery {
        show_deleted: filter.starts_with("delete"),
        ..staff(filter, "title")
    };
    let plans = super::list::plans(&store, query, PageRequest::new(50, None)).unwrap();
    for step in plans[0].split("; ") {
        assert!(!step.starts_with("SCAN p") && !step.starts_with("SCAN v"), "{step}");
    }
    assert!(plans[0].contains("SEARCH p USING INTEGER PRIMARY KEY"), "{plans:?}");
}

#[tokio::test]
async fn the_journal_stays_small_under_unbroken_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    let store = open_file(&path).unwrap();
    let text = || crate::domain::AttributeValue::Text("x".repeat(8_000));
    let large = |number: usize| {
        let mut product = new(&format!("p{number}"));
        product.fields.attributes =
            (0..25).map(|place| (format!("text {place}"), text())).collect();
        product
    };
    // Each write of 8 products is 6 MB in rows, indexes and history: together more than the journal may have.
    for write in 0..20 {
        let products = (0..8).map(|number| large(write * 8 + number)).collect();
        store.create_products(by("ada"), products, View::Basic).await.unwrap();
    }
    let journal = fs::metadata(format!("{}-wal", path.display())).unwrap().len();
    assert!(journal < 80 * 1024 * 1024, "{journal} bytes");
}

#[rstest]
#[case("create_time desc")]
#[case("title")]
#[case("price desc")]
#[case("update_time")]
#[case("slug")]
#[tokio::test]
async fn a_plain_list_is_read_from_an_index_without_sorting(#[case] order: &str) {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let mut product = new("kettle");
    product.variants = vec![sold("K-1", 5)];
    let created = store.create_products(by("ada"), vec![product, new("pot")], View::Basic).await;
    for id in ["kettle", "pot"] {
        let action = ProductAction::Publish;
        let change = ProductChange { id: product_id(id), etag: None, action };
        store.change_products(by("ada"), vec![change]).await.unwrap();
    }
    assert_eq!(created.unwrap().len(), 2);
    for audience in [Audience::Staff, Audience::Public] {
        let query = crate::domain::ProductQuery { audience, ..staff("", order) };
        let first = store.list_products(query.clone(), PageRequest::new(1, None)).await.unwrap();
        assert_eq!(first.content.items.len(), 1);
        let plans =
            super::list::plans(&store, query, PageRequest::new(1, first.content.next)).unwrap();
        for plan in plans {
            assert!(plan.contains("USING INDEX") || plan.contains("USING COVERING"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{order}: {plan}");
        }
    }
}
