//! A read says from where a stream of changes would go on: by gRPC, by JSON and by gRPC-Web, in one process and in two.

use http::{Method, StatusCode};
use proto::catalog::{GetProductRequest, ListProductsRequest};
use serde_json::json;
use tests::{
    goods::create,
    pair::Pair,
    people::Person,
    shop::Shop,
    web::{Answer, Web},
};

const NAME: &str = "shelf-resume-token";

/// Reads by JSON.
const READS: [&str; 4] = [
    "/v1/products/mug",
    "/v1/products",
    "/v1/products/mug/variants",
    "/v1/products:batchGet?names=products/mug",
];

/// The one token of these reads, which all see the same state.
async fn token(web: &Web, editor: &Person) -> String {
    let mut tokens = Vec::new();
    for path in READS {
        let answer = web.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        tokens.push(answer.header(NAME).to_owned());
    }
    tokens.push(relayed(web).await.header(NAME).to_owned());
    let one = GetProductRequest { name: "products/mug".into(), ..Default::default() };
    let one = editor.products().get_product(one).await.unwrap();
    let list = editor.products().list_products(ListProductsRequest::default()).await.unwrap();
    for metadata in [one.metadata(), list.metadata()] {
        tokens.push(metadata.get(NAME).expect("a token").to_str().unwrap().to_owned());
    }
    assert!(tokens.iter().all(|token| token.len() > 20), "{tokens:?}");
    // Once in an hour the hour changes in between, and the expiry with it.
    let turns = tokens.windows(2).filter(|two| two[0] != two[1]).count();
    assert!(turns <= 1, "{tokens:?}");
    tokens.swap_remove(0)
}

/// A list by gRPC-Web through the gateway.
async fn relayed(web: &Web) -> Answer {
    let ask = web.ask(Method::POST, "/shelf.catalog.v1.ProductService/ListProducts");
    ask.body("application/grpc-web+proto", &[0_u8; 5][..]).send().await
}

/// What a browser's next read of the same address answers.
async fn revalidated(web: &Web, path: &str, etag: &str) -> Answer {
    web.ask(Method::GET, path).header("if-none-match", etag).send().await
}

async fn reads_have_tokens_and_nothing_else_has(web: &Web, editor: &Person) {
    let made = editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    assert!(made.metadata().get(NAME).is_none(), "a write has no token");
    let before = token(web, editor).await;
    let tag = web.get("/v1/products/mug").await.header("etag").to_owned();

    let other = web.post("/v1/products?productId=pot", &json!({ "title": "Pot" })).await;
    assert_eq!((other.status, other.header(NAME)), (StatusCode::OK, ""));
    let after = token(web, editor).await;
    assert_ne!(before, after, "another product has changed");
    let same = revalidated(web, "/v1/products/mug", &tag).await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED, "the etag does not depend on the token");
    assert_eq!(same.header("etag"), tag);
    assert!(same.header(NAME).len() > 20, "a 304 has one too");
    assert_ne!(same.header(NAME), before, "and it is not the one of the first answer");

    for path in ["/v1/products/nothing", "/v1/products?pageSize=-1", "/v1/sessions/-"] {
        assert_eq!(web.get(path).await.header(NAME), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_says_from_where_its_changes_go_on() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let web = shop.web().with_token(editor.token());
    reads_have_tokens_and_nothing_else_has(&web, editor).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_says_from_where_its_changes_go_on_over_the_network_too() {
    let pair = Pair::start().await;
    let editor = &pair.people.editor;
    let web = pair.web().with_token(editor.token());
    reads_have_tokens_and_nothing_else_has(&web, editor).await;
}
