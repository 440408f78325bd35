//! Whose a slug or a sku is, and what exists.

use rusqlite::{Connection, OptionalExtension as _};

use crate::{
    domain::{CategoryId, ProductId, Sku, Slug},
    store::Result,
};

/// Whether there is such a product, deleted ones included.
pub(in crate::store::sqlite) fn product_exists(db: &Connection, id: &ProductId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM products WHERE id = ?1")?.exists([id.as_str()])?)
}

/// Whether there is such a category.
pub(in crate::store::sqlite) fn category_exists(db: &Connection, id: &CategoryId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM categories WHERE id = ?1")?.exists([id.as_str()])?)
}

/// Whether a live product other than `own` has the slug.
pub(in crate::store::sqlite) fn slug_is_taken(
    db: &Connection,
    slug: &Slug,
    own: Option<i64>,
) -> Result<bool> {
    let mut select = db.prepare_cached(
        "SELECT 1 FROM products WHERE slug = ?1 AND delete_time IS NULL AND key IS NOT ?2",
    )?;
    Ok(select.exists((slug.as_str(), own))?)
}

/// The name of the live product that has the slug.
pub(in crate::store::sqlite) fn slug_owner(db: &Connection, slug: &Slug) -> Result<Option<String>> {
    let mut select = db.prepare_cached(
        "SELECT 'products/' || id FROM products WHERE slug = ?1 AND delete_time IS NULL",
    )?;
    Ok(select.query_row([slug.as_str()], |row| row.get(0)).optional()?)
}

/// The product's key, the variant's id and the variant's name of who has the sku.
pub(in crate::store::sqlite) fn sku_owner(
    db: &Connection,
    sku: &Sku,
) -> Result<Option<(i64, String, String)>> {
    let mut select = db.prepare_cached(
        "SELECT p.key, v.id, 'products/' || p.id || '/variants/' || v.id
         FROM variants AS v JOIN products AS p ON p.key = v.product
         WHERE v.sku = ?1 AND v.live = 1",
    )?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    Ok(select.query_row([sku.as_str()], row).optional()?)
}

/// The slug itself, or the one with a number behind it that is free: the lowest, as long as the numbers have no gaps.
pub(in crate::store::sqlite) fn free_number(
    slug: &Slug,
    is_taken: impl Fn(&Slug) -> Result<bool>,
) -> Result<Slug> {
    if !is_taken(slug)? {
        return Ok(slug.clone());
    }
    // Doubling first, then halving: a thousand products of one title cost ten looks each, not a thousand.
    let (mut taken, mut free) = (1, 2);
    while is_taken(&slug.numbered(free))? {
        (taken, free) = (free, free * 2);
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if is_taken(&slug.numbered(middle))? { taken = middle } else { free = middle }
    }
    Ok(slug.numbered(free))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "kettle")]
    #[case(1, "kettle-2")]
    #[case(2, "kettle-3")]
    #[case(3, "kettle-4")]
    #[case(1_000, "kettle-1001")]
    fn the_next_number_is_found_in_few_looks(#[case] taken: u32, #[case] expected: &str) {
        let slug = Slug::parse("kettle").unwrap();
        let looks = Cell::new(0);
        let is_taken = |slug: &Slug| {
            looks.set(looks.get() + 1);
            let number = slug.as_str().strip_prefix("kettle-").map_or(1, |n| n.parse().unwrap());
            Ok(number <= taken)
        };
        assert_eq!(free_number(&slug, is_taken).unwrap().as_str(), expected);
        assert!(looks.get() <= 25, "{} looks", looks.get());
    }
}
