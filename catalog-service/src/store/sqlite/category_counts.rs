//! How many products stand in a category, and how many with those below it.

use rusqlite::{Connection, named_params};

use super::products::IS_PUBLIC;
use crate::{
    domain::{Audience, Total},
    store::Result,
};

/// Those in the category itself.
const OWN: &str = "SELECT c.product FROM product_categories AS c
     JOIN products AS p ON p.key = c.product WHERE c.category = :category";

/// Those in it and below it, each once, in how many of the categories it may stand.
const SUBTREE: &str = "WITH RECURSIVE below (id) AS (
        SELECT :category UNION SELECT k.id FROM categories AS k JOIN below ON k.parent = below.id
     )
     SELECT DISTINCT c.product FROM below JOIN product_categories AS c ON c.category = below.id
     JOIN products AS p ON p.key = c.product WHERE true";

/// How many products of a category an audience may see: in it, and in it or below it. What nobody may see any more, or not yet, is
/// not in the number; counting stops one behind [`Total::MOST`].
pub(super) fn counts(
    db: &Connection,
    category: &str,
    audience: Audience,
    now: i64,
) -> Result<(u32, u32)> {
    let visible = match audience {
        Audience::Public => IS_PUBLIC,
        Audience::Staff => "p.delete_time IS NULL AND :now IS NOT NULL",
    };
    let count = |members: &str| -> Result<u32> {
        let most = Total::MOST + 1;
        let sql = format!("SELECT count(*) FROM ({members} AND {visible} LIMIT {most})");
        let parameters = named_params! { ":category": category, ":now": now };
        Ok(db.prepare_cached(&sql)?.query_row(parameters, |row| row.get(0))?)
    };
    Ok((count(OWN)?, count(SUBTREE)?))
}
