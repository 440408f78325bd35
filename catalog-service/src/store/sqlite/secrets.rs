//! Keys that the store makes for itself, so that every process on it has the same.

use rusqlite::{Connection, OptionalExtension as _};

use super::failure::damaged;
use crate::store::Result;

/// The keys that seal tokens. There are two, so that one can be renewed while tokens of the other still live.
pub(super) fn token_keys(db: &Connection) -> Result<[[u8; 32]; 2]> {
    Ok([key(db, "token-1")?, key(db, "token-2")?])
}

fn key(db: &Connection, name: &str) -> Result<[u8; 32]> {
    let made: [u8; 32] = rand::random();
    db.execute("INSERT OR IGNORE INTO secrets (name, value) VALUES (?1, ?2)", (name, made))?;
    let kept: Option<Vec<u8>> = db
        .query_row("SELECT value FROM secrets WHERE name = ?1", [name], |row| row.get(0))
        .optional()?;
    kept.and_then(|kept| kept.try_into().ok()).ok_or_else(|| damaged("a key"))
}
