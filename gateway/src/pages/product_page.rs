//! One product in the shop. A variant is a link with its own query, so choosing one needs no script.

use askama::Template;
use axum::{extract::Path, response::Response};
use proto::catalog::{Category, ListProductsRequest, Product, ProductView, Shop, Variant};

use super::{
    answers::{Found, LIST, List, Page},
    card::{Cards, Picture, PriceLabel, initial, readable},
    chrome::Chrome,
    crumbs::{Crumb, crumbs},
    former,
    json_ld::JsonLd,
    locale::{self, Amounts},
    markdown::Prose,
    names::{id_of, is_slug},
    priced::{PriceRef, RangeRef},
    query::Query,
    storefront::surroundings,
    trouble::Trouble,
    visit::Visit,
};
use crate::{session::Caller, wire::text_within};

/// How many neighbours stand below.
const NEIGHBOURS: usize = 4;
/// How much of a description stands in a search engine's list.
const SUMMARY: usize = 155;

#[derive(Template)]
#[template(path = "shop/product.html")]
struct ProductPage<'a> {
    chrome: Chrome,
    canonical: String,
    summary: String,
    data: JsonLd,
    trail: JsonLd,
    crumbs: Vec<Crumb>,
    picture: Option<Picture>,
    initial: String,
    thumbs: Vec<Thumb>,
    brand: String,
    title: String,
    price: Option<PriceLabel>,
    choices: Vec<Choice>,
    variants: Vec<Value>,
    sku: String,
    description: Prose,
    attributes: Vec<Attribute>,
    more: Cards<'a>,
}

struct Thumb {
    src: String,
    alt: String,
    href: String,
    current: bool,
}

struct Choice {
    name: String,
    values: Vec<Value>,
}

/// One value of an option; without a link when no variant has it beside the other values.
struct Value {
    word: String,
    href: String,
    current: bool,
}

struct Attribute {
    name: String,
    value: String,
}

/// `GET /p/{slug}`.
pub(crate) async fn show(
    visit: Visit,
    Path(slug): Path<String>,
    query: Query,
) -> Result<Response, Trouble> {
    if !is_slug(&slug) {
        return Err(Trouble::NotFound);
    }
    let anyone = visit.caller.anonymous();
    let ((shop, categories), product) =
        tokio::try_join!(surroundings(&anyone), by_slug(&anyone, &slug))?;
    let Some(product) = product else {
        return former::answer(&visit, &anyone, &slug, &shop, &categories).await;
    };
    let more = neighbours(&anyone, &product).await?;
    visit.page(&page(&visit, &shop, &categories, &product, &more, &query))
}

async fn by_slug(caller: &Caller, slug: &str) -> Result<Option<Product>, Trouble> {
    let request = ListProductsRequest {
        page_size: 1,
        filter: format!("slug = \"{slug}\""),
        view: ProductView::Full.into(),
        ..Default::default()
    };
    let found = caller.products().list_products(request).await?.into_inner().products;
    Ok(found.into_iter().next())
}

async fn neighbours(caller: &Caller, product: &Product) -> Result<Vec<Found>, Trouble> {
    let Some(category) = product.categories.first() else { return Ok(Vec::new()) };
    let request = ListProductsRequest {
        page_size: i32::try_from(NEIGHBOURS + 1).unwrap_or(1),
        filter: format!("category:\"{}\"", id_of(category)),
        view: ProductView::Full.into(),
        ..Default::default()
    };
    let list: List = caller.ask(LIST, request).await?;
    let mut others = Page::from(list).results;
    others.retain(|other| text_within(&other.product, 1) != Ok(&product.name));
    others.truncate(NEIGHBOURS);
    Ok(others)
}

fn page<'a>(
    visit: &Visit,
    shop: &'a Shop,
    categories: &[Category],
    product: &Product,
    more: &'a [Found],
    query: &Query,
) -> ProductPage<'a> {
    let path = format!("/p/{}", product.slug);
    let locale = locale::of(&shop.default_language);
    let amounts = Amounts::of(locale, &shop.default_currency);
    let wanted = query.get("variant");
    let chosen = product.variants.iter().find(|variant| id_of(&variant.name) == wanted);
    let one = chosen.or(match product.variants.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    let (thumbs, picture) = gallery(product, one, query, &path);
    let crumbs = crumbs(categories, product.categories.first().map_or("", String::as_str));
    ProductPage {
        chrome: visit.shop_chrome(shop),
        canonical: visit.canonical(&path),
        summary: summary(&product.description),
        data: JsonLd::of(product, visit.gateway.origin()),
        trail: JsonLd::of_trail(&crumbs, Some(&product.title), visit.gateway.origin()),
        crumbs,
        picture,
        initial: initial(&product.title),
        thumbs,
        brand: product.brand.clone(),
        title: product.title.clone(),
        price: match one {
            Some(variant) => price(variant, &shop.default_currency, &amounts),
            None => {
                let range = product.price_range.as_ref().map(RangeRef::from);
                let prices = product.variants.iter().flat_map(|variant| &variant.prices);
                PriceLabel::lowest(range, prices.map(PriceRef::from), &amounts)
            }
        },
        choices: choices(product, chosen, &path),
        variants: plain_variants(product, chosen, &path),
        sku: one.map(|variant| variant.sku.clone()).unwrap_or_default(),
        description: Prose::from_markdown(&product.description),
        attributes: product
            .attributes
            .iter()
            .map(|(name, value)| readable(name, value, locale))
            .map(|(name, value)| Attribute { name, value })
            .collect(),
        more: Cards { found: more, amounts },
    }
}

/// The price in the shop's currency, else the first one there is.
fn price(variant: &Variant, currency: &str, amounts: &Amounts<'_>) -> Option<PriceLabel> {
    let code = |price: &&proto::catalog::Price| {
        price.amount.as_ref().is_some_and(|amount| amount.currency_code == currency)
    };
    let found = variant.prices.iter().find(code).or(variant.prices.first())?;
    PriceLabel::of_price(found.into(), amounts)
}

/// The small pictures, and the large one: the one asked for, else one that names what the chosen variant is, else the first.
fn gallery(
    product: &Product,
    variant: Option<&Variant>,
    query: &Query,
    path: &str,
) -> (Vec<Thumb>, Option<Picture>) {
    let pictures: Vec<Picture> = product.images.iter().filter_map(Picture::of).collect();
    let asked = usize::try_from(query.number("picture")).unwrap_or(0);
    let named = variant.and_then(|variant| {
        let is_of = |picture: &Picture| {
            let text = picture.alt.to_lowercase();
            variant.option_values.iter().any(|value| text.contains(&value.to_lowercase()))
        };
        pictures.iter().position(is_of)
    });
    let current =
        if (1..=pictures.len()).contains(&asked) { asked - 1 } else { named.unwrap_or(0) };
    let thumbs = pictures.iter().enumerate().map(|(index, picture)| Thumb {
        src: picture.src.clone(),
        alt: picture.alt.clone(),
        href: Query::new()
            .with("variant", query.get("variant"))
            .with("picture", &(index + 1).to_string())
            .at(path),
        current: index == current,
    });
    (thumbs.collect(), pictures.get(current).cloned())
}

fn choices(product: &Product, chosen: Option<&Variant>, path: &str) -> Vec<Choice> {
    let options = product.options.iter().enumerate();
    options
        .map(|(index, option)| Choice {
            name: option.name.clone(),
            values: option
                .values
                .iter()
                .map(|value| choice(product, chosen, index, value, path))
                .collect(),
        })
        .collect()
}

/// Leads to the variant that has this value, and the chosen variant's other values if there is such a one.
fn choice(
    product: &Product,
    chosen: Option<&Variant>,
    index: usize,
    word: &str,
    path: &str,
) -> Value {
    let has = |variant: &&Variant| variant.option_values.get(index).is_some_and(|own| own == word);
    let like_chosen = |variant: &&Variant| {
        chosen.is_none_or(|chosen| {
            let pairs = variant.option_values.iter().zip(&chosen.option_values).enumerate();
            pairs.into_iter().all(|(at, (own, other))| at == index || own == other)
        })
    };
    let found = product.variants.iter().filter(has).find(like_chosen);
    let any = found.or_else(|| match product.options.len() {
        0 | 1 => None,
        _ => product.variants.iter().find(has),
    });
    let href = any.map(|variant| Query::new().with("variant", id_of(&variant.name)).at(path));
    let current = chosen.as_ref().is_some_and(has);
    Value { word: word.to_owned(), href: href.unwrap_or_default(), current }
}

/// Variants of a product without options: told apart by their SKU.
fn plain_variants(product: &Product, chosen: Option<&Variant>, path: &str) -> Vec<Value> {
    if !product.options.is_empty() || product.variants.len() < 2 {
        return Vec::new();
    }
    let variants = product.variants.iter();
    variants
        .map(|variant| Value {
            word: if variant.sku.is_empty() {
                id_of(&variant.name).to_owned()
            } else {
                variant.sku.clone()
            },
            href: Query::new().with("variant", id_of(&variant.name)).at(path),
            current: chosen.is_some_and(|chosen| chosen.name == variant.name),
        })
        .collect()
}

/// The beginning of a description without its marks.
fn summary(markdown: &str) -> String {
    let plain = markdown.replace(['*', '_', '#', '`', '>', '[', ']'], "");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut text = String::new();
    for word in words {
        if text.chars().count() + word.chars().count() + 1 > SUMMARY {
            text.push('…');
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}
