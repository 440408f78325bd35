//! JSON calls that go through: what the service is asked, what the client gets.

use axum::body::Body;
use http::HeaderMap;
use prost::Message as _;
use proto::catalog::{
    DeleteProductRequest, GetProductRequest, ListProductsRequest, ListProductsResponse, Product,
    UpdateProductRequest,
};

use crate::fake::{Fake, get, request, send};

fn mug() -> Product {
    Product {
        name: "products/mug".into(),
        title: "Enamel mug".into(),
        etag: "\"v1\"".into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_get_is_a_call_and_its_reply_is_json() {
    let fake = Fake::answering(&mug());
    let answer = get(&fake.app(), "/v1/products/mug?view=PRODUCT_VIEW_BASIC").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.json()["title"], "Enamel mug");
    let asked: GetProductRequest = fake.last();
    assert_eq!((asked.name.as_str(), asked.view), ("products/mug", 1));
    assert_eq!(fake.asked()[0].path, "/shelf.catalog.v1.ProductService/GetProduct");
}

#[tokio::test]
async fn a_patch_sends_the_fields_that_were_named() {
    let fake = Fake::answering(&mug());
    let headers = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    let body = r#"{"title":"Mug","brand":null}"#;
    let answer = send(&fake.app(), request("PATCH", "/v1/products/mug", &headers, body)).await;
    assert_eq!(answer.status, 200);
    let asked: UpdateProductRequest = fake.last();
    assert_eq!(asked.update_mask.unwrap().paths, ["title", "brand"]);
    let product = asked.product.unwrap();
    assert_eq!((product.name.as_str(), product.title.as_str()), ("products/mug", "Mug"));
}

#[tokio::test]
async fn if_match_and_idempotency_key_become_fields() {
    let fake = Fake::answering(&mug());
    let app = fake.app();
    let etag = get(&app, "/v1/products/mug").await.header("etag").to_owned();
    let headers = [("if-match", etag.as_str()), ("idempotency-key", "r-1")];
    send(&app, request("DELETE", "/v1/products/mug", &headers, Body::empty())).await;
    let asked: DeleteProductRequest = fake.last();
    assert_eq!((asked.etag.as_str(), asked.request_id.as_str()), ("\"v1\"", "r-1"));
}

#[tokio::test]
async fn an_empty_message_is_a_reply_and_an_empty_request_is_a_request() {
    let fake = Fake::answering(&());
    let answer = get(&fake.app(), "/v1/products").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["products"]), (200, &serde_json::json!([])));
    assert_eq!(fake.last::<ListProductsRequest>(), ListProductsRequest::default());
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let fake = Fake::answering(&mug());
    let app = fake.app();
    let got = get(&app, "/v1/products/mug").await;
    let head = send(&app, request("HEAD", "/v1/products/mug", &[], Body::empty())).await;
    assert!(head.body.is_empty());
    for name in ["content-type", "content-length", "etag", "vary", "cache-control"] {
        assert_eq!(head.header(name), got.header(name), "{name}");
    }
}

#[tokio::test]
async fn options_names_the_methods() {
    let fake = Fake::answering(&mug());
    let answer = send(&fake.app(), request("OPTIONS", "/v1/products/mug", &[], "")).await;
    assert_eq!(answer.status, 204);
    let mut methods: Vec<_> = answer.header("allow").split(", ").map(str::trim).collect();
    methods.sort_unstable();
    assert_eq!(methods, ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH"]);
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn metadata_is_the_list_and_nothing_else() {
    let fake = Fake::answering(&mug());
    let headers = [
        ("authorization", "Bearer secret"),
        ("accept-language", "de"),
        ("traceparent", "00-1-2-03"),
        ("x-request-id", "given-by-a-proxy"),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-forwarded-host", "evil.example"),
        ("grpc-encoding", "gzip"),
        ("x-role", "admin"),
        ("cookie", "theme=dark"),
    ];
    let answer = send(&fake.app(), request("GET", "/v1/products/mug", &headers, "")).await;
    assert_eq!(answer.header("x-request-id"), "given-by-a-proxy");
    let asked = fake.asked().remove(0).headers;
    let mut names: Vec<_> = asked.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    let wanted = [
        "accept-language",
        "authorization",
        "content-type",
        "grpc-timeout",
        "te",
        "traceparent",
        "x-request-id",
    ];
    assert_eq!(names, wanted);
    assert_eq!(
        (&asked["authorization"], &asked["x-request-id"]),
        (&"Bearer secret".parse().unwrap(), &"given-by-a-proxy".parse().unwrap())
    );
}

#[tokio::test]
async fn a_strange_request_id_is_replaced() {
    let fake = Fake::answering(&mug());
    for strange in ["a b", "a\"b", &"a".repeat(65), "{}"] {
        let headers = [("x-request-id", strange)];
        let answer = send(&fake.app(), request("GET", "/v1/products/mug", &headers, "")).await;
        let id = answer.header("x-request-id");
        assert!(id.len() == 20 && id != strange, "{id}");
    }
}

#[tokio::test]
async fn the_deadline_is_passed_on_less_what_the_way_back_takes() {
    let fake = Fake::answering(&mug());
    let told = |asked: &HeaderMap| -> u64 {
        let value = asked["grpc-timeout"].to_str().unwrap();
        value.strip_suffix('m').unwrap().parse().unwrap()
    };
    for (asked, least, most) in [
        (None, 29_000, 29_950),
        (Some("2S"), 1_500, 1_950),
        (Some("299S"), 298_000, 298_950),
        (Some("300S"), 299_000, 299_950),
        (Some("301S"), 299_000, 299_950),
        (Some("9999M"), 299_000, 299_950),
    ] {
        let headers: Vec<_> = asked.map(|value| ("grpc-timeout", value)).into_iter().collect();
        send(&fake.app(), request("GET", "/v1/products/mug", &headers, "")).await;
        let told = told(&fake.asked().last().unwrap().headers);
        assert!((least..=most).contains(&told), "{asked:?}: {told}");
    }
}

#[tokio::test]
async fn resume_tokens_come_back_as_a_header_and_other_metadata_does_not() {
    let fake = Fake::new(|_| {
        let mut metadata = HeaderMap::new();
        metadata.insert("shelf-resume-token", "t42".parse().unwrap());
        metadata.insert("x-internal", "secret".parse().unwrap());
        let page = ListProductsResponse::default();
        Ok((page.encode_to_vec().into(), metadata))
    });
    let app = fake.app();
    let answer = get(&app, "/v1/products").await;
    assert_eq!((answer.header("shelf-resume-token"), answer.header("x-internal")), ("t42", ""));
    let headers = [("if-none-match", answer.header("etag"))];
    let again = send(&app, request("GET", "/v1/products", &headers, "")).await;
    assert_eq!((again.status.as_u16(), again.header("shelf-resume-token")), (304, "t42"));
}

#[tokio::test]
async fn a_packed_body_is_unpacked() {
    use std::io::Write as _;
    let fake = Fake::answering(&mug());
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(br#"{"title":"Mug"}"#).unwrap();
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let body = packed.finish().unwrap();
    send(&fake.app(), request("PATCH", "/v1/products/mug", &headers, body)).await;
    assert_eq!(fake.last::<UpdateProductRequest>().product.unwrap().title, "Mug");
}
