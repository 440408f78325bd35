//! Products between the domain and the contract.

use prost_types::FieldMask;
use proto::catalog as wire;

use super::MaskError;
use crate::domain::{NewProduct, ProductFields, ProductMask, Violations};

/// Which fields an update replaces: those that the mask names, or, without one, those that are set in the message.
///
/// # Errors
/// A path that names no field of a product.
pub fn mask(_message: &wire::Product, _mask: Option<&FieldMask>) -> Result<ProductMask, MaskError> {
    todo!()
}

/// Reads the masked fields; `at` is the path of the product in the request, such as `product`.
pub fn fields(
    _message: wire::Product,
    _mask: &ProductMask,
    _at: &str,
    _violations: &mut Violations,
) -> ProductFields {
    todo!()
}

/// Reads a product to create, with its variants; `at` is the path of the create request: empty, or `requests[3]`.
pub fn new_product(
    _request: wire::CreateProductRequest,
    _at: &str,
    _violations: &mut Violations,
) -> Option<NewProduct> {
    todo!()
}
