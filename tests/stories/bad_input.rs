//! Bad input over gRPC: each has its code and reason, all violations are told at once, and nothing is changed by any.

use proto::catalog::{
    Category, CreateCategoryRequest, CreateProductRequest, GetProductRequest, Image,
    ListProductsRequest, Option as Choice, Price, Product, UpdateCategoryRequest,
    UpdateProductRequest, Variant,
};
use tests::{
    errors::{fields, reason, refused},
    goods::{category, create, euro, variant},
    shop::Shop,
};
use tonic::Code;
use tonic_types::StatusExt as _;

/// A wish to create this product, and the fields that it is refused for.
fn faulty() -> Vec<(Product, &'static [&'static str])> {
    let good = || create("mug", "Mug").product.unwrap();
    let with_variant = |variant: Variant| Product { variants: vec![variant], ..good() };
    let price = |currency: &str, units: i64, nanos: i32| Variant {
        prices: vec![Price {
            amount: Some(proto::google::r#type::Money {
                currency_code: currency.into(),
                units,
                nanos,
            }),
            compare_at_amount: None,
        }],
        ..Variant::default()
    };
    let reduced = Variant {
        prices: vec![Price { amount: Some(euro(10, 0)), compare_at_amount: Some(euro(9, 0)) }],
        ..Variant::default()
    };
    let twice = vec![price("EUR", 1, 0).prices[0].clone(), price("EUR", 2, 0).prices[0].clone()];
    vec![
        (Product { title: String::new(), ..good() }, &["product.title"]),
        (Product { title: "  ".into(), ..good() }, &["product.title"]),
        (
            Product { title: "x".repeat(301), slug: "A".into(), ..good() },
            &["product.title", "product.slug"],
        ),
        (
            Product { categories: vec!["categories/nothing".into()], ..good() },
            &["product.categories[0]"],
        ),
        (
            Product {
                options: vec![Choice { name: "Size".into(), values: vec!["S".into()] }],
                ..good()
            },
            &["product.variants[0].option_values"],
        ),
        (with_variant(price("EUR", -1, 0)), &["product.variants[0].prices[0].amount"]),
        (with_variant(price("EUR", 1, 1)), &["product.variants[0].prices[0].amount"]),
        (with_variant(price("EUR", 1, -500_000_000)), &["product.variants[0].prices[0].amount"]),
        (with_variant(price("XQX", 1, 0)), &["product.variants[0].prices[0].amount"]),
        (with_variant(reduced), &["product.variants[0].prices[0].compare_at_amount"]),
        (
            with_variant(Variant { prices: twice, ..Default::default() }),
            &["product.variants[0].prices[1]"],
        ),
        (
            with_variant(Variant { gtins: vec!["4006381333932".into()], ..Default::default() }),
            &["product.variants[0].gtins[0]"],
        ),
        (
            Product {
                images: vec![proto::catalog::Image {
                    uri: "http://elsewhere.example/a.png".into(),
                    ..Default::default()
                }],
                ..good()
            },
            &["product.images[0].uri"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_faulty_product_is_refused_by_its_fields() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for (product, expected) in faulty() {
        let what = format!("{product:?}");
        let wish = CreateProductRequest { product: Some(product), ..create("mug", "") };
        let status = editor.products().create_product(wish).await.expect_err(&what);
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::InvalidArgument, "FIELD_INVALID".into()),
            "{what}"
        );
        let named = fields(&status);
        let all = expected.iter().all(|field| named.iter().any(|name| name.starts_with(field)));
        assert!(all && named.len() == expected.len(), "{named:?}, not {expected:?}: {what}");
    }
    let all = editor.products().list_products(ListProductsRequest::default()).await.unwrap();
    assert_eq!(all.into_inner().total_size, 0);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_the_contract_and_of_the_catalog_are_told_together() {
    let shop = Shop::open().await;
    let mut wish = create("NOT AN ID", "");
    wish.product.as_mut().unwrap().variants =
        vec![Variant { gtins: vec!["4006381333932".into()], ..variant("", euro(1, 0)) }];
    let status = shop.people.editor.products().create_product(wish).await.unwrap_err();
    let mut named = fields(&status);
    named.sort();
    assert_eq!(named, ["product.title", "product.variants[0].gtins[0]", "product_id"]);
    shop.close().await;
}

/// A product whose title, picture and category are wrong, or the latter two.
fn misplaced(title: &str) -> Product {
    Product {
        name: "products/mug".into(),
        title: title.into(),
        categories: vec!["categories/none".into()],
        images: vec![Image { uri: "https://elsewhere.example/mug.png".into(), ..Image::default() }],
        ..Product::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_catalog_can_tell_is_told_along() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.products().create_product(create("mug", "Mug")).await.unwrap();
    let (title, picture, place) =
        ("product.title", "product.images[0].uri", "product.categories[0]");
    for (product, expected) in
        [(misplaced(""), &[title, picture, place][..]), (misplaced("Cup"), &[picture, place])]
    {
        let wish = CreateProductRequest { product: Some(product.clone()), ..create("cup", "") };
        let status = editor.products().create_product(wish).await.unwrap_err();
        assert_eq!((reason(&status), fields(&status)), ("FIELD_INVALID".into(), names(expected)));

        let everything = &["title", "images", "categories"][..];
        let all_but_images = &["title", "categories"][..];
        for (mask, left_out) in [(everything, ""), (all_but_images, picture)] {
            let paths = mask.iter().map(ToString::to_string).collect();
            let update = UpdateProductRequest {
                product: Some(product.clone()),
                update_mask: Some(prost_types::FieldMask { paths }),
                ..UpdateProductRequest::default()
            };
            let status = editor.products().update_product(update).await.unwrap_err();
            let expected = expected.iter().filter(|field| **field != left_out);
            assert_eq!(fields(&status), names(&expected.copied().collect::<Vec<_>>()), "{mask:?}");
        }
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_parent_is_told_with_the_other_faults_of_a_category() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.categories().create_category(category("kitchen", "Kitchen")).await.unwrap();
    let faulty = Category {
        name: "categories/kitchen".into(),
        parent: "categories/none".into(),
        ..Category::default()
    };
    let wish = CreateCategoryRequest {
        category_id: "pots".into(),
        category: Some(faulty.clone()),
        ..CreateCategoryRequest::default()
    };
    let status = editor.categories().create_category(wish).await.unwrap_err();
    let expected = names(&["category.title", "category.parent"]);
    assert_eq!((reason(&status), fields(&status)), ("FIELD_INVALID".into(), expected.clone()));
    let update = UpdateCategoryRequest {
        category: Some(faulty),
        update_mask: Some(prost_types::FieldMask { paths: names(&["title", "parent"]) }),
        ..UpdateCategoryRequest::default()
    };
    let status = editor.categories().update_category(update).await.unwrap_err();
    assert_eq!(fields(&status), expected);
    shop.close().await;
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_violations_than_a_header_holds_are_counted() {
    let shop = Shop::open().await;
    let mut wish = create("mug", "Mug");
    wish.product.as_mut().unwrap().tags = vec![String::new(); 50];
    wish.product.as_mut().unwrap().variants =
        vec![Variant { sku: "two  spaces".into(), ..Default::default() }; 250];
    let status = shop.people.editor.products().create_product(wish).await.unwrap_err();
    assert_eq!(reason(&status), "FIELD_INVALID");
    assert!(status.details().len() <= 6 * 1024, "8 KiB with base64: {}", status.details().len());
    let left_out =
        status.get_error_details().error_info().unwrap().metadata["violations_left_out"].clone();
    let told = fields(&status).len();
    assert!(told >= 20, "as many as there is room for: {told}");
    let all = told + left_out.parse::<usize>().unwrap();
    assert!(status.message().contains(&all.to_string()), "{all}: {}", status.message());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_named() {
    let shop = Shop::open().await;
    let get = GetProductRequest { name: "products/nothing".into(), ..Default::default() };
    let status = shop.people.viewer.products().get_product(get).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::NotFound, "RESOURCE_NOT_FOUND".into()));
    let details = status.get_error_details();
    assert_eq!(details.resource_info().unwrap().resource_name, "products/nothing");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_over_4_mebibytes_is_refused_by_its_reason() {
    let shop = Shop::open().await;
    let mut wish = create("mug", "Mug");
    wish.product.as_mut().unwrap().description = "x".repeat(5 << 20);
    let mut client = shop.people.editor.products().max_encoding_message_size(8 << 20);
    let answer = client.create_product(wish).await;
    assert_eq!(refused(answer), (Code::ResourceExhausted, "MESSAGE_TOO_LARGE".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_negative_page_size_is_an_error_and_a_large_one_is_not() {
    let shop = Shop::open().await;
    let mut client = shop.people.anyone.products();
    let negative = ListProductsRequest { page_size: -1, ..Default::default() };
    assert_eq!(
        refused(client.list_products(negative).await),
        (Code::InvalidArgument, "FIELD_INVALID".into())
    );
    let large = ListProductsRequest { page_size: i32::MAX, ..Default::default() };
    assert!(client.list_products(large).await.is_ok());
    shop.close().await;
}
