//! Where users, sessions, API keys and failed sign-ins are kept: the contract that every backend fulfils.
//!
//! It sees digests and hashes, never a password or a token. Nothing here is part of the change feed.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::Result;
use crate::{
    access::{
        self, AccountKey, ApiKey, ApiKeyId, Failures, KeptApiKey, KeptPassword, KeyHolder, Login,
        NewSession, PasswordHash, Session, SessionId, SignedIn, TokenDigest, User, UserChange,
        UserId,
    },
    domain::{Etag, Page, PageRequest, Write},
};

/// The one-time token of the first account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupToken {
    /// What is kept of it.
    pub digest: TokenDigest,
    /// When it is too old.
    pub expire_time: Timestamp,
}

impl SetupToken {
    /// How long it may be used.
    pub const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

    /// Whether what was given is this token, and in time.
    pub fn opens_with(&self, given: &TokenDigest, now: Timestamp) -> bool {
        self.digest == *given && now < self.expire_time
    }
}

/// Keeps who may sign in, and who has.
///
/// * Each method is one transaction, and what is answered is durable.
/// * Logins are unique without regard to case, user ids are unique.
/// * The first user is made only while there is none, and by the one token that is live.
/// * From then on there is always an admin who is not disabled.
/// * What ends a session or an API key takes it out of the store in the same transaction.
#[async_trait]
pub trait AccessStore: Send + Sync + 'static {
    /// Keeps the token of the first account in place of any other; whether there is no account yet.
    async fn put_setup_token(&self, token: SetupToken) -> Result<bool>;

    /// The token of the first account, if there is one.
    async fn setup_token(&self) -> Result<Option<SetupToken>>;

    /// Makes the first user and ends the token, with the rule of writes that only validate; none: there is a user already, or the
    /// token is not live.
    async fn create_first_user(
        &self,
        write: Write,
        token: TokenDigest,
        user: User,
        password: PasswordHash,
        now: Timestamp,
    ) -> Result<Option<User>>;

    /// Creates a user, with the rules of every write: request id and validation only.
    async fn create_user(
        &self,
        write: Write,
        user: User,
        password: PasswordHash,
    ) -> access::Result<User>;

    /// Changes a user. Another role ends their sessions, disabling their sessions and API keys.
    async fn change_user(&self, write: Write, change: UserChange) -> access::Result<User>;

    /// Deletes a user for good, with their sessions and API keys and all that they were answered; answers them as they were.
    async fn delete_user(
        &self,
        write: Write,
        id: UserId,
        etag: Option<Etag>,
    ) -> access::Result<User>;

    /// Keeps a new password, and ends all sessions of the user but one.
    async fn change_password(&self, write: Write, password: KeptPassword) -> access::Result<User>;

    /// Keeps another hash of the same password, with which all sessions go on; false: the password was changed meanwhile.
    async fn renew_password(
        &self,
        user: &UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<bool>;

    /// The user that an earlier write with the same request id was answered.
    async fn answered_user(&self, write: &Write) -> Result<Option<User>>;

    /// One user.
    async fn user(&self, id: &UserId) -> Result<Option<User>>;

    /// The users by login; the cursor's id is the login's key.
    async fn users(&self, page: PageRequest) -> Result<Page<User>>;

    /// The user of a login and what is kept of the password.
    async fn credentials(&self, login: &Login) -> Result<Option<(User, PasswordHash)>>;

    /// The failed attempts at an account.
    async fn failures(&self, account: &AccountKey) -> Result<Option<Failures>>;

    /// Counts a failed attempt; those whose last one was before `forget` are forgotten.
    async fn add_failure(
        &self,
        account: &AccountKey,
        now: Timestamp,
        forget: Timestamp,
    ) -> Result<()>;

    /// Forgets the failed attempts at an account.
    async fn clear_failures(&self, account: &AccountKey) -> Result<()>;

    /// Keeps a session, in place of the user's oldest if there are as many as they may have, and lets go of those that have ended;
    /// false: the user is gone, disabled, or has another password by now.
    async fn create_session(&self, session: NewSession) -> Result<bool>;

    /// The session of a token, with its user; it may have ended.
    async fn session(&self, token: &TokenDigest) -> Result<Option<SignedIn>>;

    /// All sessions of a user that are kept.
    async fn sessions(&self, user: &UserId) -> Result<Vec<Session>>;

    /// Writes down when a session was last used.
    async fn touch_session(&self, session: &Session) -> Result<()>;

    /// Ends a session of a user, with the rules of every write, and answers what was kept of its token; none: an earlier call with
    /// the same request id has ended it.
    async fn end_session(
        &self,
        write: Write,
        user: &UserId,
        session: &SessionId,
    ) -> access::Result<Option<TokenDigest>>;

    /// Keeps an API key, with the rules of every write.
    async fn create_api_key(&self, write: Write, key: KeptApiKey) -> access::Result<ApiKey>;

    /// One API key.
    async fn api_key(&self, id: &ApiKeyId) -> Result<Option<ApiKey>>;

    /// The API keys, newest first.
    async fn api_keys(&self, page: PageRequest) -> Result<Page<ApiKey>>;

    /// Deletes an API key, and answers it as it was.
    async fn delete_api_key(
        &self,
        write: Write,
        id: ApiKeyId,
        etag: Option<Etag>,
    ) -> access::Result<ApiKey>;

    /// The API key of a secret, with its user; it may have ended.
    async fn key_holder(&self, secret: &TokenDigest) -> Result<Option<KeyHolder>>;

    /// Writes down when an API key was last used.
    async fn touch_api_key(&self, key: &ApiKey) -> Result<()>;
}
