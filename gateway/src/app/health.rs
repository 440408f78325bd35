//! `/healthz`: this process answers. `/readyz`: it should be sent requests, and what it is in front of answers too.

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, Request, StatusCode, header};
use prost::Message as _;
use tokio::time::Instant;
use tonic::{Code, Status};

use super::{Gateway, Refusal};
use crate::{
    contract::{Front, Profile},
    upstream::{self, Outgoing, Target},
};

/// The method of gRPC's own health service.
const CHECK: &str = "/grpc.health.v1.Health/Check";

/// How long the service may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(1);
/// `SERVING`, and `SERVICE_UNKNOWN`, as gRPC's own health service numbers them.
const SERVING_STATUS: i32 = 1;
const UNKNOWN_PART: i32 = 3;
/// `HealthCheckResponse { status: SERVING }` in wire bytes.
const SERVING: &[u8] = &[0x08, 0x01];

/// `grpc.health.v1.HealthCheckRequest`.
#[derive(Clone, PartialEq, prost::Message)]
struct HealthCheckRequest {
    #[prost(string, tag = "1")]
    service: String,
}

/// `grpc.health.v1.HealthCheckResponse`.
#[derive(Clone, PartialEq, prost::Message)]
struct HealthCheckResponse {
    #[prost(int32, tag = "1")]
    status: i32,
}

pub(super) async fn answer(gateway: &Gateway, request: Request<Body>) -> Response {
    let request = request.map(drop);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET,HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let is_alive = request.uri().path() == "/healthz";
    if is_alive && gateway.contract().profile() == Profile::GrpcGateway {
        return of_service(gateway, &request).await;
    }
    let (status, word) = if is_alive {
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

/// What the service says of its own health, or of that of the part that `?service=` names, as clients of grpc-gateway ask for it.
async fn of_service(gateway: &Gateway, request: &Request<()>) -> Response {
    let fields = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let service = fields.into_iter().find(|(name, _)| name == "service");
    let question = HealthCheckRequest {
        service: service.map(|(_, part)| part.into_owned()).unwrap_or_default(),
    };
    let said = match asked(gateway, &question).await {
        Ok(said) => said,
        Err(status) => return refused(gateway, &status),
    };
    match said {
        SERVING_STATUS => {
            let headers = [
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            ];
            (StatusCode::OK, headers, "{\"status\":\"SERVING\"}").into_response()
        }
        UNKNOWN_PART => refused(gateway, &Status::not_found("the service has no such part")),
        _ => refused(gateway, &Status::unavailable("the service is not serving")),
    }
}

async fn asked(gateway: &Gateway, question: &HealthCheckRequest) -> Result<i32, Status> {
    let soon = Outgoing::until(Instant::now() + PATIENCE);
    let mut frame = upstream::begin(question.encoded_len());
    frame.extend_from_slice(&question.encode_to_vec());
    let check = Target::Path(CHECK);
    let most = gateway.settings().limits.sizes.message;
    let reply = gateway.upstream().unary(check, &soon, upstream::end(frame), most).await?;
    Ok(HealthCheckResponse::decode(reply.message).unwrap_or_default().status)
}

fn refused(gateway: &Gateway, status: &Status) -> Response {
    let status = upstream::worded(status, gateway.front());
    let code = transcoder::Code::from_number(status.code() as i32);
    let http = StatusCode::from_u16(code.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = Refusal::new(http, code, "HEALTH", status.message().to_owned());
    refusal.json(gateway)
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
