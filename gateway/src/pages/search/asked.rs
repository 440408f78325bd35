//! What the address of a search asks for.

use proto::{
    catalog::{ProductView, SearchProductsRequest},
    google::r#type::Money,
};

use super::PAGE;
use crate::pages::{names::is_id, query::Query};

/// How many values of one kind may be chosen, as the contract has it.
const MOST: usize = 20;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) text: String,
    pub(super) categories: Vec<String>,
    pub(super) brands: Vec<String>,
    /// Each as `name=value`.
    pub(super) attributes: Vec<String>,
    pub(super) price: Option<Prices>,
    pub(super) page: String,
    /// How many products the pages before have shown.
    pub(super) shown: i32,
}

/// From a price to below another, in whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prices {
    pub(super) from: i64,
    pub(super) below: Option<i64>,
}

impl Prices {
    /// Reads `10-20`, or `100-` without an end.
    fn parse(text: &str) -> Option<Self> {
        let (from, below) = text.split_once('-')?;
        let amount = |text: &str| {
            text.parse::<i64>().ok().filter(|units| (0..1_000_000_000_000).contains(units))
        };
        let below = if below.is_empty() { None } else { Some(amount(below)?) };
        Some(Self { from: amount(from)?, below })
    }

    /// As it stands in the address.
    pub(super) fn text(self) -> String {
        let below = self.below.map(|below| below.to_string()).unwrap_or_default();
        format!("{}-{below}", self.from)
    }
}

impl Asked {
    /// Reads an address.
    pub(super) fn of(query: &Query) -> Self {
        let all = |name: &'static str| query.all(name).take(MOST).map(str::to_owned);
        Self {
            text: query.get("q").chars().take(500).collect(),
            categories: all("category").filter(|id| is_id(id)).collect(),
            brands: all("brand").filter(|brand| brand.chars().count() <= 200).collect(),
            attributes: all("with")
                .filter(|pair| pair.chars().count() <= 300)
                .filter(|pair| {
                    pair.split_once('=')
                        .is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
                })
                .collect(),
            price: Prices::parse(query.get("price")),
            page: query.get("page").to_owned(),
            shown: query.number("shown"),
        }
    }

    /// The address.
    pub(super) fn query(&self) -> Query {
        let mut query = Query::new().with("q", &self.text);
        for (name, values) in
            [("category", &self.categories), ("brand", &self.brands), ("with", &self.attributes)]
        {
            for value in values {
                query = query.with(name, value);
            }
        }
        let price = self.price.map(Prices::text).unwrap_or_default();
        let shown = if self.page.is_empty() { String::new() } else { self.shown.to_string() };
        query.with("price", &price).with("page", &self.page).with("shown", &shown)
    }

    /// The call.
    pub(super) fn request(&self, currency: &str) -> SearchProductsRequest {
        let money = |units| Money { currency_code: currency.to_owned(), units, nanos: 0 };
        SearchProductsRequest {
            query: self.text.clone(),
            page_size: PAGE,
            page_token: self.page.clone(),
            categories: self.categories.iter().map(|id| format!("categories/{id}")).collect(),
            brands: self.brands.clone(),
            attributes: self.attributes.clone(),
            lowest_price: self.price.map(|price| money(price.from)),
            price_below: self.price.and_then(|price| price.below).map(money),
            with_facets: true,
            view: ProductView::Full.into(),
            ..SearchProductsRequest::default()
        }
    }

    /// Whether something was chosen besides the words.
    pub(super) fn is_narrowed(&self) -> bool {
        self.first_page() != self.with_words_only()
    }

    pub(super) fn with_words_only(&self) -> Self {
        Self { text: self.text.clone(), ..Self::default() }
    }

    pub(super) fn first_page(&self) -> Self {
        Self { page: String::new(), shown: 0, ..self.clone() }
    }

    pub(super) fn at_page(&self, token: &str, shown: i32) -> Self {
        Self { page: token.to_owned(), shown, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Asked {
        let query = pairs.iter().fold(Query::new(), |query, (name, value)| query.with(name, value));
        Asked::of(&query)
    }

    #[test]
    fn an_address_says_what_was_asked_and_back() {
        let given = asked(&[
            ("with", "colour=red=ish"),
            ("q", "mug"),
            ("brand", "B & O"),
            ("brand", "Emalia"),
            ("price", "10-20"),
            ("category", "cups"),
        ]);
        assert_eq!(given.brands, ["B & O", "Emalia"]);
        assert_eq!(
            given.query().at("/search"),
            "/search?q=mug&category=cups&brand=B+%26+O&brand=Emalia&with=colour%3Dred%3Dish&price=10-20"
        );
        let request = given.request("EUR");
        assert_eq!(request.categories, ["categories/cups"]);
        assert_eq!(request.price_below.unwrap().units, 20);
        assert!(given.is_narrowed() && !given.with_words_only().is_narrowed());
    }

    #[test]
    fn what_cannot_be_asked_is_left_out() {
        let given = asked(&[
            ("category", "No Such"),
            ("with", "colour"),
            ("with", "=red"),
            ("price", "x-1"),
        ]);
        assert_eq!(given, Asked::default());
        assert_eq!(asked(&[("price", "100-")]).price, Some(Prices { from: 100, below: None }));
        assert_eq!(asked(&[("price", "-5-")]).price, None);
    }
}
