//! A deleted product whose SKU is in use again is restored with a new one, in one call.

use http::StatusCode;
use proto::catalog::{
    BatchUndeleteProductsRequest, DeleteProductRequest, GetProductRequest, NewSku,
    Option as Choice, Product, UndeleteProductRequest, Variant,
};
use serde_json::json;
use tests::{
    errors::{fields, reason, refused},
    goods::{create, euro, variant},
    people::Person,
    shop::Shop,
};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// A product with variants under these ids and SKUs.
async fn stock(editor: &Person, id: &str, skus: &[(&str, &str)]) {
    let mut wish = create(id, id);
    let of = |(own, sku): &(&str, &str)| Variant {
        name: format!("products/{id}/variants/{own}"),
        option_values: vec![(*own).to_owned()],
        ..variant(sku, euro(9, 0))
    };
    let product = wish.product.as_mut().unwrap();
    product.variants = skus.iter().map(of).collect();
    let values = skus.iter().map(|(own, _)| (*own).to_owned()).collect();
    product.options = vec![Choice { name: "Colour".into(), values }];
    editor.products().create_product(wish).await.unwrap();
}

async fn delete(editor: &Person, id: &str) -> Product {
    let delete = DeleteProductRequest { name: format!("products/{id}"), ..Default::default() };
    editor.products().delete_product(delete).await.unwrap().into_inner()
}

/// A deleted mug with two variants, and a cup that has the SKU of one of them by now.
async fn taken(editor: &Person) {
    stock(editor, "mug", &[("white", "M-1"), ("blue", "M-2")]).await;
    delete(editor, "mug").await;
    stock(editor, "cup", &[("only", "M-1")]).await;
}

fn undelete(id: &str, skus: &[(&str, &str)]) -> UndeleteProductRequest {
    let new = |(variant, sku): &(&str, &str)| NewSku {
        variant: format!("products/{variant}"),
        sku: (*sku).to_owned(),
    };
    UndeleteProductRequest {
        name: format!("products/{id}"),
        new_skus: skus.iter().map(new).collect(),
        ..Default::default()
    }
}

async fn restore(editor: &Person, id: &str, skus: &[(&str, &str)]) -> Result<Product, Status> {
    let restored = editor.products().undelete_product(undelete(id, skus)).await;
    restored.map(tonic::Response::into_inner)
}

async fn skus(editor: &Person, id: &str) -> Vec<String> {
    let get = GetProductRequest { name: format!("products/{id}"), ..Default::default() };
    let product = editor.products().get_product(get).await.unwrap().into_inner();
    product.variants.into_iter().map(|one| one.sku).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_restore_names_the_variant_and_a_new_sku_restores_it() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    taken(editor).await;
    let status = restore(editor, "mug", &[]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "SKU_TAKEN".into()));
    assert_eq!(fields(&status), ["new_skus"]);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.metadata["variants"], "white");
    assert_eq!(info.metadata["taken_by"], "products/cup/variants/only");
    assert!(status.message().contains("`M-1`"), "{}", status.message());
    let restored = restore(editor, "mug", &[("mug/variants/white", "M-3")]).await.unwrap();
    assert_eq!(restored.delete_time, None);
    assert_eq!(skus(editor, "mug").await, ["M-3", "M-2"]);
    assert_eq!(skus(editor, "cup").await, ["M-1"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_json_a_new_sku_goes_into_the_body() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    taken(editor).await;
    let (web, path) = (shop.web().with_token(editor.token()), "/v1/products/mug:undelete");
    let answer = web.post(path, &json!({})).await;
    assert_eq!((answer.status, answer.reason()), (StatusCode::CONFLICT, "SKU_TAKEN".into()));
    let new = json!({ "variant": "products/mug/variants/white", "sku": "M 3" });
    let answer = web.post(path, &json!({ "newSkus": [new] })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(skus(editor, "mug").await, ["M 3", "M-2"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_that_is_in_use_again_is_given_anew_as_well() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    stock(editor, "mug", &[("white", "M-1")]).await;
    delete(editor, "mug").await;
    let mut wish = create("cup", "Cup");
    wish.product.as_mut().unwrap().slug = "mug".into();
    editor.products().create_product(wish).await.unwrap();
    let (web, path) = (shop.web().with_token(editor.token()), "/v1/products/mug:undelete");
    let answer = web.post(path, &json!({})).await;
    assert_eq!((answer.status, answer.reason()), (StatusCode::CONFLICT, "SLUG_TAKEN".into()));
    let answer = web.post(path, &json!({ "newSlug": "mug" })).await;
    assert_eq!((answer.status, answer.reason()), (StatusCode::CONFLICT, "SLUG_TAKEN".into()));
    let wrong = json!({ "newSlug": "A mug", "newSkus": [{ "variant": "products/cup/variants/x", "sku": "X" }] });
    let answer = web.post(path, &wrong).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for field in ["new_slug", "new_skus[0].variant"] {
        assert!(answer.text().contains(&format!("\"field\":\"{field}\"")), "{}", answer.text());
    }
    let answer = web.post(path, &json!({ "newSlug": "old-mug" })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let get = GetProductRequest { name: "products/mug".into(), ..Default::default() };
    let mug = editor.products().get_product(get).await.unwrap().into_inner();
    assert_eq!((mug.slug.as_str(), mug.delete_time), ("old-mug", None));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_new_sku_is_told_by_its_field() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    taken(editor).await;
    let (white, blue) = ("mug/variants/white", "mug/variants/blue");
    for (given, expected) in [
        (vec![(white, "")], vec!["new_skus[0].sku"]),
        (vec![(white, " M-3")], vec!["new_skus[0].sku"]),
        (vec![("mug", "M-3")], vec!["new_skus[0].variant"]),
        (vec![("cup/variants/only", "M-3")], vec!["new_skus[0].variant"]),
        (vec![(white, "M-3"), (white, "M-4")], vec!["new_skus[1].variant"]),
        (vec![("mug/variants/red", "M-3")], vec!["new_skus[0].variant", "new_skus"]),
        (
            vec![(blue, "\n"), ("mug/variants/", "M-3")],
            vec!["new_skus[0].sku", "new_skus[1].variant"],
        ),
    ] {
        let status = restore(editor, "mug", &given).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status)),
            (Code::InvalidArgument, "FIELD_INVALID".into())
        );
        assert_eq!(fields(&status), expected, "{given:?}: {status:?}");
    }
    for (given, expected) in [
        (vec![(white, "M-1")], vec!["new_skus[0].sku"]),
        (vec![(white, "M-2")], vec!["new_skus[0].sku"]),
        (vec![(white, "X"), (blue, "M-1")], vec!["new_skus[1].sku"]),
        (vec![(blue, "X")], vec!["new_skus"]),
    ] {
        let status = restore(editor, "mug", &given).await.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "SKU_TAKEN".into()));
        assert_eq!(fields(&status), expected, "{given:?}: {status:?}");
    }
    assert_eq!(skus(editor, "mug").await, ["M-1", "M-2"], "nothing was done");
    let live = refused(restore(editor, "cup", &[("cup/variants/only", "M-9")]).await);
    assert_eq!(live, (Code::AlreadyExists, "NOT_DELETED".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_of_a_batch_may_bring_new_skus() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    taken(editor).await;
    stock(editor, "jug", &[("only", "J-1")]).await;
    delete(editor, "jug").await;
    stock(editor, "pot", &[("only", "J-1")]).await;
    let white = ("mug/variants/white", "M-3");
    let batch = |jug: &[(&str, &str)]| BatchUndeleteProductsRequest {
        requests: vec![undelete("mug", &[white]), undelete("jug", jug)],
        ..Default::default()
    };
    let status = editor.products().batch_undelete_products(batch(&[])).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "SKU_TAKEN".into()));
    assert_eq!(fields(&status), ["requests[1].new_skus"]);
    // What the first gets, the second cannot have.
    let second = batch(&[("jug/variants/only", "M-3")]);
    let status = editor.products().batch_undelete_products(second).await.unwrap_err();
    assert_eq!(fields(&status), ["requests[1].new_skus[0].sku"]);
    let wrong = batch(&[("mug/variants/blue", "J-2")]);
    let status = editor.products().batch_undelete_products(wrong).await.unwrap_err();
    assert_eq!(fields(&status), ["requests[1].new_skus[0].variant"]);
    assert_eq!(skus(editor, "mug").await, ["M-1", "M-2"], "nothing was done");
    editor
        .products()
        .batch_undelete_products(batch(&[("jug/variants/only", "J-2")]))
        .await
        .unwrap();
    assert_eq!(
        (skus(editor, "mug").await, skus(editor, "jug").await),
        (vec!["M-3".into(), "M-2".into()], vec!["J-2".into()])
    );
    shop.close().await;
}
