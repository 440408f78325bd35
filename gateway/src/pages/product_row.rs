//! One row of the admin's list: of a product, or blank, to be cloned by the modules.

use jiff::{Timestamp, Unit};
use proto::catalog::{FoundProduct, Price, Product};
use serde::Serialize;

use super::{
    card::{Mark, Picture},
    format,
    locale::Locale,
    names::id_of,
    search::marks,
    state::StateWord,
};
use proto::google::r#type::Money;

/// What `parts/product-row.html` prints.
#[derive(Clone, Debug)]
pub(crate) struct ProductRow {
    pub(crate) id: String,
    pub(crate) etag: String,
    pub(crate) state: StateWord,
    pub(crate) picture: String,
    pub(crate) title: String,
    /// The title in parts, where it was searched for; else none.
    pub(crate) marks: Vec<Mark>,
    /// A part of the description in parts, where that says why it was found.
    pub(crate) excerpt: Vec<Mark>,
    pub(crate) sku: String,
    pub(crate) note: String,
    /// Whether it is ticked.
    pub(crate) picked: bool,
    pub(crate) variant: String,
    pub(crate) variant_etag: String,
    pub(crate) currency: String,
    pub(crate) prices: String,
    pub(crate) price: String,
    pub(crate) changed: String,
    pub(crate) changed_iso: String,
    pub(crate) changed_full: String,
    pub(crate) changed_by: String,
}

/// A moment in the three ways a page shows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct When {
    /// `2 minutes ago`.
    pub(crate) short: String,
    /// RFC 3339.
    pub(crate) iso: String,
    /// The day and the minute.
    pub(crate) full: String,
}

impl When {
    /// A moment of the service, as seen now.
    pub(crate) fn of(time: Option<&prost_types::Timestamp>, now: Timestamp) -> Self {
        let Some(time) = time.and_then(format::timestamp) else { return Self::default() };
        Self {
            short: format::relative(time, now),
            iso: time.round(Unit::Second).unwrap_or(time).to_string(),
            full: format::moment(time),
        }
    }
}

impl ProductRow {
    /// The row of a product in the FULL view.
    pub(crate) fn of(product: &Product, currency: &str, locale: &Locale, now: Timestamp) -> Self {
        let changed = When::of(product.update_time.as_ref(), now);
        let first = product.variants.first();
        let only = first.filter(|_| product.variants.len() == 1);
        let actor = product.update_actor.as_ref();
        Self {
            id: id_of(&product.name).to_owned(),
            etag: product.etag.clone(),
            state: StateWord::of(product, now),
            picture: product
                .images
                .first()
                .and_then(Picture::of)
                .map_or_else(String::new, |one| one.src),
            title: product.title.clone(),
            marks: Vec::new(),
            excerpt: Vec::new(),
            sku: sku(product),
            note: String::new(),
            picked: false,
            variant: only.map(|variant| id_of(&variant.name).to_owned()).unwrap_or_default(),
            variant_etag: only.map(|variant| variant.etag.clone()).unwrap_or_default(),
            currency: currency.to_owned(),
            prices: only.map(|variant| prices_json(&variant.prices)).unwrap_or_default(),
            price: price(product, locale),
            changed: changed.short,
            changed_iso: changed.iso,
            changed_full: changed.full,
            changed_by: actor.map(|actor| actor.display_name.clone()).unwrap_or_default(),
        }
    }

    /// The row of a product that was found, with what was searched for marked.
    pub(crate) fn found(
        found: &FoundProduct,
        currency: &str,
        locale: &Locale,
        now: Timestamp,
    ) -> Self {
        let none = Product::default();
        let product = found.product.as_ref().unwrap_or(&none);
        let in_title = found.title_segments.iter().any(|part| part.matched);
        Self {
            marks: if in_title { marks(&found.title_segments) } else { Vec::new() },
            excerpt: if in_title { Vec::new() } else { marks(&found.excerpt_segments) },
            ..Self::of(product, currency, locale, now)
        }
    }

    /// The row that is cloned.
    pub(crate) fn blank(currency: &str) -> Self {
        Self {
            id: "{id}".into(),
            etag: String::new(),
            state: StateWord::Draft,
            picture: String::new(),
            title: String::new(),
            marks: Vec::new(),
            excerpt: Vec::new(),
            sku: String::new(),
            note: String::new(),
            picked: false,
            variant: "{variant}".into(),
            variant_etag: String::new(),
            currency: currency.to_owned(),
            prices: String::new(),
            price: String::new(),
            changed: String::new(),
            changed_iso: String::new(),
            changed_full: String::new(),
            changed_by: String::new(),
        }
    }

    /// Whether the price belongs to one variant, which alone can be changed in place.
    pub(crate) fn price_edits_in_place(&self) -> bool {
        !self.variant.is_empty()
    }
}

/// The lowest price, with "from" where others are higher.
fn price(product: &Product, locale: &Locale) -> String {
    let Some(range) = &product.price_range else { return "No price".into() };
    let Some(lowest) = &range.lowest else { return "No price".into() };
    let from =
        if range.highest.as_ref().is_some_and(|highest| highest != lowest) { "from " } else { "" };
    format!("{from}{}", locale.money(lowest).text)
}

/// The SKU of the only variant, or how many variants there are.
fn sku(product: &Product) -> String {
    match product.variants.as_slice() {
        [] => String::new(),
        [only] => only.sku.clone(),
        [first, ..] if first.sku.is_empty() => format!("{} variants", product.variants.len()),
        [first, others @ ..] => format!("{} and {} more", first.sku, others.len()),
    }
}

/// A variant's prices in ProtoJSON, so that changing one in place keeps the others.
pub(crate) fn prices_json(prices: &[Price]) -> String {
    let prices: Vec<_> = prices.iter().map(PriceJson::of).collect();
    // Text and numbers can always be written.
    serde_json::to_string(&prices).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PriceJson<'a> {
    amount: Option<MoneyJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare_at_amount: Option<MoneyJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MoneyJson<'a> {
    currency_code: &'a str,
    nanos: i32,
    units: String,
}

impl<'a> PriceJson<'a> {
    fn of(price: &'a Price) -> Self {
        Self {
            amount: price.amount.as_ref().map(MoneyJson::of),
            compare_at_amount: price.compare_at_amount.as_ref().map(MoneyJson::of),
        }
    }
}

impl<'a> MoneyJson<'a> {
    fn of(money: &'a Money) -> Self {
        let (nanos, units) = (money.nanos, money.units.to_string());
        Self { currency_code: &money.currency_code, nanos, units }
    }
}
