//! The rows of variants, and what of them stands in the rows of their product.

use rusqlite::{Connection, params};

use crate::{
    domain::{PriceSpan, Product, Variant},
    encoding,
    store::Result,
};

/// The span in the shop's default currency, which is the one that lists show and sort by.
pub(super) fn shown<'a>(db: &Connection, spans: &'a [PriceSpan]) -> Result<Option<&'a PriceSpan>> {
    if spans.is_empty() {
        return Ok(None);
    }
    let currency: String =
        db.prepare_cached("SELECT default_currency FROM shop")?.query_row([], |row| row.get(0))?;
    Ok(spans.iter().find(|span| span.currency().code() == currency))
}

/// Adds a variant behind the others.
pub(in crate::store::sqlite) fn insert_variant(
    db: &Connection,
    product_key: i64,
    product: &Product,
    variant: &Variant,
) -> Result<()> {
    let position = db
        .prepare_cached("SELECT coalesce(max(position), -1) + 1 FROM variants WHERE product = ?1")?
        .query_row([product_key], |row| row.get(0))?;
    insert_at(db, product_key, product, variant, position)
}

/// Adds a variant at a position that is free.
pub(super) fn insert_at(
    db: &Connection,
    product_key: i64,
    product: &Product,
    variant: &Variant,
    position: i64,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO variants (product, position, id, sku, live, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        product_key,
        position,
        variant.id.as_str(),
        variant.sku.as_ref().map(crate::domain::Sku::as_str),
        !product.is_deleted(),
        encoding::variant::document(&product.id, variant),
    ])?;
    insert_gtins(db, product_key, db.last_insert_rowid(), variant)
}

/// Replaces a variant.
pub(in crate::store::sqlite) fn update_variant(
    db: &Connection,
    product_key: i64,
    product: &Product,
    before: &Variant,
    after: &Variant,
) -> Result<()> {
    let key: i64 = db
        .prepare_cached(
            "UPDATE variants SET sku = ?3, document = ?4 WHERE product = ?1 AND id = ?2 RETURNING key",
        )?
        .query_row(
            params![
                product_key,
                after.id.as_str(),
                after.sku.as_ref().map(crate::domain::Sku::as_str),
                encoding::variant::document(&product.id, after),
            ],
            |row| row.get(0),
        )?;
    if before.gtins != after.gtins {
        db.prepare_cached("DELETE FROM variant_gtins WHERE variant = ?1")?.execute([key])?;
        insert_gtins(db, product_key, key, after)?;
    }
    Ok(())
}

/// Removes a variant.
pub(in crate::store::sqlite) fn delete_variant(
    db: &Connection,
    product_key: i64,
    variant: &Variant,
) -> Result<()> {
    db.prepare_cached("DELETE FROM variants WHERE product = ?1 AND id = ?2")?
        .execute((product_key, variant.id.as_str()))?;
    Ok(())
}

/// Puts other variants in the place of all that a product has.
pub(in crate::store::sqlite) fn replace_variants(
    db: &Connection,
    product_key: i64,
    product: &Product,
    variants: &[Variant],
) -> Result<()> {
    // All of them first: two may have changed skus or places with each other.
    db.prepare_cached("DELETE FROM variants WHERE product = ?1")?.execute([product_key])?;
    for (position, variant) in (0..).zip(variants) {
        insert_at(db, product_key, product, variant, position)?;
    }
    update_variants(db, product_key, product, variants)
}

/// Brings a product's own row and its prices to what its variants now are.
pub(in crate::store::sqlite) fn update_variants(
    db: &Connection,
    product_key: i64,
    product: &Product,
    variants: &[Variant],
) -> Result<()> {
    let spans = PriceSpan::of(variants);
    let shown = shown(db, &spans)?;
    db.prepare_cached(
        "UPDATE products SET price = ?2, price_range = ?3, variants = ?4 WHERE key = ?1",
    )?
    .execute(params![
        product_key,
        shown.map(|span| span.lowest.micros()),
        encoding::product::price_range(shown),
        encoding::product::variants(&product.id, variants),
    ])?;
    db.prepare_cached("DELETE FROM product_prices WHERE product = ?1")?.execute([product_key])?;
    insert_prices(db, product_key, &spans)
}

/// Adds the prices by which a product is found.
pub(super) fn insert_prices(db: &Connection, product_key: i64, spans: &[PriceSpan]) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO product_prices (product, currency, lowest, highest) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for span in spans {
        let (lowest, highest) = (span.lowest.micros(), span.highest.micros());
        insert.execute((product_key, span.currency().code(), lowest, highest))?;
    }
    Ok(())
}

fn insert_gtins(db: &Connection, product: i64, key: i64, variant: &Variant) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO variant_gtins (gtin, variant, product) VALUES (?1, ?2, ?3)",
    )?;
    for gtin in &variant.gtins {
        insert.execute((gtin.as_str(), key, product))?;
    }
    Ok(())
}
