//! Users.

use rusqlite::{Connection, Row, params};

use super::{Outcome, keys, once, recalled, role, role_number, sessions, stale, time};
use crate::{
    access::{self, KeptPassword, Login, PasswordHash, User, UserChange, UserId},
    domain::{Cursor, Etag, Page, PageRequest, Role, Total, Uid},
    encoding,
    store::{
        Result,
        sqlite::{failure::damaged, tx::Tx},
    },
};

/// The columns of a user, in the order in which [`read`] takes them.
pub(super) const USER: &str = "u.id, u.uid, u.version, u.login, u.display_name, u.role, u.disabled, u.create_time, u.update_time";

/// How many columns those are.
pub(super) const USER_COLUMNS: usize = 9;

pub(super) fn are_there(db: &Connection) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM users LIMIT 1")?.exists([])?)
}

pub(super) fn insert(db: &Connection, user: &User, password: &PasswordHash) -> Result<()> {
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

/// A write of a user that may be repeated.
fn user_once(tx: &Tx<'_>, work: impl FnOnce() -> Outcome<User>) -> Outcome<User> {
    once(tx, encoding::user::document, encoding::user::read_document, work)
}

pub(super) fn answered(tx: &Tx<'_>) -> Result<Option<User>> {
    recalled(tx, encoding::user::read_document)
}

pub(super) fn create(tx: &Tx<'_>, user: &User, password: &PasswordHash) -> Outcome<User> {
    user_once(tx, || {
        if find(tx.db, &user.id)?.is_some() {
            return Ok(Err(access::Error::UserIdTaken { name: user.id.name() }));
        }
        if let Some(taken) = login_taken(tx.db, user)? {
            return Ok(Err(taken));
        }
        insert(tx.db, user, password)?;
        Ok(Ok(user.clone()))
    })
}

pub(super) fn change(tx: &Tx<'_>, change: UserChange) -> Outcome<User> {
    user_once(tx, || {
        let before = match seen(tx.db, &change.id, change.etag.as_ref())? {
            Ok(before) => before,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let after = User {
            version: before.version + 1,
            update_time: tx.now.max(before.update_time),
            ..change.fields.put_into(before.clone())
        };
        if let Some(taken) = login_taken(tx.db, &after)? {
            return Ok(Err(taken));
        }
        if !manages(&after) && is_last_admin(tx.db, &before)? {
            return Ok(Err(access::Error::LastAdmin { name: before.id.name() }));
        }
        update(tx.db, &after)?;
        if after.role != before.role || after.disabled {
            sessions::end_all(tx.db, &after.id, None)?;
        }
        if after.disabled {
            keys::delete_all(tx.db, &after.id)?;
        }
        Ok(Ok(after))
    })
}

pub(super) fn delete(tx: &Tx<'_>, id: &UserId, etag: Option<&Etag>) -> Outcome<User> {
    user_once(tx, || {
        let user = match seen(tx.db, id, etag)? {
            Ok(user) => user,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if is_last_admin(tx.db, &user)? {
            return Ok(Err(access::Error::LastAdmin { name: user.id.name() }));
        }
        // Sessions and keys go with the row.
        tx.db.prepare_cached("DELETE FROM users WHERE id = ?1")?.execute([id.as_str()])?;
        // Whoever gets the id next must not be answered what this user was.
        tx.db.prepare_cached("DELETE FROM requests WHERE caller = ?1")?.execute([id.name()])?;
        Ok(Ok(user))
    })
}

pub(super) fn change_password(tx: &Tx<'_>, change: &KeptPassword) -> Outcome<User> {
    user_once(tx, || {
        let user = match seen(tx.db, &change.id, change.etag.as_ref())? {
            Ok(user) => user,
            Err(refusal) => return Ok(Err(refusal)),
        };
        tx.db
            .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
            .execute([user.id.as_str(), change.hash.as_str()])?;
        sessions::end_all(tx.db, &user.id, change.session.as_ref())?;
        Ok(Ok(user))
    })
}

pub(super) fn find(db: &Connection, id: &UserId) -> Result<Option<User>> {
    find_where(db, "u.id = ?1", id.as_str())
}

pub(super) fn with_password(
    db: &Connection,
    login: &Login,
) -> Result<Option<(User, PasswordHash)>> {
    let sql = format!("SELECT {USER}, u.password_hash FROM users u WHERE u.login_key = ?1");
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query([login.key()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((read(row)?, PasswordHash::kept(row.get(USER_COLUMNS)?))))
}

/// The cursor's id is the login in lower case.
pub(super) fn list(db: &Connection, page: &PageRequest) -> Result<Page<User>> {
    let after = page.after.as_ref().map_or("", |cursor| cursor.id.as_str());
    let sql =
        format!("SELECT {USER} FROM users u WHERE u.login_key > ?1 ORDER BY u.login_key LIMIT ?2");
    let mut select = db.prepare_cached(&sql)?;
    let mut rows = select.query(params![after, page.limit()])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(row)?);
    }
    let more = items.len() > page.size;
    items.truncate(page.size);
    let last = items.last().filter(|_| more);
    let next = last.map(|user| Cursor { values: Vec::new(), id: user.login.key() });
    Ok(Page { items, next, total: Total::default() })
}

pub(super) fn read(row: &Row<'_>) -> Result<User> {
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

fn find_where(db: &Connection, condition: &str, value: &str) -> Result<Option<User>> {
    let mut select = db.prepare_cached(&format!("SELECT {USER} FROM users u WHERE {condition}"))?;
    let mut rows = select.query([value])?;
    rows.next()?.map(read).transpose()
}

/// The user in the version that the caller saw.
fn seen(db: &Connection, id: &UserId, etag: Option<&Etag>) -> Outcome<User> {
    let Some(user) = find(db, id)? else {
        return Ok(Err(access::Error::NotFound { name: id.name() }));
    };
    let refusal = stale(user.id.name(), user.etag(), etag);
    Ok(refusal.map_or(Ok(user), Err))
}

/// Whether the login of a user is somebody else's.
fn login_taken(db: &Connection, user: &User) -> Result<Option<access::Error>> {
    let holder = find_where(db, "u.login_key = ?1", &user.login.key())?;
    Ok(holder.filter(|holder| holder.id != user.id).map(|holder| access::Error::LoginTaken {
        login: user.login.as_str().to_owned(),
        by: holder.id.name(),
    }))
}

fn manages(user: &User) -> bool {
    user.role == Role::Admin && !user.disabled
}

/// Whether nobody would be left who may manage the shop without this user.
fn is_last_admin(db: &Connection, user: &User) -> Result<bool> {
    let others = "SELECT 1 FROM users WHERE role = ?1 AND disabled = 0 AND id != ?2";
    let admin = role_number(Role::Admin);
    Ok(manages(user) && !db.prepare_cached(others)?.exists(params![admin, user.id.as_str()])?)
}

fn update(db: &Connection, user: &User) -> Result<()> {
    db.prepare_cached(
        "UPDATE users SET version = ?2, login = ?3, login_key = ?4, display_name = ?5, role = ?6,
                          disabled = ?7, update_time = ?8 WHERE id = ?1",
    )?
    .execute(params![
        user.id.as_str(),
        user.version.cast_signed(),
        user.login.as_str(),
        user.login.key(),
        user.display_name,
        role_number(user.role),
        user.disabled,
        user.update_time.as_microsecond(),
    ])?;
    Ok(())
}
