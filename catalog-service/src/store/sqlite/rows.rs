//! The rows of products and variants: what stands in which column.

mod history;
mod lookup;
mod product;
mod variant;

pub(super) use history::{product_changes_since, variant_changes_since};
pub(super) use lookup::{
    category_exists, free_number, product_exists, sku_owner, slug_is_taken, slug_owner,
};
pub(super) use product::{answer, insert_product, update_product};
pub(super) use variant::{
    delete_variant, insert_variant, replace_variants, update_variant, update_variants,
};

use crate::domain::fold;

/// How many bytes of a title it is sorted by.
const TITLE_KEY: usize = 96;

/// What a title is sorted by: without case and accents, and short enough for a page token.
pub(super) fn title_key(title: &str) -> String {
    let mut key = fold(title.trim());
    key.truncate(key.floor_char_boundary(TITLE_KEY));
    key
}
