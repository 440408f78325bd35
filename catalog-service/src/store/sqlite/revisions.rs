//! The history of a product, read newest first.

use rusqlite::OptionalExtension as _;

use super::Sqlite;
use crate::{
    domain::{Cursor, CursorValue, Document, Page, PageRequest, ProductId, Revision, Total},
    store::Result,
};

/// How many bytes a page may have; the message around the revisions needs a few more.
const LARGEST: usize = 4 * 1024 * 1024 - 16 * 1024;

impl Sqlite {
    /// One page of a product's history.
    pub(super) fn read_revisions(
        &self,
        product: &ProductId,
        page: &PageRequest,
    ) -> Result<Option<Page<Document<Revision>>>> {
        let before = match page.after.as_ref().and_then(|cursor| cursor.values.first()) {
            Some(CursorValue::Number(number)) => *number,
            _ => i64::MAX,
        };
        self.readers.read(|db| {
            let _one_state = db.unchecked_transaction()?;
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
            let (mut items, mut bytes, mut last, mut more) = (Vec::new(), 0, None, false);
            while let Some(row) = rows.next()? {
                let document: Vec<u8> = row.get(1)?;
                bytes += document.len();
                if items.len() == page.size || (bytes > LARGEST && !items.is_empty()) {
                    more = true;
                    break;
                }
                last = Some(row.get::<_, i64>(0)?);
                items.push(Document::new(document));
            }
            let next = last.filter(|_| more).map(|number| Cursor {
                values: vec![CursorValue::Number(number)],
                id: String::new(),
            });
            let total = Total { count: count.min(Total::MOST), capped: count > Total::MOST };
            Ok(Some(Page { items, next, total }))
        })
    }
}
