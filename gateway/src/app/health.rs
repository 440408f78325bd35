//! `/healthz`: this process answers. `/readyz`: it should be sent requests, and what it is in front of answers too.

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, Request, StatusCode, header};
use tokio::time::Instant;
use tonic::Code;

use super::Gateway;
use crate::{
    contract::Front,
    upstream::{self, Outgoing, Target},
};

/// The method of gRPC's own health service.
const CHECK: &str = "/grpc.health.v1.Health/Check";

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
    } else if gateway.contract().plan().is_none() {
        (StatusCode::SERVICE_UNAVAILABLE, "what the service offers is not known yet\n")
    } else if is_serving(gateway).await {
        (StatusCode::OK, "ready\n")
    } else {
        let away = match gateway.front() {
            Front::Shelf => "the catalog cannot be reached\n",
            Front::Service => "the service cannot be reached\n",
        };
        (StatusCode::SERVICE_UNAVAILABLE, away)
    };
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, word).into_response()
}

/// Asks the service's own health service; a service without one is well as long as it answers.
async fn is_serving(gateway: &Gateway) -> bool {
    let soon = Outgoing::until(Instant::now() + PATIENCE);
    let question = upstream::end(upstream::begin(0));
    let check = gateway.upstream().unary(Target::Path(CHECK), &soon, question, SERVING.len());
    match check.await {
        Ok(answer) => answer.message == SERVING,
        Err(status) => status.code() == Code::Unimplemented,
    }
}
