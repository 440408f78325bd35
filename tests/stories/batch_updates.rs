//! Many products, and variants of many products, change in one call: whole or not at all.

use proto::catalog::{
    BatchPublishProductsRequest, BatchUnpublishProductsRequest, BatchUpdateProductsRequest,
    BatchUpdateVariantsRequest, GetProductRequest, Price, Product, PublishProductRequest,
    UnpublishProductRequest, UpdateProductRequest, UpdateVariantRequest, Variant, product::State,
};
use tests::{
    errors::{fields, reason, refused},
    goods::{create, euro, fresh},
    people::Person,
    shop::Shop,
};
use tonic::Code;

/// Products that exist, each in the full view.
async fn shelved(editor: &Person, ids: &[&str]) -> Vec<Product> {
    let mut products = Vec::new();
    for id in ids {
        products.push(editor.products().create_product(create(id, id)).await.unwrap().into_inner());
    }
    products
}

async fn product(person: &Person, id: &str) -> Product {
    let get = GetProductRequest { name: format!("products/{id}"), ..Default::default() };
    person.products().get_product(get).await.unwrap().into_inner()
}

fn branded(name: &str, etag: &str) -> UpdateProductRequest {
    let (name, etag, brand) = (name.to_owned(), etag.to_owned(), "Emalia".to_owned());
    let product = Product { name, etag, brand, ..Product::default() };
    UpdateProductRequest { product: Some(product), ..Default::default() }
}

fn priced(variant: &Variant, units: i64) -> UpdateVariantRequest {
    let prices = vec![Price { amount: Some(euro(units, 0)), compare_at_amount: None }];
    let (name, etag) = (variant.name.clone(), variant.etag.clone());
    let variant = Variant { name, etag, prices, ..Variant::default() };
    UpdateVariantRequest { variant: Some(variant), ..Default::default() }
}

fn update(requests: Vec<UpdateProductRequest>) -> BatchUpdateProductsRequest {
    BatchUpdateProductsRequest { requests, ..Default::default() }
}

fn reprice(parent: &str, requests: Vec<UpdateVariantRequest>) -> BatchUpdateVariantsRequest {
    BatchUpdateVariantsRequest { parent: parent.into(), requests, ..Default::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn products_are_changed_published_and_unpublished_as_one() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let made = shelved(editor, &["a", "b", "c"]).await;
    let requests = made.iter().map(|one| branded(&one.name, &one.etag)).collect();
    let changed = editor.products().batch_update_products(update(requests)).await.unwrap();
    let changed = changed.into_inner().products;
    assert!(changed.iter().all(|one| one.brand == "Emalia" && one.title == one.slug));
    assert_eq!(changed[1].name, "products/b", "in the order of the requests");

    let publish = |one: &Product| PublishProductRequest {
        name: one.name.clone(),
        etag: one.etag.clone(),
        ..Default::default()
    };
    let requests = changed.iter().map(publish).collect();
    let publish = BatchPublishProductsRequest { requests, ..Default::default() };
    let public = editor.products().batch_publish_products(publish).await.unwrap().into_inner();
    assert!(public.products.iter().all(|one| one.state() == State::Active));
    assert_eq!(product(&shop.people.anyone, "c").await.title, "c", "the public sees them");

    let unpublish =
        |one: &Product| UnpublishProductRequest { name: one.name.clone(), ..Default::default() };
    let requests = public.products.iter().map(unpublish).collect();
    let unpublish = BatchUnpublishProductsRequest { requests, ..Default::default() };
    let drafts = editor.products().batch_unpublish_products(unpublish).await.unwrap().into_inner();
    assert!(drafts.products.iter().all(|one| one.state() == State::Draft));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_item_is_named_with_its_etag_and_nothing_is_done() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let made = shelved(editor, &["a", "b", "c"]).await;
    editor.products().update_product(branded("products/b", "")).await.unwrap();
    let requests = made.iter().map(|one| branded(&one.name, &one.etag));
    let requests = requests.chain([branded("products/nothing", "")]).collect();
    let status = editor.products().batch_update_products(update(requests)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Aborted, "ETAG_MISMATCH".into()));
    assert_eq!(fields(&status), ["requests[1].product.etag", "requests[3].product.name"]);
    assert_eq!(product(editor, "a").await.brand, "", "nothing was done");

    let variants: Vec<_> = made.iter().map(|one| one.variants[0].clone()).collect();
    editor.variants().update_variant(priced(&variants[2], 5)).await.unwrap();
    let requests = variants.iter().map(|one| priced(one, 7)).collect();
    let all = reprice("products/-", requests);
    let status = editor.variants().batch_update_variants(all).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Aborted, "ETAG_MISMATCH".into()));
    assert_eq!(fields(&status), ["requests[2].variant.etag"]);
    assert_eq!(product(editor, "a").await.variants[0].etag, variants[0].etag);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_change_across_products_only_when_the_parent_says_so() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let made = shelved(editor, &["a", "b"]).await;
    let requests: Vec<_> = made.iter().map(|one| priced(&one.variants[0], 21)).collect();
    let narrow = reprice("products/a", requests.clone());
    let status = editor.variants().batch_update_variants(narrow).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "FIELD_INVALID".into()));
    assert_eq!(fields(&status), ["requests[1].variant.name"]);
    let wide = reprice("products/-", requests);
    let changed = editor.variants().batch_update_variants(wide).await.unwrap().into_inner();
    let amounts = changed.variants.iter().map(|one| one.prices[0].amount.clone().unwrap().units);
    assert_eq!(amounts.collect::<Vec<_>>(), [21, 21]);
    let range = product(editor, "b").await.price_range.unwrap();
    assert_eq!(range.lowest.unwrap().units, 21, "the product follows its variants");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_of_a_batch_are_told_at_once() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    shelved(editor, &["a"]).await;
    let mut long = branded("products/a", "");
    long.product.as_mut().unwrap().brand = "x".repeat(5_000);
    let unknown = Product {
        name: "products/a".into(),
        categories: vec!["categories/none".into()],
        ..Product::default()
    };
    let unknown = UpdateProductRequest { product: Some(unknown), ..Default::default() };
    let with_id = UpdateProductRequest { request_id: "1".into(), ..branded("products/a", "") };
    let requests = vec![long, branded("NOT A NAME", ""), unknown, with_id];
    let status = editor.products().batch_update_products(update(requests)).await.unwrap_err();
    assert_eq!(reason(&status), "FIELD_INVALID");
    let mut named = fields(&status);
    named.sort();
    let expected = [
        "requests[0].product.brand",
        "requests[1].product.name",
        "requests[2].product.categories[0]",
        "requests[3].request_id",
    ];
    assert_eq!(named, expected);

    let masked = |path: &str| UpdateProductRequest {
        update_mask: Some(prost_types::FieldMask { paths: vec![path.into()] }),
        ..branded("products/a", "")
    };
    let requests = vec![masked("brand"), masked("nonsense"), masked("price")];
    let status = editor.products().batch_update_products(update(requests)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "MASK_INVALID".into()));
    assert_eq!(fields(&status), ["requests[1].update_mask", "requests[2].update_mask"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_pass_and_one_more_is_refused() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let made = shelved(editor, &["a"]).await;
    let brand = |count: usize| update(vec![branded("products/a", ""); count]);
    let answer = editor.products().batch_update_products(brand(501)).await;
    assert_eq!(refused(answer), (Code::InvalidArgument, "BATCH_TOO_LARGE".into()));
    let answer = editor.products().batch_update_products(brand(500)).await.unwrap();
    assert_eq!(answer.into_inner().products.len(), 500);

    let untied = Variant { etag: String::new(), ..made[0].variants[0].clone() };
    let price = |count: usize| reprice("products/-", vec![priced(&untied, 3); count]);
    let answer = editor.variants().batch_update_variants(price(501)).await;
    assert_eq!(refused(answer), (Code::InvalidArgument, "BATCH_TOO_LARGE".into()));
    let answer = editor.variants().batch_update_variants(price(500)).await.unwrap();
    assert_eq!(answer.into_inner().variants.len(), 500);

    let publish = |count: usize| {
        let name = "products/a".to_owned();
        let one = PublishProductRequest { name, ..Default::default() };
        BatchPublishProductsRequest { requests: vec![one; count], ..Default::default() }
    };
    let answer = editor.products().batch_publish_products(publish(501)).await;
    assert_eq!(refused(answer), (Code::InvalidArgument, "BATCH_TOO_LARGE".into()));
    editor.products().batch_publish_products(publish(500)).await.unwrap();
    let answer = editor.products().batch_publish_products(publish(0)).await;
    assert_eq!(refused(answer), (Code::InvalidArgument, "FIELD_INVALID".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_sent_again_is_answered_the_same_and_done_once() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let made = shelved(editor, &["a", "b"]).await;
    let requests: Vec<_> = made.iter().map(|one| priced(&one.variants[0], 21)).collect();
    let request_id = fresh("reprice");
    let batch = BatchUpdateVariantsRequest { request_id, ..reprice("products/-", requests) };
    let first = editor.variants().batch_update_variants(batch.clone()).await.unwrap().into_inner();
    let again = editor.variants().batch_update_variants(batch.clone()).await.unwrap().into_inner();
    assert_eq!(first, again, "though the etags it carries are stale by now");
    let dry = BatchUpdateProductsRequest {
        validate_only: true,
        ..update(vec![branded("products/a", "")])
    };
    let answered = editor.products().batch_update_products(dry).await.unwrap().into_inner();
    assert_eq!(answered.products[0].brand, "Emalia");
    assert_eq!(product(editor, "a").await.brand, "");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_batches_go_by_json() {
    let shop = Shop::open().await;
    let made = shelved(&shop.people.editor, &["a", "b"]).await;
    let web = shop.web().with_token(shop.people.editor.token());
    let requests: Vec<_> =
        made.iter().map(|one| serde_json::json!({"name": one.name, "etag": one.etag})).collect();
    let body = serde_json::json!({ "requests": requests });
    let published = web.post("/v1/products:batchPublish", &body).await.json();
    assert_eq!(published["products"][1]["state"], "STATE_ACTIVE");
    let again = web.post("/v1/products:batchUnpublish", &body).await;
    assert_eq!(again.reason(), "ETAG_MISMATCH", "{}", again.text());
    let prices = serde_json::json!([{"amount": {"currencyCode": "EUR", "units": "9"}}]);
    let requests: Vec<_> = made
        .iter()
        .map(|one| serde_json::json!({"variant": {"name": one.variants[0].name, "prices": prices}}))
        .collect();
    let body = serde_json::json!({ "requests": requests });
    let priced = web.post("/v1/products/-/variants:batchUpdate", &body).await.json();
    assert_eq!(priced["variants"][0]["prices"][0]["amount"]["units"], "9");
    shop.close().await;
}
