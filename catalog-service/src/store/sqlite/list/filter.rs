//! Filters as SQL. Each condition is true or false, never unknown, so that `NOT` means what it says.

use super::sql::Sql;
use crate::domain::{
    CategoryId, Currency, Filter, ProductId, State,
    filter::{Comparison, Field, TextField, TimeField},
    fold,
};

/// Adds the condition that the product `p` matches.
pub(super) fn condition(filter: &Filter, sql: &mut Sql) {
    match filter {
        Filter::And(all) => joined(all, " AND ", sql),
        Filter::Or(any) => joined(any, " OR ", sql),
        Filter::Not(one) => {
            sql.push("NOT (");
            condition(one, sql);
            sql.push(")");
        }
        Filter::Has(field) => has(field, sql),
        Filter::Text(field, comparison, text) => compare_text(*field, *comparison, text, sql),
        Filter::Contains(field, words) => contains(*field, words, sql),
        Filter::State(state) => {
            let state = match state {
                State::Draft => "p.state = 1",
                State::Active => "p.state = 2",
                State::Archived => "p.state = 3",
            };
            sql.push(state);
        }
        Filter::InCategory(category) => {
            listed("product_categories", "category = ", sql);
            sql.bind(category.as_str().to_owned()).push(")");
        }
        Filter::BelowCategory(category) => {
            listed("product_categories", "category", sql);
            below(category, sql);
            sql.push(")");
        }
        Filter::Price(currency, comparison, micros) => price(*currency, *comparison, *micros, sql),
        Filter::AttributeText(name, comparison, text) => {
            attribute(name, "text", sql);
            sql.push(operator(*comparison)).bind(text.clone()).push(")");
        }
        Filter::AttributeNumber(name, comparison, number) => {
            attribute(name, "number", sql);
            sql.push(operator(*comparison)).bind(*number).push(")");
        }
        Filter::AttributeContains(name, words) => {
            attribute(name, "text IS NOT NULL AND holds(text, ", sql);
            sql.bind(fold(words)).push("))");
        }
        Filter::Time(field, comparison, time) => {
            let column = time_column(*field);
            sql.push("(").push(column).push(" IS NOT NULL AND ").push(column);
            sql.push(operator(*comparison)).bind(time.as_microsecond()).push(")");
        }
        Filter::Word(word) => {
            let word = fold(word);
            sql.push("(holds(p.title, ").bind(word.clone()).push(") OR holds(p.brand, ");
            sql.bind(word.clone()).push(") OR ");
            listed("variants", "sku IS NOT NULL AND holds(sku, ", sql);
            sql.bind(word).push(")))");
        }
    }
}

fn joined(filters: &[Filter], by: &str, sql: &mut Sql) {
    sql.push("(");
    for (index, filter) in filters.iter().enumerate() {
        if index > 0 {
            sql.push(by);
        }
        condition(filter, sql);
    }
    sql.push(")");
}

/// Where a text stands: in a column of the product, or in rows of another table.
enum Place {
    Column(&'static str),
    Rows(&'static str, &'static str),
}

fn place(field: TextField) -> Place {
    match field {
        TextField::Title => Place::Column("p.title"),
        TextField::Slug => Place::Column("p.slug"),
        TextField::Brand => Place::Column("p.brand"),
        TextField::Description => Place::Column("description(p.document)"),
        TextField::Tag => Place::Rows("product_tags", "tag"),
        TextField::Sku => Place::Rows("variants", "sku"),
        TextField::Gtin => Place::Rows("variant_gtins", "gtin"),
        TextField::DeleteActor => Place::Column("p.delete_actor"),
    }
}

fn has(field: &Field, sql: &mut Sql) {
    match field {
        Field::State => _ = sql.push("1"),
        Field::Text(field) => match place(*field) {
            Place::Column(column) => _ = sql.push(column).push(" != ''"),
            Place::Rows(table, column) => {
                listed(table, column, sql);
                sql.push(" IS NOT NULL)");
            }
        },
        Field::Category => {
            listed("product_categories", "1)", sql);
        }
        Field::Price(None) => _ = sql.push("p.price IS NOT NULL"),
        Field::Price(Some(currency)) => {
            listed("product_prices", "currency = ", sql);
            sql.bind(currency.code().to_owned()).push(")");
        }
        Field::Attribute(name) => {
            attribute(name, "1)", sql);
        }
        Field::Time(field) => _ = sql.push(time_column(*field)).push(" IS NOT NULL"),
    }
}

fn compare_text(field: TextField, comparison: Comparison, text: &str, sql: &mut Sql) {
    match place(field) {
        Place::Column(column) => {
            sql.push("(").push(column).push(" != '' AND ").push(column);
            sql.push(operator(comparison)).bind(text.to_owned()).push(")");
        }
        // None of them equals it, and there is one.
        Place::Rows(table, column) if comparison == Comparison::NotEqual => {
            sql.push("(");
            listed(table, column, sql);
            sql.push(" IS NOT NULL) AND NOT ");
            listed(table, column, sql);
            sql.push(" = ").bind(text.to_owned()).push("))");
        }
        Place::Rows(table, column) => {
            listed(table, column, sql);
            sql.push(operator(comparison)).bind(text.to_owned()).push(")");
        }
    }
}

fn contains(field: TextField, words: &str, sql: &mut Sql) {
    let words = fold(words);
    match place(field) {
        Place::Column(column) => {
            sql.push("holds(").push(column).push(", ").bind(words).push(")");
        }
        Place::Rows(table, column) => {
            listed(table, column, sql);
            sql.push(" IS NOT NULL AND holds(").push(column).push(", ").bind(words).push("))");
        }
    }
}

/// Begins a look at the product's rows in another table.
fn listed(table: &str, rest: &str, sql: &mut Sql) {
    sql.push("EXISTS (SELECT 1 FROM ").push(table).push(" WHERE product = p.key AND ").push(rest);
}

/// Begins a look at an attribute.
fn attribute(name: &str, rest: &str, sql: &mut Sql) {
    listed("product_attributes", "name = ", sql);
    sql.bind(name.to_owned()).push(" AND ").push(rest);
}

fn price(currency: Option<Currency>, comparison: Comparison, micros: i64, sql: &mut Sql) {
    match currency {
        None => _ = sql.push("(p.price IS NOT NULL AND p.price"),
        Some(currency) => {
            listed("product_prices", "currency = ", sql);
            sql.bind(currency.code().to_owned()).push(" AND lowest");
        }
    }
    sql.push(operator(comparison)).bind(micros).push(")");
}

/// Adds that a category is one or stands below it.
fn below(category: &CategoryId, sql: &mut Sql) {
    sql.push(" IN (WITH RECURSIVE below (id) AS (SELECT ").bind(category.as_str().to_owned());
    sql.push(" UNION SELECT c.id FROM categories AS c JOIN below ON c.parent = below.id)");
    sql.push(" SELECT id FROM below)");
}

/// The keys of the products that match, when an index knows them.
pub(super) fn indexed(filter: &Filter) -> Option<Sql> {
    let mut sql = Sql::new("SELECT ");
    match filter {
        Filter::InCategory(category) => {
            sql.push("product FROM product_categories WHERE category = ");
            sql.bind(category.as_str().to_owned());
        }
        Filter::BelowCategory(category) => {
            sql.push("product FROM product_categories WHERE category");
            below(category, &mut sql);
        }
        Filter::Text(field, Comparison::Equal, text) => {
            let keys = match field {
                TextField::Tag => "product FROM product_tags WHERE tag = ",
                TextField::Sku => "product FROM variants WHERE sku = ",
                TextField::Gtin => "product FROM variant_gtins WHERE gtin = ",
                TextField::Brand => "key FROM products WHERE brand != '' AND brand = ",
                TextField::Slug => "key FROM products WHERE delete_time IS NULL AND slug = ",
                TextField::DeleteActor => {
                    "key FROM products WHERE delete_actor != '' AND delete_actor = "
                }
                TextField::Title | TextField::Description => return None,
            };
            sql.push(keys).bind(text.clone());
        }
        Filter::Price(Some(currency), comparison, micros) => {
            sql.push("product FROM product_prices WHERE currency = ");
            sql.bind(currency.code().to_owned()).push(" AND lowest");
            sql.push(operator(*comparison)).bind(*micros);
        }
        Filter::Price(None, comparison, micros) => {
            sql.push("key FROM products WHERE delete_time IS NULL AND price");
            sql.push(operator(*comparison)).bind(*micros);
        }
        Filter::AttributeText(name, Comparison::Equal, text) => {
            sql.push("product FROM product_attributes WHERE name = ").bind(name.clone());
            // As the index has it.
            sql.push(" AND text IS NOT NULL AND substr(text, 1, 100) = substr(");
            sql.bind(text.clone()).push(", 1, 100) AND text = ").bind(text.clone());
        }
        Filter::AttributeNumber(name, comparison, number) => {
            sql.push("product FROM product_attributes WHERE name = ").bind(name.clone());
            sql.push(" AND number").push(operator(*comparison)).bind(*number);
        }
        Filter::Has(Field::Time(TimeField::Delete)) => {
            sql.push("key FROM products WHERE delete_time IS NOT NULL");
        }
        _ => return None,
    }
    Some(sql)
}

/// The keys of these products.
pub(super) fn among(ids: &[ProductId]) -> Sql {
    // One parameter for all. An id has no letter that JSON would escape.
    let ids: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    let mut sql = Sql::new("SELECT key FROM products WHERE id IN (SELECT value FROM json_each(");
    sql.bind(format!("[{}]", ids.join(","))).push("))");
    sql
}

/// Whether [`indexed`] knows live products only.
pub(super) fn is_of_live_products(filter: &Filter) -> bool {
    matches!(filter, Filter::Price(None, ..) | Filter::Text(TextField::Slug, ..))
}

fn time_column(field: TimeField) -> &'static str {
    match field {
        TimeField::Create => "p.create_time",
        TimeField::Update => "p.update_time",
        TimeField::Delete => "p.delete_time",
        TimeField::Publish => "p.publish_time",
        TimeField::Unpublish => "p.unpublish_time",
    }
}

fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => " = ",
        Comparison::NotEqual => " != ",
        Comparison::Less => " < ",
        Comparison::LessOrEqual => " <= ",
        Comparison::Greater => " > ",
        Comparison::GreaterOrEqual => " >= ",
    }
}
