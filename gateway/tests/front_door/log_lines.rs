//! What the log says of a request, and what it never says.

use std::{
    io,
    sync::{Arc, Mutex},
};

use proto::catalog::Product;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::fake::{Fake, request, send};

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_request_is_one_line_with_its_id_and_route_and_no_secret() {
    let kept = Kept::default();
    // For the whole process: what other tests log is told apart by the request's id.
    tracing_subscriber::fmt().json().with_writer(kept.clone()).init();
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
        let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let ours = lines.map(|mut line| line["fields"].take()).filter(|line| line["id"] == id);
        assert_eq!(ours.filter(|line| line["ms"].is_number()).count(), 1, "{target}: {log}");
        assert!(!log.contains("canary"), "{log}");
    }
}
