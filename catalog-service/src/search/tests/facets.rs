//! By what the products of a search can be chosen.

use super::*;
use crate::domain::{Facets, ValueCount};

async fn shop() -> Shop {
    let shop = Shop::new().await;
    shop.has_category("home", "Household", None).await;
    shop.has_category("cups", "Cups", Some("home")).await;
    shop.has_category("lamps", "Lamps", Some("home")).await;
    for (id, brand, colour, category, price) in [
        ("a", "Emalia", "white", "cups", 5),
        ("b", "Emalia", "blue", "cups", 15),
        ("c", "Sonora", "white", "lamps", 150),
    ] {
        let product = titled(id, "Thing").brand(brand).with("colour", colour);
        shop.sells(product.in_category(category).sold(&format!("sku-{id}"), price)).await;
    }
    shop.keeps(
        titled("draft", "Thing").brand("Secret").with("colour", "black").in_category("cups"),
    )
    .await;
    shop
}

async fn facets(shop: &Shop, choice: Choice) -> (Vec<String>, Facets) {
    let page = shop.page(ProductSearch { choice, facets: true, ..search("thing") }, None).await;
    let mut ids = ids(&page);
    ids.sort();
    (ids, page.finding.facets.unwrap())
}

fn told(values: &[ValueCount]) -> Vec<(&str, u32)> {
    values.iter().map(|value| (value.value.as_str(), value.count)).collect()
}

#[tokio::test]
async fn facets_count_what_everybody_may_see() {
    let shop = shop().await;
    let (ids, facets) = facets(&shop, Choice::default()).await;
    assert_eq!(ids, ["a", "b", "c"]);
    let categories: Vec<_> = facets
        .categories
        .iter()
        .map(|one| (one.id.as_str(), one.parent.as_ref().map(CategoryId::as_str), one.count))
        .collect();
    assert_eq!(
        categories,
        [("home", None, 3), ("cups", Some("home"), 2), ("lamps", Some("home"), 1)]
    );
    assert_eq!(told(&facets.brands), [("Emalia", 2), ("Sonora", 1)]);
    assert_eq!(facets.attributes[0].name, "colour");
    assert_eq!(told(&facets.attributes[0].values), [("white", 2), ("blue", 1)]);
    let prices: Vec<_> = facets
        .prices
        .iter()
        .map(|range| (range.from.units(), range.below.map(Money::units), range.count))
        .collect();
    assert_eq!(prices, [(5, Some(10), 1), (10, Some(100), 1), (100, None, 1)]);
}

#[tokio::test]
async fn a_choice_narrows_all_facets_but_its_own() {
    let shop = shop().await;
    let choice = Choice { brands: vec!["Emalia".into()], ..Choice::default() };
    let (ids, of_brand) = facets(&shop, choice).await;
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(told(&of_brand.brands), [("Emalia", 2), ("Sonora", 1)]);
    assert_eq!(told(&of_brand.attributes[0].values), [("blue", 1), ("white", 1)]);
    let choice = Choice { attributes: vec![("colour".into(), "blue".into())], ..Choice::default() };
    let (ids, of_colour) = facets(&shop, choice).await;
    assert_eq!(ids, ["b"]);
    assert_eq!(told(&of_colour.brands), [("Emalia", 1)]);
    assert_eq!(told(&of_colour.attributes[0].values), [("white", 2), ("blue", 1)]);
}

#[tokio::test]
async fn a_category_is_chosen_with_all_below_it() {
    let shop = shop().await;
    let of = |id| Choice { categories: vec![category_id(id)], ..Choice::default() };
    assert_eq!(facets(&shop, of("home")).await.0, ["a", "b", "c"]);
    assert_eq!(facets(&shop, of("lamps")).await.0, ["c"]);
    let eur = |units| Money::from_units(Currency::EUR, units, 0).ok();
    let prices = Choice { price_from: eur(15), price_below: eur(150), ..Choice::default() };
    assert_eq!(facets(&shop, prices).await.0, ["b"]);
}

#[tokio::test]
async fn a_price_in_another_currency_is_refused() {
    let shop = shop().await;
    let usd = Money::from_units(Currency::parse("USD").unwrap(), 1, 0).unwrap();
    let choice = Choice { price_from: Some(usd), ..Choice::default() };
    let search = ProductSearch { choice, ..search("thing") };
    let page = PageRequest::new(0, None);
    let refused =
        shop.catalog.search_products(&Caller::anyone(), search, "", View::Basic, page).await;
    let message = format!("{:?}", refused.unwrap_err());
    assert!(message.contains("lowest_price") && message.contains("EUR"), "{message}");
}

#[tokio::test]
async fn the_most_frequent_values_of_all_segments_are_told_and_equals_by_the_alphabet() {
    let shop = Shop::new().await;
    let mut counts = std::collections::BTreeMap::new();
    for number in 0..60_u32 {
        // Each product makes a segment; some values are frequent, and many are equally rare.
        let value = format!("v{:02}", (number * number + 7 * number) % 41);
        *counts.entry(value.clone()).or_insert(0) += 1;
        shop.sells(titled(&format!("p{number}"), "Thing").with("size", &value)).await;
        let mut ranked: Vec<(&str, u32)> =
            counts.iter().map(|(value, count)| (value.as_str(), *count)).collect();
        ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        ranked.truncate(12);
        if number % 9 == 0 || number > 55 {
            let (_, facets) = facets(&shop, Choice::default()).await;
            assert_eq!(told(&facets.attributes[0].values), ranked, "{number}");
        }
    }
}
