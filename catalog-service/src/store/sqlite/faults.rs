//! What requests would break beside what is kept, looked up before anything is written: a write asks the same rules once more.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use jiff::Timestamp;
use rusqlite::Connection;

use super::{
    Sqlite,
    failure::damaged,
    feed,
    products::{Kept, kept},
    rows,
};
use crate::{
    domain::{
        Actor, CategoryId, NewProduct, Product, ProductFields, ProductId, ProductMask, References,
        Uid, VariantField, VariantFields, VariantId, Violations, Wish,
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
            let _one_state = feed::one_state(db)?;
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
    let mut trial = Trial { db, now, products: BTreeMap::new() };
    for wish in request.wishes() {
        faults.append(trial.faults_of(wish)?);
    }
    Ok(faults)
}

/// The wishes of one request, each held against what those before it leave, as in the write: the products as they stand by then;
/// none: there is no such product, or it is deleted, which its write says.
struct Trial<'a> {
    db: &'a Connection,
    now: Timestamp,
    products: BTreeMap<ProductId, Option<Kept>>,
}

impl Trial<'_> {
    fn faults_of(&mut self, wish: &Wish) -> Result<Violations> {
        match wish {
            Wish::NewProduct { at, new } => self.faults_of_new_product(new, at),
            Wish::Product { at, id, fields, mask } => {
                let kept = self.live(id)?;
                Ok(kept.map(|kept| update_product(kept, fields, mask, at)).unwrap_or_default())
            }
            Wish::NewVariant { at, new } => {
                let kept = self.live(&new.product)?;
                let faults =
                    kept.map(|kept| kept.standing().faults_of_new_variant(&new.variant, at));
                Ok(faults.unwrap_or_default())
            }
            Wish::Variant { at, name, fields, mask } => {
                let kept = self.live(&name.product)?;
                let faults = kept.map(|kept| update_variant(kept, &name.variant, fields, mask, at));
                Ok(faults.unwrap_or_default())
            }
        }
    }

    fn live(&mut self, id: &ProductId) -> Result<Option<&mut Kept>> {
        let product = match self.products.entry(id.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let found = kept(self.db, id)?;
                place.insert(found.filter(|kept| !kept.product.is_deleted()))
            }
        };
        Ok(product.as_mut())
    }

    fn faults_of_new_product(&self, new: &NewProduct, at: &str) -> Result<Violations> {
        let made = || ProductId::parse(&ids::new_id(self.now)).map_err(|_| damaged("an id"));
        let id = new.id.clone().map_or_else(made, Ok)?;
        let draft = new.draft(id, Uid::new(ids::new_id(self.now)), Actor::system(), self.now);
        Ok(too_large(&draft, at))
    }
}

/// Updates a product, unless that has faults.
fn update_product(
    kept: &mut Kept,
    fields: &ProductFields,
    mask: &ProductMask,
    at: &str,
) -> Violations {
    let mut after = kept.product.clone();
    fields.put_into(mask, &mut after);
    let mut faults = kept.standing().faults_of_product(&after, mask, at);
    faults.append(too_large(&after, at));
    if faults.is_empty() {
        kept.product = after;
    }
    faults
}

/// Updates a variant, unless that has faults.
fn update_variant(
    kept: &mut Kept,
    id: &VariantId,
    fields: &VariantFields,
    mask: &[VariantField],
    at: &str,
) -> Violations {
    let faults = kept.standing().faults_of_variant(id, fields, mask, at);
    let own = kept.variants.iter_mut().find(|variant| variant.id == *id);
    if let Some(variant) = own.filter(|_| faults.is_empty()) {
        fields.put_into(mask, variant);
    }
    faults
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
