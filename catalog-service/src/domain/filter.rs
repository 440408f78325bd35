//! Filters of a list of products: the language of AIP-160, typed against the fields that a product has.

mod feed;
mod grammar;
mod history;
mod print;
mod scan;
mod terms;
#[cfg(test)]
mod tests;
mod typing;

pub use feed::{FeedFilter, Scope};
pub use history::RevisionFilter;
use jiff::Timestamp;

use super::{CategoryId, Currency, State};

/// A condition on a product.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of them hold.
    And(Vec<Filter>),
    /// One of them holds.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// The field is set.
    Has(Field),
    /// The text compares so; a list does when one of its texts does.
    Text(TextField, Comparison, String),
    /// The text holds the words, without regard to case and accents.
    Contains(TextField, String),
    /// The product is in this state, or is not when turned round.
    State(State),
    /// It stands in exactly this category.
    InCategory(CategoryId),
    /// It stands in this category or below it.
    BelowCategory(CategoryId),
    /// Its lowest price in a currency compares so; none: the shop's default.
    Price(Option<Currency>, Comparison, i64),
    /// The attribute's text compares so.
    AttributeText(String, Comparison, String),
    /// The attribute's number compares so.
    AttributeNumber(String, Comparison, f64),
    /// The attribute's text holds the words.
    AttributeContains(String, String),
    /// The time compares so.
    Time(TimeField, Comparison, Timestamp),
    /// The word stands in title, brand or a sku.
    Word(String),
}

/// A field that can be set or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A text.
    Text(TextField),
    /// It always is.
    State,
    /// Any category.
    Category,
    /// A price in a currency; none: the shop's default.
    Price(Option<Currency>),
    /// The attribute of this name.
    Attribute(String),
    /// A time.
    Time(TimeField),
}

/// A field that holds a text, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextField {
    /// `title`
    Title,
    /// `slug`
    Slug,
    /// `brand`
    Brand,
    /// `description`
    Description,
    /// One of `tags`
    Tag,
    /// The sku of one of the variants
    Sku,
    /// A gtin of one of the variants
    Gtin,
    /// `delete_actor`: the name of who deleted it, such as `users/ada`
    DeleteActor,
}

/// A field that holds a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeField {
    /// `create_time`
    Create,
    /// `update_time`
    Update,
    /// `delete_time`
    Delete,
    /// `publish_time`
    Publish,
    /// `unpublish_time`
    Unpublish,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`: the field is set and differs
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Why a text is not a filter. The column counts characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("filter, column {column}: {message}")]
pub struct FilterError {
    /// Where.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl Filter {
    /// Takes the caller's filter; an empty one is none.
    ///
    /// # Errors
    /// A syntax error, an unknown field, a value of the wrong type, or more than 2 KiB, 16 levels or 64 terms.
    pub fn parse(text: &str) -> Result<Option<Self>, FilterError> {
        if text.trim().is_empty() { Ok(None) } else { grammar::parse(text).map(Some) }
    }
}
