//! The feed of changes: what was done in the shop, by whom and when.

use jiff::Timestamp;

use super::{Actor, ChangeKind};

/// What was done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// It was created.
    Created = 1,
    /// Fields of it were changed.
    Updated = 2,
    /// It was deleted.
    Deleted = 3,
    /// It was restored.
    Undeleted = 4,
    /// It went for good.
    Expunged = 5,
    /// It was published.
    Published = 6,
    /// It was unpublished.
    Unpublished = 7,
    /// It was archived.
    Archived = 8,
    /// It got the content of an earlier revision.
    RolledBack = 9,
}

impl EntryKind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Updated,
        Self::Deleted,
        Self::Undeleted,
        Self::Expunged,
        Self::Published,
        Self::Unpublished,
        Self::Archived,
        Self::RolledBack,
    ];

    /// The number under which it is kept.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The kind that is kept under a number.
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Its name in the contract, without the prefix of the enum.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
            Self::Undeleted => "UNDELETED",
            Self::Expunged => "EXPUNGED",
            Self::Published => "PUBLISHED",
            Self::Unpublished => "UNPUBLISHED",
            Self::Archived => "ARCHIVED",
            Self::RolledBack => "ROLLED_BACK",
        }
    }
}

/// What a revision's change is to the resource that it was made to.
impl From<ChangeKind> for EntryKind {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Created | ChangeKind::VariantCreated => Self::Created,
            ChangeKind::Updated => Self::Updated,
            ChangeKind::Deleted | ChangeKind::VariantDeleted => Self::Deleted,
            ChangeKind::Undeleted => Self::Undeleted,
            ChangeKind::Published => Self::Published,
            ChangeKind::Unpublished => Self::Unpublished,
            ChangeKind::Archived => Self::Archived,
            ChangeKind::RolledBack(_) => Self::RolledBack,
        }
    }
}

/// The id of the product that a resource is, or belongs to.
pub fn product_of(resource: &str) -> Option<&str> {
    let below = resource.strip_prefix("products/")?;
    below.split('/').next()
}

/// One change, by its number in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// Numbers only rise.
    pub number: i64,
    /// What was done.
    pub kind: EntryKind,
    /// The name of what was changed.
    pub resource: String,
    /// What people called it then.
    pub title: String,
    /// The fields that were changed.
    pub changed_fields: Vec<String>,
    /// Who did it.
    pub actor: Actor,
    /// When it was done.
    pub create_time: Timestamp,
    /// The number of the revision that it left of a product, if that is kept.
    pub revision: Option<u64>,
    /// The id of the request that did it.
    pub request_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_belongs_to_its_product() {
        assert_eq!(product_of("products/mug"), Some("mug"));
        assert_eq!(product_of("products/mug/variants/white"), Some("mug"));
        assert_eq!(product_of("categories/mug"), None);
    }

    #[test]
    fn each_kind_is_found_by_the_number_it_is_kept_under() {
        for (number, kind) in (1..).zip(EntryKind::ALL) {
            assert_eq!((kind.number(), EntryKind::of_number(number)), (number, Some(kind)));
        }
        assert_eq!(EntryKind::of_number(0), None);
        assert_eq!(EntryKind::of_number(10), None);
    }
}
