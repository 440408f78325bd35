//! Products that go for good: one by one when an administrator says so, and by themselves when their time is over.

use super::{
    products::Kept,
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{EntryKind, Product, ProductExpunge, ProductId, Refusal},
    store::Result,
};

impl Tx<'_> {
    /// Removes a deleted product for good; there is nothing to answer.
    pub(super) fn expunge_product(&self, expunge: &ProductExpunge) -> Item<Vec<u8>> {
        let name = expunge.id.name();
        let Some(kept) = self.product(&expunge.id)? else {
            return Ok(Err(Refusal::NotFound { name }));
        };
        if let Some(refusal) = self.stale(expunge.etag.as_ref(), &kept)? {
            return Ok(Err(refusal));
        }
        if !kept.product.is_deleted() {
            return Ok(Err(Refusal::Live { name }));
        }
        let Kept { key, product, .. } = kept;
        self.remove(key, &expunge.id, &product.title)?;
        Ok(Ok(Vec::new()))
    }

    /// Removes for good what has been deleted for long enough, the longest deleted first, and answers how many products that were.
    pub(super) fn purge_products(&self, most: usize) -> Result<usize> {
        self.check_room()?;
        let deleted = Product::purged_when_deleted_at(self.now).as_microsecond();
        let mut select = self.db.prepare_cached(
            "SELECT key, id, title FROM products WHERE delete_time <= ?1 ORDER BY delete_time, id LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows =
            select.query_map((deleted, most), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let due: Vec<(i64, String, String)> = rows.collect::<Result<_, _>>()?;
        for (key, id, title) in &due {
            let id = ProductId::parse(id).map_err(|_| super::failure::damaged("an id"))?;
            self.remove(*key, &id, title)?;
        }
        Ok(due.len())
    }

    /// The product's variants, history and all else that hangs on its row go with it.
    fn remove(&self, key: i64, id: &ProductId, title: &str) -> Result<()> {
        self.give_up_slugs(key)?;
        self.db.prepare_cached("DELETE FROM products WHERE key = ?1")?.execute([key])?;
        let (kind, name) = (EntryKind::Expunged, id.name());
        self.feed(Entry { kind, resource: &name, title, revision: None, fields: &[] })
    }
}
