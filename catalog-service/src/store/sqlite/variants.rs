//! Variants: read, added, changed and removed.

use rusqlite::{Connection, OptionalExtension as _};

use super::{
    Sqlite,
    failure::damaged,
    feed::{self, POSITION},
    page::Gathered,
    products::{Kept, visible},
    rows,
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{
        Audience, ChangeKind, Conflict, Cursor, CursorValue, Document, NewVariant, NewVariantIn,
        Page, PageRequest, ProductId, Refusal, ResourceKind, Snapshot, Total, Uid, Variant,
        VariantAction, VariantChange, VariantField, VariantFields, VariantId, VariantName,
    },
    encoding, ids,
    store::Result,
};

impl Sqlite {
    /// One variant, if the audience may see its product.
    pub(super) fn read_variant(
        &self,
        name: &VariantName,
        audience: Audience,
    ) -> Result<Option<Snapshot<Document<Variant>>>> {
        let sql = format!(
            "SELECT {POSITION}, v.document FROM products AS p JOIN variants AS v ON v.product = p.key
             WHERE p.id = :product AND v.id = :variant AND {}",
            visible(audience)
        );
        let parameters = rusqlite::named_params! {
            ":product": name.product.as_str(),
            ":variant": name.variant.as_str(),
            ":now": self.clock.now().as_microsecond(),
        };
        self.readers.read(|db| {
            let mut select = db.prepare_cached(&sql)?;
            Ok(select.query_row(parameters, feed::document).optional()?)
        })
    }

    /// One page of the variants of a product.
    pub(super) fn read_variants(
        &self,
        product: &ProductId,
        audience: Audience,
        page: &PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Variant>>>>> {
        let after = match page.after.as_ref().and_then(|cursor| cursor.values.first()) {
            Some(CursorValue::Number(position)) => *position,
            _ => i64::MIN,
        };
        let now = self.clock.now().as_microsecond();
        let find = format!(
            "SELECT p.key FROM products AS p WHERE p.id = :product AND {}",
            visible(audience)
        );
        let read = |db: &Connection| {
            let key: Option<i64> = db
                .prepare_cached(&find)?
                .query_row(
                    rusqlite::named_params! { ":product": product.as_str(), ":now": now },
                    |row| row.get(0),
                )
                .optional()?;
            let Some(key) = key else { return Ok(None) };
            let mut select = db.prepare_cached(
                "SELECT position, id, document FROM variants WHERE product = ?1 AND position > ?2
                 ORDER BY position LIMIT ?3",
            )?;
            let mut rows = select.query((key, after, page.limit()))?;
            let mut gathered = Gathered::new(page.size);
            while let Some(row) = rows.next()? {
                let cursor =
                    Cursor { values: vec![CursorValue::Number(row.get(0)?)], id: row.get(1)? };
                if !gathered.take(row.get(2)?, cursor) {
                    break;
                }
            }
            let count = db
                .prepare_cached("SELECT count(*) FROM variants WHERE product = ?1")?
                .query_row([key], |row| row.get(0))?;
            Ok(Some(gathered.page(Total { count, capped: false })))
        };
        Ok(self.readers.snapshot(read)?.transpose())
    }
}

impl Tx<'_> {
    /// A variant as it begins.
    pub(super) fn new_variant(&self, new: &NewVariant) -> Option<Variant> {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => VariantId::parse(&ids::new_id(self.now)).ok()?,
        };
        let VariantFields { sku, gtins, option_values, prices } = new.fields.clone();
        Some(Variant {
            id,
            uid: Uid::new(ids::new_id(self.now)),
            version: 1,
            sku,
            gtins,
            option_values,
            prices,
            create_time: self.now,
            update_time: self.now,
        })
    }

    /// Whether a live variant of another product, or of this one, has a sku of these already. `own` is the product whose variants these are.
    pub(super) fn taken_sku(
        &self,
        variants: &[Variant],
        own: Option<i64>,
    ) -> Result<Option<Refusal>> {
        for variant in variants {
            let Some(sku) = &variant.sku else { continue };
            let owner = rows::sku_owner(self.db, sku)?;
            let other =
                owner.filter(|(key, id, _)| own != Some(*key) || *id != variant.id.as_str());
            if let Some((.., by)) = other {
                return Ok(Some(Refusal::SkuTaken { sku: sku.clone(), by }));
            }
        }
        Ok(None)
    }

    /// Adds a variant at the end.
    pub(super) fn create_variant(&self, new: &NewVariantIn) -> Item<Vec<u8>> {
        let Some(mut kept) = self.product(&new.product)? else {
            return Ok(Err(Refusal::NotFound { name: new.product.name() }));
        };
        if kept.product.is_deleted() {
            return Ok(Err(Refusal::Deleted { name: new.product.name() }));
        }
        let Some(variant) = self.new_variant(&new.variant) else {
            return Err(damaged("an id"));
        };
        let name = VariantName { product: new.product.clone(), variant: variant.id.clone() };
        if kept.variants.iter().any(|other| other.id == variant.id) {
            let kind = ResourceKind::Variant;
            return Ok(Err(Refusal::IdTaken { name: name.to_string(), kind }));
        }
        let faults = kept.standing().faults_of_new_variant(&new.variant, "variant");
        if let Err(faults) = faults.finish() {
            return Ok(Err(Refusal::Invalid(faults)));
        }
        if let Some(refusal) = self.taken_sku(std::slice::from_ref(&variant), None)? {
            return Ok(Err(refusal));
        }
        kept.variants.push(variant.clone());
        rows::insert_variant(self.db, kept.key, &kept.product, &variant)?;
        rows::update_variants(self.db, kept.key, &kept.product, &kept.variants)?;
        let fields = [format!("variants/{}", variant.id)];
        self.tell_of_variant(&kept, ChangeKind::VariantCreated, &variant, &fields)?;
        Ok(Ok(encoding::variant::document(&kept.product.id, &variant)))
    }

    /// Changes or removes a variant.
    pub(super) fn change_variant(&self, change: &VariantChange) -> Item<Vec<u8>> {
        let missing = || Refusal::NotFound { name: change.name.to_string() };
        let Some(kept) = self.product(&change.name.product)? else { return Ok(Err(missing())) };
        let own = kept.variants.iter().position(|variant| variant.id == change.name.variant);
        let Some(own) = own else { return Ok(Err(missing())) };
        if kept.product.is_deleted() {
            return Ok(Err(Refusal::Deleted { name: change.name.product.name() }));
        }
        if let Some(refusal) = self.stale_variant(change, &kept, &kept.variants[own])? {
            return Ok(Err(refusal));
        }
        match &change.action {
            VariantAction::Update { fields, mask } => {
                self.update_variant(kept, own, (fields, mask))
            }
            VariantAction::Delete => self.delete_variant(change, kept, own),
        }
    }

    fn update_variant(
        &self,
        mut kept: Kept,
        own: usize,
        (fields, mask): (&VariantFields, &[VariantField]),
    ) -> Item<Vec<u8>> {
        let before = kept.variants[own].clone();
        let mut after = before.clone();
        fields.put_into(mask, &mut after);
        after.version += 1;
        after.update_time = self.now.max(before.update_time);
        let faults = kept.standing().faults_of_variant(&before.id, fields, mask, "variant");
        if let Err(faults) = faults.finish() {
            return Ok(Err(Refusal::Invalid(faults)));
        }
        if let Some(refusal) = self.taken_sku(std::slice::from_ref(&after), Some(kept.key))? {
            return Ok(Err(refusal));
        }
        kept.variants[own] = after.clone();
        rows::update_variant(self.db, kept.key, &kept.product, &before, &after)?;
        rows::update_variants(self.db, kept.key, &kept.product, &kept.variants)?;
        let fields = after.changed_fields(&before);
        self.tell_of_variant(&kept, ChangeKind::Updated, &after, &fields)?;
        Ok(Ok(encoding::variant::document(&kept.product.id, &after)))
    }

    fn delete_variant(&self, change: &VariantChange, mut kept: Kept, own: usize) -> Item<Vec<u8>> {
        let name = change.name.to_string();
        if kept.variants.len() == 1 {
            return Ok(Err(Refusal::LastVariant { name }));
        }
        let gone = kept.variants.remove(own);
        rows::delete_variant(self.db, kept.key, &gone)?;
        rows::update_variants(self.db, kept.key, &kept.product, &kept.variants)?;
        let fields = [format!("variants/{}", gone.id)];
        self.tell_of_variant(&kept, ChangeKind::VariantDeleted, &gone, &fields)?;
        Ok(Ok(encoding::variant::document(&kept.product.id, &gone)))
    }

    /// Leaves the revision of a variant's product, and the variant's place in the feed.
    fn tell_of_variant(
        &self,
        kept: &Kept,
        kind: ChangeKind,
        variant: &Variant,
        fields: &[String],
    ) -> Result<()> {
        let revision = self.revise(kept.key, &kept.product, kind, Some(variant), fields)?;
        let name = VariantName { product: kept.product.id.clone(), variant: variant.id.clone() };
        self.feed(Entry {
            kind: kind.into(),
            resource: &name.to_string(),
            title: &kept.product.title,
            revision: Some(revision),
            fields,
        })
    }

    fn stale_variant(
        &self,
        change: &VariantChange,
        kept: &Kept,
        variant: &Variant,
    ) -> Result<Option<Refusal>> {
        let current = variant.etag();
        let Some(seen) = change.etag.as_ref().filter(|etag| **etag != current) else {
            return Ok(None);
        };
        let changes = match seen.version_of(&variant.uid) {
            Some(version) => rows::variant_changes_since(self.db, kept.key, &variant.uid, version)?,
            None => Vec::new(),
        };
        let name = change.name.to_string();
        Ok(Some(Refusal::EtagMismatch(Box::new(Conflict { name, current, changes }))))
    }
}
