//! Lists of products: by an index where there is one for the order, and page by page from where the last one ended.

mod counts;
mod filter;
mod keyset;
mod sql;

pub(super) use counts::Counts;
use rusqlite::{Connection, params_from_iter};

use self::sql::Sql;
use super::{
    Sqlite,
    products::{IS_PUBLIC, assemble},
};
use crate::{
    domain::{
        Audience, Cursor, Document, Filter, Page, PageRequest, Product, ProductQuery, Total, View,
        filter::{Comparison, TextField},
        order::OrderField,
    },
    store::Result,
};

/// How many bytes a page may have; the message around the products needs a few more.
const LARGEST: usize = 4 * 1024 * 1024 - 16 * 1024;

/// Answers one page of products.
pub(super) async fn list(
    store: &Sqlite,
    query: ProductQuery,
    page: PageRequest,
) -> Result<Page<Document<Product>>> {
    let list = List { now: store.clock.now().as_microsecond(), query, page };
    let (counts, generation) = (store.counts.clone(), store.writer.generation());
    if list.is_short() {
        return store.readers.read(|db| list.answer(db, &counts, generation));
    }
    store.readers.read_long(move |db| list.answer(db, &counts, generation)).await
}

/// How SQLite goes about each stretch of a page.
#[cfg(test)]
pub(super) fn plans(store: &Sqlite, query: ProductQuery, page: PageRequest) -> Result<Vec<String>> {
    let list = List { now: store.clock.now().as_microsecond(), query, page };
    store.readers.read(|db| {
        let mut plans = Vec::new();
        for part in keyset::parts(&list.query.order, list.page.after.as_ref()) {
            let sql = list.stretch(&part, list.page.size);
            let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.text()))?;
            let rows = explain.query_map(params_from_iter(sql.values()), |row| row.get(3))?;
            plans.push(rows.collect::<Result<Vec<String>, _>>()?.join("; "));
        }
        Ok(plans)
    })
}

/// What of a page is there.
#[derive(Default)]
struct Gathered {
    items: Vec<Document<Product>>,
    bytes: usize,
    last: Option<Cursor>,
    /// There is more than fits.
    more: bool,
}

struct List {
    now: i64,
    query: ProductQuery,
    page: PageRequest,
}

impl List {
    /// Whether it takes no longer than its page is large.
    fn is_short(&self) -> bool {
        let is_key = |filter: &Filter| match filter {
            Filter::Text(field, Comparison::Equal, _) => {
                matches!(field, TextField::Slug | TextField::Sku | TextField::Gtin)
            }
            _ => false,
        };
        match &self.query.filter {
            Some(filter) => is_key(filter),
            None => self.index().is_some(),
        }
    }

    /// The index that holds this list in its order, if there is one.
    fn index(&self) -> Option<&'static str> {
        let ([key], None) = (self.query.order.keys(), &self.query.filter) else { return None };
        let staff = self.query.audience == Audience::Staff;
        match (key.field, self.query.show_deleted, staff) {
            (OrderField::CreateTime, true, true) => Some("products_by_create"),
            (_, true, _) => None,
            (OrderField::CreateTime, false, true) => Some("products_live_by_create"),
            (OrderField::CreateTime, false, false) => Some("products_live_by_state"),
            (OrderField::UpdateTime, false, true) => Some("products_live_by_update"),
            (OrderField::UpdateTime, false, false) => Some("products_public_by_update"),
            (OrderField::Title, false, true) => Some("products_live_by_title"),
            (OrderField::Title, false, false) => Some("products_public_by_title"),
            (OrderField::Price, false, true) => Some("products_live_by_price"),
            (OrderField::Price, false, false) => Some("products_public_by_price"),
            (OrderField::Slug, false, true) => Some("products_live_by_slug"),
            (OrderField::Slug, false, false) => Some("products_public_by_slug"),
            (OrderField::DeleteTime, false, _) => None,
        }
    }

    fn answer(
        &self,
        db: &Connection,
        counts: &Counts,
        generation: u64,
    ) -> Result<Page<Document<Product>>> {
        let one_state = db.unchecked_transaction()?;
        let mut gathered = Gathered::default();
        for part in keyset::parts(&self.query.order, self.page.after.as_ref()) {
            if !gathered.more {
                self.gather(db, &part, &mut gathered)?;
            }
        }
        let total = self.total(db, counts, generation)?;
        drop(one_state);
        let next = gathered.last.filter(|_| gathered.more);
        Ok(Page { items: gathered.items, next, total })
    }

    /// The start of every statement about this list: which products are in it.
    fn members(&self, columns: &str, index: Option<&str>) -> Sql {
        let mut sql = Sql::new("SELECT ");
        sql.push(columns).push(" FROM products AS p");
        if let Some(index) = index {
            sql.push(" INDEXED BY ").push(index);
        }
        sql.push(" WHERE ");
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
            filter::condition(filter, &mut sql);
        }
        sql
    }

    /// The statement that reads a stretch of the list.
    fn stretch(&self, part: &keyset::Part, wanted: usize) -> Sql {
        let columns = keyset::columns(&self.query.order) + self.document_columns();
        let mut sql = self.members(&columns, self.index());
        keyset::place(&self.query.order, part, &mut sql);
        sql.push(" LIMIT ").bind(i64::try_from(wanted).unwrap_or(i64::MAX));
        sql
    }

    fn gather(&self, db: &Connection, part: &keyset::Part, into: &mut Gathered) -> Result<()> {
        let order = &self.query.order;
        let sql = self.stretch(part, self.page.size - into.items.len() + 1);
        let mut select = db.prepare_cached(sql.text())?;
        let mut rows = select.query(params_from_iter(sql.values()))?;
        while let Some(row) = rows.next()? {
            let first = order.keys().len() + 1;
            let bytes = assemble(row, first, self.query.view, self.query.audience)?;
            let has_room = into.bytes + bytes.len() <= LARGEST || into.items.is_empty();
            if into.items.len() == self.page.size || !has_room {
                into.more = true;
                return Ok(());
            }
            into.bytes += bytes.len();
            into.items.push(Document::new(bytes));
            into.last = Some(keyset::cursor(row, order)?);
        }
        Ok(())
    }

    /// The columns of the parts that are answered; the others are not even read.
    fn document_columns(&self) -> &'static str {
        match (self.query.view, self.query.audience) {
            (View::Basic, Audience::Public) => "p.document, p.price_range, NULL, NULL",
            (View::Basic, Audience::Staff) => "p.document, p.price_range, p.actors, NULL",
            (View::Full, Audience::Public) => "p.document, p.price_range, NULL, p.variants",
            (View::Full, Audience::Staff) => "p.document, p.price_range, p.actors, p.variants",
        }
    }

    fn total(&self, db: &Connection, counts: &Counts, generation: u64) -> Result<Total> {
        let index = self.query.filter.is_none().then_some(
            match (self.query.audience, self.query.show_deleted) {
                (Audience::Public, _) => "products_live_by_state",
                (Audience::Staff, false) => "products_live_by_create",
                (Audience::Staff, true) => "products_by_create",
            },
        );
        let mut sql = self.members("1", index);
        sql.push(" LIMIT ").bind(i64::from(Total::MOST) + 1);
        let key = counts::key(&self.query);
        if let Some(total) = counts.get(&key, generation, self.now) {
            return Ok(total);
        }
        let text = format!("SELECT count(*) FROM ({})", sql.text());
        let mut select = db.prepare_cached(&text)?;
        let count: u32 = select.query_row(params_from_iter(sql.values()), |row| row.get(0))?;
        let total = Total { count: count.min(Total::MOST), capped: count > Total::MOST };
        counts.put(key, generation, self.now, total);
        Ok(total)
    }
}
