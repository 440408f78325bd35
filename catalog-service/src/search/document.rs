//! What of a product stands in the index.

use std::collections::BTreeSet;

use tantivy::{
    TantivyDocument,
    tokenizer::{PreTokenizedString, Token},
};

use super::{
    analysis,
    facets::step,
    schema::{self, Fields, SEPARATOR},
    sight::Standing,
    tree::Tree,
};
use crate::{
    domain::{AttributeValue, CategoryId, Currency, PriceSpan, Product, Variant},
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
    let words = words(tree, whole);
    document.add_pre_tokenized_text(fields.beginning, beginnings(&words));
    document.add_pre_tokenized_text(fields.words, words);
    document.add_pre_tokenized_text(fields.more, more(product));
    document.add_u64(fields.state, schema::state(product.state));
    add_codes(fields, &whole.variants, &mut document);
    let categories = categories(tree, product);
    let path: Vec<_> = categories.iter().map(|category| category.as_str()).collect();
    document.add_text(fields.path, path.join(&SEPARATOR.to_string()));
    path.iter().for_each(|category| document.add_text(fields.category, category));
    document.add_text(fields.title, &product.title);
    document.add_text(fields.brand, &product.brand);
    add_choices(fields, product, &mut document);
    let spans = PriceSpan::of(&whole.variants);
    let price = spans.iter().find(|span| span.currency() == currency);
    let price = price.map(|span| span.lowest.micros());
    price.into_iter().for_each(|price| document.add_i64(fields.price, price));
    document.add_u64(fields.price_step, step(price));
    add_sight(fields, product, &mut document);
    document
}

/// Who may see it, and when.
fn add_sight(fields: &Fields, product: &Product, document: &mut TantivyDocument) {
    let standing = Standing::of(product);
    document.add_u64(fields.sight, standing as u64);
    if standing == Standing::AtTimes {
        let (from, until) = (product.window.start, product.window.end);
        let micros = |time: jiff::Timestamp| time.as_microsecond();
        document.add_i64(fields.public_from, from.map_or(i64::MIN, micros));
        document.add_i64(fields.public_until, until.map_or(i64::MAX, micros));
    }
}

/// What puts equal ranks in an order: what was changed last comes first, and of what was changed together always the same.
fn tie(product: &Product) -> u64 {
    const HASH_BITS: u32 = 22;
    // FNV-1a of the id, mixed once more: ids that differ at their end only have nearly the same first bits.
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = product.id.as_str().bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let time = u64::try_from(product.update_time.as_millisecond()).unwrap_or_default();
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

/// What words begin with.
fn beginnings(words: &PreTokenizedString) -> PreTokenizedString {
    let tokens = words.tokens.iter().flat_map(|token| {
        let position = token.position;
        let of = move |text: &str| Token { position, text: text.to_owned(), ..Token::default() };
        analysis::beginnings(&token.text).map(of)
    });
    PreTokenizedString { text: String::new(), tokens: tokens.collect() }
}

fn more(product: &Product) -> PreTokenizedString {
    let mut words = Words::default();
    for (name, value) in product.attributes.iter().filter(|(_, value)| !denies(value)) {
        words.add(&format!("{name} {}", text_of(name, value)), 1);
    }
    words.add(&product.description, 1);
    words.finish()
}

/// Whether an attribute says of a product that it is not so: who searches for that wants others.
fn denies(value: &AttributeValue) -> bool {
    let AttributeValue::Text(text) = value else { return false };
    ["no", "false", "none", "nein", "non"].contains(&crate::domain::fold(text.trim()).as_str())
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
