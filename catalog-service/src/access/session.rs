//! Sessions: how long a sign-in lasts.

use jiff::{SignedDuration, Timestamp};

use super::{PasswordHash, TokenDigest, User, UserId};
use crate::{
    config::Sessions,
    domain::{Actor, Caller},
};

/// The id of a session, which is not its secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(String);

impl SessionId {
    /// Takes an id made by `ids`, or one kept before.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The resource name.
    pub fn name(&self) -> String {
        format!("sessions/{}", self.0)
    }

    /// The id alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which one it is.
    pub id: SessionId,
    /// When it began.
    pub create_time: Timestamp,
    /// When it was last used, give or take [`Session::TOUCHED_EVERY`].
    pub last_used: Timestamp,
}

impl Session {
    /// How often its use is written down.
    pub const TOUCHED_EVERY: SignedDuration = SignedDuration::from_secs(15);

    /// When it ends unless it is used before.
    pub fn expire_time(&self, lasts: &Sessions) -> Timestamp {
        (self.last_used + lasts.idle).min(self.create_time + lasts.longest)
    }

    /// Whether it has not ended.
    pub fn is_live(&self, now: Timestamp, lasts: &Sessions) -> bool {
        now < self.expire_time(lasts)
    }

    /// Whether its use is to be written down again.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_used) >= Self::TOUCHED_EVERY
    }
}

/// A session to keep.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub user: UserId,
    /// What is kept of its token.
    pub digest: TokenDigest,
    /// What is kept of the password that it was begun with.
    pub password: PasswordHash,
    /// How long it and all others last, and how many its user has.
    pub lasts: Sessions,
}

/// A session and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The user.
    pub user: User,
}

impl SignedIn {
    /// The user as one who calls.
    pub fn caller(&self) -> Caller {
        let actor =
            Actor { name: self.user.id.name(), display_name: self.user.display_name.clone() };
        Caller { actor, role: self.user.role }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_idle_or_old() {
        let begun = Timestamp::UNIX_EPOCH;
        let mut session = Session { id: SessionId::new("s"), create_time: begun, last_used: begun };
        let lasts = Sessions::default();
        let micro = SignedDuration::from_micros(1);
        let idle = begun + lasts.idle;
        assert!(session.is_live(idle - micro, &lasts));
        assert!(!session.is_live(idle, &lasts) && !session.is_live(idle + micro, &lasts));

        let end = begun + lasts.longest;
        session.last_used = end - micro;
        assert!(session.is_live(end - micro, &lasts));
        assert!(!session.is_live(end, &lasts) && !session.is_live(end + micro, &lasts));
        assert_eq!(session.expire_time(&lasts), end);
    }
}
