//! Lists of products: by an index where there is one for the order, and page by page from where the last one ended.

mod counts;
mod filter;
mod keyset;
mod plan;
mod sql;
#[cfg(test)]
mod tests;

pub(super) use counts::Counts;
use rusqlite::{Connection, params_from_iter};

use self::{plan::Plan, sql::Sql};
use super::{
    Sqlite, feed,
    page::Gathered,
    products::{IS_PUBLIC, assemble, parts},
};
use crate::{
    domain::{
        Audience, Document, FeedPosition, Filter, Page, PageRequest, Product, ProductQuery,
        Snapshot, Total,
        filter::{Comparison, TextField},
    },
    store::Result,
};

/// Answers one page of products.
pub(super) async fn list(
    store: &Sqlite,
    query: ProductQuery,
    page: PageRequest,
) -> Result<Snapshot<Page<Document<Product>>>> {
    let list = List { now: store.clock.now().as_microsecond(), query, page };
    let counts = store.counts.clone();
    let is_short = list.is_short();
    let read =
        move |db: &Connection| feed::snapshot_at(db, |position| list.answer(db, &counts, position));
    if is_short { store.readers.read(read) } else { store.readers.read_long(read).await }
}

/// How SQLite goes about each stretch of a page.
#[cfg(test)]
pub(super) fn plans(store: &Sqlite, query: ProductQuery, page: PageRequest) -> Result<Vec<String>> {
    let list = List { now: store.clock.now().as_microsecond(), query, page };
    store.readers.read(|db| {
        let plan = Plan::of(&list.query, db)?;
        let mut plans = Vec::new();
        for part in keyset::parts(&list.query.order, list.page.after.as_ref()) {
            plans.push(explained(db, &list.stretch(&plan, &part, list.page.size))?);
        }
        Ok(plans)
    })
}

/// How SQLite counts a list that has too many products for them to be sorted.
#[cfg(test)]
pub(super) fn counting_plan(store: &Sqlite, query: ProductQuery) -> Result<String> {
    let now = store.clock.now().as_microsecond();
    let list = List { now, query, page: PageRequest::new(50, None) };
    store.readers.read(|db| explained(db, &list.counting(db, &Plan::Scan)?))
}

/// How SQLite goes about a statement.
#[cfg(test)]
fn explained(db: &Connection, sql: &Sql) -> Result<String> {
    let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.text()))?;
    let rows = explain.query_map(params_from_iter(sql.values()), |row| row.get(3))?;
    Ok(rows.collect::<Result<Vec<String>, _>>()?.join("; "))
}

struct List {
    now: i64,
    query: ProductQuery,
    page: PageRequest,
}

impl List {
    /// Whether it takes no longer than its page is large.
    fn is_short(&self) -> bool {
        if self.query.among.is_some() {
            return false;
        }
        let is_key = |condition: &Filter| match condition {
            Filter::Text(field, Comparison::Equal, _) => {
                matches!(field, TextField::Slug | TextField::Sku | TextField::Gtin)
            }
            _ => false,
        };
        // The keys of deleted products are in no index.
        let misses_some =
            |condition: &Filter| self.query.show_deleted && filter::is_of_live_products(condition);
        match &self.query.filter {
            Some(condition) => is_key(condition) && !misses_some(condition),
            None => Plan::index(&self.query).is_some(),
        }
    }

    fn answer(
        &self,
        db: &Connection,
        counts: &Counts,
        position: FeedPosition,
    ) -> Result<Page<Document<Product>>> {
        let plan = Plan::of(&self.query, db)?;
        let mut gathered = Gathered::new(self.page.size);
        for part in keyset::parts(&self.query.order, self.page.after.as_ref()) {
            if !gathered.is_full() {
                self.gather(db, &plan, &part, &mut gathered)?;
            }
        }
        let total = self.total(db, &plan, counts, position)?;
        Ok(gathered.page(total))
    }

    /// The start of every statement about this list: which products are in it.
    fn members(&self, columns: &str, plan: &Plan, sql: &mut Sql) {
        sql.push("SELECT ").push(columns).push(" FROM products AS p");
        match plan {
            Plan::Walk(index) => _ = sql.push(" INDEXED BY ").push(index).push(" WHERE "),
            Plan::Few(keys) => {
                sql.push(" NOT INDEXED WHERE p.key IN (").append(keys).push(") AND ");
            }
            Plan::Scan => _ = sql.push(" NOT INDEXED WHERE "),
        }
        self.conditions(sql);
    }

    /// What holds for each of them.
    fn conditions(&self, sql: &mut Sql) {
        match (self.query.audience, self.query.show_deleted) {
            (Audience::Public, _) => {
                // Literal times, each bound by itself: the parameters of a list have no names.
                for (place, piece) in IS_PUBLIC.split(":now").enumerate() {
                    if place > 0 {
                        sql.bind(self.now);
                    }
                    sql.push(piece);
                }
            }
            (Audience::Staff, false) => _ = sql.push("p.delete_time IS NULL"),
            (Audience::Staff, true) => _ = sql.push("1"),
        }
        if let Some(filter) = &self.query.filter {
            sql.push(" AND ");
            filter::condition(filter, sql);
        }
    }

    /// The statement that reads a stretch of the list.
    fn stretch(&self, plan: &Plan, part: &keyset::Part, wanted: usize) -> Sql {
        let order = &self.query.order;
        let columns = keyset::columns(order) + parts(self.query.view, self.query.audience);
        let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
        let mut sql = Sql::default();
        let is_plain = self.query.filter.is_none() && matches!(plan, Plan::Walk(_));
        if is_plain {
            self.members(&columns, plan, &mut sql);
            keyset::within(order, part, &mut sql);
            keyset::order_by(order, part, &mut sql);
            sql.push(" LIMIT ").bind(wanted);
            return sql;
        }
        // First which products, then their documents: what is looked at and sorted in vain stays small.
        sql.push("SELECT ").push(&columns).push(" FROM (");
        self.members("p.key AS chosen", plan, &mut sql);
        keyset::within(order, part, &mut sql);
        keyset::order_by(order, part, &mut sql);
        sql.push(" LIMIT ").bind(wanted);
        sql.push(") CROSS JOIN products AS p ON p.key = chosen");
        keyset::order_by(order, part, &mut sql);
        sql
    }

    fn gather(
        &self,
        db: &Connection,
        plan: &Plan,
        part: &keyset::Part,
        into: &mut Gathered<Product>,
    ) -> Result<()> {
        let order = &self.query.order;
        let sql = self.stretch(plan, part, into.wanted() + 1);
        let mut select = db.prepare_cached(sql.text())?;
        let mut rows = select.query(params_from_iter(sql.values()))?;
        while let Some(row) = rows.next()? {
            let first = order.keys().len() + 1;
            if !into.take(assemble(row, first)?, keyset::cursor(row, order)?) {
                break;
            }
        }
        Ok(())
    }

    fn total(
        &self,
        db: &Connection,
        plan: &Plan,
        counts: &Counts,
        position: FeedPosition,
    ) -> Result<Total> {
        // Which products those are is hardly asked for twice.
        let key = self.query.among.is_none().then(|| counts::key(&self.query));
        let known = key.as_ref().and_then(|key| counts.get(key, position, self.now));
        if let Some(total) = known {
            return Ok(total);
        }
        let sql = self.counting(db, plan)?;
        let mut select = db.prepare_cached(sql.text())?;
        let count: u32 = select.query_row(params_from_iter(sql.values()), |row| row.get(0))?;
        let Some(key) = key else { return Ok(counts::told(count)) };
        let span = counts::span(db, self.query.audience, self.now)?;
        Ok(counts.put(key, position, span, count))
    }

    /// The statement that counts the products of the list, as far as the number is told.
    fn counting(&self, db: &Connection, plan: &Plan) -> Result<Sql> {
        let mut sql = Sql::new("SELECT count(*) FROM (");
        let keys = match plan {
            Plan::Few(keys) => Some(keys.clone()),
            _ => plan::among(&self.query, db)?,
        };
        match keys {
            // One after the other, each product once, until there are enough; those that cannot match are never come by.
            Some(keys) => {
                sql.push("WITH k (chosen) AS (").append(&keys);
                sql.push(") SELECT 1 FROM (SELECT DISTINCT chosen FROM k)");
                sql.push(" CROSS JOIN products AS p ON p.key = chosen WHERE ");
                self.conditions(&mut sql);
            }
            None => self.members("1", &Plan::Walk(Plan::counting_index(&self.query)), &mut sql),
        }
        let most = Total::MOST + 1 + counts::spare(&self.query);
        sql.push(" LIMIT ").bind(i64::from(most)).push(")");
        Ok(sql)
    }
}
