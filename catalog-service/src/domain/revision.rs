//! What a change left behind: which fields it changed, who made it, and the product as it then stood.

use std::fmt;

use jiff::Timestamp;

use super::{Actor, Etag, NameError, ProductId, RevisionFilter, View};

/// What a change did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The product was created.
    Created,
    /// Fields of the product, or of a variant, were changed.
    Updated,
    /// The product was deleted.
    Deleted,
    /// The product was restored.
    Undeleted,
    /// The product was published.
    Published,
    /// The product was unpublished.
    Unpublished,
    /// The product was archived.
    Archived,
    /// A variant was added.
    VariantCreated,
    /// A variant was removed.
    VariantDeleted,
    /// The content of the revision of this number was restored.
    RolledBack(u64),
}

impl ChangeKind {
    /// The names of all kinds.
    pub const NAMES: [&str; 10] = [
        "CREATED",
        "UPDATED",
        "DELETED",
        "UNDELETED",
        "PUBLISHED",
        "UNPUBLISHED",
        "ARCHIVED",
        "VARIANT_CREATED",
        "VARIANT_DELETED",
        "ROLLED_BACK",
    ];

    /// Its name in the contract, without the prefix of the enum.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
            Self::Undeleted => "UNDELETED",
            Self::Published => "PUBLISHED",
            Self::Unpublished => "UNPUBLISHED",
            Self::Archived => "ARCHIVED",
            Self::VariantCreated => "VARIANT_CREATED",
            Self::VariantDeleted => "VARIANT_DELETED",
            Self::RolledBack(_) => "ROLLED_BACK",
        }
    }
}

/// The full name of a revision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RevisionName {
    /// Whose history it is in.
    pub product: ProductId,
    /// Counts from 1.
    pub number: u64,
}

impl RevisionName {
    /// Takes `products/{product}/revisions/{revision}`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let parts = || {
            let (product, number) = name.strip_prefix("products/")?.split_once("/revisions/")?;
            let is_number = number.len() <= 18 && number.bytes().all(|byte| byte.is_ascii_digit());
            let number = number.parse().ok().filter(|_| is_number)?;
            Some(Self { product: ProductId::parse(product).ok()?, number })
        };
        parts().ok_or_else(|| NameError::new(name, "products/{product}/revisions/{revision}"))
    }
}

impl fmt::Display for RevisionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "products/{}/revisions/{}", self.product, self.number)
    }
}

/// A revision of a product, by what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichRevision {
    /// The one of this number.
    Number(u64),
    /// The last one that is kept before this number.
    Before(u64),
    /// The one that gave the product this etag.
    OfEtag(Etag),
}

/// Revisions of one product or of all, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionQuery {
    /// Whose; none: of all products.
    pub product: Option<ProductId>,
    /// Which of them.
    pub filter: RevisionFilter,
    /// How much of each product.
    pub view: View,
}

/// One entry of a product's history; its document also holds the product as it was left.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Whose history it is.
    pub product: ProductId,
    /// Counts from 1.
    pub number: u64,
    /// What was done.
    pub change: ChangeKind,
    /// The fields that differ from the revision before, such as `title` or `variants/white.prices`.
    pub changed_fields: Vec<String>,
    /// Who did it.
    pub actor: Actor,
    /// When it was done.
    pub create_time: Timestamp,
}
