//! Answers with many products, which are left as they came: the contract's messages, but that a product is bytes.
//!
//! A product in full has dozens of texts, and to read them all would take longer than to print the page. Each page reads what it shows,
//! where it stands: [`super::listed`] and [`super::shown`]. The tags are those of the contract, and a test holds them to it.

use bytes::Bytes;
use prost::Message;
use proto::catalog::{SearchFacets, TextSegment};

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
    use proto::catalog::{
        FoundProduct, ListProductsResponse, Product, SearchProductsResponse, ValueFacet,
    };

    use super::*;

    fn product() -> Product {
        Product {
            name: "products/mug".into(),
            description: "Of *steel*.".into(),
            ..Product::default()
        }
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
        assert_eq!(page.results[0].product, product().encode_to_vec());
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
        assert_eq!(page.results[0].product, product().encode_to_vec());
        assert_eq!(page.results[0].title_segments, found.title_segments);
        assert_eq!(page.results[0].excerpt_segments, found.excerpt_segments);
        assert_eq!((page.next_page_token.as_str(), page.total_size), ("next", 7));
        assert_eq!((page.facets, page.corrected_query.as_str()), (Some(facets), "mug"));
        assert!(page.total_size_capped && page.some_words_only && page.incomplete);
    }
}
