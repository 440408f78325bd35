//! What gets through the layers of the socket, and how the rest is answered.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::{HeaderMap, Method, Version};
use http_body_util::{BodyExt as _, Full, StreamBody};
use tonic::Status;
use tower::service_fn;

use super::*;
use crate::config::Settings;

/// The stack around a service that answers "ok" and counts its calls.
fn socket(settings: &Settings) -> (Socket, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let service = service_fn(move |request: Request<Body>| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            assert!(request.headers().get("x-panic").is_none(), "asked to panic");
            Ok(Status::ok("").into_http())
        }
    });
    let listening = "192.0.2.7".parse().unwrap();
    (Socket::new(Hosts::of(settings, listening), &settings.cors_origins, service), calls)
}

fn settings() -> Settings {
    let mut settings = Settings::new("sqlite::memory:");
    settings.public_origin = Some(Origin::parse("https://shop.example").unwrap());
    settings.allowed_hosts = vec!["catalog.internal".to_owned()];
    settings.cors_origins = vec![Origin::parse("https://pages.example").unwrap()];
    settings
}

fn call() -> http::request::Builder {
    Request::builder()
        .method(Method::POST)
        .version(Version::HTTP_2)
        .uri("http://localhost:50051/shelf.catalog.v1.ShopService/GetShop")
        .header("content-type", "application/grpc")
}

async fn answer(request: http::request::Builder) -> (Response<Body>, usize) {
    let (socket, calls) = socket(&settings());
    let request = request.body(Full::new(Bytes::new())).unwrap();
    let response = socket.answer(request).await.unwrap();
    (response, calls.load(Ordering::SeqCst))
}

async fn status(request: http::request::Builder) -> (u16, usize) {
    let (response, calls) = answer(request).await;
    (response.status().as_u16(), calls)
}

#[tokio::test]
async fn grpc_and_grpc_web_get_through() {
    for kind in ["application/grpc", "application/grpc+proto"] {
        let mut call = call();
        call.headers_mut().unwrap().insert("content-type", kind.parse().unwrap());
        assert_eq!(status(call).await, (200, 1), "{kind}");
    }
    for kind in [
        "application/grpc-web",
        "application/grpc-web+proto",
        "application/grpc-web-text",
        "application/grpc-web-text+proto",
    ] {
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let mut call = call().version(version);
            call.headers_mut().unwrap().insert("content-type", kind.parse().unwrap());
            assert_eq!(status(call).await, (200, 1), "{kind} over {version:?}");
        }
    }
}

#[tokio::test]
async fn other_content_types_are_415_and_run_nothing() {
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json",
        "application/grpc+json",
        "application/grpc;charset=utf-8",
        "application/grpc, application/grpc",
        "application/grpcx",
        "APPLICATION/GRPC",
        "",
    ] {
        let mut call = call();
        call.headers_mut().unwrap().insert("content-type", kind.parse().unwrap());
        assert_eq!(status(call).await, (415, 0), "{kind}");
    }
    let mut none = call();
    none.headers_mut().unwrap().remove("content-type");
    assert_eq!(status(none).await, (415, 0));
    assert_eq!(status(call().header("content-type", "application/grpc")).await, (415, 0), "two");
    assert_eq!(status(call().version(Version::HTTP_11)).await, (415, 0), "gRPC over HTTP/1.1");
}

#[tokio::test]
async fn other_methods_are_405_and_name_the_right_one() {
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH] {
        let (response, calls) = answer(call().method(method.clone())).await;
        assert_eq!((response.status().as_u16(), calls), (405, 0), "{method}");
        assert_eq!(response.headers()["allow"], "POST");
    }
}

#[tokio::test]
async fn the_services_own_hosts_get_through() {
    for host in [
        "localhost",
        "localhost:50051",
        "LOCALHOST:1",
        "127.0.0.1:50051",
        "[::1]:50051",
        "192.0.2.7",
        "shop.example",
        "catalog.internal:443",
    ] {
        let by_target = call().uri(format!("http://{host}/a.B/C"));
        assert_eq!(status(by_target).await, (200, 1), "{host}");
        let by_header = call().uri("/a.B/C").header("host", host);
        assert_eq!(status(by_header).await, (200, 1), "{host}");
    }
}

#[tokio::test]
async fn foreign_hosts_are_421_and_run_nothing() {
    for host in ["evil.example", "localhost.evil.example", "192.0.2.8", "shop.example.evil.example"]
    {
        assert_eq!(status(call().uri(format!("http://{host}/a.B/C"))).await, (421, 0), "{host}");
        assert_eq!(status(call().uri("/a.B/C").header("host", host)).await, (421, 0), "{host}");
    }
}

#[tokio::test]
async fn anything_but_one_host_is_400() {
    let path = || call().uri("/a.B/C");
    for request in [
        path(),
        path().header("host", "localhost").header("host", "localhost"),
        path().header("host", ""),
        path().header("host", ":1"),
        path().header("host", "a[]b"),
        path().header("host", "localhost:+80"),
        path().header("host", "[::1%25lo]:80"),
        path().header("host", "user@localhost"),
        path().header("host", "localhost/path"),
        call().header("host", "127.0.0.1"),
        call().header("host", "localhost:1"),
    ] {
        let what = format!("{:?}", request.headers_ref());
        assert_eq!(status(request).await, (400, 0), "{what}");
    }
    assert_eq!(status(call().header("host", "LOCALHOST:50051")).await, (200, 1));
}

#[tokio::test]
async fn health_checks_may_come_under_any_name() {
    let check = call().uri("http://10.0.0.1:50051/grpc.health.v1.Health/Check");
    assert_eq!(status(check).await, (200, 1));
}

fn preflight(origin: &str) -> http::request::Builder {
    call()
        .method(Method::OPTIONS)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,x-grpc-web,authorization,grpc-timeout",
        )
}

#[tokio::test]
async fn a_preflight_is_answered_for_the_named_origins_alone() {
    let (response, calls) = answer(preflight("https://pages.example")).await;
    let headers = response.headers();
    assert_eq!((response.status().as_u16(), calls), (200, 0));
    assert_eq!(headers["access-control-allow-origin"], "https://pages.example");
    assert_eq!(headers["access-control-allow-methods"], "POST");
    assert!(headers.get("access-control-allow-credentials").is_none());

    let (response, calls) = answer(preflight("https://evil.example")).await;
    assert_eq!(calls, 0);
    assert!(response.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn a_page_may_read_the_status_of_an_answer_and_its_token() {
    let (response, _) = answer(call().header("origin", "https://pages.example")).await;
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap().to_owned();
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin", "shelf-resume-token"] {
        assert!(exposed.contains(name), "{exposed}");
    }
}

#[tokio::test]
async fn a_panic_below_is_answered() {
    let (response, calls) = answer(call().header("x-panic", "1")).await;
    assert_eq!((response.status().as_u16(), calls), (500, 1));
}

/// A body in pieces, and how many of them have been read.
fn pieces(
    count: usize,
    size: usize,
) -> (impl HttpBody<Data = Bytes, Error = Infallible> + Send + Unpin, Arc<AtomicUsize>) {
    let read = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&read);
    let frames = (0..count).map(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(http_body::Frame::data(Bytes::from(vec![0; size])))
    });
    (StreamBody::new(futures_util::stream::iter(frames)), read)
}

async fn refused_while_writing(version: Version, count: usize, size: usize) -> (HeaderMap, usize) {
    let (socket, _) = socket(&settings());
    let (body, read) = pieces(count, size);
    let mut request = call().version(version);
    request.headers_mut().unwrap().insert("content-type", "text/plain".parse().unwrap());
    let response = socket.answer(request.body(body).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let (parts, body) = response.into_parts();
    assert!(!body.collect().await.unwrap().to_bytes().is_empty());
    (parts.headers, read.load(Ordering::SeqCst))
}

#[tokio::test]
async fn over_http_1_the_rest_of_a_refused_request_is_read_away() {
    let (headers, read) = refused_while_writing(Version::HTTP_11, 4, 1 << 20).await;
    assert_eq!(read, 4);
    assert!(headers.get("connection").is_none());
}

#[tokio::test]
async fn a_refused_request_without_end_closes_the_connection() {
    let (headers, read) = refused_while_writing(Version::HTTP_11, 1_000, 1 << 20).await;
    assert_eq!(read, 7, "the first piece beyond 6 MiB is the last");
    assert_eq!(headers["connection"], "close");
}

#[tokio::test]
async fn over_http_2_nothing_is_read_away() {
    let (headers, read) = refused_while_writing(Version::HTTP_2, 4, 1).await;
    assert_eq!(read, 0);
    assert!(headers.get("connection").is_none());
}
