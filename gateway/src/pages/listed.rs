//! A page of products as the admin's list reads it: the contract's messages, with the fields that a row shows and no others.
//!
//! A product in full has dozens of texts, and to read them all would take longer than to print the page. What is not named here is
//! skipped where it stands. The tags are those of the contract, and a test holds them to it.

use bytes::Bytes;
use prost::Message;
use prost_types::Timestamp;
use proto::catalog::{Price, PriceRange, TextSegment, product::State};

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
    #[prost(message, repeated, tag = "1")]
    pub(crate) products: Vec<Listed>,
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
    #[prost(message, required, tag = "1")]
    pub(crate) product: Listed,
    #[prost(message, repeated, tag = "2")]
    pub(crate) title_segments: Vec<TextSegment>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) excerpt_segments: Vec<TextSegment>,
}

/// Of `Product`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Listed {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) etag: String,
    #[prost(enumeration = "State", tag = "4")]
    pub(crate) state: i32,
    #[prost(string, tag = "5")]
    pub(crate) title: String,
    #[prost(message, repeated, tag = "13")]
    pub(crate) images: Vec<ListedImage>,
    #[prost(message, optional, tag = "14")]
    pub(crate) publish_time: Option<Timestamp>,
    #[prost(message, optional, tag = "15")]
    pub(crate) unpublish_time: Option<Timestamp>,
    #[prost(message, optional, tag = "16")]
    pub(crate) price_range: Option<PriceRange>,
    /// Each as it came: a row shows the first, and how many there are.
    #[prost(bytes = "bytes", repeated, tag = "17")]
    pub(crate) variants: Vec<Bytes>,
    #[prost(message, optional, tag = "19")]
    pub(crate) update_time: Option<Timestamp>,
    #[prost(message, optional, tag = "20")]
    pub(crate) delete_time: Option<Timestamp>,
    #[prost(message, optional, tag = "22")]
    pub(crate) update_actor: Option<ListedActor>,
}

/// Of `Image`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListedImage {
    #[prost(string, tag = "1")]
    pub(crate) uri: String,
}

/// Of `Actor`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListedActor {
    #[prost(string, tag = "2")]
    pub(crate) display_name: String,
}

/// Of `Variant`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct ListedVariant {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) etag: String,
    #[prost(string, tag = "4")]
    pub(crate) sku: String,
    #[prost(message, repeated, tag = "7")]
    pub(crate) prices: Vec<Price>,
}

impl Listed {
    /// The first variant, if the answer has any.
    pub(crate) fn first_variant(&self) -> Option<ListedVariant> {
        ListedVariant::decode(self.variants.first()?.clone()).ok()
    }
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
            Variant,
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
            images: vec![Image { uri: "/pictures/a.svg".into(), alternative_text: "A mug".into() }],
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

    fn is_the_product(listed: &Listed) {
        let whole = product();
        assert_eq!(
            (&listed.name, &listed.etag, listed.state(), &listed.title),
            (&whole.name, &whole.etag, whole.state(), &whole.title)
        );
        assert_eq!(listed.images[0].uri, whole.images[0].uri);
        assert_eq!(
            (listed.publish_time, listed.unpublish_time, listed.update_time, listed.delete_time),
            (whole.publish_time, whole.unpublish_time, whole.update_time, whole.delete_time)
        );
        assert_eq!(listed.price_range, whole.price_range);
        assert_eq!(listed.update_actor.as_ref().unwrap().display_name, "Grace");
        let (first, variant) = (listed.first_variant().unwrap(), &whole.variants[0]);
        assert_eq!(listed.variants.len(), 2);
        assert_eq!(
            (&first.name, &first.etag, &first.sku, &first.prices),
            (&variant.name, &variant.etag, &variant.sku, &variant.prices)
        );
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
        let search = SearchProductsResponse {
            results: vec![found.clone()],
            next_page_token: "next".into(),
            total_size: 7,
            total_size_capped: true,
            corrected_query: "mug".into(),
            some_words_only: true,
            incomplete: true,
            ..SearchProductsResponse::default()
        };
        let page = Page::decode(search.encode_to_vec().as_slice()).unwrap();
        is_the_product(&page.results[0].product);
        assert_eq!(page.results[0].title_segments, found.title_segments);
        assert_eq!(page.results[0].excerpt_segments, found.excerpt_segments);
        assert_eq!((page.next_page_token.as_str(), page.total_size), ("next", 7));
        assert_eq!(page.corrected_query, "mug");
        assert!(page.total_size_capped && page.some_words_only && page.incomplete);
    }
}
