//! The addresses that products had: kept when they are left, and followed by those who still know them.

use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::{Sqlite, failure::damaged, products::IS_PUBLIC, tx::Tx};
use crate::{
    domain::{Address, Audience, Product, ProductId, Slug, Snapshot},
    store::Result,
};

/// The condition under which an address leads an audience to a product; `:now` is the time.
fn leads(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => IS_PUBLIC,
        Audience::Staff => "p.delete_time IS NULL AND :now IS NOT NULL",
    }
}

impl Sqlite {
    /// Where an address leads.
    pub(super) fn read_slug(
        &self,
        slug: &Slug,
        audience: Audience,
    ) -> Result<Option<Snapshot<Address>>> {
        let now = self.clock.now().as_microsecond();
        let read = |db: &Connection| {
            // A product that an audience does not see is not in the way of one that it does.
            for found_by in [OWN, FORMER] {
                if let Some(address) = product(db, found_by, slug, audience, now)? {
                    return Ok(Some(address));
                }
            }
            let gone = "SELECT 1 FROM product_slugs WHERE slug = ?1 AND product IS NULL";
            let is_gone = db.prepare_cached(gone)?.exists([slug.as_str()])?;
            Ok(is_gone.then_some(Address::Gone))
        };
        Ok(self.readers.snapshot(read)?.transpose())
    }
}

/// The product whose slug it is.
const OWN: &str = "products AS p WHERE p.slug = :slug";
/// The products whose slug it was.
const FORMER: &str =
    "product_slugs AS s JOIN products AS p ON p.key = s.product WHERE s.slug = :slug";

fn product(
    db: &Connection,
    found_by: &str,
    slug: &Slug,
    audience: Audience,
    now: i64,
) -> Result<Option<Address>> {
    let last = if found_by == FORMER { "ORDER BY s.key DESC" } else { "" };
    let visible = leads(audience);
    let sql = format!("SELECT p.id, p.slug FROM {found_by} AND {visible} {last} LIMIT 1");
    let found: Option<(String, String)> = db
        .prepare_cached(&sql)?
        .query_row(named_params! { ":slug": slug.as_str(), ":now": now }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((id, slug)) = found else { return Ok(None) };
    let product = ProductId::parse(&id).map_err(|_| damaged("an id"))?;
    let slug = Slug::parse(&slug).map_err(|_| damaged("a slug"))?;
    Ok(Some(Address::Of { product, slug }))
}

impl Tx<'_> {
    /// Keeps the address that a product leaves, be it for another one or for the time that it is not public.
    pub(super) fn keep_slug(&self, key: i64, before: &Product, after: &Product) -> Result<()> {
        let was_public = before.has_been_public(self.now);
        let hides = was_public && !after.is_public(self.now);
        if before.slug == after.slug && !hides {
            return Ok(());
        }
        // What the public has known once stays known.
        let mut keep = self.db.prepare_cached(
            "INSERT OR REPLACE INTO product_slugs (slug, product, was_public)
             SELECT ?1, ?2, max(?3, ifnull(max(was_public), 0))
             FROM product_slugs WHERE slug = ?1 AND product = ?2",
        )?;
        keep.execute((before.slug.as_str(), key, was_public))?;
        Ok(())
    }

    /// Before a product goes for good: of its addresses, those that the public has known stay, and will lead nowhere.
    pub(super) fn give_up_slugs(&self, key: i64) -> Result<()> {
        let unknown = "DELETE FROM product_slugs WHERE product = ?1 AND was_public = 0";
        self.db.prepare_cached(unknown)?.execute([key])?;
        let earlier = "DELETE FROM product_slugs WHERE product IS NULL
             AND slug IN (SELECT slug FROM product_slugs WHERE product = ?1)";
        self.db.prepare_cached(earlier)?.execute([key])?;
        Ok(())
    }
}
