//! What requests would break beside what is kept, looked up before anything is written: a write asks the same rules once more.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::Connection;

use super::{Sqlite, failure::damaged, products::kept, rows};
use crate::{
    domain::{
        Actor, CategoryId, NewProduct, Product, ProductFields, ProductId, ProductMask, References,
        Uid, Violations, Wish,
    },
    encoding, ids,
    store::Result,
};

/// The largest product without its variants, in bytes.
const LARGEST: usize = 256 * 1024;

impl Sqlite {
    /// What is wrong with each of the requests, all of them beside one state; a batch may name thousands of categories.
    pub(super) async fn read_faults(&self, requests: Vec<References>) -> Result<Vec<Violations>> {
        let now = self.clock.now();
        let look_up = move |db: &Connection| {
            let _one_state = db.unchecked_transaction()?;
            let unknown = unknown_categories(db, &requests)?;
            requests.iter().map(|request| faults(db, request, &unknown, now)).collect()
        };
        self.readers.read_long(look_up).await
    }
}

fn unknown_categories<'a>(
    db: &Connection,
    requests: &'a [References],
) -> Result<BTreeSet<&'a CategoryId>> {
    let named = requests.iter().flat_map(References::categories).map(|(_, category)| category);
    let mut unknown: BTreeSet<_> = named.collect();
    let mut known = Vec::new();
    for category in &unknown {
        if rows::category_exists(db, category)? {
            known.push(*category);
        }
    }
    known.into_iter().for_each(|category| _ = unknown.remove(category));
    Ok(unknown)
}

fn faults(
    db: &Connection,
    request: &References,
    unknown: &BTreeSet<&CategoryId>,
    now: Timestamp,
) -> Result<Violations> {
    let mut faults = Violations::default();
    for (field, category) in request.categories().filter(|(_, id)| unknown.contains(id)) {
        faults.add(field, does_not_exist(category));
    }
    for wish in request.wishes() {
        faults.append(faults_of_wish(db, wish, now)?);
    }
    Ok(faults)
}

/// What does not exist has no faults: its write says so.
fn faults_of_wish(db: &Connection, wish: &Wish, now: Timestamp) -> Result<Violations> {
    match wish {
        Wish::NewProduct { at, new } => faults_of_new_product(new, at, now),
        Wish::Product { at, id, fields, mask } => faults_of_update(db, id, fields, mask, at),
        Wish::NewVariant { at, new } => {
            let kept = kept(db, &new.product)?;
            let faults = kept.map(|kept| kept.standing().faults_of_new_variant(&new.variant, at));
            Ok(faults.unwrap_or_default())
        }
        Wish::Variant { at, name, fields, mask } => {
            let kept = kept(db, &name.product)?;
            let faults =
                kept.map(|kept| kept.standing().faults_of_variant(&name.variant, fields, mask, at));
            Ok(faults.unwrap_or_default())
        }
    }
}

fn faults_of_new_product(new: &NewProduct, at: &str, now: Timestamp) -> Result<Violations> {
    let made = || ProductId::parse(&ids::new_id(now)).map_err(|_| damaged("an id"));
    let id = new.id.clone().map_or_else(made, Ok)?;
    let draft = new.draft(id, Uid::new(ids::new_id(now)), Actor::system(), now);
    let mut faults = Violations::default();
    faults.append(too_large(&draft, at));
    Ok(faults)
}

fn faults_of_update(
    db: &Connection,
    id: &ProductId,
    fields: &ProductFields,
    mask: &ProductMask,
    at: &str,
) -> Result<Violations> {
    let Some(kept) = kept(db, id)? else { return Ok(Violations::default()) };
    let mut after = kept.product.clone();
    fields.put_into(mask, &mut after);
    let mut faults = kept.standing().faults_of_product(&after, mask, at);
    faults.append(too_large(&after, at));
    Ok(faults)
}

/// What is wrong with the size of a product.
pub(super) fn too_large(product: &Product, at: &str) -> Violations {
    let mut faults = Violations::default();
    let size = encoding::product::document(product).len();
    if size > LARGEST {
        faults.add(at, format_args!("has {size} bytes, and may have {LARGEST}; shorten its texts"));
    }
    faults
}

/// What is said about a category that is not there.
pub(super) fn does_not_exist(category: &CategoryId) -> String {
    format!("`{}` does not exist", category.name())
}
