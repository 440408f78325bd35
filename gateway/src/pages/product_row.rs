//! One row of the admin's list: of a product, or blank, to be cloned by the modules.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::{
    answers::Found,
    card::{Mark, Picture},
    escaped::{Apostrophized, Escaped},
    format,
    listed::Listed,
    locale::Amounts,
    names::id_of,
    priced::{MoneyRef, PriceRef, RangeRef},
    search::marks,
    state::StateWord,
    visit::Visit,
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
    pub(crate) marks: Vec<Mark<'a>>,
    /// A part of the description in parts, where that says why it was found.
    pub(crate) excerpt: Vec<Mark<'a>>,
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
    /// In ProtoJSON.
    pub(crate) prices: Apostrophized<'a>,
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

/// The rows of a page. Each is made just before it is printed and gone after it: the texts of a few are held, not of all.
pub(crate) struct Rows<'a> {
    pub(crate) visit: &'a Visit,
    pub(crate) found: &'a [Found],
    /// The shop's.
    pub(crate) currency: &'a str,
    pub(crate) amounts: Amounts<'a>,
    /// Whether all of them are ticked.
    pub(crate) picked: bool,
}

impl<'a> Rows<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// One after the other.
    pub(crate) fn each(&self) -> impl Iterator<Item = Result<ProductRow<'a>, Malformed>> {
        self.found.iter().map(|found| self.row(found))
    }

    /// The row of a product in the FULL view, with what was searched for marked, and why nothing was done to it.
    fn row(&self, found: &'a Found) -> Result<ProductRow<'a>, Malformed> {
        let product = Listed::read(&found.product)?;
        let id = id_of(product.name);
        let in_title = found.title_segments.iter().any(|part| part.matched);
        let changed = When::of(product.update_time.as_ref(), self.visit.now);
        let picture = product.picture.filter(|uri| Picture::may_show(uri));
        let note = self.visit.refusal(id);
        let first = product.first_variant.as_ref();
        let only = first.filter(|_| product.variants == 1);
        Ok(ProductRow {
            id: Escaped::of(id),
            etag: Escaped::of(product.etag),
            state: StateWord::listed(&product, self.visit.now),
            picture: Escaped::of(picture.unwrap_or_default()),
            title: Escaped::of(product.title),
            marks: if in_title { marks(&found.title_segments) } else { Vec::new() },
            excerpt: if in_title { Vec::new() } else { marks(&found.excerpt_segments) },
            sku: Escaped::of(
                first.map(|first| skus(first.sku, product.variants)).unwrap_or_default(),
            ),
            is_blank: false,
            picked: self.picked || !note.is_empty(),
            note: Escaped::of(note),
            variant: Escaped::of(only.map_or("", |only| id_of(only.name))),
            variant_etag: Escaped::of(only.map_or("", |only| only.etag)),
            currency: Escaped::of(self.currency),
            prices: only.map(|only| prices_of(&only.prices)).unwrap_or_default(),
            price: Escaped::of(price(product.price_range, &self.amounts)),
            changed: Escaped::of(changed.short),
            changed_iso: Escaped::of(changed.iso),
            changed_full: Escaped::of(changed.full),
            changed_by: Escaped::of(product.updated_by),
        })
    }
}

impl<'a> ProductRow<'a> {
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
fn price(range: Option<RangeRef<'_>>, amounts: &Amounts<'_>) -> String {
    let Some(range) = range else { return "No price".into() };
    let Some(lowest) = range.lowest else { return "No price".into() };
    let amount = amounts.print(lowest).text;
    if range.is_wide() { format!("from {amount}") } else { amount }
}

/// The SKU of the only variant, that of the first of several, or how many there are.
pub(crate) fn skus(first: &str, count: usize) -> Cow<'_, str> {
    match (first, count) {
        (only, 1) => only.into(),
        ("", _) => format!("{count} variants").into(),
        _ => format!("{first} and {} more", count - 1).into(),
    }
}

/// A variant's prices in ProtoJSON, so that changing one in place keeps the others.
pub(crate) fn prices_json<'p>(prices: impl IntoIterator<Item = PriceRef<'p>>) -> String {
    let prices: Vec<_> = prices.into_iter().map(PriceJson::of).collect();
    // Text and numbers can always be written.
    serde_json::to_string(&prices).unwrap_or_default()
}

fn prices_of<'a>(prices: &[PriceRef<'_>]) -> Apostrophized<'a> {
    Apostrophized::of(prices_json(prices.iter().copied()))
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
    fn of(price: PriceRef<'a>) -> Self {
        Self {
            amount: price.amount.map(MoneyJson::of),
            compare_at_amount: price.compare_at.map(MoneyJson::of),
        }
    }
}

impl<'a> MoneyJson<'a> {
    fn of(money: MoneyRef<'a>) -> Self {
        Self { currency_code: money.currency, nanos: money.nanos, units: money.units }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("MUG-35", 1, "MUG-35")]
    #[case("", 1, "")]
    #[case("MUG-35", 3, "MUG-35 and 2 more")]
    #[case("", 3, "3 variants")]
    fn several_variants_are_told_by_the_first(
        #[case] first: &str,
        #[case] count: usize,
        #[case] expected: &str,
    ) {
        assert_eq!(skus(first, count), expected);
    }

    #[test]
    fn prices_are_told_as_protojson_has_them() {
        let money = |units| Some(MoneyRef { currency: "EUR", units, nanos: 500_000_000 });
        let prices = [
            PriceRef { amount: money(14), compare_at: None },
            PriceRef { amount: money(-1), compare_at: money(2) },
        ];
        let amount =
            |units| format!(r#"{{"currencyCode":"EUR","nanos":500000000,"units":"{units}"}}"#);
        let [first, second, before] = [14, -1, 2].map(amount);
        let told =
            format!(r#"[{{"amount":{first}}},{{"amount":{second},"compareAtAmount":{before}}}]"#);
        assert_eq!(prices_json(prices), told);
    }
}
