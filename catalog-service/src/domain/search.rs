//! What is searched for among the products, and what is found.

use std::collections::HashSet;

use super::{CategoryId, FeedPosition, Money, ProductId, State, Total};

/// A search as it is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct ProductSearch {
    /// The words, as they were typed.
    pub query: String,
    /// Which products it may find.
    pub reach: Reach,
    /// What the products must be, besides.
    pub choice: Choice,
    /// Whether to count what they could be chosen by.
    pub facets: bool,
}

/// Which products a search may find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Those that everybody may see now.
    Public,
    /// All that are not deleted.
    Live,
    /// Deleted ones, too.
    All,
}

/// What is chosen among what was found: any of the values of each kind, and all of the kinds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// In one of these states.
    pub states: Vec<State>,
    /// In one of these or below.
    pub categories: Vec<CategoryId>,
    /// Of one of these.
    pub brands: Vec<String>,
    /// With attributes of these names and values.
    pub attributes: Vec<(String, String)>,
    /// From this price, in the shop's currency.
    pub price_from: Option<Money>,
    /// Below this price.
    pub price_below: Option<Money>,
}

/// What is searched for, as it stands in the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whole words.
    pub words: HashSet<String>,
    /// What a word may begin with.
    pub beginnings: Vec<String>,
}

impl Terms {
    /// Whether a word is among them.
    pub fn has(&self, word: &str) -> bool {
        self.words.contains(word) || self.beginnings.iter().any(|it| word.starts_with(it))
    }
}

/// The products that a search has found, the best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// The products of the page.
    pub products: Vec<ProductId>,
    /// How many stand before them.
    pub offset: usize,
    /// Whether there are more behind them.
    pub has_more: bool,
    /// How many there are in all.
    pub total: Total,
    /// The terms by which they were found.
    pub terms: Terms,
    /// What was searched for instead, because nothing has the words as they were typed.
    pub corrected_query: String,
    /// Whether the products have some of the words only, because none has all.
    pub some_words_only: bool,
    /// Whether the index is being made, so that products may be missing.
    pub is_incomplete: bool,
    /// What they could be chosen by.
    pub facets: Option<Facets>,
    /// How far in the feed of changes the index was.
    pub position: FeedPosition,
}

/// By what products can be chosen, with how many there are of each. What is chosen within a facet does not narrow that facet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facets {
    /// The categories, each with all below it.
    pub categories: Vec<CategoryCount>,
    /// The brands, the most frequent first.
    pub brands: Vec<ValueCount>,
    /// Ranges of prices, the lowest first.
    pub prices: Vec<PriceCount>,
    /// The most frequent attributes.
    pub attributes: Vec<AttributeCounts>,
}

/// How many products stand in a category or below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryCount {
    /// The category.
    pub id: CategoryId,
    /// What it is called.
    pub title: String,
    /// The one above it.
    pub parent: Option<CategoryId>,
    /// How many.
    pub count: u32,
}

/// How many products have a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// How many.
    pub count: u32,
}

/// How many products cost so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceCount {
    /// From this price.
    pub from: Money,
    /// Below this price; none: there is no end.
    pub below: Option<Money>,
    /// How many.
    pub count: u32,
}

/// How many products have an attribute, by its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeCounts {
    /// The attribute.
    pub name: String,
    /// Its values, the most frequent first.
    pub values: Vec<ValueCount>,
}

/// A part of a text, and whether it is what was searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The part.
    pub text: String,
    /// Whether it was searched for.
    pub is_match: bool,
}

/// Something that could be meant by what was typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub of: Suggested,
    /// What to search for.
    pub text: String,
    /// The same, marked.
    pub segments: Vec<Segment>,
}

/// What a suggestion is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggested {
    /// A product, by its title.
    Product(ProductId),
    /// A category, by its title.
    Category(CategoryId),
    /// A brand.
    Brand,
}
