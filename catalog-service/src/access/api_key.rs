//! API keys: what programs call with. A key is never changed, ends by itself, and may no more than the user who made it may.

use jiff::{SignedDuration, Timestamp};

use super::{TokenDigest, User, UserId};
use crate::domain::{Actor, Caller, Etag, Role, Uid};

/// The id of an API key, which is not its secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiKeyId(String);

impl ApiKeyId {
    /// Takes an id made by `ids`, or one kept before.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Takes `apiKeys/{api_key}`.
    pub fn from_name(name: &str) -> Option<Self> {
        name.strip_prefix("apiKeys/").filter(|id| !id.is_empty()).map(Self::new)
    }

    /// The resource name.
    pub fn name(&self) -> String {
        format!("apiKeys/{}", self.0)
    }

    /// The id alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a program calls with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Which one it is.
    pub id: ApiKeyId,
    /// Never used again.
    pub uid: Uid,
    /// What it is for, as others see it beside its changes.
    pub display_name: String,
    /// What it may do, as long as its user may.
    pub role: Role,
    /// Who made it.
    pub user: UserId,
    /// When it was made.
    pub create_time: Timestamp,
    /// When it ends.
    pub expire_time: Timestamp,
    /// When it was last used, give or take [`ApiKey::TOUCHED_EVERY`].
    pub last_used: Option<Timestamp>,
}

impl ApiKey {
    /// How long a key lasts when nobody says.
    pub const LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);
    /// How long a key lasts at most: a year, leap day included.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
    /// How often its use is written down.
    pub const TOUCHED_EVERY: SignedDuration = SignedDuration::from_mins(1);

    /// The tag of the only version.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.uid, 1)
    }

    /// Whether it has not ended.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expire_time
    }

    /// Whether its use is to be written down again.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.last_used.is_none_or(|last| now.duration_since(last) >= Self::TOUCHED_EVERY)
    }
}

/// When a key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// After [`ApiKey::LIFETIME`].
    Default,
    /// At a time.
    At(Timestamp),
    /// After a while.
    In(SignedDuration),
}

impl Expiry {
    /// The time, if a key that is made now may end then.
    pub(super) fn time(self, now: Timestamp) -> Option<Timestamp> {
        let time = match self {
            Self::Default => now + ApiKey::LIFETIME,
            Self::At(time) => time,
            Self::In(ttl) => now.checked_add(ttl).ok()?,
        };
        (now < time && time <= now + ApiKey::LONGEST).then_some(time)
    }

    /// The field that it was read from.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::In(_) => "api_key.ttl",
            Self::Default | Self::At(_) => "api_key.expire_time",
        }
    }
}

/// A key to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is for.
    pub display_name: String,
    /// What it may do.
    pub role: Role,
    /// When it ends.
    pub expiry: Expiry,
}

/// A key to keep.
#[derive(Clone, Debug)]
pub struct KeptApiKey {
    /// The key.
    pub key: ApiKey,
    /// What is kept of its secret.
    pub digest: TokenDigest,
}

/// An API key and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    /// The key.
    pub key: ApiKey,
    /// Who made it.
    pub user: User,
}

impl KeyHolder {
    /// The key as one that calls. What its user may not do any more, it may not either.
    pub fn caller(&self) -> Caller {
        let (name, display_name) = (self.key.id.name(), self.key.display_name.clone());
        let role = self.key.role.min(self.user.role);
        Caller { actor: Actor { name, display_name }, role }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_key_ends_within_a_year_and_not_in_the_past() {
        let second = SignedDuration::from_secs(1);
        assert_eq!(Expiry::Default.time(NOW), Some(NOW + ApiKey::LIFETIME));
        assert_eq!(Expiry::In(second).time(NOW), Some(NOW + second));
        assert_eq!(Expiry::At(NOW + ApiKey::LONGEST).time(NOW), Some(NOW + ApiKey::LONGEST));
        for expiry in [
            Expiry::At(NOW),
            Expiry::At(NOW + ApiKey::LONGEST + second),
            Expiry::In(SignedDuration::ZERO),
            Expiry::In(-second),
            Expiry::In(SignedDuration::MAX),
        ] {
            assert_eq!(expiry.time(NOW), None, "{expiry:?}");
        }
    }
}
