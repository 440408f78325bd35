//! What callers ask to be done, in one value each, so that a store can do it inside one transaction.

use super::{
    Caller, CategoryField, CategoryFields, CategoryId, Etag, NewVariant, ProductFields, ProductId,
    ProductMask, RevisionName, ShopField, ShopFields, Sku, Slug, VariantField, VariantFields,
    VariantId, VariantName, Wish,
};

/// Makes a write safe to send again (AIP-155).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId {
    /// What the caller calls the request; scoped to the caller.
    pub id: String,
    /// A digest of the method and the request without its `request_id`.
    pub digest: [u8; 32],
}

/// Who writes, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Who writes.
    pub caller: Caller,
    /// Makes the write safe to send again.
    pub request: Option<RequestId>,
    /// Checks everything and changes nothing.
    pub validate_only: bool,
}

impl Write {
    /// A plain write.
    pub fn by(caller: Caller) -> Self {
        Self { caller, request: None, validate_only: false }
    }
}

/// A change of one product.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductChange {
    /// Which product.
    pub id: ProductId,
    /// The version that the caller saw.
    pub etag: Option<Etag>,
    /// What to do.
    pub action: ProductAction,
}

impl ProductChange {
    /// The fields that it brings, if it brings any.
    pub fn fields(&self) -> Option<&ProductFields> {
        match &self.action {
            ProductAction::Update { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// What has to fit the product as it is kept, if it brings any fields; `at` is the path of the product in the request.
    pub fn wish(&self, at: &str) -> Option<Wish> {
        let ProductAction::Update { fields, mask } = &self.action else { return None };
        let (at, id) = (at.to_owned(), self.id.clone());
        Some(Wish::Product { at, id, fields: fields.clone(), mask: mask.clone() })
    }
}

/// What to do with a product.
#[derive(Clone, Debug, PartialEq)]
pub enum ProductAction {
    /// Replace the masked fields.
    Update {
        /// The new values.
        fields: Box<ProductFields>,
        /// Which of them.
        mask: ProductMask,
    },
    /// Delete it, softly.
    Delete,
    /// Restore it.
    Undelete {
        /// Other skus for some of its variants.
        skus: Vec<NewSku>,
        /// Another slug.
        slug: Option<Slug>,
    },
    /// Make it active.
    Publish,
    /// Make it a draft.
    Unpublish,
    /// Put it away, and keep it for reference.
    Archive,
}

impl ProductAction {
    /// Restores a product as it was.
    pub fn undelete() -> Self {
        Self::Undelete { skus: Vec::new(), slug: None }
    }
}

/// Another sku for a variant of a product that is restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSku {
    /// Which of its variants.
    pub variant: VariantId,
    /// What it gets.
    pub sku: Sku,
}

/// A deleted product that is to go for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductExpunge {
    /// Which product.
    pub id: ProductId,
    /// The version that the caller saw.
    pub etag: Option<Etag>,
}

/// A product to give the content of one of its revisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollback {
    /// Which product, and to which revision.
    pub to: RevisionName,
    /// The version of the product that the caller saw.
    pub etag: Option<Etag>,
}

/// A variant to add to a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVariantIn {
    /// Which product.
    pub product: ProductId,
    /// The variant.
    pub variant: NewVariant,
}

/// A change of one variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantChange {
    /// Which variant.
    pub name: VariantName,
    /// The version that the caller saw.
    pub etag: Option<Etag>,
    /// What to do.
    pub action: VariantAction,
}

impl VariantChange {
    /// What has to fit the variant's product as it is kept, if it brings any fields; `at` is the path of the variant in the request.
    pub fn wish(&self, at: &str) -> Option<Wish> {
        let VariantAction::Update { fields, mask } = &self.action else { return None };
        let (at, name) = (at.to_owned(), self.name.clone());
        Some(Wish::Variant { at, name, fields: fields.clone(), mask: mask.clone() })
    }
}

/// What to do with a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariantAction {
    /// Replace the masked fields.
    Update {
        /// The new values.
        fields: VariantFields,
        /// Which of them.
        mask: Vec<VariantField>,
    },
    /// Remove it.
    Delete,
}

/// A change of one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryChange {
    /// Which category.
    pub id: CategoryId,
    /// The version that the caller saw.
    pub etag: Option<Etag>,
    /// What to do.
    pub action: CategoryAction,
}

/// What to do with a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CategoryAction {
    /// Replace the masked fields.
    Update {
        /// The new values.
        fields: CategoryFields,
        /// Which of them.
        mask: Vec<CategoryField>,
    },
    /// Put it below another category, or at the top.
    Move {
        /// The category to stand below.
        parent: Option<CategoryId>,
    },
    /// Delete it, when it is empty.
    Delete,
}

/// A change of the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopChange {
    /// The version that the caller saw.
    pub etag: Option<Etag>,
    /// The new values.
    pub fields: ShopFields,
    /// Which of them.
    pub mask: Vec<ShopField>,
}
