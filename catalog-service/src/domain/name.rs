//! The names of resources (AIP-122), and the ids that they are made of.

use std::fmt;

/// A text is not the name or id it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a name of the form `{form}`")]
pub struct NameError {
    given: String,
    form: &'static str,
}

impl NameError {
    /// `given` is not of the form that it should be.
    pub(super) fn new(given: &str, form: &'static str) -> Self {
        Self { given: given.to_owned(), form }
    }
}

fn is_id(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $collection:literal, $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes an id of 1 to 63 of `a-z`, `0-9` and `-`.
            ///
            /// # Errors
            /// Anything else.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                if is_id(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError { given: text.to_owned(), form: $form })
                }
            }

            /// Takes the resource name that ends with the id.
            ///
            /// # Errors
            /// Anything else.
            pub fn from_name(name: &str) -> Result<Self, NameError> {
                name.strip_prefix(concat!($collection, "/"))
                    .and_then(|id| Self::parse(id).ok())
                    .ok_or_else(|| NameError { given: name.to_owned(), form: $form })
            }

            /// The resource name.
            pub fn name(&self) -> String {
                format!(concat!($collection, "/{}"), self.0)
            }

            /// The id alone.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// The id of a product.
    ProductId, "products", "products/{product}"
);
id!(
    /// The id of a category.
    CategoryId, "categories", "categories/{category}"
);
id!(
    /// The id of a variant within its product.
    VariantId, "variants", "products/{product}/variants/{variant}"
);

/// The full name of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantName {
    /// Whose variant it is.
    pub product: ProductId,
    /// Which one it is.
    pub variant: VariantId,
}

impl VariantName {
    /// Takes `products/{product}/variants/{variant}`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let parts = || {
            let (product, variant) = name.strip_prefix("products/")?.split_once("/variants/")?;
            Some(Self {
                product: ProductId::parse(product).ok()?,
                variant: VariantId::parse(variant).ok()?,
            })
        };
        parts().ok_or_else(|| NameError::new(name, "products/{product}/variants/{variant}"))
    }
}

impl fmt::Display for VariantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "products/{}/variants/{}", self.product, self.variant)
    }
}

/// An id that is never used again, not even for a resource of the same name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Uid(String);

impl Uid {
    /// Takes an id made by `ids`, or one kept before.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
