//! Going back to an earlier revision of a product, its variants included.

use super::{
    products::Kept,
    revisions::document_of,
    rows,
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{
        ChangeKind, EntryKind, Product, Refusal, RevisionName, Rollback, Uid, Variant, VariantName,
        View, Violation,
    },
    encoding, ids,
    store::Result,
};

/// A product as it will be.
struct Restored {
    product: Product,
    variants: Vec<Variant>,
}

/// Something that keeps a product from going back: the refusal when it is the only one, and how it is told among others.
struct Obstacle {
    alone: Refusal,
    among: Violation,
}

impl Obstacle {
    fn new(field: String, alone: Refusal) -> Self {
        let description = alone.to_string();
        Self { alone, among: Violation { field, description } }
    }
}

impl Tx<'_> {
    /// Gives a product the content of one of its revisions, as a new revision.
    pub(super) fn roll_back(&self, rollback: &Rollback) -> Item<Vec<u8>> {
        let RevisionName { product: id, number } = &rollback.to;
        let missing = || Refusal::NotFound { name: rollback.to.to_string() };
        let Some(before) = self.product(id)? else { return Ok(Err(missing())) };
        if let Some(refusal) = self.stale(rollback.etag.as_ref(), &before)? {
            return Ok(Err(refusal));
        }
        if before.product.is_deleted() {
            return Ok(Err(Refusal::Deleted { name: id.name() }));
        }
        let Some(document) = document_of(self.db, before.key, *number)? else {
            return Ok(Err(missing()));
        };
        let (product, variants) = encoding::revision::product(&document)?;
        let after = Restored {
            product: before.product.with_content_of(&product, &self.write.caller.actor, self.now),
            variants: variants.iter().map(|one| self.restored_variant(&before, one)).collect(),
        };
        if let Some(refusal) = refusal_of(self.obstacles(&before, &after)?) {
            return Ok(Err(refusal));
        }
        self.put_back(&before, &after, *number)?;
        Ok(Ok(rows::answer(self.db, before.key, View::Basic)?))
    }

    fn restored_variant(&self, before: &Kept, earlier: &Variant) -> Variant {
        match before.variants.iter().find(|variant| variant.id == earlier.id) {
            Some(variant) => variant.with_content_of(earlier, self.now),
            None => earlier.made_again(Uid::new(ids::new_id(self.now)), self.now),
        }
    }

    /// What others have taken meanwhile, and what is gone.
    fn obstacles(&self, before: &Kept, after: &Restored) -> Result<Vec<Obstacle>> {
        let mut obstacles = Vec::new();
        for unknown in self.unknown_categories(&after.product.categories)?.into_vec() {
            let alone = Refusal::Invalid(vec![unknown.clone()]);
            obstacles.push(Obstacle { alone, among: unknown });
        }
        let slug = &after.product.slug;
        if rows::slug_is_taken(self.db, slug, Some(before.key))? {
            let by = rows::slug_owner(self.db, slug)?.unwrap_or_default();
            let refusal = Refusal::SlugTaken { slug: slug.clone(), by };
            obstacles.push(Obstacle::new("product.slug".to_owned(), refusal));
        }
        for (index, variant) in after.variants.iter().enumerate() {
            let Some(sku) = &variant.sku else { continue };
            let owner = rows::sku_owner(self.db, sku)?;
            // Those of its own variants are given anew altogether.
            if let Some((.., by)) = owner.filter(|(key, ..)| *key != before.key) {
                let refusal = Refusal::SkuTaken { sku: sku.clone(), by };
                obstacles.push(Obstacle::new(format!("product.variants[{index}].sku"), refusal));
            }
        }
        Ok(obstacles)
    }

    fn put_back(&self, before: &Kept, after: &Restored, number: u64) -> Result<()> {
        let (key, product) = (before.key, &after.product);
        rows::update_product(self.db, key, &before.product, product)?;
        self.keep_slug(key, &before.product, product)?;
        let mut fields = product.changed_fields(&before.product);
        let changes = variant_changes(&before.variants, &after.variants);
        if before.variants != after.variants {
            rows::replace_variants(self.db, key, product, &after.variants)?;
        }
        fields.extend(changes.iter().flat_map(|(.., fields)| fields.iter().cloned()));
        let revision = self.tell(key, product, ChangeKind::RolledBack(number), &fields)?;
        for (kind, variant, fields) in changes {
            let name = VariantName { product: product.id.clone(), variant: variant.id.clone() };
            self.feed(Entry {
                kind,
                resource: &name.to_string(),
                title: &product.title,
                revision: Some(revision),
                fields: &fields,
            })?;
        }
        Ok(())
    }
}

/// One obstacle speaks for itself, with its own reason; several are told together, each at its field.
fn refusal_of(mut obstacles: Vec<Obstacle>) -> Option<Refusal> {
    if obstacles.len() == 1 {
        return obstacles.pop().map(|only| only.alone);
    }
    let violations: Vec<_> = obstacles.into_iter().map(|obstacle| obstacle.among).collect();
    (!violations.is_empty()).then_some(Refusal::Invalid(violations))
}

/// What becomes of each variant that does not stay as it is, and the paths that change.
fn variant_changes<'a>(
    before: &'a [Variant],
    after: &'a [Variant],
) -> Vec<(EntryKind, &'a Variant, Vec<String>)> {
    let mut changes = Vec::new();
    for gone in before.iter().filter(|one| after.iter().all(|other| other.id != one.id)) {
        changes.push((EntryKind::Deleted, gone, vec![format!("variants/{}", gone.id)]));
    }
    for variant in after {
        match before.iter().find(|one| one.id == variant.id) {
            None => {
                changes.push((
                    EntryKind::Created,
                    variant,
                    vec![format!("variants/{}", variant.id)],
                ));
            }
            Some(old) if old != variant => {
                changes.push((EntryKind::Updated, variant, variant.changed_fields(old)));
            }
            Some(_) => {}
        }
    }
    changes
}
