//! One row of the admin's list: of a product, or blank, to be cloned by the modules.

use jiff::Timestamp;
use proto::{
    catalog::{Price, PriceRange},
    google::r#type::Money,
};
use serde::{Serialize, Serializer};

use super::{
    answers::Found,
    card::{Mark, Picture},
    escaped::Escaped,
    format,
    listed::Listed,
    locale::Locale,
    names::id_of,
    search::marks,
    state::StateWord,
};
use crate::wire::Malformed;

/// What `parts/product-row.html` prints. Its texts are the product's own, each escaped once.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProductRow<'a> {
    pub(crate) id: Escaped<'a>,
    pub(crate) etag: Escaped<'a>,
    pub(crate) state: StateWord,
    pub(crate) picture: Escaped<'a>,
    pub(crate) title: Escaped<'a>,
    /// The title in parts, where it was searched for; else none.
    pub(crate) marks: Vec<Mark>,
    /// A part of the description in parts, where that says why it was found.
    pub(crate) excerpt: Vec<Mark>,
    pub(crate) sku: Escaped<'a>,
    pub(crate) note: Escaped<'a>,
    /// Whether it is the one that is cloned: it has what others leave out, and tells what the buttons of all do.
    pub(crate) is_blank: bool,
    /// Whether it is ticked.
    pub(crate) picked: bool,
    /// The only variant; empty where there are more.
    pub(crate) variant: Escaped<'a>,
    pub(crate) variant_etag: Escaped<'a>,
    pub(crate) currency: Escaped<'a>,
    pub(crate) prices: Escaped<'a>,
    pub(crate) price: Escaped<'a>,
    pub(crate) changed: Escaped<'a>,
    pub(crate) changed_iso: Escaped<'a>,
    pub(crate) changed_full: Escaped<'a>,
    pub(crate) changed_by: Escaped<'a>,
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
            iso: format::second(time),
            full: format::moment(time),
        }
    }
}

impl<'a> ProductRow<'a> {
    /// The row of a product in the FULL view.
    fn of(product: Listed<'a>, currency: &'a str, locale: &Locale, now: Timestamp) -> Self {
        let changed = When::of(product.update_time.as_ref(), now);
        let row = Self {
            id: Escaped::of(id_of(product.name)),
            etag: Escaped::of(product.etag),
            state: StateWord::listed(&product, now),
            picture: Escaped::of(
                product.picture.filter(|uri| Picture::may_show(uri)).unwrap_or(""),
            ),
            title: Escaped::of(product.title),
            currency: Escaped::of(currency),
            price: Escaped::of(price(product.price_range.as_ref(), locale)),
            changed: Escaped::of(changed.short),
            changed_iso: Escaped::of(changed.iso),
            changed_full: Escaped::of(changed.full),
            changed_by: Escaped::of(product.updated_by),
            ..Self::default()
        };
        match (product.first_variant, product.variants) {
            (None, _) => row,
            (Some(only), 1) => Self {
                variant: Escaped::of(id_of(only.name)),
                variant_etag: Escaped::of(only.etag),
                prices: Escaped::of(prices_json(&only.prices)),
                sku: Escaped::of(only.sku),
                ..row
            },
            (Some(first), count) => Self { sku: Escaped::of(skus(first.sku, count)), ..row },
        }
    }

    /// The row of a product that was found, with what was searched for marked.
    ///
    /// # Errors
    /// Where the product cannot be read.
    pub(crate) fn found(
        found: &'a Found,
        currency: &'a str,
        locale: &Locale,
        now: Timestamp,
    ) -> Result<Self, Malformed> {
        let in_title = found.title_segments.iter().any(|part| part.matched);
        Ok(Self {
            marks: if in_title { marks(&found.title_segments) } else { Vec::new() },
            excerpt: if in_title { Vec::new() } else { marks(&found.excerpt_segments) },
            ..Self::of(Listed::read(&found.product)?, currency, locale, now)
        })
    }

    /// The row that is cloned.
    pub(crate) fn blank(currency: &'a str) -> Self {
        Self {
            is_blank: true,
            id: Escaped::of("{id}"),
            variant: Escaped::of("{variant}"),
            currency: Escaped::of(currency),
            ..Self::default()
        }
    }

    /// Whether the price belongs to one variant, which alone can be changed in place.
    pub(crate) fn price_edits_in_place(&self) -> bool {
        !self.variant.is_empty()
    }
}

/// The lowest price, with "from" where others are higher.
fn price(range: Option<&PriceRange>, locale: &Locale) -> String {
    let Some(range) = range else { return "No price".into() };
    let Some(lowest) = &range.lowest else { return "No price".into() };
    let amount = locale.money(lowest).text;
    let has_higher = range.highest.as_ref().is_some_and(|highest| highest != lowest);
    if has_higher { format!("from {amount}") } else { amount }
}

/// The SKU of the first of several variants, or how many there are.
pub(crate) fn skus(first: &str, count: usize) -> String {
    match first {
        "" => format!("{count} variants"),
        first => format!("{first} and {} more", count - 1),
    }
}

/// A variant's prices in ProtoJSON, so that changing one in place keeps the others.
pub(crate) fn prices_json(prices: &[Price]) -> String {
    // Text and numbers can always be written.
    serde_json::to_string(&Each(prices)).unwrap_or_default()
}

struct Each<'a>(&'a [Price]);

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(PriceJson::of))
    }
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
    #[serde(serialize_with = "as_text")]
    units: i64,
}

/// ProtoJSON writes 64 bits as text.
fn as_text<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
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
        Self { currency_code: &money.currency_code, nanos: money.nanos, units: money.units }
    }
}
