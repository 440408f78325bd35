//! From where the last page ended: the order as SQL, and the condition that a product stands behind a cursor.

use rusqlite::{
    Row,
    types::{Value, ValueRef},
};

use super::sql::Sql;
use crate::domain::{
    Cursor, CursorValue, Order,
    order::{OrderField, OrderKey},
};

/// A stretch of a list. A list by one field that products may lack has two, so that an index serves both: those with the field, and behind
/// them those without.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    stretch: Stretch,
    after: Option<Cursor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    Whole,
    With,
    Without,
}

/// The stretches that lie behind a cursor.
pub(super) fn parts(order: &Order, after: Option<&Cursor>) -> Vec<Part> {
    let part = |stretch, after: Option<&Cursor>| Part { stretch, after: after.cloned() };
    match order.keys() {
        [key] if is_optional(key.field) => {
            let is_without = |cursor: &Cursor| cursor.values.first() == Some(&CursorValue::Missing);
            if after.is_some_and(is_without) {
                return vec![part(Stretch::Without, after)];
            }
            vec![part(Stretch::With, after), part(Stretch::Without, None)]
        }
        _ => vec![part(Stretch::Whole, after)],
    }
}

/// The columns that make a cursor: those of the keys, and the id. A comma follows.
pub(super) fn columns(order: &Order) -> String {
    let mut columns = String::new();
    for key in order.keys() {
        columns.push_str(column(key.field));
        columns.push_str(", ");
    }
    columns + "p.id, "
}

/// Reads a cursor from the first columns of a row.
pub(super) fn cursor(row: &Row<'_>, order: &Order) -> rusqlite::Result<Cursor> {
    let value = |index: usize| {
        Ok(match row.get_ref(index)? {
            ValueRef::Integer(number) => CursorValue::Number(number),
            ValueRef::Text(text) => CursorValue::Text(String::from_utf8_lossy(text).into_owned()),
            ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => CursorValue::Missing,
        })
    };
    let count = order.keys().len();
    let values = (0..count).map(value).collect::<rusqlite::Result<_>>()?;
    Ok(Cursor { values, id: row.get(count)? })
}

/// Adds the condition that a product lies in a stretch.
pub(super) fn within(order: &Order, part: &Part, sql: &mut Sql) {
    let Some(first) = order.keys().first() else { return };
    match (part.stretch, &part.after) {
        (Stretch::Whole, None) => {}
        (Stretch::Whole, Some(cursor)) => {
            sql.push(" AND ");
            behind(order, cursor, sql);
        }
        (Stretch::With, after) => {
            sql.push(" AND ").push(column(first.field)).push(" IS NOT NULL");
            if let Some(cursor) = after {
                sql.push(" AND ");
                behind(order, cursor, sql);
            }
        }
        (Stretch::Without, after) => {
            sql.push(" AND ").push(column(first.field)).push(" IS NULL");
            if let Some(cursor) = after {
                let than = if order.id_descends() { " AND p.id < " } else { " AND p.id > " };
                sql.push(than).bind(cursor.id.clone());
            }
        }
    }
}

/// Adds the order in a stretch.
pub(super) fn order_by(order: &Order, part: &Part, sql: &mut Sql) {
    let Some(first) = order.keys().first() else { return };
    let direction = if order.id_descends() { " DESC" } else { "" };
    match part.stretch {
        Stretch::Whole => by_all_keys(order, sql),
        Stretch::With => {
            sql.push(" ORDER BY ").push(column(first.field)).push(direction);
            sql.push(", p.id").push(direction);
        }
        Stretch::Without => _ = sql.push(" ORDER BY p.id").push(direction),
    }
}

fn by_all_keys(order: &Order, sql: &mut Sql) {
    sql.push(" ORDER BY ");
    for key in order.keys() {
        if is_optional(key.field) {
            sql.push(column(key.field)).push(" IS NULL, ");
        }
        let direction = if key.descending { " DESC, " } else { ", " };
        sql.push(column(key.field)).push(direction);
    }
    sql.push(if order.id_descends() { "p.id DESC" } else { "p.id" });
}

/// Adds the condition that a product stands behind a cursor.
fn behind(order: &Order, cursor: &Cursor, sql: &mut Sql) {
    let keys = order.keys();
    let than = |descending: bool| if descending { " < " } else { " > " };
    if let ([key], Some(value)) = (keys, cursor.values.first())
        && *value != CursorValue::Missing
    {
        // Compared as one, so that the index is entered at the right place.
        let than = than(key.descending);
        sql.push("(").push(column(key.field)).push(", p.id)").push(than).push("(");
        sql.bind(bound(value)).push(", ").bind(cursor.id.clone()).push(")");
        return;
    }
    sql.push("(");
    for (index, key) in keys.iter().enumerate() {
        equal_before(keys, cursor, index, sql);
        further(key, &cursor.values[index], sql);
        sql.push(" OR ");
    }
    equal_before(keys, cursor, keys.len(), sql);
    sql.push("p.id").push(than(order.id_descends())).bind(cursor.id.clone()).push(")");
}

/// Adds that the first `count` keys are those of the cursor.
fn equal_before(keys: &[OrderKey], cursor: &Cursor, count: usize, sql: &mut Sql) {
    for (key, value) in keys.iter().zip(&cursor.values).take(count) {
        sql.push(column(key.field)).push(" IS ").bind(bound(value)).push(" AND ");
    }
}

/// Adds that a key lies behind the cursor's value; what is missing lies behind everything.
fn further(key: &OrderKey, value: &CursorValue, sql: &mut Sql) {
    let column = column(key.field);
    if *value == CursorValue::Missing {
        sql.push("0");
        return;
    }
    let than = if key.descending { " < " } else { " > " };
    sql.push("(").push(column).push(than).bind(bound(value));
    if is_optional(key.field) {
        sql.push(" OR ").push(column).push(" IS NULL");
    }
    sql.push(")");
}

fn bound(value: &CursorValue) -> Value {
    match value {
        CursorValue::Missing => Value::Null,
        CursorValue::Number(number) => Value::Integer(*number),
        CursorValue::Text(text) => Value::Text(text.clone()),
    }
}

fn is_optional(field: OrderField) -> bool {
    matches!(field, OrderField::Price | OrderField::DeleteTime)
}

fn column(field: OrderField) -> &'static str {
    match field {
        OrderField::Title => "p.title_key",
        OrderField::Price => "p.price",
        OrderField::Slug => "p.slug",
        OrderField::CreateTime => "p.create_time",
        OrderField::UpdateTime => "p.update_time",
        OrderField::DeleteTime => "p.delete_time",
    }
}
