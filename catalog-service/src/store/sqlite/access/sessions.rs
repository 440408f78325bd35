//! Sessions.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{
    Outcome, time,
    users::{self, USER, USER_COLUMNS},
};
use crate::{
    access::{self, NewSession, Session, SessionId, SignedIn, TokenDigest, UserId},
    store::{Result, sqlite::tx::Tx},
};

pub(super) fn create(db: &Connection, new: &NewSession) -> Result<bool> {
    let may = db
        .prepare_cached(
            "SELECT 1 FROM users WHERE id = ?1 AND password_hash = ?2 AND disabled = 0",
        )?
        .exists([new.user.as_str(), new.password.as_str()])?;
    if !may {
        return Ok(false);
    }
    let begun = new.session.create_time;
    db.prepare_cached("DELETE FROM sessions WHERE last_used <= ?1 OR create_time <= ?2")?.execute(
        [(begun - new.lasts.idle).as_microsecond(), (begun - new.lasts.longest).as_microsecond()],
    )?;
    db.prepare_cached(
        "DELETE FROM sessions WHERE token_digest IN
         (SELECT token_digest FROM sessions WHERE user = ?1
          ORDER BY create_time DESC, id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![new.user.as_str(), new.lasts.per_user - 1])?;
    db.prepare_cached(
        "INSERT INTO sessions (token_digest, id, user, create_time, last_used)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        new.digest.as_bytes(),
        new.session.id.as_str(),
        new.user.as_str(),
        begun.as_microsecond(),
        new.session.last_used.as_microsecond(),
    ])?;
    Ok(true)
}

pub(super) fn of_token(db: &Connection, token: &TokenDigest) -> Result<Option<SignedIn>> {
    let sql = format!(
        "SELECT {USER}, s.id, s.create_time, s.last_used, s.token_digest
         FROM sessions s JOIN users u ON u.id = s.user WHERE s.token_digest = ?1"
    );
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query([token.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (session, digest) = read(row, USER_COLUMNS)?;
    Ok((digest == *token).then_some(SignedIn { session, user: users::read(row)? }))
}

pub(super) fn of_user(db: &Connection, user: &UserId) -> Result<Vec<Session>> {
    let mut select = db.prepare_cached(
        "SELECT id, create_time, last_used, token_digest FROM sessions
         WHERE user = ?1 ORDER BY create_time DESC",
    )?;
    let mut rows = select.query([user.as_str()])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(read(row, 0)?.0);
    }
    Ok(sessions)
}

pub(super) fn touch(db: &Connection, session: &Session) -> Result<()> {
    db.prepare_cached("UPDATE sessions SET last_used = max(last_used, ?2) WHERE id = ?1")?
        .execute(params![session.id.as_str(), session.last_used.as_microsecond()])?;
    Ok(())
}

pub(super) fn end(tx: &Tx<'_>, user: &UserId, session: &SessionId) -> Outcome<Option<TokenDigest>> {
    if tx.recall()?.is_some() {
        return Ok(Ok(None));
    }
    let Some(digest) = delete(tx.db, user, session)? else {
        return Ok(Err(access::Error::SessionNotFound { name: session.name() }));
    };
    tx.remember(&[])?;
    Ok(Ok(Some(digest)))
}

/// Deletes a session of a user and answers what was kept of its token; none: there is no such session.
fn delete(db: &Connection, user: &UserId, session: &SessionId) -> Result<Option<TokenDigest>> {
    let mut delete = db.prepare_cached(
        "DELETE FROM sessions WHERE id = ?1 AND user = ?2 RETURNING token_digest",
    )?;
    let digest =
        delete.query_row([session.as_str(), user.as_str()], |row| row.get(0)).optional()?;
    Ok(digest.map(TokenDigest::kept))
}

/// Ends all sessions of a user but one.
pub(super) fn end_all(db: &Connection, user: &UserId, but: Option<&SessionId>) -> Result<()> {
    db.prepare_cached("DELETE FROM sessions WHERE user = ?1 AND id IS NOT ?2")?
        .execute(params![user.as_str(), but.map(SessionId::as_str)])?;
    Ok(())
}

/// A session whose columns begin at `first`, and what is kept of its token.
fn read(row: &Row<'_>, first: usize) -> Result<(Session, TokenDigest)> {
    let session = Session {
        id: SessionId::new(row.get::<_, String>(first)?),
        create_time: time(row.get(first + 1)?)?,
        last_used: time(row.get(first + 2)?)?,
    };
    Ok((session, TokenDigest::kept(row.get(first + 3)?)))
}
