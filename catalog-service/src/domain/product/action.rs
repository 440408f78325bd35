//! What an action makes of a product.

use jiff::{SignedDuration, Timestamp};

use super::{Product, State};
use crate::domain::{Actor, ChangeKind, ProductAction, Refusal};

/// How long a deleted product can be restored.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Product {
    /// A product that was deleted at this time, or before it, is gone for good by `now`.
    pub fn purged_when_deleted_at(now: Timestamp) -> Timestamp {
        now.checked_sub(KEPT).unwrap_or(Timestamp::MIN)
    }
}

impl ProductAction {
    /// Which kind of change it is in the product's history.
    pub fn kind(&self) -> ChangeKind {
        match self {
            Self::Update { .. } => ChangeKind::Updated,
            Self::Delete => ChangeKind::Deleted,
            Self::Undelete { .. } => ChangeKind::Undeleted,
            Self::Publish => ChangeKind::Published,
            Self::Unpublish => ChangeKind::Unpublished,
            Self::Archive => ChangeKind::Archived,
        }
    }

    /// The product after the action; none: it stays as it is. The slug of an update is not put in: whether it is free, the store knows; nor
    /// are its fields checked, which [`crate::domain::Standing`] does.
    ///
    /// # Errors
    /// [`Refusal::Deleted`] and [`Refusal::NotDeleted`].
    pub fn apply(
        &self,
        current: &Product,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Product>, Refusal> {
        let name = || current.id.name();
        match (self, current.is_deleted()) {
            (Self::Undelete { .. }, false) => return Err(Refusal::NotDeleted { name: name() }),
            (Self::Undelete { .. }, true) | (_, false) => {}
            (_, true) => return Err(Refusal::Deleted { name: name() }),
        }
        let mut after = current.clone();
        match self {
            Self::Update { fields, mask } => fields.put_into(mask, &mut after),
            Self::Delete => {
                after.delete_time = Some(now);
                after.purge_time = now.checked_add(KEPT).ok();
                after.delete_actor = Some(actor.clone());
            }
            Self::Undelete { slug, .. } => {
                after.slug = slug.clone().unwrap_or(after.slug);
                after.delete_time = None;
                after.purge_time = None;
                after.delete_actor = None;
            }
            Self::Publish if current.state == State::Active => return Ok(None),
            Self::Publish => after.state = State::Active,
            Self::Unpublish if current.state == State::Draft => return Ok(None),
            Self::Unpublish => after.state = State::Draft,
            Self::Archive if current.state == State::Archived => return Ok(None),
            Self::Archive => after.state = State::Archived,
        }
        // The version rises even when the fields do not change, so that two writers can never both win.
        after.version += 1;
        after.update_time = now.max(current.update_time);
        after.update_actor = actor.clone();
        Ok(Some(after))
    }
}
