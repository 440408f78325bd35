//! `/healthz`: this process answers. `/readyz`: it should be sent requests, and the catalog-service answers too.

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header, uri::PathAndQuery};
use tonic::{Code, client::Grpc};

use super::Gateway;
use crate::api::Raw;

/// How long the service may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(1);
/// `HealthCheckResponse { status: SERVING }` in wire bytes.
const SERVING: &[u8] = &[0x08, 0x01];

pub(super) async fn answer(gateway: &Gateway, request: Request<Body>) -> Response {
    let request = request.map(drop);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET,HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let (status, word) = if request.uri().path() == "/healthz" {
        (StatusCode::OK, "ok\n")
    } else if gateway.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n")
    } else if is_serving(gateway).await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the catalog cannot be reached\n")
    };
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, word).into_response()
}

/// Asks the service's own health service; a service without one is well as long as it answers.
async fn is_serving(gateway: &Gateway) -> bool {
    let mut client = Grpc::new(gateway.upstream().clone());
    let path = PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let check = client.unary(tonic::Request::new(Bytes::new()), path, Raw);
    match tokio::time::timeout(PATIENCE, check).await {
        Ok(Ok(answer)) => answer.get_ref() == SERVING,
        Ok(Err(status)) => status.code() == Code::Unimplemented,
        Err(_) => false,
    }
}
