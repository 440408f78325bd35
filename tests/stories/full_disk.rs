//! A disk that is nearly full: reading, deleting and signing in go on, and whoever adds is told why it is refused.

use http::{Method, StatusCode};
use proto::catalog::{DeleteProductRequest, GetProductRequest, PublishProductRequest};
use serde_json::json;
use tests::{
    errors::refused,
    forms::{Form, Visitor},
    goods::create,
    people::PASSWORD,
    shop::Shop,
};
use tonic::Code;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

/// More than any disk has, in MiB.
const MORE_THAN_THERE_IS: [&str; 2] = ["--database-read-only-below-mib", "1000000000"];

/// What a page says.
const SENTENCE: &str =
    "The shop has no room left to save. Nothing was changed; tell an administrator.</p>";

/// A shop with a mug, on a disk that has too little room since.
async fn full() -> Shop {
    let shop = Shop::open().await;
    shop.people.editor.products().create_product(create("mug", "Mug")).await.unwrap();
    shop.restart_with(&MORE_THAN_THERE_IS).await
}

fn mug() -> GetProductRequest {
    GetProductRequest { name: "products/mug".into(), view: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_grpc_what_adds_is_refused_and_what_deletes_is_done() {
    let shop = full().await;
    let mut products = shop.people.editor.products();
    let status = products.create_product(create("pot", "Pot")).await.unwrap_err();
    assert!(
        status.message().contains("make room where the database lies"),
        "says what to do: {status:?}"
    );
    let full = (Code::ResourceExhausted, "STORE_FULL".to_owned());
    assert_eq!(refused::<()>(Err(status)), full);
    let publish = PublishProductRequest { name: "products/mug".into(), ..Default::default() };
    assert_eq!(refused(products.publish_product(publish).await), full);

    assert_eq!(products.get_product(mug()).await.unwrap().into_inner().title, "Mug");
    let delete = DeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    products.delete_product(delete).await.unwrap();

    let shop = shop.restart().await;
    let mut products = shop.people.editor.products();
    let mug = products.get_product(mug()).await.unwrap().into_inner();
    assert!(mug.delete_time.is_some(), "what was acknowledged is kept");
    products.create_product(create("pot", "Pot")).await.unwrap();
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_no_reason_to_send_calls_elsewhere() {
    let shop = full().await;
    let mut health = HealthClient::new(shop.channel());
    let check = health.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(check.status(), ServingStatus::Serving);
    assert_eq!(shop.web().get("/readyz").await.status, StatusCode::OK);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_json_what_adds_is_refused_with_its_reason() {
    let shop = full().await;
    let web = shop.web().with_token(shop.people.editor.token());
    let refused = web.post("/v1/products?productId=pot", &json!({ "title": "Pot" })).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text());
    assert_eq!(refused.reason(), "STORE_FULL");
    assert_eq!(refused.json()["error"]["status"], "RESOURCE_EXHAUSTED");
    assert_eq!(web.get("/v1/products/mug").await.json()["title"], "Mug");
    let deleted = web.ask(Method::DELETE, "/v1/products/mug").send().await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_form_what_was_typed_stays_and_deleting_goes_on() {
    let shop = full().await;
    let mut grace = Visitor::new(shop.web());
    let page = grace.open("/admin/sign-in").await;
    let form = Form::of(&page, "/admin/sign-in")
        .with("login", "grace@shelf.example")
        .with("password", PASSWORD);
    let list = grace.follow(&form).await;

    let page = grace.open("/admin/new-product").await;
    let wish = Form::of(&page, "/admin/new-product").with("title", "A pot & its lid");
    let refused = grace.submit(&wish).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.text());
    assert!(refused.text().contains(SENTENCE), "{}", refused.text());
    assert_eq!(Form::of(&refused, "/admin/new-product").value("title"), "A pot & its lid");

    let page = grace.open("/admin/products/mug").await;
    let save = "/admin/products/mug/save";
    let refused = grace.submit(&Form::of(&page, save).with("title", "Tin mug")).await;
    assert!(refused.text().contains(SENTENCE), "{}", refused.text());
    assert_eq!(Form::of(&refused, save).value("title"), "Tin mug");
    let refused = grace.submit(&Form::doing(&page, "publish")).await;
    assert!(refused.text().contains(SENTENCE), "{}", refused.text());
    assert!(refused.text().contains("<title>Mug was not published."), "{}", refused.text());

    let deleted = grace.follow(&Form::of_row(&list, "delete")).await;
    assert!(deleted.text().contains("Mug deleted"), "{}", deleted.text());
    shop.close().await;
}
