//! Variants: added, changed and removed.

use super::*;
use crate::domain::{
    Etag, NewVariantIn, PriceRounding, ProductField, ProductOption, ShopChange, ShopField,
    ShopFields, VariantAction, VariantChange, VariantField, VariantId, VariantName,
};

type WireVariant = proto::catalog::Variant;

fn name(product: &str, variant: &str) -> VariantName {
    VariantName { product: product_id(product), variant: VariantId::parse(variant).unwrap() }
}

fn of_colour(id: &str, colour: &str) -> NewVariant {
    let fields = VariantFields { option_values: vec![colour.into()], ..VariantFields::default() };
    NewVariant { id: VariantId::parse(id).ok(), fields }
}

/// A product with one option and one variant.
async fn coloured(bench: &Bench) {
    let mut product = new("kettle");
    let values = vec!["white".into(), "blue".into(), "red".into()];
    product.fields.options = vec![ProductOption { name: "Colour".into(), values }];
    product.variants = vec![of_colour("white", "white")];
    bench.create(product).await.unwrap();
}

async fn add(bench: &Bench, variant: NewVariant) -> Result<WireVariant, Error> {
    let new = NewVariantIn { product: product_id("kettle"), variant };
    let created = bench.store.create_variant(by("bob"), new).await?;
    Ok(encoding::message(&created).unwrap())
}

async fn change(
    bench: &Bench,
    variant: &str,
    etag: &str,
    action: VariantAction,
) -> Result<WireVariant, Error> {
    let change = VariantChange { name: name("kettle", variant), etag: Etag::given(etag), action };
    let changed = bench.store.change_variants(by("bob"), vec![change]).await?;
    Ok(encoding::message(&changed[0]).unwrap())
}

fn priced(units: i64) -> VariantAction {
    let fields = VariantFields { prices: vec![eur(units)], ..VariantFields::default() };
    VariantAction::Update { fields, mask: vec![VariantField::Prices] }
}

pub(crate) async fn a_variant_is_added_at_the_end(bench: &Bench) {
    coloured(bench).await;
    let added = add(bench, of_colour("blue", "blue")).await.unwrap();
    assert_eq!(added.name, "products/kettle/variants/blue");
    let product = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!(product.variants.last(), Some(&added));
    let found = bench.store.variant(&name("kettle", "blue"), Audience::Staff).await.unwrap();
    assert_eq!(encoding::message(&found.unwrap().content).unwrap(), added);
    assert_eq!(bench.store.variant(&name("kettle", "blue"), Audience::Public).await.unwrap(), None);
    let again = refusal(add(bench, of_colour("blue", "red")).await);
    assert!(matches!(again, Refusal::IdTaken { name, .. } if name == added.name));
}

pub(crate) async fn a_variants_write_leaves_the_products_etag(bench: &Bench) {
    coloured(bench).await;
    let before = bench.get("kettle", Audience::Staff).await.unwrap();
    bench.wait(5);
    let changed = change(bench, "white", &before.variants[0].etag, priced(30)).await.unwrap();
    assert_ne!(changed.etag, before.variants[0].etag);
    let after = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!((&after.etag, &after.update_time), (&before.etag, &before.update_time));
    assert_eq!(after.price_range.unwrap().highest.unwrap().units, 30);
    let newest = bench.revisions("kettle").await.unwrap().remove(0);
    assert_eq!(newest.changed_fields, ["variants/white.prices"]);
}

pub(crate) async fn a_stale_variant_shows_the_other_changes(bench: &Bench) {
    coloured(bench).await;
    let seen = bench.get("kettle", Audience::Staff).await.unwrap().variants[0].etag.clone();
    change(bench, "white", &seen, priced(30)).await.unwrap();
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    let stale = change(bench, "white", &seen, priced(20)).await;
    let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("not a mismatch") };
    assert_eq!(conflict.name, "products/kettle/variants/white");
    assert_eq!(conflict.changes.len(), 1);
    assert_eq!(conflict.changes[0].fields, ["variants/white.prices"]);
    assert_eq!(conflict.changes[0].actor.display_name, "BOB");
}

pub(crate) async fn the_last_variant_stays(bench: &Bench) {
    coloured(bench).await;
    let last = "products/kettle/variants/white".to_owned();
    let gone = change(bench, "white", "", VariantAction::Delete).await;
    assert_eq!(refusal(gone), Refusal::LastVariant { name: last.clone() });
    add(bench, of_colour("blue", "blue")).await.unwrap();
    let gone = change(bench, "white", "", VariantAction::Delete).await.unwrap();
    assert_eq!(gone.name, last);
    let again = change(bench, "white", "", VariantAction::Delete).await;
    assert_eq!(refusal(again), Refusal::NotFound { name: last });
    assert_eq!(bench.get("kettle", Audience::Staff).await.unwrap().variants.len(), 1);
}

pub(crate) async fn a_variant_chooses_among_the_options(bench: &Bench) {
    coloured(bench).await;
    for (variant, reason) in [
        (of_colour("green", "green"), "`green` is not a value"),
        (of_colour("white-2", "white"), "those of the variant `white` too"),
        (NewVariant::default(), "one value for each of the options: Colour"),
    ] {
        let Refusal::Invalid(violations) = refusal(add(bench, variant).await) else {
            panic!("not invalid")
        };
        assert_eq!(violations[0].field, "variant.option_values");
        assert!(violations[0].description.contains(reason), "{violations:?}");
    }
}

pub(crate) async fn options_in_use_stay(bench: &Bench) {
    coloured(bench).await;
    let options = |values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        let options = vec![ProductOption { name: "Colour".into(), values }];
        let fields = ProductFields { options, ..ProductFields::default() };
        let mask = [ProductField::Options].into_iter().collect();
        ProductAction::Update { fields: Box::new(fields), mask }
    };
    let lost = bench.change("kettle", "", options(&["blue"])).await;
    let Refusal::Invalid(violations) = refusal(lost) else { panic!("not invalid") };
    assert_eq!(violations[0].field, "product.options");
    bench.change("kettle", "", options(&["green", "white"])).await.unwrap();
    add(bench, of_colour("green", "green")).await.unwrap();
}

pub(crate) async fn a_variant_of_a_deleted_product_cannot_be_written(bench: &Bench) {
    coloured(bench).await;
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let deleted = Refusal::Deleted { name: "products/kettle".into() };
    assert_eq!(refusal(change(bench, "white", "", priced(1)).await), deleted);
    assert_eq!(refusal(add(bench, of_colour("blue", "blue")).await), deleted);
}

pub(crate) async fn variants_come_page_by_page(bench: &Bench) {
    coloured(bench).await;
    for colour in ["blue", "red"] {
        add(bench, of_colour(colour, colour)).await.unwrap();
    }
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::new(2, after);
        let page = bench.store.variants(&product_id("kettle"), Audience::Staff, page).await;
        let page = page.unwrap().unwrap().content;
        assert_eq!(page.total.count, 3);
        names.extend(page.items.iter().map(|one| encoding::message(one).unwrap().option_values));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(names.concat(), ["white", "blue", "red"]);
    let page = PageRequest::new(0, None);
    let hidden = bench.store.variants(&product_id("kettle"), Audience::Public, page).await;
    assert_eq!(hidden.unwrap(), None);
}

pub(crate) async fn a_page_of_variants_ends_before_it_grows_too_large(bench: &Bench) {
    let chosen = |number: usize| format!("{number:03}{}", "x".repeat(40_000));
    let mut product = new("kettle");
    product.variants = (0..120).map(|n| of_colour(&format!("v{n:03}"), &chosen(n))).collect();
    bench.store.create_products(by("ada"), vec![product], View::Basic).await.unwrap();
    let (mut names, mut pages, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = PageRequest::new(1_000, after);
        let page = bench.store.variants(&product_id("kettle"), Audience::Staff, page).await;
        let page = page.unwrap().unwrap().content;
        let bytes: usize = page.items.iter().map(|item| item.bytes().len()).sum();
        assert!(bytes <= crate::store::LARGEST_ANSWER, "{bytes}");
        pages.push(page.items.len());
        names.extend(page.items.iter().map(|one| encoding::message(one).unwrap().name));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    let expected = |n| format!("products/kettle/variants/v{n:03}");
    assert_eq!((names, pages), ((0..120).map(expected).collect(), vec![104, 16]));
}

pub(crate) async fn prices_follow_the_shops_currency(bench: &Bench) {
    let mut product = new("kettle");
    let usd = Money::from_units(Currency::parse("USD").unwrap(), 60, 0).unwrap();
    product.variants = vec![sold("K-1", 49)];
    product.variants[0].fields.prices.push(Price { amount: usd, compare_at: None });
    bench.create(product).await.unwrap();
    let fields = ShopFields {
        display_name: String::new(),
        default_currency: Currency::parse("USD").unwrap(),
        default_language: String::new(),
        price_rounding: PriceRounding::default(),
    };
    let change = ShopChange { etag: None, fields, mask: vec![ShopField::DefaultCurrency] };
    bench.store.change_shop(by("ada"), change).await.unwrap();
    let shown = bench.get("kettle", Audience::Staff).await.unwrap().price_range.unwrap();
    assert_eq!(shown.lowest.unwrap().currency_code, "USD");
    assert_eq!(bench.ids(&staff("price = 60", ""), 10).await.0, ["kettle"]);
    assert_eq!(bench.ids(&staff("price.EUR = 49", ""), 10).await.0, ["kettle"]);
}

pub(crate) async fn variants_of_several_products_change_whole_or_not_at_all(bench: &Bench) {
    coloured(bench).await;
    add(bench, of_colour("blue", "blue")).await.unwrap();
    let mut pot = new("pot");
    pot.variants = vec![NewVariant { id: VariantId::parse("only").ok(), ..sold("P-1", 8) }];
    bench.create(pot).await.unwrap();
    let etag = |product: &Wire, index: usize| product.variants[index].etag.clone();
    let kettle = bench.get("kettle", Audience::Staff).await.unwrap();
    let seen = [etag(&kettle, 0), etag(&kettle, 1)];
    let priced_at = |product: &str, variant: &str, etag: &str, units: i64| VariantChange {
        name: name(product, variant),
        etag: Etag::given(etag),
        action: priced(units),
    };

    let batch = vec![
        priced_at("kettle", "white", &seen[0], 31),
        priced_at("kettle", "blue", &seen[0], 32),
        priced_at("kettle", "none", "", 33),
        priced_at("pot", "only", "", 34),
    ];
    let Err(Error::Refused(refused)) = bench.store.change_variants(by("bob"), batch).await else {
        panic!("not refused")
    };
    assert_eq!(refused.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 2]);
    assert!(matches!(refused[0].1, Refusal::EtagMismatch(_)), "{refused:?}");
    assert_eq!(bench.get("kettle", Audience::Staff).await.unwrap(), kettle, "nothing was done");
    let histories = (bench.history("kettle").await, bench.history("pot").await);

    let batch = vec![
        priced_at("kettle", "white", &seen[0], 31),
        priced_at("pot", "only", "", 34),
        priced_at("kettle", "blue", &seen[1], 32),
    ];
    let changed = bench.store.change_variants(by("bob"), batch).await.unwrap();
    let names = changed.iter().map(|one| encoding::message(one).unwrap().name);
    let expected = [
        "products/kettle/variants/white",
        "products/pot/variants/only",
        "products/kettle/variants/blue",
    ];
    assert_eq!(names.collect::<Vec<_>>(), expected, "in the order of the changes");
    let kettle = bench.get("kettle", Audience::Staff).await.unwrap();
    let range = kettle.price_range.unwrap();
    assert_eq!((range.lowest.unwrap().units, range.highest.unwrap().units), (31, 32));
    let after = (bench.history("kettle").await, bench.history("pot").await);
    assert_eq!(after, (histories.0 + 2, histories.1 + 1), "one revision for each variant");
}
