//! All that is wrong with a wish is told in one round: its own fields, and what does not fit the product that is kept.

use proto::catalog::{
    AttributeValue, BatchCreateProductsRequest, CreateVariantRequest, Image, Option as Choice,
    Product, UpdateProductRequest, UpdateVariantRequest, Variant, attribute_value::Value,
};
use tests::{
    errors::{fields, reason},
    goods::create,
    shop::Shop,
};
use tonic::Status;

/// A shirt in small and medium, with one variant of each.
async fn shop() -> Shop {
    let shop = Shop::open().await;
    let mut wish = create("shirt", "Shirt");
    let product = wish.product.as_mut().unwrap();
    product.options = sizes(&["S", "M"]);
    product.variants = ["S", "M"].map(sized).into();
    shop.people.editor.products().create_product(wish).await.unwrap();
    shop
}

fn sizes(values: &[&str]) -> Vec<Choice> {
    let values = values.iter().map(ToString::to_string).collect();
    vec![Choice { name: "Size".into(), values }]
}

fn sized(size: &str) -> Variant {
    Variant {
        name: format!("products/shirt/variants/{}", size.to_lowercase()),
        option_values: vec![size.into()],
        ..Variant::default()
    }
}

/// The fields that a wish is refused for.
#[track_caller]
fn told<T: std::fmt::Debug>(answer: Result<T, Status>) -> Vec<String> {
    let status = answer.expect_err("this call had to fail");
    assert_eq!(reason(&status), "FIELD_INVALID");
    fields(&status)
}

/// A check digit that is wrong.
fn miscoded(variant: Variant) -> Variant {
    Variant { gtins: vec!["4006381333932".into()], ..variant }
}

/// So many attributes of so many letters.
fn attributes(count: usize, letters: usize) -> impl Iterator<Item = (String, AttributeValue)> {
    let value = AttributeValue { value: Some(Value::Text("x".repeat(letters))) };
    (0..count).map(move |number| (format!("attribute {number}"), value.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_is_held_against_its_product_along_with_its_fields() {
    let shop = shop().await;
    let mut client = shop.people.editor.variants();
    let (gtin, choice) = ("variant.gtins[0]", "variant.option_values");
    for (size, expected) in [
        ("XL", &[gtin, choice][..]),
        // Another variant has it.
        ("S", &[gtin, choice]),
    ] {
        let create = CreateVariantRequest {
            parent: "products/shirt".into(),
            variant: Some(miscoded(sized(size))),
            ..CreateVariantRequest::default()
        };
        assert_eq!(told(client.create_variant(create).await), expected, "a new {size}");
        let changed = Variant { name: sized("M").name, ..miscoded(sized(size)) };
        let update =
            UpdateVariantRequest { variant: Some(changed), ..UpdateVariantRequest::default() };
        assert_eq!(told(client.update_variant(update).await), expected, "M becomes {size}");
    }
    // The variant's own choice is none of another.
    let update = UpdateVariantRequest {
        variant: Some(miscoded(sized("M"))),
        ..UpdateVariantRequest::default()
    };
    assert_eq!(told(client.update_variant(update).await), [gtin]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_variant_too_many_is_told_along_with_its_fields() {
    let shop = Shop::open().await;
    let mut wish = create("shirt", "Shirt");
    let sizes: Vec<_> = (0..250).map(|size| size.to_string()).collect();
    let product = wish.product.as_mut().unwrap();
    let options = [("Tens", 25), ("Ones", 10)]
        .map(|(name, count)| Choice { name: name.into(), values: sizes[..count].to_vec() });
    product.options = options.into();
    let variant = |number: usize| Variant {
        option_values: vec![sizes[number / 10].clone(), sizes[number % 10].clone()],
        ..Variant::default()
    };
    product.variants = (0..250).map(variant).collect();
    shop.people.editor.products().create_product(wish).await.unwrap();
    let create = CreateVariantRequest {
        parent: "products/shirt".into(),
        variant: Some(miscoded(variant(0))),
        ..CreateVariantRequest::default()
    };
    let refused = shop.people.editor.variants().create_variant(create).await;
    assert_eq!(told(refused), ["variant.gtins[0]", "variant.option_values", "variant"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_held_against_what_is_kept_along_with_its_fields() {
    let shop = shop().await;
    let mut client = shop.people.editor.products();
    let faulty = |title: &str, uri: &str| Product {
        name: "products/shirt".into(),
        title: title.into(),
        categories: vec!["categories/none".into()],
        options: sizes(&["S", "L"]),
        images: vec![Image { uri: uri.into(), ..Image::default() }],
        attributes: attributes(40, 8_000).collect(),
        ..Product::default()
    };
    let (title, picture) = ("product.title", "product.images[0].uri");
    let (category, options) = ("product.categories[0]", "product.options");
    let (good, foreign) = ("/pictures/shirt.svg", "https://elsewhere.example/shirt.png");
    for (product, mut expected) in [
        (faulty("", good), vec![title, category, options, "product"]),
        (faulty("", foreign), vec![title, picture, category, options, "product"]),
        (faulty("Top", foreign), vec![picture, category, options, "product"]),
        (faulty("Top", good), vec![category, options, "product"]),
    ] {
        let paths = ["title", "categories", "options", "images", "attributes"];
        let update = UpdateProductRequest {
            product: Some(product),
            update_mask: Some(prost_types::FieldMask { paths: paths.map(String::from).into() }),
            ..UpdateProductRequest::default()
        };
        let mut found = told(client.update_product(update).await);
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_items_of_a_batch_are_told_everything_at_once() {
    let shop = Shop::open().await;
    let sized = |id: &str, title: &str| {
        let mut wish = create(id, title);
        wish.product.as_mut().unwrap().attributes = attributes(40, 8_000).collect();
        wish
    };
    let batch = BatchCreateProductsRequest {
        requests: vec![create("mug", ""), create("cup", "Cup"), sized("pot", "Pot")],
        ..BatchCreateProductsRequest::default()
    };
    let refused = shop.people.editor.products().batch_create_products(batch).await;
    assert_eq!(told(refused), ["requests[0].product.title", "requests[2].product"]);
    let refused = shop.people.editor.products().create_product(sized("pot", "")).await;
    assert_eq!(told(refused), ["product.title", "product"]);
    shop.close().await;
}
