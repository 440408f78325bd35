//! How SQLite is to go about a list. It is told, because it keeps no statistics and would often guess wrong.

use rusqlite::{Connection, params_from_iter};

use super::{filter, sql::Sql};
use crate::{
    domain::{
        Audience, Filter, ProductQuery,
        filter::{Comparison, Field, TextField, TimeField},
        order::OrderField,
    },
    store::Result,
};

/// Up to how many products it is better to take and sort them than to walk an index.
const FEW: i64 = 4_000;
/// Up to how many products sets are told apart by their size.
const MANY: i64 = 40_000;

/// A way to a page.
#[derive(Debug)]
pub(super) enum Plan {
    /// Walk the index of the order, and look at each product on the way.
    Walk(&'static str),
    /// Only these can match: take them, and sort. Of a list among some products, they are all of those.
    Few(Sql),
    /// There is no index for the order: look at all, and sort.
    Scan,
}

impl Plan {
    /// The way to the pages of a list.
    pub(super) fn of(query: &ProductQuery, db: &Connection) -> Result<Self> {
        if let Some(ids) = &query.among {
            return Ok(Self::Few(filter::among(ids)));
        }
        if let Some((count, keys)) = smallest(query, db, FEW)?
            && count <= FEW
        {
            return Ok(Self::Few(keys));
        }
        if let Some(index) = Self::index_of_deleted(query) {
            return Ok(Self::Walk(index));
        }
        let states = conditions(query).iter().any(|one| matches!(one, Filter::State(_)));
        let by_create = Self::order(query) == Some(OrderField::CreateTime);
        if states && by_create && !query.show_deleted {
            return Ok(Self::Walk("products_live_by_state"));
        }
        Ok(Self::index(query).map_or(Self::Scan, Self::Walk))
    }

    fn order(query: &ProductQuery) -> Option<OrderField> {
        match query.order.keys() {
            [key] => Some(key.field),
            _ => None,
        }
    }

    /// The index that holds a list of deleted products, all of them or those that one person deleted, by when that was.
    pub(super) fn index_of_deleted(query: &ProductQuery) -> Option<&'static str> {
        let by_time = Self::order(query) == Some(OrderField::DeleteTime);
        if !by_time || !query.show_deleted || query.audience != Audience::Staff {
            return None;
        }
        let by_one = |condition: &Filter| {
            matches!(condition, Filter::Text(TextField::DeleteActor, Comparison::Equal, _))
        };
        let all = conditions(query);
        if all.iter().any(by_one) {
            return Some("products_deleted_by");
        }
        let are_deleted = all.contains(&Filter::Has(Field::Time(TimeField::Delete)));
        are_deleted.then_some("products_deleted")
    }

    /// The index that holds a list in its order, if there is one.
    pub(super) fn index(query: &ProductQuery) -> Option<&'static str> {
        let staff = query.audience == Audience::Staff;
        match (Self::order(query)?, staff && query.show_deleted, staff) {
            (OrderField::CreateTime, true, _) => Some("products_by_create"),
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

    /// The index by which the products of a list are counted.
    pub(super) fn counting_index(query: &ProductQuery) -> &'static str {
        match (query.audience, query.show_deleted) {
            (Audience::Public, _) => "products_live_by_state",
            (Audience::Staff, false) => "products_live_by_create",
            (Audience::Staff, true) => "products_by_create",
        }
    }
}

/// The keys among which all products of a list are, where an index knows some: the smallest such set.
pub(super) fn among(query: &ProductQuery, db: &Connection) -> Result<Option<Sql>> {
    Ok(smallest(query, db, MANY)?.map(|(_, keys)| keys))
}

/// All of these hold for a product of the list.
fn conditions(query: &ProductQuery) -> &[Filter] {
    match &query.filter {
        None => &[],
        Some(Filter::And(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
    }
}

/// The smallest set of keys that an index knows for a condition, and its size as far as it was counted.
fn smallest(query: &ProductQuery, db: &Connection, most: i64) -> Result<Option<(i64, Sql)>> {
    let mut smallest: Option<(i64, Sql)> = None;
    for condition in conditions(query) {
        let misses_some = query.show_deleted && filter::is_of_live_products(condition);
        let Some(keys) = filter::indexed(condition).filter(|_| !misses_some) else { continue };
        let count = count(&keys, db, most)?;
        if smallest.as_ref().is_none_or(|(least, _)| count < *least) {
            smallest = Some((count, keys));
        }
    }
    Ok(smallest)
}

/// How many keys there are, counted to just above `most`.
fn count(keys: &Sql, db: &Connection, most: i64) -> Result<i64> {
    let mut sql = Sql::new("SELECT count(*) FROM (");
    sql.append(keys).push(" LIMIT ").bind(most + 1).push(")");
    let mut select = db.prepare_cached(sql.text())?;
    Ok(select.query_row(params_from_iter(sql.values()), |row| row.get(0))?)
}
