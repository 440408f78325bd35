//! Where the feed of changes stands in the state that a read sees.

use rusqlite::{Connection, Row, Transaction};

use crate::{
    domain::{Document, FeedPosition, Snapshot},
    store::Result,
};

/// The position as a column, so that a read of one statement sees it in the very state that it answers from.
///
/// SQLite keeps the last number that it gave, in the transaction of the change: one small row, whatever becomes of old changes.
pub(super) const POSITION: &str =
    "(SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'changes')";

/// The position that stands in a column.
pub(super) fn position(row: &Row<'_>, column: usize) -> rusqlite::Result<FeedPosition> {
    Ok(FeedPosition::new(row.get(column)?))
}

/// The position in the state that a connection is in.
pub(super) fn position_in(db: &Connection) -> Result<FeedPosition> {
    let mut select = db.prepare_cached(&format!("SELECT {POSITION}"))?;
    Ok(select.query_row([], |row| position(row, 0))?)
}

/// A document that stands behind its position.
pub(super) fn document<T>(row: &Row<'_>) -> rusqlite::Result<Snapshot<Document<T>>> {
    let content = Document::new(row.get::<_, Vec<u8>>(1)?);
    Ok(Snapshot { content, position: position(row, 0)? })
}

/// Stays in one state of the catalog, where a thread does not hold one anyway, until this is dropped.
pub(super) fn one_state(db: &Connection) -> Result<Option<Transaction<'_>>> {
    Ok(if db.is_autocommit() { Some(db.unchecked_transaction()?) } else { None })
}

/// What `work` reads, with the position: one state, however many statements it takes.
pub(super) fn snapshot<T>(
    db: &Connection,
    work: impl FnOnce() -> Result<T>,
) -> Result<Snapshot<T>> {
    snapshot_at(db, |_| work())
}

/// The same for work that has to know the position.
pub(super) fn snapshot_at<T>(
    db: &Connection,
    work: impl FnOnce(FeedPosition) -> Result<T>,
) -> Result<Snapshot<T>> {
    let one_state = one_state(db)?;
    let position = position_in(db)?;
    let content = work(position)?;
    drop(one_state);
    Ok(Snapshot { content, position })
}
