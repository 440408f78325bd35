//! The feed of changes, and whole products for what follows it.

pub(super) mod list;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params_from_iter, types::Value};
use tokio::sync::watch;

use super::{Sqlite, feed, products::assemble};
use crate::{
    domain::{CategoryId, Document, FeedEntry, FeedFilter, Page, PageRequest, ProductId, Snapshot},
    encoding,
    store::{
        Result,
        changes::{Change, ChangeStore, Walk, WholeProduct},
    },
};

/// SQLite keeps the last number that it gave, in the transaction of the change, whatever becomes of old changes.
const LAST: &str = "SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'changes'";

/// The columns of a whole product; those of its price are computed from its variants.
const WHOLE: &str = "p.document, x'', p.actors, p.variants";

#[async_trait]
impl ChangeStore for Sqlite {
    async fn last_change(&self) -> Result<i64> {
        self.readers.read(last)
    }

    async fn change_time(&self, number: i64) -> Result<Option<Timestamp>> {
        self.readers.read(|db| {
            let mut select = db.prepare_cached("SELECT time FROM changes WHERE sequence = ?1")?;
            let time: Option<i64> = select.query_row([number], |row| row.get(0)).optional()?;
            Ok(time.and_then(|time| Timestamp::from_microsecond(time).ok()))
        })
    }

    async fn changes_after(&self, number: i64, most: usize) -> Result<Option<Vec<Change>>> {
        self.readers.read(|db| {
            let one_state = feed::one_state(db)?;
            let mut select = db.prepare_cached(
                "SELECT sequence, resource FROM changes WHERE sequence > ?1 ORDER BY sequence LIMIT ?2",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let changes = select.query_map((number, most), |row| {
                Ok(Change { number: row.get(0)?, resource: row.get(1)? })
            })?;
            let changes = changes.collect::<Result<Vec<_>, _>>()?;
            let follows = follows(db, number, changes.first().map(|change| change.number))?;
            drop(one_state);
            Ok(follows.then_some(changes))
        })
    }

    async fn entries_after(&self, number: i64, most: usize) -> Result<Option<Vec<FeedEntry>>> {
        self.readers.read(|db| {
            let one_state = feed::one_state(db)?;
            let entries = list::behind(db, number, most)?;
            let follows = follows(db, number, entries.first().map(|entry| entry.number))?;
            drop(one_state);
            Ok(follows.then_some(entries))
        })
    }

    async fn whole_products(&self, ids: &[ProductId]) -> Result<Vec<WholeProduct>> {
        let sql = format!("SELECT {WHOLE} FROM products AS p WHERE p.id = ?1");
        self.readers.read(|db| {
            let one_state = feed::one_state(db)?;
            let mut select = db.prepare_cached(&sql)?;
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let bytes = select.query_row([id.as_str()], |row| assemble(row, 0)).optional()?;
                if let Some(bytes) = bytes {
                    found.push(whole(&bytes)?);
                }
            }
            drop(one_state);
            Ok(found)
        })
    }

    async fn walk(
        &self,
        walk: &Walk,
        after: Option<&ProductId>,
        most: usize,
    ) -> Result<Vec<WholeProduct>> {
        self.readers.read(|db| {
            let (among, mut values) = match walk {
                Walk::All => (Among::All.sql(0), Vec::new()),
                Walk::In(categories) => members(db, categories)?,
            };
            let sql = format!("SELECT {WHOLE} FROM {among} p.id > ? ORDER BY p.id LIMIT ?");
            values.push(after.map_or_else(String::new, |id| id.as_str().to_owned()).into());
            values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
            let mut select = db.prepare(&sql)?;
            let mut rows = select.query(params_from_iter(values))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(whole(&assemble(row, 0)?)?);
            }
            Ok(found)
        })
    }

    async fn list_changes(
        &self,
        filter: FeedFilter,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<FeedEntry>>>> {
        self.read_changes(filter, page).await
    }

    async fn forget_changes(&self, kept: SignedDuration, most: usize) -> Result<usize> {
        self.forget_old_changes(kept, most).await
    }

    fn commits(&self) -> watch::Receiver<u64> {
        self.writer.commits()
    }
}

fn last(db: &Connection) -> Result<i64> {
    Ok(db.prepare_cached(LAST)?.query_row([], |row| row.get(0))?)
}

/// Whether nothing is missing between a change and the next one that is there, or the end of the feed.
fn follows(db: &Connection, number: i64, next: Option<i64>) -> Result<bool> {
    Ok(next.unwrap_or(last(db)? + 1) == number + 1)
}

/// Up to how many products of categories are taken and sorted for every stretch of a walk. More are found along the ids of all
/// products: so each of them is come by once.
const FEW: i64 = 10_000;

/// Among which products a walk goes.
#[derive(Clone, Copy, Debug)]
enum Among {
    All,
    Few,
    Many,
}

impl Among {
    /// The tables and the condition, for so many categories. Something has to follow.
    fn sql(self, categories: usize) -> String {
        let places = vec!["?"; categories].join(", ");
        match self {
            Self::All => "products AS p WHERE".to_owned(),
            Self::Few => format!(
                "products AS p WHERE p.key IN
                 (SELECT product FROM product_categories WHERE category IN ({places})) AND"
            ),
            Self::Many => format!(
                "products AS p INDEXED BY sqlite_autoindex_products_1 WHERE EXISTS
                 (SELECT 1 FROM product_categories WHERE product = p.key AND category IN ({places})) AND"
            ),
        }
    }
}

/// The tables and the condition of products in categories, and its parameters.
fn members(db: &Connection, categories: &[CategoryId]) -> Result<(String, Vec<Value>)> {
    let places = vec!["?"; categories.len()].join(", ");
    let values: Vec<Value> = categories.iter().map(|id| id.as_str().to_owned().into()).collect();
    let mut count = db.prepare(&format!(
        "SELECT count(*) FROM (SELECT 1 FROM product_categories WHERE category IN ({places}) LIMIT {})",
        FEW + 1
    ))?;
    let count: i64 = count.query_row(params_from_iter(&values), |row| row.get(0))?;
    let among = if count > FEW { Among::Many } else { Among::Few };
    Ok((among.sql(categories.len()), values))
}

fn whole(bytes: &[u8]) -> Result<WholeProduct> {
    let (product, variants) = encoding::product::read(bytes)?;
    Ok(WholeProduct { product, variants })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::DiskLimits, store::sqlite::tests::open_at};

    #[test]
    fn a_walk_among_many_sorts_nothing_and_looks_at_no_document_in_vain() {
        let store = open_at(":memory:", DiskLimits::default()).unwrap();
        let plan = |among: Among| {
            let among = among.sql(2);
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT {WHOLE} FROM {among} p.id > ? ORDER BY p.id LIMIT ?"
            );
            let plan = store.readers.read(|db| {
                let mut explain = db.prepare(&sql)?;
                let nothing = vec![rusqlite::types::Null; explain.parameter_count()];
                let rows = explain.query_map(params_from_iter(nothing), |row| row.get(3))?;
                Ok(rows.collect::<Result<Vec<String>, _>>()?.join("; "))
            });
            plan.unwrap()
        };
        for among in [Among::All, Among::Many] {
            let plan = plan(among);
            assert!(plan.contains("sqlite_autoindex_products_1 (id>?)"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
        assert!(plan(Among::Many).contains("COVERING INDEX product_categories_by_product"));
        assert!(plan(Among::Few).contains("SEARCH p USING INTEGER PRIMARY KEY"));
    }
}
