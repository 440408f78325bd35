//! The value of a named property of a product.

/// A text or a number; numbers are finite.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    /// A text of 1 to 8,000 characters.
    Text(String),
    /// A finite number.
    Number(f64),
}
