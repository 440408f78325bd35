//! The rows of a product.

use rusqlite::{CachedStatement, Connection};

use super::{title_key, variant};
use crate::{
    domain::{AttributeValue, Audience, PriceSpan, Product, State, Variant, View},
    encoding,
    store::{
        Result,
        sqlite::products::{assemble, parts},
    },
};

/// What a write answers about a product.
pub(in crate::store::sqlite) fn answer(db: &Connection, key: i64, view: View) -> Result<Vec<u8>> {
    let parts = parts(view, Audience::Staff);
    let sql = format!("SELECT {parts} FROM products AS p WHERE p.key = ?1");
    Ok(db.prepare_cached(&sql)?.query_row([key], |row| assemble(row, 0))?)
}

/// Adds a product with its variants, and answers its key.
pub(in crate::store::sqlite) fn insert_product(
    db: &Connection,
    product: &Product,
    variants: &[Variant],
) -> Result<i64> {
    let spans = PriceSpan::of(variants);
    let shown = variant::shown(db, &spans)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO products (id, state, slug, title, title_key, brand, price, create_time, update_time,
            delete_time, delete_actor, publish_time, unpublish_time, price_range, actors, document, variants)
         VALUES (:id, :state, :slug, :title, :title_key, :brand, :price, :create_time, :update_time,
            :delete_time, :delete_actor, :publish_time, :unpublish_time, :price_range, :actors, :document, :variants)",
    )?;
    bind_always(&mut insert, product)?;
    bind_found_by(&mut insert, product)?;
    bind(&mut insert, ":id", product.id.as_str())?;
    bind(&mut insert, ":create_time", product.create_time.as_microsecond())?;
    bind(&mut insert, ":price", shown.map(|span| span.lowest.micros()))?;
    bind(&mut insert, ":price_range", encoding::product::price_range(shown))?;
    bind(&mut insert, ":variants", encoding::product::variants(&product.id, variants))?;
    insert.raw_execute()?;
    let key = db.last_insert_rowid();
    for (position, one) in (0..).zip(variants) {
        variant::insert_at(db, key, product, one, position)?;
    }
    variant::insert_prices(db, key, &spans)?;
    insert_categories(db, key, product)?;
    insert_tags(db, key, product)?;
    insert_attributes(db, key, product)?;
    Ok(key)
}

/// Replaces what a product itself says; its variants stay.
pub(in crate::store::sqlite) fn update_product(
    db: &Connection,
    key: i64,
    before: &Product,
    after: &Product,
) -> Result<()> {
    let mut update = db.prepare_cached(
        "UPDATE products SET update_time = :update_time, actors = :actors, document = :document
         WHERE key = :key",
    )?;
    bind_always(&mut update, after)?;
    bind(&mut update, ":key", key)?;
    update.raw_execute()?;
    if is_found_otherwise(before, after) {
        let mut update = db.prepare_cached(
            "UPDATE products SET state = :state, slug = :slug, title = :title,
                title_key = :title_key, brand = :brand, delete_time = :delete_time,
                delete_actor = :delete_actor, publish_time = :publish_time, unpublish_time = :unpublish_time
             WHERE key = :key",
        )?;
        bind_found_by(&mut update, after)?;
        bind(&mut update, ":key", key)?;
        update.raw_execute()?;
    }
    if before.is_deleted() != after.is_deleted() {
        db.prepare_cached("UPDATE variants SET live = ?2 WHERE product = ?1")?
            .execute((key, !after.is_deleted()))?;
    }
    if before.categories != after.categories {
        db.prepare_cached("DELETE FROM product_categories WHERE product = ?1")?.execute([key])?;
        insert_categories(db, key, after)?;
    }
    if before.tags != after.tags {
        db.prepare_cached("DELETE FROM product_tags WHERE product = ?1")?.execute([key])?;
        insert_tags(db, key, after)?;
    }
    if before.attributes != after.attributes {
        db.prepare_cached("DELETE FROM product_attributes WHERE product = ?1")?.execute([key])?;
        insert_attributes(db, key, after)?;
    }
    Ok(())
}

/// Whether an index has to learn of a change; most changes are of what no index holds.
fn is_found_otherwise(before: &Product, after: &Product) -> bool {
    (before.state, before.window, before.delete_time)
        != (after.state, after.window, after.delete_time)
        || (&before.slug, &before.title, &before.brand) != (&after.slug, &after.title, &after.brand)
}

/// Binds the columns that every write changes.
fn bind_always(statement: &mut CachedStatement<'_>, product: &Product) -> Result<()> {
    bind(statement, ":update_time", product.update_time.as_microsecond())?;
    bind(statement, ":actors", encoding::product::actors(product))?;
    bind(statement, ":document", encoding::product::document(product))
}

/// Binds the columns by which a product is found.
fn bind_found_by(statement: &mut CachedStatement<'_>, product: &Product) -> Result<()> {
    let state = match product.state {
        State::Draft => 1,
        State::Active => 2,
        State::Archived => 3,
    };
    let micros = |time: Option<jiff::Timestamp>| time.map(jiff::Timestamp::as_microsecond);
    bind(statement, ":state", state)?;
    bind(statement, ":slug", product.slug.as_str())?;
    bind(statement, ":title", &product.title)?;
    bind(statement, ":title_key", title_key(&product.title))?;
    bind(statement, ":brand", &product.brand)?;
    bind(statement, ":delete_time", micros(product.delete_time))?;
    let by = product.delete_actor.as_ref().map_or("", |actor| actor.name.as_str());
    bind(statement, ":delete_actor", by)?;
    bind(statement, ":publish_time", micros(product.window.start))?;
    bind(statement, ":unpublish_time", micros(product.window.end))
}

fn bind(
    statement: &mut CachedStatement<'_>,
    name: &str,
    value: impl rusqlite::ToSql,
) -> Result<()> {
    let index = statement.parameter_index(name)?.unwrap_or_default();
    Ok(statement.raw_bind_parameter(index, value)?)
}

fn insert_categories(db: &Connection, key: i64, product: &Product) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO product_categories (category, product) VALUES (?1, ?2)",
    )?;
    for category in &product.categories {
        insert.execute((category.as_str(), key))?;
    }
    Ok(())
}

fn insert_tags(db: &Connection, key: i64, product: &Product) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO product_tags (tag, product) VALUES (?1, ?2)";
    let mut insert = db.prepare_cached(sql)?;
    for tag in &product.tags {
        insert.execute((tag, key))?;
    }
    Ok(())
}

fn insert_attributes(db: &Connection, key: i64, product: &Product) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO product_attributes (product, name, text, number) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (name, value) in &product.attributes {
        let (text, number) = match value {
            AttributeValue::Text(text) => (Some(text), None),
            AttributeValue::Number(number) => (None, Some(number)),
        };
        insert.execute((key, name, text, number))?;
    }
    Ok(())
}
