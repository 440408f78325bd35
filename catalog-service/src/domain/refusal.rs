//! Why the catalog's rules refuse a write. Each is an answer for the caller, never a failure of the service.

use jiff::Timestamp;

use super::{Actor, Etag, Sku, Slug, VariantId, Violation};

/// A write that the rules refuse. `name` is always a resource name, such as `products/kettle`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// FIELD_INVALID: fields that only the store could check, such as an unknown category.
    #[error("{} of the request's fields are not valid", .0.len())]
    Invalid(Vec<Violation>),
    /// RESOURCE_NOT_FOUND
    #[error("`{name}` does not exist")]
    NotFound {
        /// What was asked for.
        name: String,
    },
    /// PRODUCT_ID_TAKEN, VARIANT_ID_TAKEN, CATEGORY_ID_TAKEN, by the kind of the name.
    #[error("`{name}` exists already; choose a different id")]
    IdTaken {
        /// The name that was to be created.
        name: String,
        /// Which kind of resource it is.
        kind: ResourceKind,
    },
    /// SLUG_TAKEN
    #[error("slug `{slug}` is already used by `{by}`; choose a different slug")]
    SlugTaken {
        /// The slug.
        slug: Slug,
        /// Whose it is.
        by: String,
    },
    /// SKU_TAKEN
    #[error("sku `{sku}` is already used by `{by}`; choose a different sku")]
    SkuTaken {
        /// The sku.
        sku: Sku,
        /// Whose it is.
        by: String,
    },
    /// SKU_TAKEN, by everything that keeps the skus of a deleted product from being used again. Never empty.
    #[error("{}", TakenSku::told(.0))]
    SkusTaken(Vec<TakenSku>),
    /// ETAG_MISMATCH
    #[error("`{}` was changed since you read it; look at the changes and try again", .0.name)]
    EtagMismatch(Box<Conflict>),
    /// STATE_INVALID: the product is deleted.
    #[error("`{name}` is deleted; undelete it first")]
    Deleted {
        /// The product.
        name: String,
    },
    /// STATE_INVALID: the product is not deleted, and only deleted ones go for good.
    #[error("`{name}` is not deleted; delete it first")]
    Live {
        /// The product.
        name: String,
    },
    /// RESOURCE_EXPUNGED
    #[error("`{name}` is gone for good")]
    Expunged {
        /// The address that was asked for.
        name: String,
    },
    /// NOT_DELETED
    #[error("`{name}` is not deleted")]
    NotDeleted {
        /// The product.
        name: String,
    },
    /// LAST_VARIANT
    #[error("`{name}` is the only variant of its product; every product has at least one")]
    LastVariant {
        /// The variant.
        name: String,
    },
    /// HAS_CHILDREN
    #[error("`{name}` is not empty: `{child}` stands in it; move or delete it first")]
    HasChildren {
        /// The category.
        name: String,
        /// A category or product in it.
        child: String,
    },
    /// CATEGORY_CYCLE
    #[error("`{name}` cannot stand below `{parent}`, which stands below it")]
    CategoryCycle {
        /// The category.
        name: String,
        /// Where it was to go.
        parent: String,
    },
}

/// A variant of a deleted product whose sku another one has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenSku {
    /// Which variant it is.
    pub variant: VariantId,
    /// The sku that it has, or would get.
    pub sku: Sku,
    /// Whose it is.
    pub by: String,
    /// Where the request gives the sku; where it could, when it does not.
    pub field: String,
}

impl TakenSku {
    /// What is in the way of this variant.
    pub fn violation(&self) -> Violation {
        let Self { variant, sku, by, field } = self;
        let description =
            format!("sku `{sku}` of `{variant}` is already used by `{by}`; choose a different sku");
        Violation { field: field.clone(), description }
    }

    fn told(all: &[Self]) -> String {
        match all {
            [only] => only.violation().description,
            all => format!(
                "{} skus are already used by other variants; choose different skus",
                all.len()
            ),
        }
    }
}

/// The kinds of resources whose ids callers choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// A product.
    Product,
    /// A variant.
    Variant,
    /// A category.
    Category,
}

/// A stale etag, with what a client needs to merge: what is current, and what others did since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The resource.
    pub name: String,
    /// Its etag now.
    pub current: Etag,
    /// The changes since the version that the caller saw, oldest first; empty when that version is not known.
    pub changes: Vec<OtherChange>,
}

/// What somebody changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherChange {
    /// Who.
    pub actor: Actor,
    /// When.
    pub time: Timestamp,
    /// Which fields.
    pub fields: Vec<String>,
}
