//! Both services as two processes: one of each kind of call, and what happens while the service is away.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use proto::catalog::ListProductsRequest;
use serde_json::json;
use tests::{
    forms::{Form, Visitor},
    goods::create,
    pair::Pair,
    people::PASSWORD,
    process::PATIENCE,
    web::{Answer, Web},
};

/// Asks until the answer has this status; nothing else tells when a service is back.
async fn until(web: &Web, path: &str, status: StatusCode) -> Answer {
    let asked = async {
        loop {
            let answer = web.get(path).await;
            if answer.status == status {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    answer.unwrap_or_else(|_| panic!("{path} never answered {status}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_call_works_over_the_network() {
    let pair = Pair::start().await;
    let editor = &pair.people.editor;
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let web = pair.web().with_token(editor.token());
    assert_eq!(web.get("/v1/products/mug").await.json()["title"], "Enamel mug");
    let list = web.get("/v1/products?pageSize=1").await.json();
    assert_eq!(list["totalSize"], 1);
    let made = web.post("/v1/products?productId=pot", &json!({ "title": "Pot" })).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let missing = web.get("/v1/products/nothing").await;
    assert_eq!(
        (missing.status, missing.reason().as_str()),
        (StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND")
    );
    web.post("/v1/products/mug:publish", &json!({})).await;
    assert!(pair.web().get("/").await.text().contains("Enamel mug"));

    let mut visitor = Visitor::new(pair.web());
    let page = visitor.open("/admin/sign-in").await;
    let form = Form::of(&page, "/admin/sign-in")
        .with("login", "grace@shelf.example")
        .with("password", PASSWORD);
    visitor.follow(&form).await;
    assert!(visitor.open("/admin/products").await.text().contains("Pot"));

    let framed = [&[0_u8, 0, 0, 0, 0][..]].concat();
    let relayed = pair.web().ask(Method::POST, "/shelf.catalog.v1.ProductService/ListProducts");
    let relayed = relayed.body("application/grpc-web+proto", framed).send().await;
    assert_eq!(relayed.header("content-type"), "application/grpc-web+proto");
    let body = String::from_utf8_lossy(&relayed.body).into_owned();
    assert!(
        body.contains("Enamel mug") && body.contains("grpc-status:0") && !body.contains("Pot"),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_service_is_away_every_answer_is_503_and_then_all_works_by_itself() {
    let mut pair = Pair::start().await;
    let web = pair.web().with_token(pair.people.editor.token());
    assert_eq!(web.get("/v1/products").await.status, StatusCode::OK);
    pair.kill_catalog().await;
    for path in ["/v1/products", "/", "/p/nothing"] {
        let begun = Instant::now();
        let answer = pair.web().get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {}", answer.text());
        let seconds: u64 = answer.header("retry-after").parse().unwrap_or_default();
        assert!(seconds >= 1, "{path}: Retry-After `{}`", answer.header("retry-after"));
        assert!(begun.elapsed() < Duration::from_secs(10), "{path}: within the deadline");
    }
    let write = web.post("/v1/products", &json!({ "title": "Mug" })).await;
    assert_eq!(write.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        pair.web().get("/healthz").await.status,
        StatusCode::OK,
        "the gateway itself is well"
    );
    assert_eq!(pair.web().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);

    pair.start_catalog().await;
    until(&pair.web(), "/v1/products", StatusCode::OK).await;
    assert_eq!(pair.web().get("/").await.status, StatusCode::OK);
    let write = web.post("/v1/products", &json!({ "title": "Mug" })).await;
    assert_eq!(write.status, StatusCode::OK, "the session outlived the kill: {}", write.text());
    let all = pair.people.viewer.products().list_products(ListProductsRequest::default()).await;
    assert_eq!(all.unwrap().into_inner().total_size, 1);
}
