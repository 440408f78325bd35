//! What a change left behind: which fields it changed, who made it, and the product as it then stood.

use jiff::Timestamp;

use super::{Actor, ProductId};

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
