//! How answers may be used: the headers of every kind of answer.

use proto::catalog::Product;

use crate::fake::{Answered, Fake, get, request, send, settings};

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                           connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                           require-trusted-types-for 'script'";

fn has(answer: &Answered, headers: &[(&str, &str)]) {
    for (name, value) in headers {
        assert_eq!(answer.header(name), *value, "{name}");
    }
}

#[tokio::test]
async fn every_kind_of_answer_has_its_headers() {
    let app = Fake::answering(&Product::default()).app();
    let page = get(&app, "/nothing/here").await;
    has(
        &page,
        &[
            ("content-security-policy", PAGE_POLICY),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
            ("vary", "Cookie, Accept-Encoding"),
            ("cache-control", "no-cache"),
        ],
    );
    let json = get(&app, "/v1/products/a").await;
    has(
        &json,
        &[
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("vary", "Accept, Accept-Encoding"),
            ("cache-control", "private, no-cache"),
        ],
    );
    let picture = get(&app, "/pictures/nothing.svg").await;
    assert!(picture.header("content-security-policy").ends_with("sandbox"));
    for answer in [&page, &json, &picture, &get(&app, "/healthz").await, &get(&app, "/v1/no").await]
    {
        has(
            answer,
            &[
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("strict-transport-security", ""),
                ("server", ""),
            ],
        );
    }
}

#[tokio::test]
async fn a_page_with_a_session_is_private() {
    let app = Fake::answering(&Product::default()).app();
    let headers = [("cookie", "__Host-sid=secret")];
    let page = send(&app, request("GET", "/nothing/here", &headers, "")).await;
    assert_eq!(page.header("cache-control"), "private, no-cache");
}

#[tokio::test]
async fn https_is_insisted_on_only_where_it_is_spoken() {
    let app = Fake::answering(&Product::default()).behind(settings("https://shop.example"));
    let answer = get(&app, "/v1/products/a").await;
    let forever = "max-age=63072000; includeSubDomains";
    assert_eq!(answer.header("strict-transport-security"), forever);
}

#[tokio::test]
async fn pictures_come_from_the_configured_host_too() {
    let mut settings = settings("http://localhost:8080");
    settings.picture_host = Some("pictures.example".into());
    let app = Fake::answering(&Product::default()).behind(settings);
    let policy = PAGE_POLICY.replace("img-src 'self'", "img-src 'self' https://pictures.example");
    assert_eq!(get(&app, "/nothing/here").await.header("content-security-policy"), policy);
}
