//! A product as the shop shows it in a list: picture, name, price label, a word or two.

use std::collections::BTreeMap;

use proto::catalog::{AttributeValue, Image, Price, Product, attribute_value::Value};

use super::format::{self, Amount};

/// One card.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) initial: String,
    pub(crate) picture: Option<Picture>,
    pub(crate) price: Option<PriceLabel>,
    pub(crate) meta: String,
}

/// A picture that may be shown.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) src: String,
    pub(crate) alt: String,
}

/// What hangs from the shelf.
#[derive(Clone, Debug)]
pub(crate) struct PriceLabel {
    pub(crate) now: Amount,
    pub(crate) before: Option<Amount>,
    /// There are dearer variants.
    pub(crate) from: bool,
}

impl Card {
    /// The card of a product.
    pub(crate) fn of(product: &Product) -> Self {
        Self {
            slug: product.slug.clone(),
            title: product.title.clone(),
            initial: initial(&product.title),
            picture: product.images.first().and_then(Picture::of),
            price: PriceLabel::of(product),
            meta: meta(product),
        }
    }
}

impl Picture {
    /// The picture, unless its address is neither ours nor https.
    pub(crate) fn of(image: &Image) -> Option<Self> {
        let ours = image.uri.starts_with('/') && !image.uri.starts_with("//");
        let shown = ours || image.uri.starts_with("https://");
        shown.then(|| Self { src: image.uri.clone(), alt: image.alternative_text.clone() })
    }
}

impl PriceLabel {
    /// The lowest price of a product, and what that variant cost before.
    pub(crate) fn of(product: &Product) -> Option<Self> {
        let range = product.price_range.as_ref()?;
        let lowest = range.lowest.as_ref()?;
        let mut prices = product.variants.iter().flat_map(|variant| &variant.prices);
        let before = prices.find(|price| price.amount.as_ref() == Some(lowest));
        Some(Self {
            now: format::money(lowest),
            before: before.and_then(|price| price.compare_at_amount.as_ref()).map(format::money),
            from: range.highest.as_ref().is_some_and(|highest| highest != lowest),
        })
    }

    /// One price.
    pub(crate) fn of_price(price: &Price) -> Option<Self> {
        Some(Self {
            now: format::money(price.amount.as_ref()?),
            before: price.compare_at_amount.as_ref().map(format::money),
            from: false,
        })
    }
}

/// The letter that stands in the place of a missing picture.
pub(crate) fn initial(title: &str) -> String {
    let letter = title.chars().find(|letter| letter.is_alphanumeric());
    letter.map(|letter| letter.to_uppercase().to_string()).unwrap_or_default()
}

/// An attribute as text.
pub(crate) fn attribute(value: &AttributeValue) -> String {
    match &value.value {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Number(number)) => format::number(*number),
        None => String::new(),
    }
}

/// Two short facts: the choice there is, the brand, or attributes.
fn meta(product: &Product) -> String {
    let mut facts: Vec<String> = product.options.iter().map(choice).collect();
    if facts.is_empty() && !product.brand.is_empty() {
        facts.push(product.brand.clone());
    }
    facts.extend(short_attributes(&product.attributes));
    facts.truncate(2);
    facts.join(" · ")
}

fn choice(option: &proto::catalog::Option) -> String {
    match option.values.as_slice() {
        [one] => one.clone(),
        many => format!("{} {}", many.len(), plural(&option.name.to_lowercase())),
    }
}

fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if word.ends_with(['s', 'x']) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

fn short_attributes(all: &BTreeMap<String, AttributeValue>) -> impl Iterator<Item = String> {
    let texts = all.values().filter_map(|value| match &value.value {
        Some(Value::Text(text)) if text.chars().count() <= 18 => Some(text.clone()),
        _ => None,
    });
    texts.take(2)
}
