//! What the log says of a request, and what it never says.

use gateway::server;
use proto::catalog::Product;
use serde_json::Value;
use serving::Kept;
use tokio_util::sync::CancellationToken;

use crate::fake::{Fake, request, send, settings};

#[tokio::test]
async fn each_request_is_one_line_with_its_id_and_route_and_no_secret() {
    let kept = Kept::default();
    // For the whole process: what other tests log is told apart by the request's id.
    tracing::subscriber::set_global_default(kept.keeping()).unwrap();
    let app = Fake::answering(&Product::default()).app();
    let secrets = [
        ("cookie", "__Host-sid=canary-cookie"),
        ("user-agent", "canary-agent"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    for (method, target, body) in [
        ("PATCH", "/v1/products/canary-id?updateMask=title", r#"{"title":"canary-body"}"#),
        ("GET", "/nothing?q=canary-query", ""),
        ("GET", "/p/canary-slug?variant=canary-variant", ""),
        ("GET", "/v1/products/canary-id?view=canary-view", ""),
    ] {
        let sent = request(method, target, &secrets, body);
        let id = send(&app, sent).await.header("x-request-id").to_owned();
        let log = kept.text();
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let ours = lines.filter(|line| line["id"] == id);
        assert_eq!(ours.filter(|line| line["ms"].is_number()).count(), 1, "{target}: {log}");
        assert!(!log.contains("canary"), "{log}");
    }
}

/// What a gateway with a public origin logs from its start to its end.
async fn log_of_a_start(origin: &str) -> String {
    let kept = Kept::default();
    let _logging = tracing::subscriber::set_default(kept.keeping());
    let gateway = Fake::answering(&Product::default()).gateway(settings(origin));
    let stopped = CancellationToken::new();
    stopped.cancel();
    let bound = server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    bound.serve(gateway, stopped).await;
    kept.text()
}

#[tokio::test]
async fn where_browsers_keep_no_cookie_the_start_warns_of_it() {
    for (origin, warned) in [
        ("http://192.0.2.1:8080", true),
        ("https://shop.example", false),
        ("http://localhost:8080", false),
    ] {
        let log = log_of_a_start(origin).await;
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let warnings: Vec<_> = lines.filter(|line| line["level"] == "WARN").collect();
        assert_eq!(warnings.len(), usize::from(warned), "{log}");
        assert!(log.contains(origin), "{log}");
        assert_eq!(log.contains("signing in needs https"), warned, "{log}");
    }
}

#[tokio::test]
async fn the_start_tells_every_limit() {
    let log = log_of_a_start("https://shop.example").await;
    for limit in ["streams: 100", "stream_window: 65536", "header_list: 32768", "write_stall: 10s"]
    {
        assert!(log.contains(limit), "{limit}: {log}");
    }
}
