//! Who may do what: accounts, signing in, sessions, API keys, and the link that makes the first account.
//!
//! A password is kept as argon2id, a token or a key as SHA-256; neither is ever logged, and a token is told once. Nothing here
//! knows gRPC or SQL.

mod api_key;
mod change;
mod error;
mod holder;
mod keys;
mod password;
mod session;
mod slow_down;
mod token;
mod user;
mod users;

use std::sync::Arc;

use secrecy::SecretString;

pub use api_key::{ApiKey, ApiKeyId, Expiry, KeptApiKey, KeyHolder, NewApiKey};
pub use change::{KeptPassword, PasswordChange, Right, UserChange, UserFields};
pub use error::{Error, Result};
pub use holder::Holder;
pub use keys::MadeApiKey;
pub use password::{PasswordHash, PasswordRefusal, check_password};
pub use session::{NewSession, Session, SessionId, SignedIn};
pub use slow_down::{AccountKey, Failures};
pub use token::{Token, TokenDigest, TokenKind};
pub use user::{Login, LoginError, NewUser, User, UserId};

use self::{holder::Holders, password::Hasher, slow_down::Stripes};
use crate::{
    buckets::{Buckets, Quota},
    clock::Clock,
    config::{Guesses, Limits, Sessions},
    domain::{Role, Write},
    ids,
    network::Network,
    store::access::{AccessStore, SetupToken},
};

/// The accounts and sessions of one shop. Cheap to clone; clones are one and the same.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    store: Arc<dyn AccessStore>,
    clock: Arc<dyn Clock>,
    hasher: Hasher,
    signing_in: Stripes,
    /// Attempts to sign in that failed, by where they came from.
    attempts: Buckets<Network>,
    holders: Holders,
    lasts: Sessions,
    guesses: Guesses,
}

/// What signing in gives: the session, and the token that is told this once.
#[derive(Debug)]
pub struct SignIn {
    /// The session with its user.
    pub session: SignedIn,
    /// The secret.
    pub token: Token,
}

impl Access {
    /// The accounts in a store, with the limits of signing in.
    pub fn new(store: Arc<dyn AccessStore>, clock: Arc<dyn Clock>, limits: &Limits) -> Self {
        let sign_ins = limits.sign_ins_per_address;
        Self(Arc::new(Inner {
            store,
            clock,
            hasher: Hasher::new(limits.passwords),
            signing_in: Stripes::new(),
            attempts: Buckets::new(Quota::in_window(sign_ins, limits.guesses.window)),
            holders: Holders::new(),
            lasts: limits.sessions,
            guesses: limits.guesses,
        }))
    }

    /// Makes a token for the first account, valid for an hour and instead of any before it; none once there is an account.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn setup_token(&self) -> Result<Option<Token>> {
        let token = Token::new(TokenKind::Setup);
        let expire_time = self.0.clock.now() + SetupToken::LIFETIME;
        let kept = SetupToken { digest: token.digest(), expire_time };
        Ok(self.0.store.put_setup_token(kept).await?.then_some(token))
    }

    /// The link that makes the first account, `{origin}/admin/setup#{token}`; none once there is an account.
    ///
    /// The token stands behind `#`, which browsers keep to themselves.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn setup_link(&self, origin: &crate::config::Origin) -> Result<Option<String>> {
        let token = self.setup_token().await?;
        Ok(token.map(|token| format!("{origin}/admin/setup#{}", token.expose())))
    }

    /// Makes the first account, an admin; a write that only validates leaves the token as it was.
    ///
    /// # Errors
    /// [`Error::CredentialsInvalid`] for a token that is wrong, used or too old; [`Error::Busy`].
    pub async fn redeem_setup_token(
        &self,
        write: Write,
        token: &str,
        login: Login,
        display_name: &str,
        password: SecretString,
    ) -> Result<User> {
        let digest = Token::parse(TokenKind::Setup, token).ok_or(Error::CredentialsInvalid)?;
        let now = self.0.clock.now();
        let live = self.0.store.setup_token().await?;
        live.filter(|live| live.opens_with(&digest, now)).ok_or(Error::CredentialsInvalid)?;

        let display_name = match display_name {
            "" => login.local_part().to_owned(),
            name => name.to_owned(),
        };
        let user = NewUser { id: None, login, display_name, role: Role::Admin, disabled: false };
        let hash = self.0.hasher.hash(password).await?;
        let user = user.created(&ids::new_id(now), &ids::new_id(now), now);
        let created = self.0.store.create_first_user(write, digest, user, hash, now).await?;
        created.ok_or(Error::CredentialsInvalid)
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`Error::CredentialsInvalid`], after the same time whether login or password is wrong; [`Error::SlowDown`] after
    /// several failures at one account or many from one network; [`Error::Busy`].
    pub async fn sign_in(
        &self,
        login: &str,
        password: SecretString,
        from: Option<Network>,
    ) -> Result<SignIn> {
        let Some(network) = from else { return self.try_account(login, password).await };
        // Taken before and given back after, so that many attempts at once are not more than one after the other.
        self.0.attempts.take(&network, self.0.clock.now()).map_err(Error::SlowDown)?;
        let tried = self.try_account(login, password).await;
        if !matches!(tried, Err(Error::CredentialsInvalid | Error::SlowDown(_))) {
            self.0.attempts.give_back(&network);
        }
        tried
    }

    async fn try_account(&self, login: &str, password: SecretString) -> Result<SignIn> {
        let account = AccountKey::of(login);
        // One attempt at a time for an account, or many at once would slip past the count.
        let _turn = self.0.signing_in.turn(&account).await;
        self.check_pace(&account).await?;

        let known = match Login::parse(login) {
            Ok(login) => self.0.store.credentials(&login).await?,
            Err(_) => None,
        };
        let hash = known.as_ref().map(|(_, hash)| hash.clone());
        let right = self.0.hasher.verify(password.clone(), hash).await?;
        match known.filter(|(user, _)| right && !user.disabled) {
            Some((user, hash)) => {
                self.0.store.clear_failures(&account).await?;
                let hash = self.renewed(&user, password, hash).await;
                self.begin_session(user, hash).await
            }
            None => {
                let now = self.0.clock.now();
                self.0.store.add_failure(&account, now, now - self.0.guesses.window).await?;
                Err(Error::CredentialsInvalid)
            }
        }
    }

    /// Whether an account may be tried now.
    async fn check_pace(&self, account: &AccountKey) -> Result<()> {
        let failures = self.0.store.failures(account).await?;
        let wait = failures.and_then(|failures| failures.wait(self.0.clock.now(), &self.0.guesses));
        wait.map_or(Ok(()), |wait| Err(Error::SlowDown(wait)))
    }

    async fn begin_session(&self, user: User, password: PasswordHash) -> Result<SignIn> {
        let token = Token::new(TokenKind::Session);
        let now = self.0.clock.now();
        let id = SessionId::new(ids::new_id(now));
        let session = Session { id, create_time: now, last_used: now };
        let new = NewSession {
            session: session.clone(),
            user: user.id.clone(),
            digest: token.digest(),
            password,
            lasts: self.0.lasts,
        };
        // Whoever disables a user or changes a password ends the sessions, also the one that is just beginning.
        if !self.0.store.create_session(new).await? {
            return Err(Error::CredentialsInvalid);
        }
        Ok(SignIn { session: SignedIn { session, user }, token })
    }

    /// How long a sign-in lasts.
    pub fn lasts(&self) -> &Sessions {
        &self.0.lasts
    }

    /// The live sessions of a user, newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sessions(&self, user: &UserId) -> Result<Vec<Session>> {
        let now = self.0.clock.now();
        let mut sessions = self.0.store.sessions(user).await?;
        sessions.retain(|session| session.is_live(now, &self.0.lasts));
        sessions
            .sort_by_key(|session| std::cmp::Reverse((session.create_time, session.id.clone())));
        Ok(sessions)
    }

    /// Ends a session of a user.
    ///
    /// # Errors
    /// [`Error::SessionNotFound`].
    pub async fn end_session(
        &self,
        write: Write,
        user: &UserId,
        session: &SessionId,
    ) -> Result<()> {
        // After a trial the session is read anew, and found.
        if let Some(digest) = self.0.store.end_session(write, user, session).await? {
            self.0.holders.forget(&digest).await;
        }
        Ok(())
    }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
fn same(one: &[u8], other: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(one, other).into()
}

#[cfg(test)]
mod tests;
