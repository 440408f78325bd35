//! Revisions: written with every change, and read to tell what others did.

use rusqlite::Connection;

use super::product::answer;
use crate::{
    domain::{ChangeKind, OtherChange, Product, Revision, Uid, Variant, View},
    encoding,
    store::{Result, sqlite::tx::Tx},
};

/// How many changes a conflict tells of.
const TOLD: i64 = 20;

impl Tx<'_> {
    /// Adds a revision to a product's history, with the product as its rows now say, and answers its number; `variant` is the one that
    /// was changed, if one was.
    pub(in crate::store::sqlite) fn revise(
        &self,
        key: i64,
        product: &Product,
        change: ChangeKind,
        variant: Option<&Variant>,
        changed_fields: &[String],
    ) -> Result<u64> {
        let number: i64 = self
            .db
            .prepare_cached(
                "SELECT coalesce(max(number), 0) + 1 FROM revisions WHERE product = ?1",
            )?
            .query_row([key], |row| row.get(0))?;
        let revision = Revision {
            product: product.id.clone(),
            number: number.unsigned_abs(),
            change,
            changed_fields: changed_fields.to_vec(),
            actor: self.write.caller.actor.clone(),
            create_time: self.now,
        };
        let snapshot = answer(self.db, key, View::Full)?;
        let product_version = variant.is_none().then_some(product.version);
        self.db
            .prepare_cached(
                "INSERT INTO revisions (product, number, product_version, variant, variant_version, document)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                key,
                number,
                product_version.map(u64::cast_signed),
                variant.map(|variant| variant.uid.as_str()),
                variant.map(|variant| variant.version.cast_signed()),
                encoding::revision::document(&revision, &snapshot),
            ))?;
        self.index(key, &revision)?;
        Ok(revision.number)
    }

    /// Keeps beside a revision what it is found by, and that the one before is the newest no more.
    fn index(&self, key: i64, revision: &Revision) -> Result<()> {
        let (number, now) = (revision.number.cast_signed(), self.now.as_microsecond());
        self.db
            .prepare_cached(
                "UPDATE revision_index SET replace_time = ?3 WHERE product = ?1 AND number = ?2",
            )?
            .execute((key, number - 1, now))?;
        self.db
            .prepare_cached(
                "INSERT INTO revision_index (product, number, time, actor, change, changed_fields)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                key,
                number,
                now,
                &revision.actor.name,
                revision.change.name(),
                revision.changed_fields.join("\n"),
            ))?;
        Ok(())
    }
}

/// What was done to a product itself after a version of it, oldest first.
pub(in crate::store::sqlite) fn product_changes_since(
    db: &Connection,
    product: i64,
    version: u64,
) -> Result<Vec<OtherChange>> {
    let mut select = db.prepare_cached(
        "SELECT document FROM revisions WHERE product = ?1 AND product_version > ?2
         ORDER BY number DESC LIMIT ?3",
    )?;
    let rows = select.query_map((product, version.cast_signed(), TOLD), |row| row.get(0))?;
    changes(rows)
}

/// What was done to a variant after a version of it, oldest first.
pub(in crate::store::sqlite) fn variant_changes_since(
    db: &Connection,
    product: i64,
    variant: &Uid,
    version: u64,
) -> Result<Vec<OtherChange>> {
    let mut select = db.prepare_cached(
        "SELECT number, document FROM revisions
         WHERE product = ?1 AND variant = ?2 AND variant_version > ?3
         UNION ALL
         SELECT number, document FROM revision_index JOIN revisions USING (product, number)
         WHERE product = ?1 AND change IN ('ROLLED_BACK', 'UNDELETED')
         ORDER BY number DESC LIMIT ?4",
    )?;
    let parameters = (product, variant.as_str(), version.cast_signed(), TOLD);
    let mut rows = select.query(parameters)?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let document: Vec<u8> = row.get(1)?;
        changes.extend(encoding::revision::change_of_variant(&document, variant, version)?);
    }
    changes.reverse();
    Ok(changes)
}

fn changes(rows: impl Iterator<Item = rusqlite::Result<Vec<u8>>>) -> Result<Vec<OtherChange>> {
    let mut changes = Vec::new();
    for row in rows {
        changes.push(encoding::revision::change(&row?)?);
    }
    changes.reverse();
    Ok(changes)
}
