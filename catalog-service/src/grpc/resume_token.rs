//! Resume tokens: from where in the feed of changes a stream goes on, so that nothing is lost between a read and its stream.
//!
//! A token is bound to the kind of its caller, as what the read has shown is: whoever signs in has more to see than what has
//! changed since.

use std::sync::{Arc, PoisonError, RwLock};

use http::{HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use super::{
    seal::{Purpose, Seals, Unopened},
    status,
};
use crate::domain::{Audience, FeedPosition};

/// The metadata in which a read answers its token.
pub(crate) const SHELF_RESUME_TOKEN: HeaderName = HeaderName::from_static("shelf-resume-token");

/// Seals and opens resume tokens.
#[derive(Debug)]
pub(super) struct ResumeTokens {
    seals: Arc<Seals>,
    public: Kind,
    staff: Kind,
}

/// The tokens of one kind of caller. Between two writes all of them are the same, so the last one is kept.
#[derive(Debug)]
struct Kind {
    purpose: Purpose,
    last: RwLock<Option<Sealed>>,
}

/// A token, and what it was made of.
#[derive(Debug)]
struct Sealed {
    position: FeedPosition,
    expiry: u32,
    token: HeaderValue,
}

impl ResumeTokens {
    /// Resume tokens under these seals.
    pub(super) fn new(seals: Arc<Seals>) -> Self {
        let of = |audience: &str| {
            let digest =
                Sha256::new().chain_update(SHELF_RESUME_TOKEN.as_str()).chain_update(audience);
            Kind { purpose: Purpose::new(digest), last: RwLock::default() }
        };
        Self { seals, public: of(" public"), staff: of(" staff") }
    }

    /// The token of what this audience has read up to `position`.
    ///
    /// # Errors
    /// INTERNAL when metadata cannot carry it, which would be a fault of its encoding.
    pub(super) fn seal(
        &self,
        audience: Audience,
        position: FeedPosition,
    ) -> Result<HeaderValue, Status> {
        let kind = self.kind(audience);
        let expiry = self.seals.expiry();
        if let Some(token) = kind.last(position, expiry) {
            return Ok(token);
        }
        let payload = position.number().to_be_bytes();
        let token = self.seals.seal_until(expiry, kind.purpose, &payload);
        let token = HeaderValue::try_from(token).map_err(|error| status::internal(&error))?;
        let sealed = Sealed { position, expiry, token: token.clone() };
        *kind.last.write().unwrap_or_else(PoisonError::into_inner) = Some(sealed);
        Ok(token)
    }

    /// From where a token goes on; none for an empty one, which is from now on.
    ///
    /// # Errors
    /// RESUME_TOKEN_EXPIRED for one that is too old, FIELD_INVALID for one that was not made here and for this audience.
    pub(super) fn open(
        &self,
        audience: Audience,
        token: &str,
    ) -> Result<Option<FeedPosition>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let payload =
            self.seals.open(self.kind(audience).purpose, token).map_err(|why| match why {
                Unopened::Expired => status::resume_token_expired(),
                Unopened::Foreign => status::resume_token_invalid(),
            })?;
        let number = payload.try_into().map_err(|_| status::resume_token_invalid())?;
        Ok(Some(FeedPosition::new(i64::from_be_bytes(number))))
    }

    fn kind(&self, audience: Audience) -> &Kind {
        match audience {
            Audience::Public => &self.public,
            Audience::Staff => &self.staff,
        }
    }
}

impl Kind {
    fn last(&self, position: FeedPosition, expiry: u32) -> Option<HeaderValue> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        let is_same = |last: &&Sealed| last.position == position && last.expiry == expiry;
        last.as_ref().filter(is_same).map(|last| last.token.clone())
    }
}

#[cfg(test)]
mod tests;
