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
    web::Answer,
};

/// How long an answer may take that needs nobody: the connection is refused at once, and no deadline is waited for.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Grace at a browser, signed in.
async fn grace(pair: &Pair) -> Visitor {
    let mut visitor = Visitor::new(pair.web());
    let page = visitor.open("/admin/sign-in").await;
    let form = Form::of(&page, "/admin/sign-in")
        .with("login", "grace@shelf.example")
        .with("password", PASSWORD);
    visitor.follow(&form).await;
    visitor
}

/// What anybody may list, by gRPC-Web through the gateway.
async fn relayed(pair: &Pair) -> Answer {
    let ask = pair.web().ask(Method::POST, "/shelf.catalog.v1.ProductService/ListProducts");
    ask.body("application/grpc-web+proto", &[0_u8; 5][..]).send().await
}

async fn at_once(what: &str, answer: impl Future<Output = Answer>) -> Answer {
    let begun = Instant::now();
    let answer = answer.await;
    assert!(begun.elapsed() < AT_ONCE, "{what}: after {:?}", begun.elapsed());
    answer
}

/// 503, and when to ask again.
fn assert_away(what: &str, answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}: {}", answer.text());
    let seconds: u64 = answer.header("retry-after").parse().unwrap_or_default();
    assert!(seconds >= 1, "{what}: Retry-After `{}`", answer.header("retry-after"));
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

    let mut visitor = grace(&pair).await;
    assert!(visitor.open("/admin/products").await.text().contains("Pot"));

    let relayed = relayed(&pair).await;
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
    let mut visitor = grace(&pair).await;
    pair.kill_catalog().await;
    for path in ["/v1/products", "/", "/p/nothing"] {
        let answer = at_once(path, pair.web().get(path)).await;
        assert_away(path, &answer);
    }
    let list = at_once("the admin's list", visitor.open("/admin/products")).await;
    assert_away("the admin's list", &list);
    let wish = json!({ "title": "Mug" });
    let write = at_once("a write", web.post("/v1/products", &wish)).await;
    assert_away("a write", &write);
    let call = at_once("a relayed call", relayed(&pair)).await;
    assert_eq!((call.status, call.header("grpc-status")), (StatusCode::OK, "14"), "{call:?}");
    assert_eq!(
        pair.web().get("/healthz").await.status,
        StatusCode::OK,
        "the gateway itself is well"
    );
    assert_eq!(pair.web().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);

    pair.start_catalog().await;
    pair.web().until("/v1/products", StatusCode::OK).await;
    assert_eq!(pair.web().get("/").await.status, StatusCode::OK);
    assert_eq!(visitor.open("/admin/products").await.status, StatusCode::OK);
    let write = web.post("/v1/products", &wish).await;
    assert_eq!(write.status, StatusCode::OK, "the session outlived the kill: {}", write.text());
    let all = pair.people.viewer.products().list_products(ListProductsRequest::default()).await;
    assert_eq!(all.unwrap().into_inner().total_size, 1);
}
