//! The same-origin guard over every part of the gateway.

use proto::catalog::Product;

use crate::fake::{Fake, request, send};

/// Whether a POST of this kind was let through to whatever answers there.
async fn passes(target: &str, headers: &[(&str, &str)]) -> bool {
    let fake = Fake::answering(&Product::default());
    let answer = send(&fake.app(), request("POST", target, headers, "")).await;
    let refused = answer.status == 403;
    assert!(!refused || fake.asked().is_empty());
    !refused
}

#[tokio::test]
async fn only_our_own_pages_act_with_a_cookie_wherever_they_ask() {
    let grpc = ("content-type", "application/grpc-web+proto");
    for target in [
        "/v1/products/a:publish",
        "/admin/products/a/delete",
        "/shelf.catalog.v1.ProductService/PublishProduct",
    ] {
        let cookie = ("cookie", "__Host-sid=secret");
        let with =
            async |more: &[(&str, &str)]| passes(target, &[&[cookie, grpc], more].concat()).await;
        assert!(with(&[("sec-fetch-site", "same-origin")]).await, "{target}");
        assert!(with(&[("origin", "http://localhost:8080")]).await, "{target}");
        assert!(!with(&[]).await, "{target}");
        for site in ["same-site", "cross-site", "none"] {
            let own = ("origin", "http://localhost:8080");
            assert!(!with(&[("sec-fetch-site", site), own]).await, "{target} {site}");
        }
        for origin in ["https://evil.example", "http://localhost:9090", "null"] {
            assert!(!with(&[("origin", origin)]).await, "{target} {origin}");
        }
    }
}

#[tokio::test]
async fn a_program_with_a_token_or_none_is_no_browser() {
    assert!(passes("/v1/products/a:publish", &[("authorization", "Bearer secret")]).await);
    assert!(passes("/v1/sessions", &[]).await);
    assert!(
        !passes(
            "/v1/products/a:publish",
            &[("authorization", "Bearer secret"), ("origin", "https://evil.example")]
        )
        .await
    );
}

#[tokio::test]
async fn a_refusal_names_its_reason() {
    let fake = Fake::answering(&Product::default());
    let foreign = [("sec-fetch-site", "cross-site")];
    let answer = send(&fake.app(), request("DELETE", "/v1/products/a", &foreign, "")).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (403, "CROSS_SITE"));
    let page = send(&fake.app(), request("POST", "/admin/products/a/delete", &foreign, "")).await;
    assert!(page.status == 403 && page.header("content-type").starts_with("text/html"));
    let call = "/shelf.catalog.v1.ProductService/GetProduct";
    let call = send(&fake.app(), request("POST", call, &foreign, "")).await;
    assert_eq!((call.status.as_u16(), call.header("grpc-status")), (403, "7"));
}
