//! How large a product may grow, whichever way it grows.

use super::*;
use crate::domain::{AttributeValue, ProductField, ProductMask, Violation};

fn numbered(number: usize) -> (String, AttributeValue) {
    (format!("attribute {number:03}"), AttributeValue::Number(1.0))
}

/// Sets one attribute and nothing else.
async fn set(bench: &Bench, number: usize) -> Result<Wire, Error> {
    let attribute = numbered(number);
    let mut mask = ProductMask::default();
    mask.add_attribute(&attribute.0);
    let fields = ProductFields { attributes: [attribute].into(), ..ProductFields::default() };
    bench.change("kettle", "", ProductAction::Update { fields: Box::new(fields), mask }).await
}

#[track_caller]
fn violations<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Violation> {
    match refusal(result) {
        Refusal::Invalid(violations) => violations,
        other => panic!("not invalid: {other:?}"),
    }
}

pub(crate) async fn attributes_added_one_by_one_end_at_the_same_limit(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.attributes = (0..248).map(numbered).collect();
    bench.create(product).await.unwrap();
    assert_eq!(set(bench, 248).await.unwrap().attributes.len(), 249);
    assert_eq!(set(bench, 249).await.unwrap().attributes.len(), 250);
    let refused = violations(set(bench, 250).await);
    assert_eq!(refused[0].field, "product.attributes");
    assert!(refused[0].description.contains("251"), "{refused:?}");
    assert_eq!(set(bench, 0).await.unwrap().attributes.len(), 250);
    assert_eq!(bench.get("kettle", Audience::Staff).await.unwrap().attributes.len(), 250);
}

pub(crate) async fn a_product_is_refused_from_its_first_byte_too_many(bench: &Bench) {
    const MOST: usize = 256 * 1024;
    let described = |id: &str, length: usize| {
        let mut product = new(id);
        product.fields.description = "x".repeat(length);
        product
    };
    let refused = violations(bench.create(described("kettle", MOST)).await);
    assert_eq!(refused[0].field, "product");
    // What it has besides its description, as the refusal counts it.
    let said = refused[0].description.split(' ').nth(1).unwrap();
    let rest = said.parse::<usize>().unwrap() - MOST;
    let most = MOST - rest;
    assert_eq!(violations(bench.create(described("kettle", most + 1)).await)[0].field, "product");
    bench.create(described("kettle", most)).await.unwrap();
    let describe = |length: usize| {
        let fields = described("kettle", length).fields;
        let mask = [ProductField::Description].into_iter().collect();
        bench.change("kettle", "", ProductAction::Update { fields: Box::new(fields), mask })
    };
    describe(most - 1).await.unwrap();
    describe(most).await.unwrap();
    assert_eq!(violations(describe(most + 1).await)[0].field, "product");
    let kept = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!(kept.description.len(), most);
}
