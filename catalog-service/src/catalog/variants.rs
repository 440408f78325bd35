//! What callers may do with variants.

use super::{Catalog, Error, Result, check_batch, only};
use crate::domain::{
    Caller, Document, NewVariantIn, Page, PageRequest, ProductId, Refusal, Snapshot, Variant,
    VariantChange, VariantName, Write,
};

impl Catalog {
    /// One variant. Without credentials only one of a public product.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn variant(
        &self,
        caller: &Caller,
        name: &VariantName,
    ) -> Result<Snapshot<Document<Variant>>> {
        let found = self.store.variant(name, caller.audience()).await?;
        found.ok_or_else(|| Error::Refused(Refusal::NotFound { name: name.to_string() }))
    }

    /// The variants of a product in their order.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for the product.
    pub async fn variants(
        &self,
        caller: &Caller,
        product: &ProductId,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Variant>>>> {
        let found = self.store.variants(product, caller.audience(), page).await?;
        found.ok_or_else(|| Error::Refused(Refusal::NotFound { name: product.name() }))
    }

    /// Adds a variant at the end.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::IdTaken`], [`Refusal::SkuTaken`], [`Refusal::Invalid`], [`Refusal::Deleted`].
    pub async fn create_variant(
        &self,
        write: Write,
        variant: NewVariantIn,
    ) -> Result<Document<Variant>> {
        self.store.create_variant(write, variant).await.map_err(Error::of_one)
    }

    /// Changes or removes a variant; one that was removed is answered as it was.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::EtagMismatch`], [`Refusal::SkuTaken`], [`Refusal::Invalid`], [`Refusal::Deleted`],
    /// [`Refusal::LastVariant`], by the action.
    pub async fn change_variant(
        &self,
        write: Write,
        change: VariantChange,
    ) -> Result<Document<Variant>> {
        let changed = self.store.change_variants(write, vec![change]).await;
        only(changed.map_err(Error::of_one)?)
    }

    /// Does all of the changes or none.
    ///
    /// # Errors
    /// As [`Self::change_variant`], by index, and [`Error::BatchTooLarge`].
    pub async fn change_variants(
        &self,
        write: Write,
        changes: Vec<VariantChange>,
    ) -> Result<Vec<Document<Variant>>> {
        check_batch(changes.len())?;
        Ok(self.store.change_variants(write, changes).await?)
    }
}
