//! The feed as people read it: newest first, by whom, when, what, and to which resource; and forgetting what is too old.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row, ToSql};

use crate::{
    domain::{
        Actor, Cursor, CursorValue, Document, EntryKind, FeedEntry, FeedFilter, Page, PageRequest,
        Scope, Snapshot, Total, product_of,
    },
    encoding,
    store::{
        Result,
        sqlite::{Sqlite, failure::damaged, feed, page::Gathered, writer::Ending},
    },
};

impl Sqlite {
    /// One page of the feed, newest first.
    pub(super) async fn read_changes(
        &self,
        filter: FeedFilter,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<FeedEntry>>>> {
        let listing = Listing { filter, page };
        self.readers.read_long(move |db| feed::snapshot(db, || listing.answer(db))).await
    }

    /// Forgets changes that were made longer than `kept` ago, at most so many, and says how many it were.
    pub(super) async fn forget_old_changes(
        &self,
        kept: SignedDuration,
        most: usize,
    ) -> Result<usize> {
        let before = self.clock.now().checked_sub(kept).unwrap_or(Timestamp::MIN);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let work = move |db: &Connection| {
            let mut delete = db.prepare_cached(FORGET)?;
            Ok(delete.execute((before.as_microsecond(), most))?)
        };
        self.writer.write(Ending::Keep, work).await
    }
}

/// In the order of the feed, and never the last one, by which a projection knows whose feed it follows.
const FORGET: &str = "DELETE FROM changes WHERE sequence IN
    (SELECT sequence FROM changes
     WHERE sequence < (SELECT max(sequence) FROM changes)
       AND sequence < ifnull((SELECT min(sequence) FROM changes INDEXED BY changes_by_time WHERE time >= ?1), 9e18)
     ORDER BY sequence LIMIT ?2)";

/// What an [`entry`] is made of.
const COLUMNS: &str = "sequence, kind, resource, title, changed_fields, actor, actor_display_name, time, revision, request_id";

/// The changes behind a number, in their order.
pub(super) fn behind(db: &Connection, number: i64, most: usize) -> Result<Vec<FeedEntry>> {
    let mut select = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM changes WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"
    ))?;
    let mut rows = select.query((number, i64::try_from(most).unwrap_or(i64::MAX)))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(db, row)?);
    }
    Ok(entries)
}

struct Listing {
    filter: FeedFilter,
    page: PageRequest,
}

impl Listing {
    fn answer(&self, db: &Connection) -> Result<Page<Document<FeedEntry>>> {
        let mut select = db.prepare_cached(&self.rows())?;
        self.bind(&mut select, self.place())?;
        let mut rows = select.raw_query();
        let mut gathered = Gathered::new(self.page.size);
        while let Some(row) = rows.next()? {
            let entry = entry(db, row)?;
            let number = CursorValue::Number;
            let values = vec![number(row.get(7)?), number(entry.number)];
            let cursor = Cursor { values, id: String::new() };
            if !gathered.take(encoding::change::document(entry), cursor) {
                break;
            }
        }
        drop(rows);
        Ok(gathered.page(self.total(db)?))
    }

    fn total(&self, db: &Connection) -> Result<Total> {
        let mut select = db.prepare_cached(&self.count())?;
        self.bind(&mut select, self.start())?;
        let mut rows = select.raw_query();
        let count = rows.next()?.map_or(Ok(0), |row| row.get::<_, u32>(0))?;
        Ok(Total { count: count.min(Total::MOST), capped: count > Total::MOST })
    }

    fn rows(&self) -> String {
        format!(
            "SELECT {COLUMNS} FROM {} ORDER BY time DESC, sequence DESC LIMIT :limit",
            self.found()
        )
    }

    fn count(&self) -> String {
        format!("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {})", self.found(), Total::MOST + 1)
    }

    /// The changes behind a place, by the index that finds the fewest.
    fn found(&self) -> String {
        let FeedFilter { actor, kind, resource, .. } = &self.filter;
        let index = match (resource, actor) {
            // Most changes are of products, so their names find nothing that time would not.
            (Some(scope), _) if *scope != Scope::Within("products".to_owned()) => {
                "changes_by_resource"
            }
            (_, Some(_)) => "changes_by_actor",
            (_, None) => "changes_by_time",
        };
        let mut sql = format!(
            "changes INDEXED BY {index} WHERE (time, sequence) < (:time, :number) AND time >= :from"
        );
        if actor.is_some() {
            sql.push_str(" AND actor = :actor");
        }
        if kind.is_some() {
            sql.push_str(" AND kind = :kind");
        }
        sql.push_str(match resource {
            None => "",
            Some(Scope::Exactly(_)) => " AND resource = :resource",
            Some(Scope::Within(_)) => WITHIN,
        });
        sql
    }

    fn bind(&self, statement: &mut CachedStatement<'_>, place: [i64; 2]) -> Result<()> {
        let FeedFilter { actor, from, kind, resource, .. } = &self.filter;
        let resource = resource.as_ref().map(|scope| match scope {
            Scope::Exactly(name) | Scope::Within(name) => name,
        });
        let all: [(&str, &dyn ToSql); 7] = [
            (":time", &place[0]),
            (":number", &place[1]),
            (":from", &from.map_or(i64::MIN, Timestamp::as_microsecond)),
            (":actor", actor),
            (":kind", &kind.map(EntryKind::number)),
            (":resource", &resource),
            (":limit", &self.page.limit()),
        ];
        for (name, value) in all {
            if let Some(index) = statement.parameter_index(name)? {
                statement.raw_bind_parameter(index, value)?;
            }
        }
        Ok(())
    }

    /// The end of the time asked for: all that was made before it stands behind this place.
    fn start(&self) -> [i64; 2] {
        [self.filter.until.map_or(i64::MAX, Timestamp::as_microsecond), i64::MIN]
    }

    /// Where the page begins.
    fn place(&self) -> [i64; 2] {
        match self.page.after.as_ref().map(|cursor| cursor.values.as_slice()) {
            Some([CursorValue::Number(time), CursorValue::Number(number)]) => [*time, *number],
            _ => self.start(),
        }
    }
}

/// A name and those below it stand close together, with others that only begin alike.
const WITHIN: &str = " AND resource >= :resource AND resource < :resource || '0'
    AND (resource = :resource OR substr(resource, length(:resource) + 1, 1) = '/')";

fn entry(db: &Connection, row: &Row<'_>) -> Result<FeedEntry> {
    let (resource, time): (String, i64) = (row.get(2)?, row.get(7)?);
    let fields: String = row.get(4)?;
    let revision: Option<i64> = row.get(8)?;
    let revision = match revision.zip(product_of(&resource)) {
        Some((number, product)) if is_kept(db, product, number, time)? => Some(number),
        _ => None,
    };
    Ok(FeedEntry {
        number: row.get(0)?,
        kind: EntryKind::of_number(row.get(1)?).ok_or_else(|| damaged("a change"))?,
        resource,
        title: row.get(3)?,
        changed_fields: fields.lines().map(str::to_owned).collect(),
        actor: Actor { name: row.get(5)?, display_name: row.get(6)? },
        create_time: Timestamp::from_microsecond(time).map_err(|_| damaged("a change"))?,
        revision: revision.map(i64::unsigned_abs),
        request_id: row.get(9)?,
    })
}

/// Whether a revision is still there. Its time tells it from one of another product that has got the same id.
fn is_kept(db: &Connection, product: &str, number: i64, time: i64) -> Result<bool> {
    let mut select = db.prepare_cached(
        "SELECT 1 FROM products AS p JOIN revision_index AS i ON i.product = p.key
         WHERE p.id = ?1 AND i.number = ?2 AND i.time = ?3",
    )?;
    Ok(select.query_row((product, number, time), |_| Ok(())).optional()?.is_some())
}

/// How SQLite goes about a page and its count, or about forgetting.
#[cfg(test)]
pub(in crate::store::sqlite) fn plans(store: &Sqlite, filter: Option<&str>) -> Vec<String> {
    let filter = filter.map(|text| FeedFilter::parse(text).unwrap());
    let sql = filter.map_or(vec![FORGET.to_owned()], |filter| {
        let listing = Listing { filter, page: PageRequest::new(50, None) };
        vec![listing.rows(), listing.count()]
    });
    let plan = |sql: &String| {
        store.readers.read(|db| {
            let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let nothing = vec![rusqlite::types::Null; explain.parameter_count()];
            let rows = explain.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))?;
            Ok(rows.collect::<std::result::Result<Vec<String>, _>>()?.join("; "))
        })
    };
    sql.iter().map(|sql| plan(sql).unwrap()).collect()
}
