//! The methods of `shelf.catalog.v1.ProductService` that find products by words.

use bytes::Bytes;
use proto::catalog as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::Query,
    parse::{self, Reading},
    problem, reply,
    wire::Encoded,
};
use crate::{
    catalog::{Found, FoundPage},
    domain::{
        AttributeCounts, CategoryCount, CategoryId, Choice, Currency, Document, Facets, Money,
        PageRequest, PriceCount, ProductSearch, Reach, Segment, State, Suggested, Suggestion,
        ValueCount, View,
    },
    encoding,
};

/// How many suggestions are answered when the caller does not say, and at most.
const SUGGESTIONS: usize = 8;
const MOST_SUGGESTIONS: usize = 20;

pub(super) async fn search_products(
    service: &GrpcService,
    who: Identity,
    mut request: wire::SearchProductsRequest,
) -> Result<Encoded, Status> {
    let mut reading = Reading::of(&request);
    let choice = choice(&request, &mut reading);
    let choice = reading.done(choice)?;
    let (size, token) = (request.page_size, std::mem::take(&mut request.page_token));
    request.page_size = 0;
    let tokens = &service.0.page_tokens;
    let query = Query::of(&request, who.caller.audience(), "");
    let page = PageRequest::new(size, tokens.open(query, &token)?);
    let order_by = std::mem::take(&mut request.order_by);
    let search = ProductSearch {
        reach: reach(&request),
        facets: request.with_facets,
        query: request.query,
        choice,
    };
    let view = parse::view(request.view, View::Basic);
    let catalog = &service.0.catalog;
    let found = catalog.search_products(&who.caller, search, &order_by, view, page).await;
    let found = found.map_err(problem::of_catalog)?;
    let answer = found.try_map(|found| {
        let next_page_token = reply::token(found.next.as_ref(), tokens, query)?;
        Ok::<_, Status>(Encoded::message(&response(found, next_page_token)))
    })?;
    reply::read(service, &who, answer)
}

pub(super) async fn suggest_products(
    service: &GrpcService,
    _: Identity,
    request: wire::SuggestProductsRequest,
) -> Result<Encoded, Status> {
    Reading::of(&request).done(Some(()))?;
    let most = match usize::try_from(request.page_size) {
        Ok(0) | Err(_) => SUGGESTIONS,
        Ok(size) => size.min(MOST_SUGGESTIONS),
    };
    let suggested = service.0.catalog.suggest_products(&request.query, most).await;
    let suggested = suggested.map_err(problem::of_catalog)?;
    let suggestions = suggested.into_iter().map(suggestion).collect();
    Ok(Encoded::message(&wire::SuggestProductsResponse { suggestions }))
}

fn reach(request: &wire::SearchProductsRequest) -> Reach {
    match (request.show_deleted, request.show_hidden) {
        (true, _) => Reach::All,
        (false, true) => Reach::Live,
        (false, false) => Reach::Public,
    }
}

fn choice(request: &wire::SearchProductsRequest, reading: &mut Reading) -> Option<Choice> {
    let named = request.categories.iter().enumerate();
    let categories: Vec<_> = named
        .map(|(index, name)| reading.category(&format!("categories[{index}]"), name))
        .collect();
    let given = request.attributes.iter().enumerate();
    let attributes: Vec<_> = given
        .map(|(index, pair)| {
            let parts =
                pair.split_once('=').filter(|(name, value)| !name.is_empty() && !value.is_empty());
            let parts = parts.ok_or("must be `NAME=VALUE`");
            let parts = reading.take(&format!("attributes[{index}]"), parts)?;
            Some((parts.0.to_owned(), parts.1.to_owned()))
        })
        .collect();
    let states = states(request, reading);
    let price_from = price("lowest_price", request.lowest_price.as_ref(), reading);
    let price_below = price("price_below", request.price_below.as_ref(), reading);
    Some(Choice {
        states: states?,
        categories: categories.into_iter().collect::<Option<_>>()?,
        brands: request.brands.clone(),
        attributes: attributes.into_iter().collect::<Option<_>>()?,
        price_from: price_from?,
        price_below: price_below?,
    })
}

fn states(request: &wire::SearchProductsRequest, reading: &mut Reading) -> Option<Vec<State>> {
    use wire::product::State as Wire;
    let given = request.states.iter().enumerate();
    let states: Vec<_> = given
        .map(|(index, state)| {
            let state = match Wire::try_from(*state) {
                Ok(Wire::Draft) => Ok(State::Draft),
                Ok(Wire::Active) => Ok(State::Active),
                Ok(Wire::Archived) => Ok(State::Archived),
                Ok(Wire::Unspecified) | Err(_) => Err("must be a state of a product"),
            };
            reading.take(&format!("states[{index}]"), state)
        })
        .collect();
    states.into_iter().collect()
}

#[expect(clippy::option_option, reason = "none is a fault, and no price is none")]
fn price(
    field: &str,
    given: Option<&proto::google::r#type::Money>,
    reading: &mut Reading,
) -> Option<Option<Money>> {
    let Some(given) = given else { return Some(None) };
    let currency = Currency::parse(&given.currency_code);
    let currency = reading.take(&format!("{field}.currency_code"), currency)?;
    let money = Money::from_units(currency, given.units, given.nanos);
    reading.take(field, money).map(Some)
}

/// The answer, with products that are encoded already. It reads as [`wire::SearchProductsResponse`].
#[derive(Clone, PartialEq, prost::Message)]
struct Response {
    #[prost(message, repeated, tag = "1")]
    results: Vec<Result_>,
    #[prost(string, tag = "2")]
    next_page_token: String,
    #[prost(int32, tag = "3")]
    total_size: i32,
    #[prost(bool, tag = "4")]
    total_size_capped: bool,
    #[prost(message, optional, tag = "5")]
    facets: Option<wire::SearchFacets>,
    #[prost(string, tag = "6")]
    corrected_query: String,
    #[prost(bool, tag = "7")]
    some_words_only: bool,
    #[prost(bool, tag = "8")]
    incomplete: bool,
}

/// Reads as [`wire::FoundProduct`].
#[derive(Clone, PartialEq, prost::Message)]
struct Result_ {
    #[prost(bytes = "bytes", tag = "1")]
    product: Bytes,
    #[prost(message, repeated, tag = "2")]
    title_segments: Vec<wire::TextSegment>,
    #[prost(message, repeated, tag = "3")]
    excerpt_segments: Vec<wire::TextSegment>,
}

fn response(found: FoundPage, next_page_token: String) -> Response {
    let finding = found.finding;
    Response {
        results: found.products.into_iter().map(result).collect(),
        next_page_token,
        total_size: count(finding.total.count),
        total_size_capped: finding.total.capped,
        facets: finding.facets.map(facets),
        corrected_query: finding.corrected_query,
        some_words_only: finding.some_words_only,
        incomplete: finding.is_incomplete,
    }
}

fn result(found: Found) -> Result_ {
    Result_ {
        product: Document::into_bytes(found.product),
        title_segments: found.title.into_iter().map(segment).collect(),
        excerpt_segments: found.excerpt.into_iter().map(segment).collect(),
    }
}

fn segment(segment: Segment) -> wire::TextSegment {
    wire::TextSegment { text: segment.text, matched: segment.is_match }
}

fn facets(facets: Facets) -> wire::SearchFacets {
    wire::SearchFacets {
        categories: facets.categories.into_iter().map(category).collect(),
        brands: facets.brands.into_iter().map(value).collect(),
        prices: facets.prices.into_iter().map(price_range).collect(),
        attributes: facets.attributes.into_iter().map(attribute).collect(),
    }
}

fn category(category: CategoryCount) -> wire::CategoryFacet {
    wire::CategoryFacet {
        category: category.id.name(),
        title: category.title,
        parent: category.parent.as_ref().map(CategoryId::name).unwrap_or_default(),
        count: count(category.count),
    }
}

fn value(value: ValueCount) -> wire::ValueFacet {
    wire::ValueFacet { value: value.value, count: count(value.count) }
}

fn price_range(range: PriceCount) -> wire::PriceFacet {
    wire::PriceFacet {
        lowest_price: Some(encoding::product::money_to_wire(range.from)),
        price_below: range.below.map(encoding::product::money_to_wire),
        count: count(range.count),
    }
}

fn attribute(attribute: AttributeCounts) -> wire::AttributeFacet {
    let values = attribute.values.into_iter().map(value).collect();
    wire::AttributeFacet { name: attribute.name, values }
}

fn suggestion(suggestion: Suggestion) -> wire::Suggestion {
    use wire::suggestion::Kind;
    let (kind, resource) = match suggestion.of {
        Suggested::Product(id) => (Kind::Product, id.name()),
        Suggested::Category(id) => (Kind::Category, id.name()),
        Suggested::Brand => (Kind::Brand, String::new()),
    };
    wire::Suggestion {
        kind: kind.into(),
        text: suggestion.text,
        segments: suggestion.segments.into_iter().map(segment).collect(),
        resource,
    }
}

fn count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
