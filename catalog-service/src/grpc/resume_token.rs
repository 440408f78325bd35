//! Resume tokens: from where in the feed of changes a stream goes on, so that nothing is lost between a read and its stream.
//!
//! A token is bound to the kind of its caller, as what the read has shown is: whoever signs in has more to see than what has
//! changed since.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tonic::{
    Status,
    metadata::{Ascii, MetadataValue},
};

use super::{
    seal::{Purpose, Seals},
    status,
};
use crate::domain::{Audience, FeedPosition};

/// The metadata in which a read answers its token.
pub(crate) const SHELF_RESUME_TOKEN: &str = "shelf-resume-token";

/// Seals resume tokens.
#[derive(Debug)]
pub(super) struct ResumeTokens {
    seals: Arc<Seals>,
    public: Purpose,
    staff: Purpose,
}

impl ResumeTokens {
    /// Resume tokens under these seals.
    pub(super) fn new(seals: Arc<Seals>) -> Self {
        let of = |audience: &str| {
            Purpose::new(Sha256::new().chain_update(SHELF_RESUME_TOKEN).chain_update(audience))
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
    ) -> Result<MetadataValue<Ascii>, Status> {
        let payload = position.number().to_be_bytes();
        let token = self.seals.seal(self.purpose(audience), &payload);
        MetadataValue::try_from(token).map_err(|error| status::internal(&error))
    }

    fn purpose(&self, audience: Audience) -> Purpose {
        match audience {
            Audience::Public => self.public,
            Audience::Staff => self.staff,
        }
    }
}

#[cfg(test)]
mod tests;
