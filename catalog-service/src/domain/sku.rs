//! Stock keeping units: the shop's own codes.

use std::fmt;

/// A code of 1 to 64 visible characters, with single spaces between them at most.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sku(String);

/// A text that is not a sku.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sku has 1 to 64 visible characters, with no spaces at its ends")]
pub struct SkuError;

impl Sku {
    /// Takes a code.
    ///
    /// # Errors
    /// An empty or too long one, or one with invisible characters.
    pub fn parse(text: &str) -> Result<Self, SkuError> {
        let words_are_visible = text.split(' ').all(|word| {
            !word.is_empty() && !word.chars().any(|c| c.is_whitespace() || c.is_control())
        });
        if words_are_visible && text.chars().count() <= 64 {
            Ok(Self(text.to_owned()))
        } else {
            Err(SkuError)
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
