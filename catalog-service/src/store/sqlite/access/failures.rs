//! Failed sign-ins.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::time;
use crate::{
    access::{AccountKey, Failures},
    store::Result,
};

pub(super) fn find(db: &Connection, account: &AccountKey) -> Result<Option<Failures>> {
    let mut select =
        db.prepare_cached("SELECT count, last_time FROM sign_in_failures WHERE account = ?1")?;
    let found =
        select.query_row([account.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((count, last)) = found else { return Ok(None) };
    Ok(Some(Failures { count, last: time(last)? }))
}

pub(super) fn add(
    db: &Connection,
    account: &AccountKey,
    now: Timestamp,
    forget: Timestamp,
) -> Result<()> {
    db.prepare_cached("DELETE FROM sign_in_failures WHERE last_time <= ?1")?
        .execute([forget.as_microsecond()])?;
    db.prepare_cached(
        "INSERT INTO sign_in_failures (account, count, last_time) VALUES (?1, 1, ?2)
         ON CONFLICT (account) DO UPDATE SET count = count + 1, last_time = ?2",
    )?
    .execute(params![account.as_bytes(), now.as_microsecond()])?;
    Ok(())
}

pub(super) fn clear(db: &Connection, account: &AccountKey) -> Result<()> {
    db.prepare_cached("DELETE FROM sign_in_failures WHERE account = ?1")?
        .execute([account.as_bytes()])?;
    Ok(())
}
