//! Connections to the file, each set up the same.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::functions;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 128;

/// What every connection is told. The journal of an ordinary store is synced with each commit.
///
/// The file is not mapped into memory: a mapped page is checked again at every use of it, one in the cache once.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA cache_size = -4096;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 67108864;
";

/// How much a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// The disk has it.
    Full,
    /// The file ends with the process, so nothing needs to outlive it.
    None,
}

/// Opens a file that may be anybody's, to look at it.
pub(super) fn looking(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Opens a connection that writes.
pub(super) fn writing(path: &Path, durability: Durability) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(match durability {
        Durability::Full => "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;",
        Durability::None => "PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0;",
    })?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch("PRAGMA query_only = ON;")?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch(SETTINGS)?;
    functions::add(&connection)?;
    // Otherwise a statement that might use a partial index is planned anew whenever another value is bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a connection says of itself.
    fn said(connection: &Connection, setting: &str) -> String {
        let value = connection.query_row(&format!("PRAGMA {setting}"), [], |row| {
            row.get::<_, rusqlite::types::Value>(0)
        });
        match value.unwrap() {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => panic!("{setting}: {other:?}"),
        }
    }

    #[test]
    fn every_connection_is_set_up_as_promised() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shelf.db");
        std::fs::write(&path, "").unwrap();
        let writer = writing(&path, Durability::Full).unwrap();
        let reader = reading(&path).unwrap();
        for connection in [&writer, &reader] {
            for (setting, value) in [
                ("journal_mode", "wal"),
                ("busy_timeout", "5000"),
                ("foreign_keys", "1"),
                ("trusted_schema", "0"),
                ("cell_size_check", "1"),
                ("journal_size_limit", "67108864"),
            ] {
                assert_eq!(said(connection, setting), value, "{setting}");
            }
        }
        assert_eq!(said(&writer, "synchronous"), "2", "FULL");
        assert_eq!(said(&writer, "wal_autocheckpoint"), "0", "a thread of its own does it");
        assert_eq!(said(&reader, "query_only"), "1");
        assert!(reader.execute("CREATE TABLE t (a)", []).is_err());
    }
}
