//! Under which names the gateway answers.

use axum::body::Body;
use gateway::app::Peer;
use http::Request;
use proto::catalog::Product;

use crate::fake::{Fake, settings};

async fn status(target: &str, hosts: &[&str]) -> u16 {
    let mut settings = settings("https://shop.example");
    settings.allowed_hosts = vec!["shop.internal".into()];
    let app = Fake::answering(&Product::default()).behind(settings);
    let mut request = Request::get(target).body(Body::empty()).unwrap();
    for host in hosts {
        request.headers_mut().append("host", host.parse().unwrap());
    }
    let local = "192.0.2.1".parse().unwrap();
    let peer = Peer::new("192.0.2.9".parse().unwrap(), local);
    app.answer(Some(peer), request).await.status().as_u16()
}

#[tokio::test]
async fn our_names_are_answered_and_others_are_not() {
    for (host, wanted) in [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("LOCALHOST:1", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("shop.example", 200),
        ("shop.example:443", 200),
        ("shop.internal", 200),
        ("192.0.2.1:8080", 200),
        ("192.0.2.2:8080", 421),
        ("evil.example", 421),
        ("shop.example.evil", 421),
        ("localhost.evil.example", 421),
        ("user@localhost", 400),
        (":8080", 400),
        ("a[]b", 400),
        ("localhost:+80", 400),
        ("[::1%25lo]:80", 400),
        ("local host", 400),
        ("", 400),
        ("localhost/path", 400),
    ] {
        assert_eq!(status("/v1/products/a", &[host]).await, wanted, "{host}");
    }
}

#[tokio::test]
async fn a_request_has_exactly_one_host_equal_to_its_target() {
    assert_eq!(status("/v1/products/a", &[]).await, 400);
    assert_eq!(status("/v1/products/a", &["localhost", "localhost"]).await, 400);
    assert_eq!(status("http://localhost/v1/products/a", &["localhost"]).await, 200);
    assert_eq!(status("http://localhost/v1/products/a", &[]).await, 200);
    assert_eq!(status("http://localhost/v1/products/a", &["shop.example"]).await, 400);
    assert_eq!(status("http://evil.example/v1/products/a", &[]).await, 421);
}

#[tokio::test]
async fn every_part_asks_for_the_host_but_health() {
    for target in ["/", "/v1/products", "/assets/d/styles.css", "/pictures/a.svg", "/favicon.ico"] {
        assert_eq!(status(target, &["evil.example"]).await, 421, "{target}");
    }
    assert_eq!(status("/healthz", &["evil.example"]).await, 200);
}
