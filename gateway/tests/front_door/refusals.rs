//! What is refused, where, in which words, and that nothing of it reaches the service.

use axum::body::Body;
use http::Request;
use proto::catalog::Product;
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::fake::{Answered, Fake, get, request, send};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn refused(request: Request<Body>) -> Answered {
    let fake = Fake::answering(&Product::default());
    let answer = send(&fake.app(), request).await;
    assert!(fake.asked().is_empty(), "a refused request reached the service");
    assert_eq!(answer.header("content-type"), "application/json");
    let json = answer.json();
    assert_eq!(json["error"]["code"], answer.status.as_u16());
    assert_eq!(json["error"]["details"][0]["domain"], "shelf");
    answer
}

async fn refused_as(request: Request<Body>) -> (u16, String) {
    let answer = refused(request).await;
    (answer.status.as_u16(), answer.reason())
}

#[tokio::test]
async fn each_border_has_its_status_and_its_reason() {
    let post = |headers: &[(&str, &str)], body: &'static str| {
        request("POST", "/v1/products", headers, body)
    };
    let xml = ("content-type", "application/xml");
    let html = ("accept", "text/html");
    for (request, status, reason) in [
        (request("GET", "/v1/nothing", &[], ""), 404, "ADDRESS_UNKNOWN"),
        (request("GET", "/v1", &[], ""), 404, "ADDRESS_UNKNOWN"),
        (request("GET", "/v1/products/", &[], ""), 404, "ADDRESS_UNKNOWN"),
        (request("PUT", "/v1/products/a", &[JSON], "{}"), 405, "METHOD_NOT_ALLOWED"),
        (post(&[xml], "{}"), 415, "CONTENT_TYPE_UNSUPPORTED"),
        (post(&[("content-type", "text/plain")], "{}"), 415, "CONTENT_TYPE_UNSUPPORTED"),
        (post(&[], "{}"), 415, "CONTENT_TYPE_UNSUPPORTED"),
        (post(&[JSON, ("content-encoding", "br")], "{}"), 415, "CODING_UNSUPPORTED"),
        (post(&[JSON, html], "{}"), 406, "ACCEPT_UNSUPPORTED"),
        (request("GET", "/v1/products", &[JSON], "{}"), 400, "BODY_UNEXPECTED"),
        (post(&[JSON], "{\n \"title\": }"), 400, "JSON_SYNTAX"),
        (post(&[JSON], r#"{"colour":"red"}"#), 400, "FIELD_UNKNOWN"),
        (post(&[JSON], r#"{"title":7}"#), 400, "FIELD_INVALID"),
        (request("GET", "/v1/products?colour=red", &[], ""), 400, "FIELD_UNKNOWN"),
        (request("GET", "/v1/products?page_size=many", &[], ""), 400, "FIELD_INVALID"),
        (request("GET", "/v1/products", &[("grpc-timeout", "soon")], ""), 400, "TIMEOUT_INVALID"),
    ] {
        let named = format!("{} {}", request.method(), request.uri());
        assert_eq!(refused_as(request).await, (status, reason.to_owned()), "{named}");
    }
}

#[tokio::test]
async fn the_wrong_method_is_told_the_right_ones() {
    let answer = refused(request("PUT", "/v1/products/a", &[JSON], "{}")).await;
    assert!(answer.header("allow").contains("PATCH"), "{}", answer.header("allow"));
}

#[tokio::test]
async fn malformed_json_is_told_its_line_and_column() {
    let answer = refused(request("POST", "/v1/products", &[JSON], "{\n \"title\": }")).await;
    let message = answer.json()["error"].to_string();
    assert!(message.contains("line") && message.contains('2'), "{message}");
}

#[tokio::test]
async fn the_largest_body_is_read_and_one_byte_more_is_not() {
    let body = |length: usize| {
        let mut body = br#"{"description":""#.to_vec();
        body.resize(length - 2, b'x');
        body.extend(br#""}"#);
        body
    };
    let fake = Fake::answering(&Product::default());
    let most = 4 << 20;
    let app = fake.app();
    let answer = send(&app, request("POST", "/v1/products", &[JSON], body(most))).await;
    assert_eq!((answer.status.as_u16(), fake.asked().len()), (200, 1));
    let over = request("POST", "/v1/products", &[JSON], body(most + 1));
    assert_eq!(refused_as(over).await, (413, "MESSAGE_TOO_LARGE".to_owned()));
}

#[tokio::test]
async fn the_largest_form_is_read_and_one_byte_more_is_not() {
    let fake = Fake::answering(&Product::default());
    let app = fake.app();
    let form = async |length: usize| {
        let mut body = b"password=x&login=".to_vec();
        body.resize(length, b'x');
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [form, ("sec-fetch-site", "same-origin")];
        send(&app, request("POST", "/admin/sign-in", &headers, body)).await.status.as_u16()
    };
    let most = 256 << 10;
    assert_ne!(form(most - 1).await, 413);
    assert_ne!(form(most).await, 413);
    assert_eq!(fake.asked().len(), 2, "both reached the service");
    assert_eq!(form(most + 1).await, 413);
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn targets_and_headers_end_at_their_limits() {
    let app = Fake::answering(&Product::default()).app();
    let target = |length: usize| format!("/v1/products/{}", "a".repeat(length - 13));
    let at = |length| get(&app, Box::leak(target(length).into_boxed_str()));
    assert_eq!(at(16 << 10).await.status, 200);
    assert_eq!(at((16 << 10) + 1).await.status, 414);

    let with = async |length: usize| {
        // `host: localhost:8080` is 18 bytes of it, and the name `x-a` another 3.
        let value = "a".repeat(length - 18 - 3);
        send(&app, request("GET", "/v1/products/a", &[("x-a", &value)], "")).await.status.as_u16()
    };
    assert_eq!((with(16 << 10).await, with((16 << 10) + 1).await), (200, 431));

    let fields = async |count: usize| {
        let headers = vec![("x-a", "a"); count - 1];
        send(&app, request("GET", "/v1/products/a", &headers, "")).await.status.as_u16()
    };
    assert_eq!((fields(100).await, fields(101).await), (200, 431));
}

async fn failed(status: Status, headers: &[(&str, &str)]) -> Answered {
    let app = Fake::refusing(status).app();
    send(&app, request("DELETE", "/v1/products/a", headers, "")).await
}

fn stale() -> Status {
    let details = ErrorDetails::with_error_info(
        "ETAG_MISMATCH",
        "shelf",
        [("etag".to_owned(), "\"v2\"".to_owned())],
    );
    Status::with_error_details(Code::Aborted, "changed since", details)
}

#[tokio::test]
async fn a_status_of_the_service_is_an_error_with_its_details() {
    let answer = failed(stale(), &[]).await;
    assert_eq!(answer.status, 409);
    let wanted = json!({"error": {
        "code": 409, "status": "ABORTED", "message": "changed since",
        "details": [{
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ETAG_MISMATCH", "domain": "shelf", "metadata": {"etag": "\"v2\""},
        }],
    }});
    assert_eq!(answer.json(), wanted);
}

#[tokio::test]
async fn a_stale_if_match_is_412() {
    assert_eq!(failed(stale(), &[("if-match", "\"v1\"")]).await.status, 412);
}

#[tokio::test]
async fn bad_credentials_are_challenged() {
    let status = || Status::unauthenticated("the session has ended");
    let anyone = failed(status(), &[]).await;
    let named = failed(status(), &[("authorization", "Bearer old")]).await;
    assert_eq!((anyone.status.as_u16(), named.status.as_u16()), (401, 401));
    assert_eq!(anyone.header("www-authenticate"), "Bearer realm=\"shelf\"");
    assert!(named.header("www-authenticate").ends_with("error=\"invalid_token\""));
}

#[tokio::test]
async fn a_service_that_is_away_is_503_with_retry_after() {
    let answer = failed(gateway::upstream::unreachable(), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    assert_eq!(answer.reason(), "STORE_UNAVAILABLE");
}

/// An app whose service never answers.
fn unanswered() -> gateway::app::App {
    let service = tower::service_fn(|_: Request<tonic::body::Body>| {
        std::future::pending::<Result<http::Response<tonic::body::Body>, std::convert::Infallible>>(
        )
    });
    let settings = crate::fake::settings("http://localhost:8080");
    let upstream = gateway::upstream::Upstream::in_process(service);
    gateway::app::App::new(gateway::app::Gateway::new(settings, upstream))
}

#[tokio::test]
async fn a_deadline_that_passes_is_504() {
    let headers = [("grpc-timeout", "20m")];
    let answer = send(&unanswered(), request("GET", "/v1/products/a", &headers, "")).await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (504, "DEADLINE"));
}

#[tokio::test(start_paused = true)]
async fn a_page_is_given_up_after_ten_seconds_and_a_call_after_thirty() {
    let app = unanswered();
    for (target, seconds) in [("/p/mug", 10), ("/v1/products/mug", 30)] {
        let begun = tokio::time::Instant::now();
        let status = get(&app, target).await.status.as_u16();
        assert!(matches!(status, 503 | 504), "{target}: {status}");
        assert_eq!(begun.elapsed().as_secs(), seconds, "{target}");
    }
}

#[tokio::test]
async fn a_panic_ends_its_own_request_and_says_nothing_of_itself() {
    let fake = Fake::new(|_| panic!("a secret of the implementation"));
    let app = fake.app();
    let answer = get(&app, "/v1/products/a").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (500, "INTERNAL"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    assert_eq!(get(&app, "/healthz").await.status, 200);
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_is_our_fault_and_not_the_clients() {
    let app = Fake::new(|_| Ok((bytes::Bytes::from_static(b"\xff"), Default::default()))).app();
    assert_eq!(get(&app, "/v1/products/a").await.status, 500);
    let app = Fake::refusing(Status::out_of_range("decoded message length too large")).app();
    let answer = get(&app, "/v1/products/a").await;
    assert_eq!((answer.status.as_u16(), answer.reason().as_str()), (500, "RESPONSE_TOO_LARGE"));
}

#[tokio::test]
async fn pages_refuse_as_pages_and_files_as_text() {
    let app = Fake::answering(&Product::default()).app();
    for (target, status, content_type) in [
        ("/nothing/here", 404, "text/html"),
        ("/v12", 404, "text/html"),
        ("/assets/x/nothing.js", 404, "text/plain"),
        ("/pictures/nothing.svg", 404, "text/plain"),
        ("/v1/nothing", 404, "application/json"),
    ] {
        let answer = get(&app, target).await;
        assert_eq!(answer.status.as_u16(), status, "{target}");
        assert!(answer.header("content-type").starts_with(content_type), "{target}");
        assert!(!answer.header("x-request-id").is_empty());
    }
    let answer = get(&app, "/nothing/here").await;
    let id = answer.header("x-request-id").to_owned();
    assert!(String::from_utf8_lossy(&answer.body).contains(&id), "the page names its request");
}
