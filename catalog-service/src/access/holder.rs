//! Whose a token is, and for how long that is believed without asking the store again.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use tokio::sync::Mutex;

use super::{
    Access, Error, KeyHolder, Result, SessionId, SignedIn, Token, TokenDigest, TokenKind, UserId,
};
use crate::{config::Sessions, domain::Caller, store::access::AccessStore};

/// How long what was read of a token is believed: it may have been taken away elsewhere since.
const BELIEVED: SignedDuration = SignedDuration::from_secs(1);

/// Tokens that are remembered at a time.
const REMEMBERED: u64 = 10_000;

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Somebody who is signed in.
    Session(SignedIn),
    /// A program.
    Key(KeyHolder),
}

impl Holder {
    /// Who calls with the token.
    pub fn caller(&self) -> Caller {
        match self {
            Self::Session(signed_in) => signed_in.caller(),
            Self::Key(holder) => holder.caller(),
        }
    }

    /// The user who is signed in, or who made the key.
    pub fn user(&self) -> &UserId {
        match self {
            Self::Session(signed_in) => &signed_in.user.id,
            Self::Key(holder) => &holder.user.id,
        }
    }

    /// The session, if it is one.
    pub fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Session(signed_in) => Some(&signed_in.session.id),
            Self::Key(_) => None,
        }
    }

    /// Why the token opens nothing now, if so.
    fn ended(&self, now: Timestamp, lasts: &Sessions) -> Option<Error> {
        match self {
            Self::Session(SignedIn { session, user }) => {
                (!session.is_live(now, lasts) || user.disabled).then_some(Error::SessionExpired)
            }
            Self::Key(KeyHolder { key, user }) => {
                (!key.is_live(now) || user.disabled).then_some(Error::ApiKeyEnded)
            }
        }
    }

    /// Whether its use is to be written down again.
    fn is_due(&self, now: Timestamp) -> bool {
        match self {
            Self::Session(signed_in) => signed_in.session.is_due(now),
            Self::Key(holder) => holder.key.is_due(now),
        }
    }

    /// The same, used now.
    fn used(&self, now: Timestamp) -> Self {
        let mut used = self.clone();
        match &mut used {
            Self::Session(signed_in) => signed_in.session.last_used = now,
            Self::Key(holder) => holder.key.last_used = Some(now),
        }
        used
    }
}

/// What was read of tokens within the last second.
pub(super) struct Holders {
    known: Cache<TokenDigest, Known>,
    /// Held while a last use is written down, so that a busy page writes it once.
    touching: Mutex<()>,
}

#[derive(Clone)]
struct Known {
    holder: Arc<Holder>,
    read: Timestamp,
}

impl Holders {
    pub(super) fn new() -> Self {
        Self { known: Cache::new(REMEMBERED), touching: Mutex::new(()) }
    }

    /// Forgets one token.
    pub(super) async fn forget(&self, digest: &TokenDigest) {
        self.known.invalidate(digest).await;
    }

    /// Forgets all tokens: what some of them open has changed.
    pub(super) fn forget_all(&self) {
        self.known.invalidate_all();
    }

    async fn believed(&self, digest: &TokenDigest, now: Timestamp) -> Option<Known> {
        let known = self.known.get(digest).await?;
        // A clock that was set back proves nothing.
        let age = now.duration_since(known.read);
        (SignedDuration::ZERO..BELIEVED).contains(&age).then_some(known)
    }
}

impl Access {
    /// Whose token this is, and notes that it was used.
    ///
    /// # Errors
    /// [`Error::CredentialsInvalid`] for what is no token of a session or an API key; [`Error::SessionExpired`] and
    /// [`Error::ApiKeyEnded`] for one that is not live.
    pub async fn holder(&self, token: &str) -> Result<Arc<Holder>> {
        let (kind, digest) = Token::read(token).ok_or(Error::CredentialsInvalid)?;
        let now = self.0.clock.now();
        // Most tokens are known and not due; what the others wait for is in boxes, or all would be as large.
        let known = match self.0.holders.believed(&digest, now).await {
            Some(known) => known,
            None => Box::pin(self.read_holder(kind, &digest, now)).await?,
        };
        if let Some(ended) = known.holder.ended(now, &self.0.lasts) {
            Box::pin(self.0.holders.forget(&digest)).await;
            return Err(ended);
        }
        if known.holder.is_due(now) {
            return Ok(Box::pin(self.touch(&digest, known)).await);
        }
        Ok(known.holder)
    }

    /// Whose token this is, asked of the store itself. It is no use of the token, which ends when it would.
    ///
    /// # Errors
    /// As for [`Self::holder`].
    pub async fn look(&self, token: &str) -> Result<Arc<Holder>> {
        let (kind, digest) = Token::read(token).ok_or(Error::CredentialsInvalid)?;
        let now = self.0.clock.now();
        let known = self.read_holder(kind, &digest, now).await?;
        known.holder.ended(now, &self.0.lasts).map_or(Ok(known.holder), Err)
    }

    /// `now` is when the reading begins: what is taken away while it is under way is felt a second after that at the latest.
    async fn read_holder(
        &self,
        kind: TokenKind,
        digest: &TokenDigest,
        now: Timestamp,
    ) -> Result<Known> {
        let store = &self.0.store;
        let holder = match kind {
            TokenKind::Session => {
                Holder::Session(store.session(digest).await?.ok_or(Error::SessionExpired)?)
            }
            TokenKind::ApiKey => {
                Holder::Key(store.key_holder(digest).await?.ok_or(Error::ApiKeyEnded)?)
            }
            TokenKind::Setup => return Err(Error::CredentialsInvalid),
        };
        let known = Known { holder: Arc::new(holder), read: now };
        self.0.holders.known.insert(digest.clone(), known.clone()).await;
        Ok(known)
    }

    /// Writes down that a token was used, unless another call is just doing so. A store that takes no writes costs a session
    /// its lengthening, not the call: whoever may read still reads.
    async fn touch(&self, digest: &TokenDigest, known: Known) -> Arc<Holder> {
        let Ok(_only) = self.0.holders.touching.try_lock() else { return known.holder };
        let used = known.holder.used(self.0.clock.now());
        if let Err(error) = write_use(self.0.store.as_ref(), &used).await {
            tracing::warn!(%error, "could not write down that a token was used");
            return known.holder;
        }
        // It is as old as it was: its use says nothing of whether it still opens something.
        let known = Known { holder: Arc::new(used), read: known.read };
        self.0.holders.known.insert(digest.clone(), known.clone()).await;
        known.holder
    }
}

async fn write_use(store: &dyn AccessStore, used: &Holder) -> crate::store::Result<()> {
    match used {
        Holder::Session(signed_in) => store.touch_session(&signed_in.session).await,
        Holder::Key(holder) => store.touch_api_key(&holder.key).await,
    }
}
