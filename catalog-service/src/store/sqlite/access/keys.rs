//! API keys.

use rusqlite::{Connection, Row, params};

use super::{
    Outcome, once, role, role_number, stale, time,
    users::{self, USER, USER_COLUMNS},
};
use crate::{
    access::{self, ApiKey, ApiKeyId, KeptApiKey, KeyHolder, TokenDigest, UserId},
    domain::{Cursor, Etag, Page, PageRequest, Total, Uid},
    encoding,
    store::{
        Result,
        sqlite::{failure::damaged, tx::Tx},
    },
};

/// The columns of a key, in the order in which [`read`] takes them.
const KEY: &str =
    "k.id, k.uid, k.user, k.display_name, k.role, k.create_time, k.expire_time, k.last_used";

/// How many columns those are.
const KEY_COLUMNS: usize = 8;

/// A write of a key that may be repeated.
fn key_once(tx: &Tx<'_>, work: impl FnOnce() -> Outcome<ApiKey>) -> Outcome<ApiKey> {
    once(tx, encoding::api_key::document, encoding::api_key::read_document, work)
}

pub(super) fn create(tx: &Tx<'_>, new: KeptApiKey) -> Outcome<ApiKey> {
    key_once(tx, || {
        let KeptApiKey { key, digest } = new;
        if users::find(tx.db, &key.user)?.is_none() {
            return Ok(Err(access::Error::NotFound { name: key.user.name() }));
        }
        tx.db
            .prepare_cached(
                "INSERT INTO api_keys (token_digest, id, uid, user, display_name, role, create_time,
                                       expire_time)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                digest.as_bytes(),
                key.id.as_str(),
                key.uid.as_str(),
                key.user.as_str(),
                key.display_name,
                role_number(key.role),
                key.create_time.as_microsecond(),
                key.expire_time.as_microsecond(),
            ])?;
        Ok(Ok(key))
    })
}

pub(super) fn delete(tx: &Tx<'_>, id: &ApiKeyId, etag: Option<&Etag>) -> Outcome<ApiKey> {
    key_once(tx, || {
        let Some(key) = find(tx.db, id)? else {
            return Ok(Err(access::Error::NotFound { name: id.name() }));
        };
        if let Some(refusal) = stale(id.name(), key.etag(), etag) {
            return Ok(Err(refusal));
        }
        tx.db.prepare_cached("DELETE FROM api_keys WHERE id = ?1")?.execute([id.as_str()])?;
        Ok(Ok(key))
    })
}

/// Deletes all keys of a user.
pub(super) fn delete_all(db: &Connection, user: &UserId) -> Result<()> {
    db.prepare_cached("DELETE FROM api_keys WHERE user = ?1")?.execute([user.as_str()])?;
    Ok(())
}

pub(super) fn find(db: &Connection, id: &ApiKeyId) -> Result<Option<ApiKey>> {
    let sql = format!("SELECT {KEY} FROM api_keys k WHERE k.id = ?1");
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query([id.as_str()])?;
    rows.next()?.map(|row| read(row, 0)).transpose()
}

/// Ids are ordered by time.
pub(super) fn list(db: &Connection, page: &PageRequest) -> Result<Page<ApiKey>> {
    let after = page.after.as_ref().map(|cursor| cursor.id.as_str());
    let sql = format!(
        "SELECT {KEY} FROM api_keys k WHERE ?1 IS NULL OR k.id < ?1 ORDER BY k.id DESC LIMIT ?2"
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query(params![after, page.limit()])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(row, 0)?);
    }
    let more = items.len() > page.size;
    items.truncate(page.size);
    let last = items.last().filter(|_| more);
    let next = last.map(|key| Cursor { values: Vec::new(), id: key.id.as_str().to_owned() });
    Ok(Page { items, next, total: Total::default() })
}

pub(super) fn of_secret(db: &Connection, secret: &TokenDigest) -> Result<Option<KeyHolder>> {
    let sql = format!(
        "SELECT {USER}, {KEY}, k.token_digest
         FROM api_keys k JOIN users u ON u.id = k.user WHERE k.token_digest = ?1"
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query([secret.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let digest = TokenDigest::kept(row.get(USER_COLUMNS + KEY_COLUMNS)?);
    let holder = KeyHolder { key: read(row, USER_COLUMNS)?, user: users::read(row)? };
    Ok((digest == *secret).then_some(holder))
}

pub(super) fn touch(db: &Connection, key: &ApiKey) -> Result<()> {
    db.prepare_cached(
        "UPDATE api_keys SET last_used = max(coalesce(last_used, 0), ?2) WHERE id = ?1",
    )?
    .execute(params![key.id.as_str(), key.last_used.map(jiff::Timestamp::as_microsecond)])?;
    Ok(())
}

/// A key whose columns begin at `first`.
fn read(row: &Row<'_>, first: usize) -> Result<ApiKey> {
    let user: String = row.get(first + 2)?;
    let last_used: Option<i64> = row.get(first + 7)?;
    Ok(ApiKey {
        id: ApiKeyId::new(row.get::<_, String>(first)?),
        uid: Uid::new(row.get::<_, String>(first + 1)?),
        user: UserId::parse(&user).ok_or_else(|| damaged("a user's id"))?,
        display_name: row.get(first + 3)?,
        role: role(row.get(first + 4)?)?,
        create_time: time(row.get(first + 5)?)?,
        expire_time: time(row.get(first + 6)?)?,
        last_used: last_used.map(time).transpose()?,
    })
}
