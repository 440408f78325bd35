//! Products: read by id, created and changed.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension as _, Row, types::ValueRef};

use super::{
    Sqlite,
    failure::damaged,
    faults::{does_not_exist, too_large},
    rows,
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{
        Audience, CategoryId, ChangeKind, Conflict, Document, Etag, NewProduct, NewVariant,
        Product, ProductAction, ProductChange, ProductField, ProductId, Refusal, Slug, Snapshot,
        Standing, Uid, Variant, View, Violations,
    },
    encoding, ids,
    store::{Error, LARGEST_ANSWER, Result},
};

/// A product as it is kept, with its key.
pub(super) struct Kept {
    pub(super) key: i64,
    pub(super) product: Product,
    pub(super) variants: Vec<Variant>,
}

/// The columns of which [`assemble`] makes what an audience may see; those that it may not, or did not ask for, are not even read.
pub(super) fn parts(view: View, audience: Audience) -> &'static str {
    match (view, audience) {
        (View::Basic, Audience::Public) => "p.document, p.price_range, NULL, NULL",
        (View::Basic, Audience::Staff) => "p.document, p.price_range, p.actors, NULL",
        (View::Full, Audience::Public) => "p.document, p.price_range, NULL, p.variants",
        (View::Full, Audience::Staff) => "p.document, p.price_range, p.actors, p.variants",
    }
}

/// Puts a product together from the columns of [`parts`], the first of which is `first`.
pub(super) fn assemble(row: &Row<'_>, first: usize) -> rusqlite::Result<Vec<u8>> {
    let part = |index: usize| match row.get_ref(first + index)? {
        ValueRef::Blob(bytes) => Ok::<_, rusqlite::Error>(bytes),
        _ => Ok(&[][..]),
    };
    Ok(encoding::product::whole(part(0)?, part(1)?, part(2)?, part(3)?))
}

/// The condition under which the public may see a product; `:now` is the time.
pub(super) const IS_PUBLIC: &str = "p.delete_time IS NULL AND p.state = 2 \
     AND (p.publish_time IS NULL OR p.publish_time <= :now) \
     AND (p.unpublish_time IS NULL OR p.unpublish_time > :now)";

/// The condition under which an audience may see a product; `:now` is the time.
pub(super) fn visible(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => IS_PUBLIC,
        Audience::Staff => ":now IS NOT NULL",
    }
}

/// One product by its id, at a time: the read that is made most often, so that its words are put together once.
fn select_one(view: View, audience: Audience) -> &'static str {
    static ALL: LazyLock<[[String; 2]; 2]> = LazyLock::new(|| {
        [View::Basic, View::Full].map(|view| {
            [Audience::Public, Audience::Staff].map(|audience| {
                let (parts, visible) = (parts(view, audience), visible(audience));
                // The id is the first parameter and the time the second, as they stand in it.
                format!("SELECT {parts} FROM products AS p WHERE p.id = :id AND {visible}")
            })
        })
    });
    let of_view = match view {
        View::Basic => &ALL[0],
        View::Full => &ALL[1],
    };
    match audience {
        Audience::Public => &of_view[0],
        Audience::Staff => &of_view[1],
    }
}

impl Kept {
    /// What rules look at.
    pub(super) fn standing(&self) -> Standing<'_> {
        Standing { product: &self.product, variants: &self.variants }
    }
}

/// Loads a product with its variants.
pub(super) fn kept(db: &Connection, id: &ProductId) -> Result<Option<Kept>> {
    let mut select = db.prepare_cached(
        "SELECT p.key, p.document, x'', p.actors, p.variants FROM products AS p WHERE p.id = ?1",
    )?;
    let found =
        select.query_row([id.as_str()], |row| Ok((row.get(0)?, assemble(row, 1)?))).optional()?;
    let Some((key, bytes)) = found else { return Ok(None) };
    let (product, variants) = encoding::product::read(&bytes)?;
    Ok(Some(Kept { key, product, variants }))
}

impl Sqlite {
    /// One product.
    pub(super) fn read_product(
        &self,
        id: &ProductId,
        view: View,
        audience: Audience,
    ) -> Result<Option<Snapshot<Document<Product>>>> {
        let now = self.clock.now().as_microsecond();
        let read = self.readers.snapshot(|db| {
            let mut select = db.prepare_cached(select_one(view, audience))?;
            Ok(select.query_row((id.as_str(), now), |row| assemble(row, 0)).optional()?)
        });
        Ok(read?.map(|found| found.map(Document::new)).transpose())
    }

    /// Several products from one state, as many as can be sent.
    pub(super) fn read_products(
        &self,
        ids: &[ProductId],
        view: View,
        audience: Audience,
    ) -> Result<Snapshot<Vec<Option<Document<Product>>>>> {
        let (parts, visible) = (parts(view, audience), visible(audience));
        let sql = format!("SELECT {parts} FROM products AS p WHERE p.id = :id AND {visible}");
        let now = self.clock.now().as_microsecond();
        let read = |db: &Connection| {
            let mut select = db.prepare_cached(&sql)?;
            let (mut found, mut bytes) = (Vec::with_capacity(ids.len()), 0);
            for id in ids {
                let parameters = rusqlite::named_params! { ":id": id.as_str(), ":now": now };
                let product = select.query_row(parameters, |row| assemble(row, 0)).optional()?;
                bytes += product.as_ref().map_or(0, Vec::len);
                if bytes > LARGEST_ANSWER {
                    return Err(Error::AnswerTooLarge);
                }
                found.push(product.map(Document::new));
            }
            Ok(found)
        };
        self.readers.snapshot(read)
    }
}

impl Tx<'_> {
    /// Loads a product with its variants.
    pub(super) fn product(&self, id: &ProductId) -> Result<Option<Kept>> {
        kept(self.db, id)
    }

    /// Creates a product.
    pub(super) fn create_product(&self, new: &NewProduct, view: View) -> Item<Vec<u8>> {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => ProductId::parse(&ids::new_id(self.now)).map_err(|_| damaged("an id"))?,
        };
        let actor = self.write.caller.actor.clone();
        let mut product = new.draft(id, Uid::new(ids::new_id(self.now)), actor, self.now);
        let mut faults = self.unknown_categories(&product.categories)?;
        faults.append(too_large(&product, "product"));
        if let Err(faults) = faults.finish() {
            return Ok(Err(Refusal::Invalid(faults)));
        }
        if new.id.is_some() && rows::product_exists(self.db, &product.id)? {
            let kind = crate::domain::ResourceKind::Product;
            return Ok(Err(Refusal::IdTaken { name: product.id.name(), kind }));
        }
        match self.free_slug(new.fields.slug.as_ref(), &new.fields.title, None)? {
            Ok(slug) => product.slug = slug,
            Err(refusal) => return Ok(Err(refusal)),
        }
        let variants = self.new_variants(&new.variants);
        if let Some(refusal) = self.taken_sku(&variants, None)? {
            return Ok(Err(refusal));
        }
        // A slug made from the title may have grown by a number.
        if let Err(faults) = too_large(&product, "product").finish() {
            return Ok(Err(Refusal::Invalid(faults)));
        }
        let key = rows::insert_product(self.db, &product, &variants)?;
        let fields = Vec::new();
        self.tell(key, &product, ChangeKind::Created, &fields)?;
        Ok(Ok(rows::answer(self.db, key, view)?))
    }

    fn new_variants(&self, new: &[NewVariant]) -> Vec<Variant> {
        let only_one = [NewVariant::default()];
        let new = if new.is_empty() { &only_one[..] } else { new };
        new.iter().filter_map(|variant| self.new_variant(variant)).collect()
    }

    /// Changes, deletes or restores a product.
    pub(super) fn change_product(&self, change: &ProductChange) -> Item<Vec<u8>> {
        let Some(before) = self.product(&change.id)? else {
            return Ok(Err(Refusal::NotFound { name: change.id.name() }));
        };
        if let Some(refusal) = self.stale(change.etag.as_ref(), &before)? {
            return Ok(Err(refusal));
        }
        let actor = &self.write.caller.actor;
        let after = match change.action.apply(&before.product, actor, self.now) {
            Ok(Some(after)) => after,
            Ok(None) => return Ok(Ok(rows::answer(self.db, before.key, View::Basic)?)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let ProductAction::Undelete { skus, .. } = &change.action {
            return self.undelete(&before, after, skus);
        }
        let after = match self.checked(change, &before, after)? {
            Ok(after) => after,
            Err(refusal) => return Ok(Err(refusal)),
        };
        rows::update_product(self.db, before.key, &before.product, &after)?;
        self.keep_slug(before.key, &before.product, &after)?;
        let fields = after.changed_fields(&before.product);
        self.tell(before.key, &after, change.action.kind(), &fields)?;
        Ok(Ok(rows::answer(self.db, before.key, View::Basic)?))
    }

    /// Leaves a product's revision, and its place in the feed.
    pub(super) fn tell(
        &self,
        key: i64,
        product: &Product,
        kind: ChangeKind,
        fields: &[String],
    ) -> Result<u64> {
        let number = self.revise(key, product, kind, None, fields)?;
        self.feed(Entry {
            kind: kind.into(),
            resource: &product.id.name(),
            title: &product.title,
            revision: Some(number),
            fields,
        })?;
        Ok(number)
    }

    /// Checks what only a look at the rest of the catalog can tell, and settles the slug. What is restored is checked by itself.
    fn checked(&self, change: &ProductChange, before: &Kept, mut after: Product) -> Item<Product> {
        match &change.action {
            ProductAction::Update { fields, mask } => {
                let mut faults = before.standing().faults_of_product(&after, mask, "product");
                if mask.has(ProductField::Categories) {
                    faults.append(self.unknown_categories(&after.categories)?);
                }
                faults.append(too_large(&after, "product"));
                if let Err(faults) = faults.finish() {
                    return Ok(Err(Refusal::Invalid(faults)));
                }
                if mask.has(ProductField::Slug) {
                    let given = fields.slug.as_ref();
                    match self.free_slug(given, &after.title, Some(before.key))? {
                        Ok(slug) => after.slug = slug,
                        Err(refusal) => return Ok(Err(refusal)),
                    }
                }
                let faults = too_large(&after, "product").finish();
                Ok(faults.map(|()| after).map_err(Refusal::Invalid))
            }
            ProductAction::Delete
            | ProductAction::Undelete { .. }
            | ProductAction::Publish
            | ProductAction::Unpublish
            | ProductAction::Archive => Ok(Ok(after)),
        }
    }

    /// Refuses an etag that is not the current one, and tells what happened since.
    pub(super) fn stale(&self, etag: Option<&Etag>, kept: &Kept) -> Result<Option<Refusal>> {
        let current = kept.product.etag();
        let Some(seen) = etag.filter(|etag| **etag != current) else { return Ok(None) };
        let changes = match seen.version_of(&kept.product.uid) {
            Some(version) => rows::product_changes_since(self.db, kept.key, version)?,
            None => Vec::new(),
        };
        let name = kept.product.id.name();
        Ok(Some(Refusal::EtagMismatch(Box::new(Conflict { name, current, changes }))))
    }

    pub(super) fn unknown_categories(&self, categories: &[CategoryId]) -> Result<Violations> {
        let mut unknown = Violations::default();
        for (index, category) in categories.iter().enumerate() {
            if !rows::category_exists(self.db, category)? {
                unknown.add(format!("product.categories[{index}]"), does_not_exist(category));
            }
        }
        Ok(unknown)
    }

    /// The slug that a caller gave, or a free one made from the title; `own` is the key of the product that may have it already.
    fn free_slug(&self, given: Option<&Slug>, title: &str, own: Option<i64>) -> Item<Slug> {
        let is_taken = |slug: &Slug| rows::slug_is_taken(self.db, slug, own);
        match given {
            Some(slug) if is_taken(slug)? => {
                let by = rows::slug_owner(self.db, slug)?.unwrap_or_default();
                Ok(Err(Refusal::SlugTaken { slug: slug.clone(), by }))
            }
            Some(slug) => Ok(Ok(slug.clone())),
            None => Ok(Ok(rows::free_number(&Slug::from_title(title, "product"), is_taken)?)),
        }
    }
}
