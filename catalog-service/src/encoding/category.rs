//! Categories between the domain and the contract.

use prost_types::FieldMask;
use proto::catalog as wire;

use super::MaskError;
use crate::domain::{CategoryField, CategoryFields, NewCategory, Violations};

/// Which fields an update replaces.
///
/// # Errors
/// A path that names no field of a category.
pub fn mask(
    _message: &wire::Category,
    _mask: Option<&FieldMask>,
) -> Result<Vec<CategoryField>, MaskError> {
    todo!()
}

/// Reads the masked fields; `at` is the path of the category in the request.
pub fn fields(
    _message: wire::Category,
    _mask: &[CategoryField],
    _at: &str,
    _violations: &mut Violations,
) -> CategoryFields {
    todo!()
}

/// Reads a category to create; `id` is the request's `category_id`.
pub fn new_category(
    _id: &str,
    _message: wire::Category,
    _violations: &mut Violations,
) -> NewCategory {
    todo!()
}
