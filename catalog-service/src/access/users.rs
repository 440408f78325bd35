//! What admins do with users, and everybody with their own password.

use secrecy::SecretString;

use super::{
    Access, AccountKey, Error, KeptPassword, NewUser, PasswordChange, PasswordHash, Result, Right,
    User, UserChange, UserId, check_password,
};
use crate::{
    domain::{Etag, Page, PageRequest, Violations, Write},
    ids,
};

impl Access {
    /// One user.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn user(&self, id: &UserId) -> Result<User> {
        let found = self.0.store.user(id).await?;
        found.ok_or_else(|| Error::NotFound { name: id.name() })
    }

    /// The users by login.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn users(&self, page: PageRequest) -> Result<Page<User>> {
        Ok(self.0.store.users(page).await?)
    }

    /// Creates a user with a first password.
    ///
    /// # Errors
    /// [`Error::LoginTaken`], [`Error::UserIdTaken`], [`Error::Busy`].
    pub async fn create_user(
        &self,
        write: Write,
        user: NewUser,
        password: SecretString,
    ) -> Result<User> {
        let hash = self.0.hasher.hash(password).await?;
        let now = self.0.clock.now();
        let user = user.created(&ids::new_id(now), &ids::new_id(now), now);
        self.0.store.create_user(write, user, hash).await
    }

    /// Changes a user.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::EtagMismatch`], [`Error::LoginTaken`], [`Error::LastAdmin`].
    pub async fn change_user(&self, write: Write, change: UserChange) -> Result<User> {
        let changed = self.0.store.change_user(write, change).await?;
        self.0.holders.forget_all();
        Ok(changed)
    }

    /// Deletes a user for good, and answers them as they were.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::EtagMismatch`], [`Error::LastAdmin`].
    pub async fn delete_user(&self, write: Write, id: UserId, etag: Option<Etag>) -> Result<User> {
        let deleted = self.0.store.delete_user(write, id, etag).await?;
        self.0.holders.forget_all();
        Ok(deleted)
    }

    /// Changes a password and ends the user's sessions, but for the one with which they change their own.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong current password or one that may not be chosen, [`Error::SlowDown`] after several wrong
    /// ones; [`Error::NotFound`], [`Error::EtagMismatch`], [`Error::Busy`].
    pub async fn change_password(&self, write: Write, change: PasswordChange) -> Result<User> {
        // What was the current password then is so no more.
        if let Some(user) = self.0.store.answered_user(&write).await? {
            return Ok(user);
        }
        let PasswordChange { id, etag, right, password } = change;
        let user = self.user(&id).await?;
        let mut violations = Violations::default();
        violations.take("new_password", check_password(&password, user.login.as_str()));
        let session = match right {
            Right::Own { current, session } => {
                if !self.knows_password(&user, current).await? {
                    violations.add("current_password", "is not the current password");
                }
                Some(session)
            }
            Right::Admin => None,
        };
        violations.finish().map_err(Error::Invalid)?;
        let hash = self.0.hasher.hash(password).await?;
        let kept = KeptPassword { id, etag, hash, session };
        let changed = self.0.store.change_password(write, kept).await?;
        self.0.holders.forget_all();
        Ok(changed)
    }

    /// Whether this is the user's password. Guessing it is slowed down as signing in is.
    async fn knows_password(&self, user: &User, password: SecretString) -> Result<bool> {
        let account = AccountKey::of(user.login.as_str());
        let _turn = self.0.signing_in.turn(&account).await;
        self.check_pace(&account).await?;
        let hash = self.0.store.credentials(&user.login).await?.map(|(_, hash)| hash);
        let right = self.0.hasher.verify(password, hash).await?;
        if !right {
            let now = self.0.clock.now();
            self.0.store.add_failure(&account, now, now - self.0.guesses.window).await?;
        }
        Ok(right)
    }

    /// What is kept of a right password from now on: a new hash where the kept one was made at less than today's cost. That it
    /// cannot be made or kept just now is no reason to turn anybody away.
    pub(super) async fn renewed(
        &self,
        user: &User,
        password: SecretString,
        kept: PasswordHash,
    ) -> PasswordHash {
        if !self.0.hasher.is_outdated(&kept) {
            return kept;
        }
        match self.renew(user, password, &kept).await {
            Ok(Some(new)) => new,
            Ok(None) => kept,
            Err(error) => {
                tracing::warn!(%error, "could not renew what is kept of a password");
                kept
            }
        }
    }

    /// None: the password was changed meanwhile.
    async fn renew(
        &self,
        user: &User,
        password: SecretString,
        kept: &PasswordHash,
    ) -> Result<Option<PasswordHash>> {
        let new = self.0.hasher.hash(password).await?;
        let renewed = self.0.store.renew_password(&user.id, kept, &new).await?;
        Ok(renewed.then_some(new))
    }
}
