//! Histories cost the same however long they are, and a database that has none of their index gets it.

use super::*;
use crate::{
    domain::{RevisionFilter, RevisionQuery},
    store::sqlite,
};

fn query(product: Option<&str>, filter: &str) -> RevisionQuery {
    let filter = RevisionFilter::parse(filter).unwrap();
    RevisionQuery { product: product.map(product_id), filter, view: View::Full }
}

#[rstest]
#[case(None, "", "revision_index_by_time (time>? AND (time,product,number)<(?,?,?))")]
#[case(
    None,
    "create_time >= 2026-11-01",
    "revision_index_by_time (time>? AND (time,product,number)<(?,?,?))"
)]
#[case(
    None,
    "actor = \"users/ada\"",
    "revision_index_by_actor (actor=? AND time>? AND (time,product,number)<(?,?,?))"
)]
#[case(
    None,
    "actor = a AND create_time < 2026-11-01",
    "revision_index_by_actor (actor=? AND time>? AND (time,product,number)<(?,?,?))"
)]
#[case(
    None,
    "changed_fields:title",
    "revision_index_by_time (time>? AND (time,product,number)<(?,?,?))"
)]
#[case(Some("kettle"), "", "i USING PRIMARY KEY (product=? AND number<?)")]
#[tokio::test]
async fn a_history_is_read_from_an_index_without_sorting(
    #[case] product: Option<&str>,
    #[case] filter: &str,
    #[case] expected: &str,
) {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let plan = sqlite::revisions::plan(&store, Some(query(product, filter)));
    assert!(plan.contains(expected), "{plan}");
    let by_key = "SEARCH r USING INDEX sqlite_autoindex_revisions_1 (product=? AND number=?)";
    assert!(plan.contains(by_key), "{plan}");
    assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn forgetting_looks_only_at_what_was_replaced() {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let plan = sqlite::revisions::plan(&store, None);
    assert!(plan.contains("revision_index_replaced (replace_time<?)"), "{plan}");
    assert!(!plan.contains("SCAN revisions") && !plan.contains("SCAN r"), "{plan}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_from_before_gets_the_index_of_its_histories() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    let store = open_file(&path).unwrap();
    store.create_products(by("ada"), vec![new("kettle"), new("pot")], View::Basic).await.unwrap();
    let action = ProductAction::Publish;
    let change = ProductChange { id: product_id("kettle"), etag: None, action };
    store.change_products(by("bob"), vec![change]).await.unwrap();
    store.close().await;
    drop(store);
    let written = index(&path);
    assert_eq!(written.len(), 3);
    let database = Connection::open(&path).unwrap();
    let forget_later_steps = "DROP TABLE revision_index;
        DROP INDEX changes_by_time;
        DROP INDEX changes_by_actor;
        DROP INDEX products_by_opening;
        DROP INDEX products_by_closing;
        DROP INDEX products_deleted_by;
        ALTER TABLE products DROP COLUMN delete_actor;
        ALTER TABLE changes DROP COLUMN title;
        ALTER TABLE changes DROP COLUMN revision;
        UPDATE changes SET kind = 2 WHERE kind > 5;
        DELETE FROM schema_steps WHERE step >= 5;";
    let told = feed(&path);
    database.execute_batch(forget_later_steps).unwrap();
    drop(database);
    drop(open_file(&path).unwrap());
    assert_eq!(index(&path), written);
    assert_eq!(feed(&path), told, "with titles, kinds and revisions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_from_before_learns_who_deleted_what() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shelf.db");
    let store = open_file(&path).unwrap();
    let products = ["kettle", "pot", "pan"].map(new).to_vec();
    store.create_products(by("ada"), products, View::Basic).await.unwrap();
    for (who, id) in [("bob", "kettle"), ("eve", "pan")] {
        let action = ProductAction::Delete;
        let change = ProductChange { id: product_id(id), etag: None, action };
        store.change_products(by(who), vec![change]).await.unwrap();
    }
    store.close().await;
    drop(store);
    let deleters = || {
        let database = Connection::open(&path).unwrap();
        let mut select =
            database.prepare("SELECT delete_actor FROM products ORDER BY key").unwrap();
        let rows = select.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<Vec<String>, _>>().unwrap()
    };
    assert_eq!(deleters(), ["users/bob", "", "users/eve"]);
    let before = "DROP INDEX products_deleted_by;
        ALTER TABLE products DROP COLUMN delete_actor;
        DELETE FROM schema_steps WHERE step >= 7;";
    Connection::open(&path).unwrap().execute_batch(before).unwrap();
    drop(open_file(&path).unwrap());
    assert_eq!(deleters(), ["users/bob", "", "users/eve"]);
}

fn feed(path: &Path) -> Vec<Vec<rusqlite::types::Value>> {
    let database = Connection::open(path).unwrap();
    let mut select = database
        .prepare("SELECT sequence, kind, resource, title, revision FROM changes ORDER BY sequence")
        .unwrap();
    let row = |row: &rusqlite::Row<'_>| (0..5).map(|index| row.get(index)).collect();
    select.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

#[rstest]
#[case("", "changes_by_time (time>? AND time<?)")]
#[case("create_time >= 2026-11-01 AND kind = EXPUNGED", "changes_by_time (time>? AND time<?)")]
#[case("actor = \"users/ada\"", "changes_by_actor (actor=? AND time>? AND time<?)")]
#[case("actor = a AND resource:products", "changes_by_actor (actor=? AND time>? AND time<?)")]
#[tokio::test]
async fn the_feed_is_read_from_an_index_without_sorting(
    #[case] filter: &str,
    #[case] expected: &str,
) {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    for plan in sqlite::changes::list::plans(&store, Some(filter)) {
        assert!(plan.contains(expected), "{plan}");
        assert!(!plan.contains("SCAN changes") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

#[rstest]
#[case("resource = shop", "changes_by_resource (resource=?")]
#[case("actor = a AND resource:categories", "changes_by_resource (resource>? AND resource<?)")]
#[tokio::test]
async fn what_was_done_to_few_resources_is_found_by_their_names(
    #[case] filter: &str,
    #[case] expected: &str,
) {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    for plan in sqlite::changes::list::plans(&store, Some(filter)) {
        assert!(plan.contains(expected), "{plan}");
    }
}

#[tokio::test]
async fn forgetting_looks_only_at_the_oldest_changes() {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let plan = sqlite::changes::list::plans(&store, None).concat();
    assert!(plan.contains("changes_by_time (time>?)"), "{plan}");
    assert!(plan.contains("SEARCH changes USING INTEGER PRIMARY KEY (rowid<?)"), "{plan}");
}

fn index(path: &Path) -> Vec<Vec<rusqlite::types::Value>> {
    let database = Connection::open(path).unwrap();
    let sql = "SELECT product, number, time, actor, change, changed_fields, replace_time
               FROM revision_index ORDER BY product, number";
    let mut select = database.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| (0..7).map(|index| row.get(index)).collect();
    select.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}
