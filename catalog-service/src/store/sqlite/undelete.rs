//! Restoring a deleted product, with another slug and other skus where its own are in use again.

use super::{
    products::Kept,
    rows,
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{
        CategoryId, ChangeKind, EntryKind, NewSku, Product, Refusal, Sku, TakenSku, Variant,
        VariantName, View, Violations,
    },
    store::Result,
};

impl Tx<'_> {
    /// Restores a product; `after` is how it stands then, but for its categories.
    pub(super) fn undelete(
        &self,
        before: &Kept,
        mut after: Product,
        skus: &[NewSku],
    ) -> Item<Vec<u8>> {
        let variants: Vec<_> = before.variants.iter().map(|one| self.resold(one, skus)).collect();
        if let Some(refusal) = self.obstacle(before, &after, &variants, skus)? {
            return Ok(Err(refusal));
        }
        after.categories = self.still_there(after.categories)?;
        self.rise(before, &after, &variants)?;
        Ok(Ok(rows::answer(self.db, before.key, View::Basic)?))
    }

    /// A variant with the sku that it is to have.
    fn resold(&self, variant: &Variant, skus: &[NewSku]) -> Variant {
        let Some(new) = skus.iter().find(|one| one.variant == variant.id) else {
            return variant.clone();
        };
        let content = Variant { sku: Some(new.sku.clone()), ..variant.clone() };
        variant.with_content_of(&content, self.now)
    }

    /// What keeps the product from being restored.
    fn obstacle(
        &self,
        before: &Kept,
        after: &Product,
        variants: &[Variant],
        skus: &[NewSku],
    ) -> Result<Option<Refusal>> {
        if let Some(by) = rows::slug_owner(self.db, &after.slug)? {
            return Ok(Some(Refusal::SlugTaken { slug: after.slug.clone(), by }));
        }
        let taken = self.taken_skus(before, variants, skus)?;
        let mut unknown = Violations::default();
        for (index, new) in skus.iter().enumerate() {
            if variants.iter().all(|variant| variant.id != new.variant) {
                unknown.add(format!("new_skus[{index}].variant"), "does not exist");
            }
        }
        if unknown.is_empty() {
            return Ok((!taken.is_empty()).then_some(Refusal::SkusTaken(taken)));
        }
        let mut faults = unknown.into_vec();
        faults.extend(taken.iter().map(TakenSku::violation));
        Ok(Some(Refusal::Invalid(faults)))
    }

    /// Every variant whose sku a live product has by now, or another variant of this one.
    fn taken_skus(
        &self,
        before: &Kept,
        variants: &[Variant],
        skus: &[NewSku],
    ) -> Result<Vec<TakenSku>> {
        let mut taken = Vec::new();
        for variant in variants {
            let Some(sku) = &variant.sku else { continue };
            let given = skus.iter().position(|one| one.variant == variant.id);
            let among_own = given.and_then(|_| same_sku(before, variants, variant, sku));
            let owner = rows::sku_owner(self.db, sku)?.map(|(.., by)| by);
            let Some(by) = owner.or(among_own) else { continue };
            let field = match given {
                Some(index) => format!("new_skus[{index}].sku"),
                None => "new_skus".to_owned(),
            };
            taken.push(TakenSku { variant: variant.id.clone(), sku: sku.clone(), by, field });
        }
        Ok(taken)
    }

    /// Those of the categories that have not gone in the meantime.
    fn still_there(&self, categories: Vec<CategoryId>) -> Result<Vec<CategoryId>> {
        let mut kept = Vec::with_capacity(categories.len());
        for category in categories {
            if rows::category_exists(self.db, &category)? {
                kept.push(category);
            }
        }
        Ok(kept)
    }

    fn rise(&self, before: &Kept, after: &Product, variants: &[Variant]) -> Result<()> {
        let key = before.key;
        let pairs = before.variants.iter().zip(variants);
        let resold: Vec<_> = pairs.filter(|(old, new)| old != new).collect();
        // While the product is deleted, no sku of its own is in the way of another.
        for (old, new) in &resold {
            rows::update_variant(self.db, key, after, old, new)?;
        }
        rows::update_product(self.db, key, &before.product, after)?;
        if !resold.is_empty() {
            rows::update_variants(self.db, key, after, variants)?;
        }
        self.keep_slug(key, &before.product, after)?;
        let mut fields = after.changed_fields(&before.product);
        fields.extend(resold.iter().flat_map(|(old, new)| new.changed_fields(old)));
        let revision = self.tell(key, after, ChangeKind::Undeleted, &fields)?;
        for (old, new) in resold {
            let name = VariantName { product: after.id.clone(), variant: new.id.clone() };
            self.feed(Entry {
                kind: EntryKind::Updated,
                resource: &name.to_string(),
                title: &after.title,
                revision: Some(revision),
                fields: &new.changed_fields(old),
            })?;
        }
        Ok(())
    }
}

/// The name of another variant of the product that has, or would get, the same sku.
fn same_sku(before: &Kept, variants: &[Variant], own: &Variant, sku: &Sku) -> Option<String> {
    let other = |one: &&Variant| one.id != own.id && one.sku.as_ref() == Some(sku);
    let found = variants.iter().find(other)?;
    let product = before.product.id.clone();
    Some(VariantName { product, variant: found.id.clone() }.to_string())
}
