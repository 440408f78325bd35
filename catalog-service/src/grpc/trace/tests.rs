//! What is in the log after a call, and what never is.

use http::{Request, header};
use prost::Message as _;
use proto::access::CreateSessionRequest;
use serde_json::Value;
use serving::Kept;
use tonic::body::Body;
use tower::ServiceExt as _;

use super::*;
use crate::{Settings, server};

/// Makes a call and answers the text of the log.
async fn logged(path: &str, id: &str, message: &[u8]) -> String {
    let instance = server::open(Settings::new("sqlite::memory:")).await.unwrap();
    let length = u32::try_from(message.len()).unwrap();
    let body = [&[0][..], &length.to_be_bytes(), message].concat();
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/grpc")
        .header(header::AUTHORIZATION, "Bearer canary-token")
        .header(request_id::X_REQUEST_ID, id)
        .body(Body::new(http_body_util::Full::from(body)))
        .unwrap();
    let kept = Kept::default();
    let _logging = tracing::subscriber::set_default(kept.keeping());
    instance.service().oneshot(request).await.unwrap();
    kept.text()
}

/// The lines about calls; what the service does by itself, such as making its index, has lines of its own.
fn answers(log: &str) -> impl Iterator<Item = &str> {
    log.lines().filter(|line| line.contains(r#""message":"answered""#))
}

#[tokio::test]
async fn a_call_leaves_one_line_that_says_how_it_ended() {
    let log = logged("/shelf.catalog.v1.ShopService/UpdateShop", "call-7", b"").await;
    let lines: Vec<Value> = answers(&log).map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = lines.as_slice() else { panic!("{log}") };
    assert_eq!(line["method"], "shelf.catalog.v1.ShopService/UpdateShop");
    assert_eq!(
        (&line["code"], &line["reason"]),
        (&"Unauthenticated".into(), &"CREDENTIALS_INVALID".into())
    );
    assert_eq!(line["span"]["id"], "call-7");
    assert!(line["duration_us"].is_u64());
}

#[tokio::test]
async fn no_token_no_body_and_no_path_of_the_callers_own_is_logged() {
    let request = CreateSessionRequest {
        login: "canary-login@shop.example".to_owned(),
        password: "canary-password".to_owned(),
    };
    let message = request.encode_to_vec();
    for path in ["/shelf.access.v1.SessionService/CreateSession", "/canary-path/%1B%5B31m"] {
        let log = logged(path, "[31m canary-id", &message).await;
        assert_eq!(answers(&log).count(), 1, "{log}");
        assert!(!log.contains("canary") && !log.contains('\u{1b}'), "{log}");
    }
}
