//! What stands in the index: its fields, and what each is for.

use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions,
};

use crate::domain::State;

/// Changed with every change of the fields, of what stands in them, or of how texts become terms. An index of another version is
/// made anew.
pub(super) const VERSION: u32 = 3;

/// The fields of the index.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    /// The product's id.
    pub(super) id: Field,
    /// The words that say what it is: of its title, brand, categories, tags, options and skus.
    pub(super) words: Field,
    /// The words that say how it is: of its attributes and its description. Many of them must not weigh on those of the title.
    pub(super) more: Field,
    /// What the words of `words` begin with, in up to [`BEGINNING`](super::analysis::BEGINNING) letters: too many words begin so for
    /// each of them to be searched for.
    pub(super) beginning: Field,
    /// Each sku and gtin, as one term without separators.
    pub(super) code: Field,
    /// The same in pieces of three characters.
    pub(super) code_part: Field,
    /// The ids of its categories and of all above them.
    pub(super) category: Field,
    /// The ids of all of these as one value, with [`SEPARATOR`] between them: what is counted once for each product.
    pub(super) path: Field,
    /// What it is called.
    pub(super) title: Field,
    /// Who makes it; empty when nobody is named.
    pub(super) brand: Field,
    /// The names of its attributes.
    pub(super) attribute: Field,
    /// Its attributes as `name`, [`SEPARATOR`], `value`.
    pub(super) choice: Field,
    /// Its lowest price in the shop's currency, in micro-units.
    pub(super) price: Field,
    /// In which step of prices that lies.
    pub(super) price_step: Field,
    /// Who may see it, by the number of a [`Standing`](super::sight::Standing).
    pub(super) sight: Field,
    /// From when on it is public, in microseconds, where that depends on the time.
    pub(super) public_from: Field,
    /// Until when.
    pub(super) public_until: Field,
    /// Where it is in its life, by the number of [`state`].
    pub(super) state: Field,
    /// What puts equal ranks in an order, the greatest first.
    pub(super) tie: Field,
}

/// Stands between the name and the value of an attribute.
pub(super) const SEPARATOR: char = '\u{1f}';

/// The names under which fast fields are opened.
pub(super) mod name {
    pub(in crate::search) const ID: &str = "id";
    pub(in crate::search) const CATEGORY: &str = "category";
    pub(in crate::search) const PATH: &str = "path";
    pub(in crate::search) const TITLE: &str = "title";
    pub(in crate::search) const BRAND: &str = "brand";
    pub(in crate::search) const ATTRIBUTE: &str = "attribute";
    pub(in crate::search) const CHOICE: &str = "choice";
    pub(in crate::search) const PRICE: &str = "price";
    pub(in crate::search) const PRICE_STEP: &str = "price_step";
    pub(in crate::search) const SIGHT: &str = "sight";
    pub(in crate::search) const PUBLIC_FROM: &str = "public_from";
    pub(in crate::search) const PUBLIC_UNTIL: &str = "public_until";
    pub(in crate::search) const STATE: &str = "state";
    pub(in crate::search) const TIE: &str = "tie";
}

impl Fields {
    /// The fields of this version.
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let text = |positions| {
            let indexing =
                TextFieldIndexing::default().set_tokenizer("raw").set_index_option(positions);
            TextOptions::default().set_indexing_options(indexing)
        };
        let with_positions = IndexRecordOption::WithFreqsAndPositions;
        let number = || NumericOptions::default().set_fast();
        let (id, words) = (
            schema.add_text_field(name::ID, STRING | FAST),
            schema.add_text_field("words", text(with_positions)),
        );
        let more = schema.add_text_field("more", text(with_positions));
        let beginning = schema.add_text_field("beginning", text(IndexRecordOption::WithFreqs));
        let code = schema.add_text_field("code", STRING);
        let code_part = schema.add_text_field("code_part", text(with_positions));
        let category = schema.add_text_field(name::CATEGORY, STRING | FAST);
        let path = schema.add_text_field(name::PATH, FAST);
        let title = schema.add_text_field(name::TITLE, FAST);
        let brand = schema.add_text_field(name::BRAND, FAST);
        let attribute = schema.add_text_field(name::ATTRIBUTE, FAST);
        let choice = schema.add_text_field(name::CHOICE, FAST);
        let price = schema.add_i64_field(name::PRICE, number());
        let price_step = schema.add_u64_field(name::PRICE_STEP, number());
        let sight = schema.add_u64_field(name::SIGHT, number());
        let public_from = schema.add_i64_field(name::PUBLIC_FROM, number());
        let public_until = schema.add_i64_field(name::PUBLIC_UNTIL, number());
        let state = schema.add_u64_field(name::STATE, number());
        let tie = schema.add_u64_field(name::TIE, number());
        let schema = schema.build();
        Self {
            schema,
            id,
            words,
            more,
            beginning,
            code,
            code_part,
            category,
            path,
            title,
            brand,
            attribute,
            choice,
            price,
            price_step,
            sight,
            public_from,
            public_until,
            state,
            tie,
        }
    }
}

/// The number of a state.
pub(super) fn state(state: State) -> u64 {
    match state {
        State::Draft => 1,
        State::Active => 2,
        State::Archived => 3,
    }
}
