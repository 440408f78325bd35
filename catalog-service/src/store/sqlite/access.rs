//! Users, sessions, API keys and failed sign-ins in SQLite.
//!
//! On a full disk nobody is added; whoever is there signs in, and is kept out, all the same.

mod failures;
mod keys;
mod sessions;
mod users;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Sqlite, failure::damaged, room::Need, tx::Tx, writer::Ending};
use crate::{
    access::{
        self, AccountKey, ApiKey, ApiKeyId, Failures, KeptApiKey, KeptPassword, KeyHolder, Login,
        NewSession, PasswordHash, Session, SessionId, SignedIn, TokenDigest, User, UserChange,
        UserId,
    },
    domain::{Conflict, Etag, Page, PageRequest, Role, Write},
    encoding::Damaged,
    store::{
        Result,
        access::{AccessStore, SetupToken},
    },
};

/// What a write of access comes to: a refusal is an answer, a failure ends the write.
type Outcome<T> = Result<access::Result<T>>;

impl Sqlite {
    /// A write inside one transaction. It refuses before it changes anything, because what is answered is kept.
    async fn write_access<T: Send + 'static>(
        &self,
        write: Write,
        need: Need,
        work: impl FnOnce(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> access::Result<T> {
        let ending = Ending::of(&write);
        let (clock, room) = (Arc::clone(&self.clock), Arc::clone(&self.room));
        let work = move |db: &Connection| {
            work(&Tx { db, write: &write, now: clock.now(), is_full: !room.has(need) })
        };
        self.writer.write(ending, work).await?
    }
}

#[async_trait]
impl AccessStore for Sqlite {
    async fn put_setup_token(&self, token: SetupToken) -> Result<bool> {
        self.writer
            .write(Ending::Keep, move |db| {
                if users::are_there(db)? {
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
                if users::are_there(db)? || !live.is_some_and(|live| live.opens_with(&token, now)) {
                    return Ok(None);
                }
                users::insert(db, &user, &password)?;
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
        self.write_access(write, Need::Room, move |tx| users::create(tx, &user, &password)).await
    }

    async fn change_user(&self, write: Write, change: UserChange) -> access::Result<User> {
        self.write_access(write, Need::Reserve, move |tx| users::change(tx, change)).await
    }

    async fn delete_user(
        &self,
        write: Write,
        id: UserId,
        etag: Option<Etag>,
    ) -> access::Result<User> {
        self.write_access(write, Need::Reserve, move |tx| users::delete(tx, &id, etag.as_ref()))
            .await
    }

    async fn change_password(&self, write: Write, password: KeptPassword) -> access::Result<User> {
        self.write_access(write, Need::Reserve, move |tx| users::change_password(tx, &password))
            .await
    }

    async fn answered_user(&self, write: &Write) -> Result<Option<User>> {
        let now = self.clock.now();
        self.readers.read(|db| users::answered(&Tx { db, write, now, is_full: false }))
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>> {
        self.readers.read(|db| users::find(db, id))
    }

    async fn users(&self, page: PageRequest) -> Result<Page<User>> {
        self.readers.read(|db| users::list(db, &page))
    }

    async fn credentials(&self, login: &Login) -> Result<Option<(User, PasswordHash)>> {
        self.readers.read(|db| users::with_password(db, login))
    }

    async fn failures(&self, account: &AccountKey) -> Result<Option<Failures>> {
        self.readers.read(|db| failures::find(db, account))
    }

    async fn add_failure(
        &self,
        account: &AccountKey,
        now: Timestamp,
        forget: Timestamp,
    ) -> Result<()> {
        let account = account.clone();
        self.writer.write(Ending::Keep, move |db| failures::add(db, &account, now, forget)).await
    }

    async fn clear_failures(&self, account: &AccountKey) -> Result<()> {
        // Most have none, and reading costs no commit.
        if self.failures(account).await?.is_none() {
            return Ok(());
        }
        let account = account.clone();
        self.writer.write(Ending::Keep, move |db| failures::clear(db, &account)).await
    }

    async fn create_session(&self, session: NewSession) -> Result<bool> {
        self.writer.write(Ending::Keep, move |db| sessions::create(db, &session)).await
    }

    async fn session(&self, token: &TokenDigest) -> Result<Option<SignedIn>> {
        self.readers.read(|db| sessions::of_token(db, token))
    }

    async fn sessions(&self, user: &UserId) -> Result<Vec<Session>> {
        self.readers.read(|db| sessions::of_user(db, user))
    }

    async fn touch_session(&self, session: &Session) -> Result<()> {
        let session = session.clone();
        self.writer.write(Ending::Keep, move |db| sessions::touch(db, &session)).await
    }

    async fn end_session(
        &self,
        write: Write,
        user: &UserId,
        session: &SessionId,
    ) -> access::Result<Option<TokenDigest>> {
        let (user, session) = (user.clone(), session.clone());
        self.write_access(write, Need::Reserve, move |tx| sessions::end(tx, &user, &session)).await
    }

    async fn create_api_key(&self, write: Write, key: KeptApiKey) -> access::Result<ApiKey> {
        self.write_access(write, Need::Room, move |tx| keys::create(tx, key)).await
    }

    async fn api_key(&self, id: &ApiKeyId) -> Result<Option<ApiKey>> {
        self.readers.read(|db| keys::find(db, id))
    }

    async fn api_keys(&self, page: PageRequest) -> Result<Page<ApiKey>> {
        self.readers.read(|db| keys::list(db, &page))
    }

    async fn delete_api_key(
        &self,
        write: Write,
        id: ApiKeyId,
        etag: Option<Etag>,
    ) -> access::Result<ApiKey> {
        self.write_access(write, Need::Reserve, move |tx| keys::delete(tx, &id, etag.as_ref()))
            .await
    }

    async fn key_holder(&self, secret: &TokenDigest) -> Result<Option<KeyHolder>> {
        self.readers.read(|db| keys::of_secret(db, secret))
    }

    async fn touch_api_key(&self, key: &ApiKey) -> Result<()> {
        let key = key.clone();
        self.writer.write(Ending::Keep, move |db| keys::touch(db, &key)).await
    }
}

fn read_setup_token(db: &Connection) -> Result<Option<SetupToken>> {
    let mut select = db.prepare_cached("SELECT token_digest, expire_time FROM setup_tokens")?;
    let found = select.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((digest, expire_time)) = found else { return Ok(None) };
    Ok(Some(SetupToken { digest: TokenDigest::kept(digest), expire_time: time(expire_time)? }))
}

/// Does a write that may be repeated, and keeps what it is answered.
fn once<T>(
    tx: &Tx<'_>,
    keep: fn(&T) -> Vec<u8>,
    read: fn(&[u8]) -> Result<T, Damaged>,
    work: impl FnOnce() -> Outcome<T>,
) -> Outcome<T> {
    if let Some(before) = recalled(tx, read)? {
        return Ok(Ok(before));
    }
    tx.check_room()?;
    let outcome = work()?;
    if let Ok(answer) = &outcome {
        tx.remember(&[keep(answer)])?;
    }
    Ok(outcome)
}

/// What an earlier write with the same request id was answered.
fn recalled<T>(tx: &Tx<'_>, read: fn(&[u8]) -> Result<T, Damaged>) -> Result<Option<T>> {
    let Some(answers) = tx.recall()? else { return Ok(None) };
    let [answer] = answers.as_slice() else { return Err(damaged("an answer")) };
    Ok(Some(read(answer)?))
}

/// The refusal of a write that saw another version.
fn stale(name: String, current: Etag, seen: Option<&Etag>) -> Option<access::Error> {
    seen.filter(|seen| **seen != current)?;
    // Who changes users is not in the feed.
    let conflict = Conflict { name, current, changes: Vec::new() };
    Some(access::Error::EtagMismatch(Box::new(conflict)))
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
        _ => Err(damaged("a role")),
    }
}

fn time(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged("a time of access"))
}
