//! What of a product stands in the index.

use std::collections::BTreeSet;

use tantivy::{
    TantivyDocument,
    tokenizer::{PreTokenizedString, Token},
};

use super::{
    analysis,
    schema::{self, Fields, SEPARATOR},
    tree::Tree,
};
use crate::{
    domain::{AttributeValue, CategoryId, Currency, PriceSpan, Product, State, Variant},
    store::changes::WholeProduct,
};

/// How much the words of each part say about what a product is: so many times they stand in the index.
mod weight {
    pub(super) const TITLE: usize = 3;
    pub(super) const BRAND: usize = 1;
    pub(super) const CATEGORY: usize = 2;
    pub(super) const CHOICE: usize = 1;
    pub(super) const SKU: usize = 1;
}

/// Words of different parts never stand side by side.
const GAP: usize = 10;

/// The longest value of an attribute that is offered as a choice; longer ones are prose.
const LONGEST_CHOICE: usize = 48;

/// Makes the document of a product.
pub(super) fn document(
    fields: &Fields,
    tree: &Tree,
    currency: Currency,
    whole: &WholeProduct,
) -> TantivyDocument {
    let product = &whole.product;
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, product.id.as_str());
    document.add_u64(fields.tie, tie(product));
    document.add_pre_tokenized_text(fields.words, words(tree, whole));
    document.add_pre_tokenized_text(fields.more, more(product));
    document.add_u64(fields.state, schema::state(product.state));
    add_codes(fields, &whole.variants, &mut document);
    for category in categories(tree, product) {
        document.add_text(fields.category, category.as_str());
    }
    document.add_text(fields.title, &product.title);
    if !product.brand.is_empty() {
        document.add_text(fields.brand, &product.brand);
    }
    add_choices(fields, product, &mut document);
    let spans = PriceSpan::of(&whole.variants);
    if let Some(span) = spans.iter().find(|span| span.currency() == currency) {
        document.add_i64(fields.price, span.lowest.micros());
    }
    let (from, until) = public(product);
    document.add_i64(fields.public_from, from);
    document.add_i64(fields.public_until, until);
    document.add_bool(fields.deleted, product.is_deleted());
    document
}

/// From when until when the public may see it; never is from the end of time.
fn public(product: &Product) -> (i64, i64) {
    if product.state != State::Active || product.is_deleted() {
        return (i64::MAX, i64::MAX);
    }
    let from = product.window.start.map_or(i64::MIN, |start| start.as_microsecond());
    (from, product.window.end.map_or(i64::MAX, |end| end.as_microsecond()))
}

/// What puts equal ranks in an order: what was changed last comes first, and of what was changed together always the same.
fn tie(product: &Product) -> u64 {
    const HASH_BITS: u32 = 12;
    // FNV-1a of the id.
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = product.id.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let time = u64::try_from(product.update_time.as_microsecond()).unwrap_or_default();
    (time << HASH_BITS) | (hash >> (u64::BITS - HASH_BITS))
}

fn categories<'a>(tree: &'a Tree, product: &'a Product) -> BTreeSet<&'a CategoryId> {
    product.categories.iter().flat_map(|id| tree.path(id)).collect()
}

fn words(tree: &Tree, whole: &WholeProduct) -> PreTokenizedString {
    let product = &whole.product;
    let mut words = Words::default();
    words.add(&product.title, weight::TITLE);
    words.add(&product.brand, weight::BRAND);
    for category in categories(tree, product) {
        words.add(tree.title(category).unwrap_or_default(), weight::CATEGORY);
    }
    for tag in &product.tags {
        words.add(tag, weight::CHOICE);
    }
    for value in product.options.iter().flat_map(|option| &option.values) {
        words.add(value, weight::CHOICE);
    }
    for variant in &whole.variants {
        words.add(variant.sku.as_ref().map_or("", |sku| sku.as_str()), weight::SKU);
    }
    words.finish()
}

fn more(product: &Product) -> PreTokenizedString {
    let mut words = Words::default();
    for (name, value) in &product.attributes {
        words.add(&format!("{name} {}", text_of(name, value)), 1);
    }
    words.add(&product.description, 1);
    words.finish()
}

/// The value of an attribute as text. A number takes the unit from the brackets in its name, as in `weight (kg)`.
fn text_of(name: &str, value: &AttributeValue) -> String {
    match value {
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Number(number) => {
            let unit = name.rsplit_once('(').and_then(|(_, unit)| unit.strip_suffix(')'));
            format!("{number} {}", unit.unwrap_or_default())
        }
    }
}

#[derive(Default)]
struct Words {
    tokens: Vec<Token>,
    next: usize,
}

impl Words {
    fn add(&mut self, text: &str, weight: usize) {
        let mut last = 0;
        for term in analysis::terms(text) {
            last = term.position;
            let position = self.next + term.position;
            let token = Token { position, text: term.text, ..Token::default() };
            self.tokens.extend(std::iter::repeat_n(token, weight));
        }
        self.next += last + GAP;
    }

    fn finish(self) -> PreTokenizedString {
        PreTokenizedString { text: String::new(), tokens: self.tokens }
    }
}

fn add_codes(fields: &Fields, variants: &[Variant], document: &mut TantivyDocument) {
    let skus = variants.iter().filter_map(|variant| variant.sku.as_ref()).map(|sku| sku.as_str());
    let gtins = variants.iter().flat_map(|variant| &variant.gtins).map(|gtin| gtin.as_str());
    let mut parts = Vec::new();
    for code in skus.chain(gtins).map(analysis::code) {
        let start = parts.last().map_or(0, |token: &Token| token.position + GAP);
        for (position, text) in parts_of_code(&code).enumerate() {
            parts.push(Token { position: start + position, text, ..Token::default() });
        }
        document.add_text(fields.code, code);
    }
    let parts = PreTokenizedString { text: String::new(), tokens: parts };
    document.add_pre_tokenized_text(fields.code_part, parts);
}

/// The pieces of three characters of a code, in their order.
pub(super) fn parts_of_code(code: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = code.chars().collect();
    let count = characters.len().saturating_sub(2);
    (0..count).map(move |at| characters[at..at + 3].iter().collect())
}

fn add_choices(fields: &Fields, product: &Product, document: &mut TantivyDocument) {
    for (name, value) in &product.attributes {
        let text = match value {
            AttributeValue::Text(text) => text.clone(),
            AttributeValue::Number(number) => number.to_string(),
        };
        if text.chars().count() <= LONGEST_CHOICE
            && !text.contains(SEPARATOR)
            && !name.contains(SEPARATOR)
        {
            document.add_text(fields.attribute, name);
            document.add_text(fields.choice, format!("{name}{SEPARATOR}{text}"));
        }
    }
}
