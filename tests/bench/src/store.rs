//! What SQLite alone takes for the same bytes: the rows of a loaded catalog inserted again, and a page of it read.
//!
//! It knows the store's file from outside only, and never opens it for writing.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use nix::time::ClockId;
use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};

/// The stored bytes of a page of 50, by the index that a page for everybody uses.
const PAGE: &str = "SELECT document, price_range FROM products \
    WHERE delete_time IS NULL AND state = 2 ORDER BY create_time DESC, id DESC LIMIT 50";

/// A table as it is in the loaded file.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// How long it takes to insert all rows of `loaded` into the same tables with the same indexes, in a new file beside it,
/// durably, in as many transactions as the load had batches.
///
/// Foreign keys are not checked and no journal is checkpointed meanwhile: it is the least that SQLite can do.
pub(crate) fn insert_again(loaded: &Path, transactions: usize) -> Result<Duration> {
    let source = Connection::open_with_flags(loaded, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut copy = Connection::open(loaded.with_extension("raw"))?;
    copy.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; \
         PRAGMA foreign_keys = OFF; PRAGMA cache_size = -4096;",
    )?;
    for statement in schema(&source)? {
        copy.execute_batch(&statement)?;
    }
    let tables = tables(&source)?;
    let started = Instant::now();
    for number in 0..transactions {
        let transaction = copy.transaction()?;
        for table in &tables {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            for row in part(&table.rows, number, transactions) {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    Ok(started.elapsed())
}

/// The CPU time of reading the stored bytes of a page of 50, in microseconds.
pub(crate) fn page_read(database: &Path, times: u32) -> Result<f64> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("PRAGMA mmap_size = 1073741824;")?;
    let mut select = connection.prepare(PAGE)?;
    let mut bytes = 0;
    let before = thread_cpu()?;
    for _ in 0..times {
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            bytes += row.get_ref(0)?.as_blob()?.to_vec().len();
            bytes += row.get_ref(1)?.as_blob()?.to_vec().len();
        }
    }
    let taken = thread_cpu()? - before;
    anyhow::ensure!(bytes > 0, "there is no product for everybody in `{}`", database.display());
    Ok(taken.as_secs_f64() * 1e6 / f64::from(times))
}

/// The statements that made the tables and their indexes, tables first.
fn schema(source: &Connection) -> Result<Vec<String>> {
    let mut select = source.prepare(
        "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL \
         AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid",
    )?;
    let statements = select.query_map([], |row| row.get(0))?;
    Ok(statements.collect::<rusqlite::Result<_>>()?)
}

fn tables(source: &Connection) -> Result<Vec<Table>> {
    let mut select = source.prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )?;
    let names = select.query_map([], |row| row.get::<_, String>(0))?;
    names.map(|name| table(source, &name?)).collect()
}

fn table(source: &Connection, name: &str) -> Result<Table> {
    let mut select = source.prepare(&format!("SELECT * FROM \"{name}\""))?;
    let columns = select.column_count();
    let places = vec!["?"; columns].join(", ");
    let rows = select.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
    let rows = rows.collect::<rusqlite::Result<_>>().with_context(|| format!("table `{name}`"))?;
    Ok(Table { insert: format!("INSERT INTO \"{name}\" VALUES ({places})"), rows })
}

/// The rows of one of several transactions: an equal share of every table.
fn part<T>(rows: &[T], number: usize, of: usize) -> &[T] {
    &rows[rows.len() * number / of..rows.len() * (number + 1) / of]
}

fn thread_cpu() -> Result<Duration> {
    Ok(ClockId::CLOCK_THREAD_CPUTIME_ID.now()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_the_whole() {
        let rows: Vec<usize> = (0..10).collect();
        let parts: Vec<_> = (0..3).flat_map(|number| part(&rows, number, 3).to_vec()).collect();
        assert_eq!(parts, rows);
    }

    #[test]
    fn all_rows_of_a_file_are_inserted_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loaded.db");
        let loaded = Connection::open(&path).unwrap();
        loaded
            .execute_batch(
                "CREATE TABLE a (key INTEGER PRIMARY KEY, text TEXT) STRICT; CREATE INDEX b ON a (text); \
                 INSERT INTO a VALUES (1, 'x'), (2, NULL), (3, 'z');",
            )
            .unwrap();
        insert_again(&path, 2).unwrap();
        let copy = Connection::open(path.with_extension("raw")).unwrap();
        let count: i64 = copy.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 3);
    }
}
