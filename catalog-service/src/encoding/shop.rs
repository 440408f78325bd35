//! The shop between the domain and the contract.

use prost_types::FieldMask;
use proto::catalog as wire;

use super::MaskError;
use crate::domain::{ShopField, ShopFields, Violations};

/// Which fields an update replaces.
///
/// # Errors
/// A path that names no field of the shop.
pub fn mask(_message: &wire::Shop, _mask: Option<&FieldMask>) -> Result<Vec<ShopField>, MaskError> {
    todo!()
}

/// Reads the masked fields; `at` is the path of the shop in the request.
pub fn fields(
    _message: wire::Shop,
    _mask: &[ShopField],
    _at: &str,
    _violations: &mut Violations,
) -> ShopFields {
    todo!()
}
