//! The files that browsers fetch.

use axum::body::Body;
use gateway::app::{App, Gateway};
use proto::catalog::Product;

use crate::fake::{Fake, get, request, send, settings};

fn gateway() -> Gateway {
    Fake::refusing(gateway::upstream::unreachable()).gateway(settings("http://localhost:8080"))
}

#[tokio::test]
async fn a_file_under_the_digest_never_changes() {
    let gateway = gateway();
    let app = App::new(gateway.clone());
    let url = gateway.assets().url("icons/sprite.svg");
    let answer = get(&app, &url).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/svg+xml"));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("vary"), "Accept-Encoding");
    let etag = answer.header("etag");
    let again = send(&app, request("GET", &url, &[("if-none-match", etag)], "")).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let head = send(&app, request("HEAD", &url, &[], "")).await;
    assert_eq!(
        (head.header("content-length"), head.body.len()),
        (answer.header("content-length"), 0)
    );
}

#[tokio::test]
async fn a_file_comes_compressed_to_who_takes_it() {
    let gateway = gateway();
    let app = App::new(gateway.clone());
    let url = gateway.assets().url("icons/sprite.svg");
    let plain = get(&app, &url).await;
    let packed = send(&app, request("GET", &url, &[("accept-encoding", "gzip")], "")).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len());
    assert_ne!(packed.header("etag"), plain.header("etag"));
}

#[tokio::test]
async fn another_versions_page_gets_todays_file_for_this_once() {
    let app = App::new(gateway());
    let answer = get(&app, "/assets/another-digest/icons/sprite.svg").await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-cache"));
}

#[tokio::test]
async fn the_stylesheet_is_one_file() {
    let gateway = gateway();
    let answer = get(&App::new(gateway.clone()), &gateway.assets().stylesheet()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "text/css; charset=utf-8")
    );
}

#[tokio::test]
async fn pictures_and_the_icon_have_stable_addresses() {
    let app = App::new(gateway());
    for target in ["/pictures/apple-crate.svg", "/favicon.ico"] {
        let answer = get(&app, target).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, "image/svg+xml"),
            "{target}"
        );
        assert!(answer.header("content-security-policy").contains("sandbox"));
        assert!(answer.header("cache-control").starts_with("public, max-age="));
        let headers = [("if-none-match", answer.header("etag"))];
        assert_eq!(send(&app, request("GET", target, &headers, "")).await.status, 304);
    }
}

#[tokio::test]
async fn nothing_else_of_the_folder_is_served() {
    let app = App::new(gateway());
    for target in [
        "/assets/d/templates/layouts/shop.html",
        "/assets/d/fonts/README.md",
        "/assets/d/../Cargo.toml",
        "/assets/d/%2e%2e/Cargo.toml",
        "/pictures/../icons/sprite.svg",
        "/pictures/",
        "/pictures",
        "/assets/",
        "/assets",
    ] {
        assert_eq!(get(&app, target).await.status, 404, "{target}");
    }
    let answer = send(&app, request("POST", "/favicon.ico", &[], Body::empty())).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET,HEAD"));
}

#[tokio::test]
async fn health_tells_alive_from_ready() {
    let serving = Fake::new(|_| Ok((bytes::Bytes::from_static(&[8, 1]), Default::default())));
    let away = Fake::refusing(gateway::upstream::unreachable());
    let plain = Fake::refusing(tonic::Status::unimplemented("no health service"));
    let sick = Fake::new(|_| Ok((bytes::Bytes::from_static(&[8, 2]), Default::default())));
    for (fake, ready) in [(serving, 200), (away, 503), (plain, 200), (sick, 503)] {
        let app = fake.app();
        assert_eq!(get(&app, "/healthz").await.status, 200);
        assert_eq!(get(&app, "/readyz").await.status.as_u16(), ready);
    }
    let gateway = gateway();
    gateway.drain();
    let answer = get(&App::new(gateway), "/readyz").await;
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (503, &b"shutting down\n"[..]));
    let app = Fake::answering(&Product::default()).app();
    assert_eq!(send(&app, request("POST", "/healthz", &[], "")).await.status, 405);
}
