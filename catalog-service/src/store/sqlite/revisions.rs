//! Histories: one revision, those of a product, and those of all products by time; each read where its index points.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, ToSql};

use super::{Sqlite, feed, page::Gathered, writer::Ending};
use crate::{
    domain::{
        Cursor, CursorValue, Document, Etag, Page, PageRequest, ProductId, Revision, RevisionQuery,
        Snapshot, Total, View, WhichRevision,
    },
    encoding,
    store::Result,
};

impl Sqlite {
    /// One revision of a product.
    pub(super) fn read_revision(
        &self,
        product: &ProductId,
        which: &WhichRevision,
    ) -> Result<Option<Snapshot<Document<Revision>>>> {
        let read = |db: &Connection| {
            let Some(key) = key_of(db, product)? else { return Ok(None) };
            let number = match which {
                WhichRevision::Number(number) => Some(*number),
                WhichRevision::Before(number) => number_before(db, key, *number)?,
                WhichRevision::OfEtag(etag) => number_of_etag(db, key, etag)?,
            };
            let Some(number) = number else { return Ok(None) };
            Ok(document_of(db, key, number)?.map(Document::new))
        };
        Ok(self.readers.snapshot(read)?.transpose())
    }

    /// One page of a history; none: there is no such product.
    pub(super) async fn read_revisions(
        &self,
        query: RevisionQuery,
        page: PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Revision>>>>> {
        // Who and when are found by index; what was done is looked for along the way.
        let is_short = query.filter.fields.is_empty() && query.filter.change.is_none();
        let history = History { query, page };
        if is_short {
            return self.readers.read(|db| history.snapshot(db));
        }
        self.readers.read_long(move |db| history.snapshot(db)).await
    }

    /// Forgets revisions that were replaced longer than `kept` ago, at most so many, and says how many it were.
    pub(super) async fn forget(&self, kept: SignedDuration, most: usize) -> Result<usize> {
        let before = self.clock.now().checked_sub(kept).unwrap_or(Timestamp::MIN);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let work = move |db: &Connection| {
            let mut delete = db.prepare_cached(FORGET)?;
            Ok(delete.execute((before.as_microsecond(), most))?)
        };
        self.writer.write(Ending::Keep, work).await
    }
}

/// What was replaced is in an index by when, so that the revisions that stay are never looked at.
const FORGET: &str = "DELETE FROM revisions WHERE rowid IN
    (SELECT r.rowid FROM
        (SELECT product, number FROM revision_index INDEXED BY revision_index_replaced
         WHERE replace_time < ?1 ORDER BY replace_time LIMIT ?2) AS old
     CROSS JOIN revisions AS r ON r.product = old.product AND r.number = old.number)";

/// The document of a product's revision, if it is kept.
pub(super) fn document_of(db: &Connection, product: i64, number: u64) -> Result<Option<Vec<u8>>> {
    let mut select =
        db.prepare_cached("SELECT document FROM revisions WHERE product = ?1 AND number = ?2")?;
    Ok(select.query_row((product, number.cast_signed()), |row| row.get(0)).optional()?)
}

fn number_before(db: &Connection, product: i64, number: u64) -> Result<Option<u64>> {
    let mut select = db.prepare_cached(
        "SELECT max(number) FROM revision_index WHERE product = ?1 AND number < ?2",
    )?;
    let found: Option<i64> = select.query_row((product, number.cast_signed()), |row| row.get(0))?;
    Ok(found.map(i64::unsigned_abs))
}

/// The number of the revision that gave a product an etag.
fn number_of_etag(db: &Connection, product: i64, etag: &Etag) -> Result<Option<u64>> {
    let mut select = db.prepare_cached("SELECT document FROM products WHERE key = ?1")?;
    let document: Vec<u8> = select.query_row([product], |row| row.get(0))?;
    let uid = encoding::product::uid(&document)?;
    let Some(version) = etag.version_of(&uid) else { return Ok(None) };
    let mut select = db.prepare_cached(
        "SELECT number FROM revisions WHERE product = ?1 AND product_version = ?2",
    )?;
    let parameters = (product, version.cast_signed());
    let found: Option<i64> = select.query_row(parameters, |row| row.get(0)).optional()?;
    Ok(found.map(i64::unsigned_abs))
}

fn key_of(db: &Connection, product: &ProductId) -> Result<Option<i64>> {
    let mut select = db.prepare_cached("SELECT key FROM products WHERE id = ?1")?;
    Ok(select.query_row([product.as_str()], |row| row.get(0)).optional()?)
}

struct History {
    query: RevisionQuery,
    page: PageRequest,
}

impl History {
    fn snapshot(&self, db: &Connection) -> Result<Option<Snapshot<Page<Document<Revision>>>>> {
        Ok(feed::snapshot(db, || self.answer(db))?.transpose())
    }

    fn answer(&self, db: &Connection) -> Result<Option<Page<Document<Revision>>>> {
        let key = match &self.query.product {
            None => None,
            Some(product) => {
                let Some(key) = key_of(db, product)? else { return Ok(None) };
                Some(key)
            }
        };
        self.gather(db, key).map(Some)
    }

    fn gather(&self, db: &Connection, product: Option<i64>) -> Result<Page<Document<Revision>>> {
        let filter = &self.query.filter;
        let micros = Timestamp::as_microsecond;
        let fields = filter.fields.join("\n");
        let after = self.place();
        let mut select = db.prepare_cached(&self.sql())?;
        let all: [(&str, &dyn ToSql); 9] = [
            (":of", &product),
            (":actor", &filter.actor),
            (":from", &filter.from.map_or(i64::MIN, micros)),
            (":until", &self.until()),
            (":change", &filter.change),
            (":fields", &fields),
            (":time", &after[0]),
            (":product", &after[1]),
            (":number", &after[2]),
        ];
        for (name, value) in all {
            if let Some(index) = select.parameter_index(name)? {
                select.raw_bind_parameter(index, value)?;
            }
        }
        if let Some(index) = select.parameter_index(":limit")? {
            select.raw_bind_parameter(index, self.page.limit())?;
        }
        let mut rows = select.raw_query();
        let mut gathered = Gathered::new(self.page.size);
        while let Some(row) = rows.next()? {
            let number = |index| row.get(index).map(CursorValue::Number);
            let values = vec![number(1)?, number(2)?, number(3)?];
            let mut document: Vec<u8> = row.get(0)?;
            if self.query.view == View::Basic {
                document = encoding::revision::without_variants(&document)?;
            }
            if !gathered.take(document, Cursor { values, id: String::new() }) {
                break;
            }
        }
        Ok(gathered.page(Total::default()))
    }

    /// The time before which all of it was made, in microseconds.
    fn until(&self) -> i64 {
        self.query.filter.until.map_or(i64::MAX, Timestamp::as_microsecond)
    }

    /// The time, product and number behind which the page begins.
    fn place(&self) -> [i64; 3] {
        let values = self.page.after.as_ref().map(|cursor| cursor.values.as_slice());
        match values {
            None if self.query.product.is_some() => [i64::MAX; 3],
            Some(
                [
                    CursorValue::Number(time),
                    CursorValue::Number(product),
                    CursorValue::Number(number),
                ],
            ) => [*time, *product, *number],
            // The first page begins at the end of the time asked for, so that what came later is not walked over.
            _ => [self.until(), i64::MIN, i64::MIN],
        }
    }

    /// The statement of a page. Everything about a revision but its document is beside it, so that only what is answered is read.
    fn sql(&self) -> String {
        let filter = &self.query.filter;
        let (index, of, order) = match (&self.query.product, &filter.actor) {
            (Some(_), _) => ("", OF_ONE, "i.number DESC"),
            (None, Some(_)) => (" INDEXED BY revision_index_by_actor", BEHIND, NEWEST),
            (None, None) => (" INDEXED BY revision_index_by_time", BEHIND, NEWEST),
        };
        let mut sql = format!(
            "SELECT r.document, i.time, i.product, i.number FROM revision_index AS i{index}
             CROSS JOIN revisions AS r ON r.product = i.product AND r.number = i.number
             WHERE {of} AND i.time >= :from"
        );
        if filter.actor.is_some() {
            sql.push_str(" AND i.actor = :actor");
        }
        if filter.change.is_some() {
            sql.push_str(" AND i.change = :change");
        }
        if !filter.fields.is_empty() {
            sql.push_str(" AND touches(:fields, i.changed_fields)");
        }
        format!("{sql} ORDER BY {order} LIMIT :limit")
    }
}

const OF_ONE: &str = "i.product = :of AND i.number < :number AND i.time < :until";
const BEHIND: &str = "(i.time, i.product, i.number) < (:time, :product, :number)";
const NEWEST: &str = "i.time DESC, i.product DESC, i.number DESC";

/// How SQLite goes about a page, or about forgetting.
#[cfg(test)]
pub(super) fn plan(store: &Sqlite, query: Option<RevisionQuery>) -> String {
    let sql = query.map_or(FORGET.to_owned(), |query| {
        History { query, page: PageRequest::new(50, None) }.sql()
    });
    let plan = store.readers.read(|db| {
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let nothing = vec![rusqlite::types::Null; explain.parameter_count()];
        let rows = explain.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))?;
        Ok(rows.collect::<Result<Vec<String>, _>>()?.join("; "))
    });
    plan.unwrap()
}
