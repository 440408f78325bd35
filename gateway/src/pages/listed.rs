//! Products as lists of them are read: the contract's messages, with the fields that a row of the admin's list shows and no others.
//!
//! A product in full has dozens of texts, and to read them all would take longer than to print the page. What is not named here is
//! skipped, and the rest is read where it stands. The tags are those of the contract, and a test holds them to it.

use bytes::Bytes;
use prost::Message;
use prost_types::Timestamp;
use proto::catalog::{Price, PriceRange, SearchFacets, TextSegment, product::State};

use crate::wire::{Fields, Malformed, Value, message, text, text_within};

/// The methods that answer with products.
pub(crate) const LIST: &str = "/shelf.catalog.v1.ProductService/ListProducts";
pub(crate) const SEARCH: &str = "/shelf.catalog.v1.ProductService/SearchProducts";

/// Of `SearchProductsResponse`: products with what was searched for in them, and what is said of the search.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Page {
    #[prost(message, repeated, tag = "1")]
    pub(crate) results: Vec<Found>,
    #[prost(string, tag = "2")]
    pub(crate) next_page_token: String,
    #[prost(int32, tag = "3")]
    pub(crate) total_size: i32,
    #[prost(bool, tag = "4")]
    pub(crate) total_size_capped: bool,
    #[prost(message, optional, tag = "5")]
    pub(crate) facets: Option<SearchFacets>,
    #[prost(string, tag = "6")]
    pub(crate) corrected_query: String,
    #[prost(bool, tag = "7")]
    pub(crate) some_words_only: bool,
    #[prost(bool, tag = "8")]
    pub(crate) incomplete: bool,
}

/// Of `ListProductsResponse`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct List {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    pub(crate) products: Vec<Bytes>,
    #[prost(string, tag = "2")]
    pub(crate) next_page_token: String,
    #[prost(int32, tag = "3")]
    pub(crate) total_size: i32,
    #[prost(bool, tag = "4")]
    pub(crate) total_size_capped: bool,
}

/// Of `FoundProduct`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Found {
    /// As it came: each page reads of it what it shows.
    #[prost(bytes = "bytes", tag = "1")]
    pub(crate) product: Bytes,
    #[prost(message, repeated, tag = "2")]
    pub(crate) title_segments: Vec<TextSegment>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) excerpt_segments: Vec<TextSegment>,
}

/// Of `Product`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Listed<'a> {
    pub(crate) name: &'a str,
    pub(crate) etag: &'a str,
    pub(crate) state: State,
    pub(crate) title: &'a str,
    /// The address of the first picture.
    pub(crate) picture: Option<&'a str>,
    pub(crate) publish_time: Option<Timestamp>,
    pub(crate) unpublish_time: Option<Timestamp>,
    pub(crate) price_range: Option<PriceRange>,
    pub(crate) first_variant: Option<ListedVariant<'a>>,
    /// How many variants there are.
    pub(crate) variants: usize,
    pub(crate) update_time: Option<Timestamp>,
    pub(crate) delete_time: Option<Timestamp>,
    /// The name of who has changed it.
    pub(crate) updated_by: &'a str,
}

/// Of `Variant`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ListedVariant<'a> {
    pub(crate) name: &'a str,
    pub(crate) etag: &'a str,
    pub(crate) sku: &'a str,
    pub(crate) prices: Vec<Price>,
}

impl<'a> Listed<'a> {
    /// Reads a `Product`.
    pub(crate) fn read(product: &'a [u8]) -> Result<Self, Malformed> {
        let mut listed = Self::default();
        for field in Fields::of(product) {
            match field? {
                (4, Value::Bits(state)) => listed.state = state_of(state),
                (number, Value::Bytes(bytes)) => listed.take(number, bytes)?,
                _ => {}
            }
        }
        Ok(listed)
    }

    fn take(&mut self, number: u32, bytes: &'a [u8]) -> Result<(), Malformed> {
        match number {
            1 => self.name = text(bytes)?,
            3 => self.etag = text(bytes)?,
            5 => self.title = text(bytes)?,
            13 if self.picture.is_none() => self.picture = Some(text_within(bytes, 1)?),
            14 => self.publish_time = Some(message(bytes)?),
            15 => self.unpublish_time = Some(message(bytes)?),
            16 => self.price_range = Some(message(bytes)?),
            17 => {
                self.variants += 1;
                if self.variants == 1 {
                    self.first_variant = Some(ListedVariant::read(bytes)?);
                }
            }
            19 => self.update_time = Some(message(bytes)?),
            20 => self.delete_time = Some(message(bytes)?),
            22 => self.updated_by = text_within(bytes, 2)?,
            _ => {}
        }
        Ok(())
    }
}

impl<'a> ListedVariant<'a> {
    fn read(variant: &'a [u8]) -> Result<Self, Malformed> {
        let mut listed = Self::default();
        for field in Fields::of(variant) {
            match field? {
                (1, Value::Bytes(name)) => listed.name = text(name)?,
                (3, Value::Bytes(etag)) => listed.etag = text(etag)?,
                (4, Value::Bytes(sku)) => listed.sku = text(sku)?,
                (7, Value::Bytes(price)) => listed.prices.push(message(price)?),
                _ => {}
            }
        }
        Ok(listed)
    }
}

/// A state that is not known is none, as a message has it.
fn state_of(number: u64) -> State {
    i32::try_from(number).ok().and_then(|number| State::try_from(number).ok()).unwrap_or_default()
}

impl From<List> for Page {
    /// A list is a search in which nothing is marked.
    fn from(list: List) -> Self {
        let found = |product| Found { product, ..Found::default() };
        Self {
            results: list.products.into_iter().map(found).collect(),
            next_page_token: list.next_page_token,
            total_size: list.total_size,
            total_size_capped: list.total_size_capped,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::{
        catalog::{
            Actor, FoundProduct, Image, ListProductsResponse, Product, SearchProductsResponse,
            ValueFacet, Variant,
        },
        google::r#type::Money,
    };

    use super::*;

    fn product() -> Product {
        let money = |units| Some(Money { currency_code: "EUR".into(), units, nanos: 0 });
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        let price = Price { amount: money(14), compare_at_amount: money(15) };
        let variant = |sku: &str| Variant {
            name: format!("products/mug/variants/{sku}"),
            uid: "u".into(),
            etag: "\"w1\"".into(),
            sku: sku.into(),
            gtins: vec!["4006381333931".into()],
            prices: vec![price.clone()],
            ..Variant::default()
        };
        Product {
            name: "products/mug".into(),
            uid: "u".into(),
            etag: "\"v1\"".into(),
            state: State::Active.into(),
            title: "Enamel mug".into(),
            description: "Of *steel*.".into(),
            images: ["/pictures/a.svg", "/pictures/b.svg"]
                .map(|uri| Image { uri: uri.into(), alternative_text: "A mug".into() })
                .into(),
            publish_time: at(1),
            unpublish_time: at(2),
            price_range: Some(PriceRange { lowest: money(14), highest: money(16) }),
            variants: vec![variant("white"), variant("blue")],
            update_time: at(3),
            delete_time: at(4),
            update_actor: Some(Actor { name: "users/g".into(), display_name: "Grace".into() }),
            ..Product::default()
        }
    }

    fn is_the_product(bytes: &[u8]) {
        let whole = product();
        let listed = Listed::read(bytes).unwrap();
        assert_eq!(
            (listed.name, listed.etag, listed.state, listed.title),
            (&*whole.name, &*whole.etag, whole.state(), &*whole.title)
        );
        assert_eq!(listed.picture, Some("/pictures/a.svg"));
        assert_eq!(
            (listed.publish_time, listed.unpublish_time, listed.update_time, listed.delete_time),
            (whole.publish_time, whole.unpublish_time, whole.update_time, whole.delete_time)
        );
        assert_eq!(listed.price_range, whole.price_range);
        assert_eq!(listed.updated_by, "Grace");
        let (first, variant) = (listed.first_variant.unwrap(), &whole.variants[0]);
        assert_eq!(listed.variants, 2);
        assert_eq!(
            (first.name, first.etag, first.sku, &first.prices),
            (&*variant.name, &*variant.etag, &*variant.sku, &variant.prices)
        );
    }

    #[test]
    fn a_product_that_is_cut_short_is_not_read() {
        let whole = product().encode_to_vec();
        // The message of the actor is the last, and has more than one byte.
        assert_eq!(Listed::read(&whole[..whole.len() - 1]), Err(Malformed));
    }

    #[test]
    fn a_list_is_read_as_the_contract_writes_it() {
        let list = ListProductsResponse {
            products: vec![product()],
            next_page_token: "next".into(),
            total_size: 7,
            total_size_capped: true,
        };
        let page = Page::from(List::decode(list.encode_to_vec().as_slice()).unwrap());
        is_the_product(&page.results[0].product);
        assert_eq!((page.next_page_token.as_str(), page.total_size), ("next", 7));
        assert!(page.total_size_capped);
    }

    #[test]
    fn a_search_is_read_as_the_contract_writes_it() {
        let segments = |text: &str| vec![TextSegment { text: text.into(), matched: true }];
        let found = FoundProduct {
            product: Some(product()),
            title_segments: segments("mug"),
            excerpt_segments: segments("steel"),
        };
        let brand = ValueFacet { value: "Emalia".into(), count: 3 };
        let facets = SearchFacets { brands: vec![brand], ..SearchFacets::default() };
        let search = SearchProductsResponse {
            results: vec![found.clone()],
            next_page_token: "next".into(),
            total_size: 7,
            total_size_capped: true,
            facets: Some(facets.clone()),
            corrected_query: "mug".into(),
            some_words_only: true,
            incomplete: true,
        };
        let page = Page::decode(search.encode_to_vec().as_slice()).unwrap();
        is_the_product(&page.results[0].product);
        assert_eq!(page.results[0].title_segments, found.title_segments);
        assert_eq!(page.results[0].excerpt_segments, found.excerpt_segments);
        assert_eq!((page.next_page_token.as_str(), page.total_size), ("next", 7));
        assert_eq!((page.facets, page.corrected_query.as_str()), (Some(facets), "mug"));
        assert!(page.total_size_capped && page.some_words_only && page.incomplete);
    }
}
