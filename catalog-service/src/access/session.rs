//! Sessions: how long a sign-in lasts.

use jiff::{SignedDuration, Timestamp};

use super::{PasswordHash, TokenDigest, User, UserId};
use crate::domain::{Actor, Caller};

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
    /// How long it lasts without being used.
    pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
    /// How long it lasts at most.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
    /// How many a user has at a time; the oldest makes room.
    pub const MOST: u32 = 10;
    /// How often its use is written down.
    pub const TOUCHED_EVERY: SignedDuration = SignedDuration::from_secs(15);

    /// When it ends unless it is used before.
    pub fn expire_time(&self) -> Timestamp {
        (self.last_used + Self::IDLE).min(self.create_time + Self::LONGEST)
    }

    /// Whether it has not ended.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expire_time()
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
        let minute = SignedDuration::from_mins(1);
        assert!(session.is_live(begun + Session::IDLE - minute));
        assert!(!session.is_live(begun + Session::IDLE));

        session.last_used = begun + Session::LONGEST - minute;
        assert!(session.is_live(session.last_used));
        assert_eq!(session.expire_time(), begun + Session::LONGEST);
    }
}
