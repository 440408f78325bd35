//! The history of a product, read newest first.

use rusqlite::{Connection, OptionalExtension as _};

use super::{Sqlite, feed, page::Gathered};
use crate::{
    domain::{
        Cursor, CursorValue, Document, Page, PageRequest, ProductId, Revision, Snapshot, Total,
    },
    store::Result,
};

impl Sqlite {
    /// One page of a product's history.
    pub(super) fn read_revisions(
        &self,
        product: &ProductId,
        page: &PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Revision>>>>> {
        let before = match page.after.as_ref().and_then(|cursor| cursor.values.first()) {
            Some(CursorValue::Number(number)) => *number,
            _ => i64::MAX,
        };
        let read = |db: &Connection| {
            let found: Option<(i64, u32)> = db
                .prepare_cached(
                    "SELECT p.key, (SELECT max(number) FROM revisions WHERE product = p.key)
                     FROM products AS p WHERE p.id = ?1",
                )?
                .query_row([product.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((key, count)) = found else { return Ok(None) };
            let mut select = db.prepare_cached(
                "SELECT number, document FROM revisions WHERE product = ?1 AND number < ?2
                 ORDER BY number DESC LIMIT ?3",
            )?;
            let mut rows = select.query((key, before, page.limit()))?;
            let mut gathered = Gathered::new(page.size);
            while let Some(row) = rows.next()? {
                let values = vec![CursorValue::Number(row.get(0)?)];
                if !gathered.take(row.get(1)?, Cursor { values, id: String::new() }) {
                    break;
                }
            }
            let total = Total { count: count.min(Total::MOST), capped: count > Total::MOST };
            Ok(Some(gathered.page(total)))
        };
        Ok(self.readers.read(|db| feed::snapshot(db, || read(db)))?.transpose())
    }
}
