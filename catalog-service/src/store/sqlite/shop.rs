//! The shop: one row, made with the database.

use rusqlite::{Connection, params};

use super::{
    Sqlite,
    feed::{self, POSITION},
    tx::{Entry, Item, Tx},
};
use crate::{
    domain::{
        Conflict, Currency, Document, EntryKind, Money, PriceRounding, PriceSpan, Refusal, Shop,
        ShopChange, Snapshot, Uid,
    },
    encoding, ids,
    store::Result,
};

impl Sqlite {
    /// The shop.
    pub(super) fn read_shop(&self) -> Result<Snapshot<Document<Shop>>> {
        let sql = format!("SELECT {POSITION}, document FROM shop");
        self.readers.read(|db| Ok(db.prepare_cached(&sql)?.query_row([], feed::document)?))
    }
}

/// Makes the shop's row in a new database.
pub(super) fn found(db: &Connection, now: jiff::Timestamp) -> Result<()> {
    if db.prepare("SELECT 1 FROM shop")?.exists([])? {
        return Ok(());
    }
    let shop = Shop {
        uid: Uid::new(ids::new_id(now)),
        version: 1,
        display_name: "Shelf".to_owned(),
        default_currency: Currency::EUR,
        default_language: "en".to_owned(),
        price_rounding: PriceRounding::default(),
        update_time: now,
    };
    db.execute(
        "INSERT INTO shop (key, default_currency, document) VALUES (1, ?1, ?2)",
        params![shop.default_currency.code(), encoding::shop::document(&shop)],
    )?;
    Ok(())
}

impl Tx<'_> {
    /// Changes the shop.
    pub(super) fn change_shop(&self, change: &ShopChange) -> Item<Vec<u8>> {
        let before: Vec<u8> =
            self.db.query_row("SELECT document FROM shop", [], |row| row.get(0))?;
        let before = encoding::shop::read(&before)?;
        let current = before.etag();
        if let Some(seen) = change.etag.as_ref().filter(|etag| **etag != current) {
            let changes = match seen.version_of(&before.uid) {
                Some(version) => self.changes_in_feed("shop", before.version, version)?,
                None => Vec::new(),
            };
            let name = "shop".to_owned();
            return Ok(Err(Refusal::EtagMismatch(Box::new(Conflict { name, current, changes }))));
        }
        let mut after = before.clone();
        change.fields.put_into(&change.mask, &mut after);
        after.version += 1;
        after.update_time = self.now.max(before.update_time);
        let document = encoding::shop::document(&after);
        self.db.execute(
            "UPDATE shop SET default_currency = ?1, document = ?2",
            params![after.default_currency.code(), document],
        )?;
        if after.default_currency != before.default_currency {
            show_prices_in(self.db, after.default_currency)?;
        }
        self.feed(Entry {
            kind: EntryKind::Updated,
            resource: "shop",
            title: &after.display_name,
            revision: None,
            fields: &after.changed_fields(&before),
        })?;
        Ok(Ok(document))
    }
}

/// Brings what lists show and sort by to another currency. It looks at every product, which a shop does once in its life.
fn show_prices_in(db: &Connection, currency: Currency) -> Result<()> {
    let nothing = encoding::product::price_range(None);
    db.execute(
        "UPDATE products SET price = NULL, price_range = ?1 WHERE price IS NOT NULL",
        [nothing],
    )?;
    let mut select =
        db.prepare("SELECT product, lowest, highest FROM product_prices WHERE currency = ?1")?;
    let mut update =
        db.prepare("UPDATE products SET price = ?2, price_range = ?3 WHERE key = ?1")?;
    let mut rows = select.query([currency.code()])?;
    while let Some(row) = rows.next()? {
        let (lowest, highest): (i64, i64) = (row.get(1)?, row.get(2)?);
        let span = PriceSpan {
            lowest: Money::from_micros(currency, lowest),
            highest: Money::from_micros(currency, highest),
        };
        let range = encoding::product::price_range(Some(&span));
        update.execute(params![row.get::<_, i64>(0)?, lowest, range])?;
    }
    Ok(())
}
