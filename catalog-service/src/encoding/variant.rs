//! Variants between the domain and the contract.

use prost_types::FieldMask;
use proto::catalog as wire;

use super::MaskError;
use crate::domain::{NewVariant, VariantField, VariantFields, Violations};

/// Which fields an update replaces.
///
/// # Errors
/// A path that names no field of a variant.
pub fn mask(
    _message: &wire::Variant,
    _mask: Option<&FieldMask>,
) -> Result<Vec<VariantField>, MaskError> {
    todo!()
}

/// Reads the masked fields; `at` is the path of the variant in the request.
pub fn fields(
    _message: wire::Variant,
    _mask: &[VariantField],
    _at: &str,
    _violations: &mut Violations,
) -> VariantFields {
    todo!()
}

/// Reads a variant to create; `id` is the request's `variant_id`.
pub fn new_variant(
    _id: &str,
    _message: wire::Variant,
    _at: &str,
    _violations: &mut Violations,
) -> NewVariant {
    todo!()
}
