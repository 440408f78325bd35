//! Users, sessions and failed sign-ins in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, failure::damaged, room::Need, tx::Tx, writer::Ending};
use crate::{
    access::{
        self, AccountKey, Failures, Login, NewSession, PasswordHash, Session, SessionId, SignedIn,
        TokenDigest, User, UserId,
    },
    domain::{Cursor, Page, PageRequest, Role, Total, Uid, Write},
    store::{
        Result,
        access::{AccessStore, SetupToken},
    },
};

/// The columns of a user, in the order in which [`read_user`] takes them.
const USER: &str = "u.id, u.uid, u.version, u.login, u.display_name, u.role, u.disabled, u.create_time, u.update_time";

/// How many columns those are.
const USER_COLUMNS: usize = 9;

#[async_trait]
impl AccessStore for Sqlite {
    async fn put_setup_token(&self, token: SetupToken) -> Result<bool> {
        self.writer
            .write(Ending::Keep, move |db| {
                if has_users(db)? {
                    return Ok(false);
                }
                db.execute(
                    "INSERT OR REPLACE INTO setup_tokens (only, token_digest, expire_time)
                     VALUES (1, ?1, ?2)",
                    params![token.digest.as_bytes(), token.expire_time.as_microsecond()],
                )?;
                Ok(true)
            })
            .await
    }

    async fn setup_token(&self) -> Result<Option<SetupToken>> {
        self.readers.read(read_setup_token)
    }

    async fn create_first_user(
        &self,
        write: Write,
        token: TokenDigest,
        user: User,
        password: PasswordHash,
        now: Timestamp,
    ) -> Result<Option<User>> {
        self.writer
            .write(Ending::of(&write), move |db| {
                let live = read_setup_token(db)?;
                if has_users(db)? || !live.is_some_and(|live| live.opens_with(&token, now)) {
                    return Ok(None);
                }
                insert_user(db, &user, &password)?;
                db.execute("DELETE FROM setup_tokens", [])?;
                Ok(Some(user))
            })
            .await
    }

    async fn create_user(
        &self,
        write: Write,
        user: User,
        password: PasswordHash,
    ) -> access::Result<User> {
        let room = Arc::clone(&self.room);
        self.writer
            .write(Ending::of(&write), move |db| {
                let is_full = !room.has(Need::Room);
                let tx = Tx { db, write: &write, now: user.create_time, is_full };
                if let Some(answers) = tx.recall()? {
                    return recalled_user(db, &answers).map(Ok);
                }
                tx.check_room()?;
                if let Some(taken) = taken(db, &user)? {
                    return Ok(Err(taken));
                }
                insert_user(db, &user, &password)?;
                tx.remember(&[user.id.as_str().as_bytes().to_vec()])?;
                Ok(Ok(user))
            })
            .await?
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>> {
        self.readers.read(|db| user_where(db, "u.id = ?1", id.as_str()))
    }

    async fn users(&self, page: PageRequest) -> Result<Page<User>> {
        self.readers.read(|db| read_users(db, &page))
    }

    async fn credentials(&self, login: &Login) -> Result<Option<(User, PasswordHash)>> {
        self.readers.read(|db| {
            let sql = format!("SELECT {USER}, u.password_hash FROM users u WHERE u.login_key = ?1");
            let mut select = db.prepare_cached(&sql)?;
            let mut rows = select.query([login.key()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            Ok(Some((read_user(row)?, PasswordHash::kept(row.get(USER_COLUMNS)?))))
        })
    }

    async fn failures(&self, account: &AccountKey) -> Result<Option<Failures>> {
        self.readers.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT count, last_time FROM sign_in_failures WHERE account = ?1",
            )?;
            let found = select
                .query_row([account.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((count, last)) = found else { return Ok(None) };
            Ok(Some(Failures { count, last: time(last)? }))
        })
    }

    async fn add_failure(
        &self,
        account: &AccountKey,
        now: Timestamp,
        forget: Timestamp,
    ) -> Result<()> {
        let account = account.clone();
        self.writer
            .write(Ending::Keep, move |db| {
                db.prepare_cached("DELETE FROM sign_in_failures WHERE last_time <= ?1")?
                    .execute([forget.as_microsecond()])?;
                db.prepare_cached(
                    "INSERT INTO sign_in_failures (account, count, last_time) VALUES (?1, 1, ?2)
                     ON CONFLICT (account) DO UPDATE SET count = count + 1, last_time = ?2",
                )?
                .execute(params![account.as_bytes(), now.as_microsecond()])?;
                Ok(())
            })
            .await
    }

    async fn clear_failures(&self, account: &AccountKey) -> Result<()> {
        // Most have none, and reading costs no commit.
        if self.failures(account).await?.is_none() {
            return Ok(());
        }
        let account = account.clone();
        self.writer
            .write(Ending::Keep, move |db| {
                db.prepare_cached("DELETE FROM sign_in_failures WHERE account = ?1")?
                    .execute([account.as_bytes()])?;
                Ok(())
            })
            .await
    }

    async fn create_session(&self, new: NewSession) -> Result<()> {
        self.writer.write(Ending::Keep, move |db| create_session(db, &new)).await
    }

    async fn session(&self, token: &TokenDigest) -> Result<Option<SignedIn>> {
        self.readers.read(|db| {
            let sql = format!(
                "SELECT {USER}, s.id, s.create_time, s.last_used, s.token_digest
                 FROM sessions s JOIN users u ON u.id = s.user WHERE s.token_digest = ?1"
            );
            let mut select = db.prepare_cached(&sql)?;
            let mut rows = select.query([token.as_bytes()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let (session, digest) = read_session(row, USER_COLUMNS)?;
            Ok((digest == *token).then_some(SignedIn { session, user: read_user(row)? }))
        })
    }

    async fn sessions(&self, user: &UserId) -> Result<Vec<Session>> {
        self.readers.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT id, create_time, last_used, token_digest FROM sessions
                 WHERE user = ?1 ORDER BY create_time DESC",
            )?;
            let mut rows = select.query([user.as_str()])?;
            let mut sessions = Vec::new();
            while let Some(row) = rows.next()? {
                sessions.push(read_session(row, 0)?.0);
            }
            Ok(sessions)
        })
    }

    async fn touch_session(&self, session: &Session) -> Result<()> {
        let session = session.clone();
        self.writer
            .write(Ending::Keep, move |db| {
                db.prepare_cached(
                    "UPDATE sessions SET last_used = max(last_used, ?2) WHERE id = ?1",
                )?
                .execute(params![session.id.as_str(), session.last_used.as_microsecond()])?;
                Ok(())
            })
            .await
    }

    async fn end_session(
        &self,
        write: Write,
        user: &UserId,
        session: &SessionId,
    ) -> access::Result<Option<TokenDigest>> {
        let (user, session) = (user.clone(), session.clone());
        let clock = Arc::clone(&self.clock);
        self.writer
            .write(Ending::of(&write), move |db| {
                // Ending a session takes no room.
                let tx = Tx { db, write: &write, now: clock.now(), is_full: false };
                if tx.recall()?.is_some() {
                    return Ok(Ok(None));
                }
                let Some(digest) = delete_session(db, &user, &session)? else {
                    return Ok(Err(access::Error::SessionNotFound { name: session.name() }));
                };
                tx.remember(&[])?;
                Ok(Ok(Some(digest)))
            })
            .await?
    }
}

fn has_users(db: &Connection) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM users LIMIT 1")?.exists([])?)
}

fn read_setup_token(db: &Connection) -> Result<Option<SetupToken>> {
    let mut select = db.prepare_cached("SELECT token_digest, expire_time FROM setup_tokens")?;
    let found = select.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((digest, expire_time)) = found else { return Ok(None) };
    Ok(Some(SetupToken { digest: TokenDigest::kept(digest), expire_time: time(expire_time)? }))
}

fn insert_user(db: &Connection, user: &User, password: &PasswordHash) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO users (id, uid, version, login, login_key, display_name, role, disabled,
                            password_hash, create_time, update_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        user.id.as_str(),
        user.uid.as_str(),
        user.version.cast_signed(),
        user.login.as_str(),
        user.login.key(),
        user.display_name,
        role_number(user.role),
        user.disabled,
        password.as_str(),
        user.create_time.as_microsecond(),
        user.update_time.as_microsecond(),
    ])?;
    Ok(())
}

/// Whether the id or the login of a new user is somebody else's.
fn taken(db: &Connection, user: &User) -> Result<Option<access::Error>> {
    if user_where(db, "u.id = ?1", user.id.as_str())?.is_some() {
        return Ok(Some(access::Error::UserIdTaken { name: user.id.name() }));
    }
    let holder = user_where(db, "u.login_key = ?1", &user.login.key())?;
    Ok(holder.map(|holder| access::Error::LoginTaken {
        login: user.login.as_str().to_owned(),
        by: holder.id.name(),
    }))
}

/// The user that an earlier request with the same id has made.
fn recalled_user(db: &Connection, answers: &[Vec<u8>]) -> Result<User> {
    let id = answers.first().and_then(|id| std::str::from_utf8(id).ok());
    let user = id.map(|id| user_where(db, "u.id = ?1", id)).transpose()?.flatten();
    user.ok_or_else(|| damaged("a remembered user"))
}

fn user_where(db: &Connection, condition: &str, value: &str) -> Result<Option<User>> {
    let mut select = db.prepare_cached(&format!("SELECT {USER} FROM users u WHERE {condition}"))?;
    let mut rows = select.query([value])?;
    rows.next()?.map(read_user).transpose()
}

/// The cursor's id is the login in lower case.
fn read_users(db: &Connection, page: &PageRequest) -> Result<Page<User>> {
    let after = page.after.as_ref().map_or("", |cursor| cursor.id.as_str());
    let sql =
        format!("SELECT {USER} FROM users u WHERE u.login_key > ?1 ORDER BY u.login_key LIMIT ?2");
    let mut select = db.prepare_cached(&sql)?;
    let one_more = i64::try_from(page.size + 1).unwrap_or(i64::MAX);
    let mut rows = select.query(params![after, one_more])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read_user(row)?);
    }
    let more = items.len() > page.size;
    items.truncate(page.size);
    let last = items.last().filter(|_| more);
    let next = last.map(|user| Cursor { values: Vec::new(), id: user.login.key() });
    Ok(Page { items, next, total: Total::default() })
}

fn create_session(db: &Connection, new: &NewSession) -> Result<()> {
    let begun = new.session.create_time;
    db.prepare_cached("DELETE FROM sessions WHERE last_used <= ?1 OR create_time <= ?2")?.execute(
        [(begun - Session::IDLE).as_microsecond(), (begun - Session::LONGEST).as_microsecond()],
    )?;
    db.prepare_cached(
        "DELETE FROM sessions WHERE token_digest IN
         (SELECT token_digest FROM sessions WHERE user = ?1
          ORDER BY create_time DESC, id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![new.user.as_str(), Session::MOST - 1])?;
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
    Ok(())
}

/// Deletes a session of a user and answers what was kept of its token; none: there is no such session.
fn delete_session(
    db: &Connection,
    user: &UserId,
    session: &SessionId,
) -> Result<Option<TokenDigest>> {
    let mut delete = db.prepare_cached(
        "DELETE FROM sessions WHERE id = ?1 AND user = ?2 RETURNING token_digest",
    )?;
    let parameters = params![session.as_str(), user.as_str()];
    let digest = delete.query_row(parameters, |row| row.get(0)).optional()?;
    Ok(digest.map(TokenDigest::kept))
}

fn read_user(row: &Row<'_>) -> Result<User> {
    let (id, login): (String, String) = (row.get(0)?, row.get(3)?);
    let version: i64 = row.get(2)?;
    Ok(User {
        id: UserId::parse(&id).ok_or_else(|| damaged("a user's id"))?,
        uid: Uid::new(row.get::<_, String>(1)?),
        version: version.cast_unsigned(),
        login: Login::parse(&login).map_err(|_| damaged("a user's login"))?,
        display_name: row.get(4)?,
        role: role(row.get(5)?)?,
        disabled: row.get(6)?,
        create_time: time(row.get(7)?)?,
        update_time: time(row.get(8)?)?,
    })
}

/// A session whose columns begin at `first`, and what is kept of its token.
fn read_session(row: &Row<'_>, first: usize) -> Result<(Session, TokenDigest)> {
    let session = Session {
        id: SessionId::new(row.get::<_, String>(first)?),
        create_time: time(row.get(first + 1)?)?,
        last_used: time(row.get(first + 2)?)?,
    };
    Ok((session, TokenDigest::kept(row.get(first + 3)?)))
}

fn role_number(role: Role) -> i64 {
    match role {
        Role::Anyone => 0,
        Role::Viewer => 1,
        Role::Editor => 2,
        Role::Admin => 3,
    }
}

fn role(number: i64) -> Result<Role> {
    match number {
        1 => Ok(Role::Viewer),
        2 => Ok(Role::Editor),
        3 => Ok(Role::Admin),
        _ => Err(damaged("a user's role")),
    }
}

fn time(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged("a time of access"))
}
