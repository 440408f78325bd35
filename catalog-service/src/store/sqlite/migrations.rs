//! Brings a database to the schema that this version knows: numbered steps, each in one transaction with its checksum.
//!
//! A step that has been released is never changed; a new one is added behind it.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use sha2::{Digest as _, Sha256};

/// The steps, the first one counting as 1.
const STEPS: [&str; 7] = [
    include_str!("../../../migrations/sqlite/0001_catalog.sql"),
    include_str!("../../../migrations/sqlite/0002_access.sql"),
    include_str!("../../../migrations/sqlite/0003_api_keys.sql"),
    include_str!("../../../migrations/sqlite/0004_slugs.sql"),
    include_str!("../../../migrations/sqlite/0005_history.sql"),
    include_str!("../../../migrations/sqlite/0007_activity_windows.sql"),
    include_str!("../../../migrations/sqlite/0008_deleted_by.sql"),
];

/// Marks a file as ours: `Shel` in ASCII.
const APPLICATION_ID: i32 = 0x5368_656C;

/// Why a database cannot be brought to this version's schema.
#[derive(Debug)]
pub(super) enum Misfit {
    /// Not a database of Shelf.
    Foreign,
    /// A newer version has written it.
    Newer(u32),
    /// A step is not the one we know.
    Altered(u32),
    /// SQLite failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Misfit {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => Self::Foreign,
            _ => Self::Failed(error),
        }
    }
}

/// The newest schema that this version knows.
pub(super) fn newest() -> u32 {
    number(STEPS.len())
}

/// Runs the steps that the database lacks. SQLite's lock lets one process at a time do so.
pub(super) fn run(database: &mut Connection) -> Result<(), Misfit> {
    prepare(database)?;
    let done = applied(database)?;
    if let Some(newer) = done.len().checked_sub(STEPS.len()).filter(|more| *more > 0) {
        return Err(Misfit::Newer(newest() + number(newer)));
    }
    for (index, checksum) in done.iter().enumerate() {
        if *checksum != checksum_of(STEPS[index]) {
            return Err(Misfit::Altered(number(index + 1)));
        }
    }
    for (index, step) in STEPS.iter().enumerate().skip(done.len()) {
        apply(database, number(index + 1), step)?;
    }
    Ok(())
}

/// Whether the file is ours, or empty. Nothing may be changed in it before this is known, not even its settings.
pub(super) fn is_ours(database: &Connection) -> Result<bool, Misfit> {
    let id: i32 = database.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let holds_something = database
        .query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(()))
        .optional()?
        .is_some();
    Ok(id == APPLICATION_ID || (id == 0 && !holds_something))
}

/// Makes an empty file ours.
fn prepare(database: &mut Connection) -> Result<(), Misfit> {
    let id: i32 = database.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION_ID};
         CREATE TABLE IF NOT EXISTS schema_steps
             (step INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT;"
    ))?;
    Ok(transaction.commit()?)
}

fn applied(database: &Connection) -> Result<Vec<Vec<u8>>, Misfit> {
    let mut statement = database.prepare("SELECT checksum FROM schema_steps ORDER BY step")?;
    let checksums = statement.query_map([], |row| row.get(0))?;
    Ok(checksums.collect::<Result<_, _>>()?)
}

fn apply(database: &mut Connection, step: u32, sql: &str) -> Result<(), Misfit> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(sql)?;
    transaction.execute(
        "INSERT INTO schema_steps (step, checksum) VALUES (?1, ?2)",
        (step, checksum_of(sql)),
    )?;
    Ok(transaction.commit()?)
}

fn checksum_of(sql: &str) -> Vec<u8> {
    Sha256::digest(sql.as_bytes()).to_vec()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
