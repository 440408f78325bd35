//! A call that failed, as an AIP-193 body with the headers that belong to it.

use axum::{body::Body, response::Response};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tonic::{Code, Status};
use transcoder::{ErrorHead, ErrorOptions, Fault, RpcError};

use crate::{
    app::Refusal,
    contract::plan,
    session,
    upstream::{self, DOMAIN},
};

/// Why a call has no reply.
#[derive(Debug)]
pub(super) enum Failure {
    /// The gateway refused it.
    Refused(Refusal),
    /// The request or the reply could not be transcoded.
    Fault(Fault),
    /// The service refused it, or was not there.
    Status(Status),
}

impl Failure {
    /// The failure's answer.
    pub(super) fn render(&self, request: &HeaderMap) -> Response {
        let mut options = ErrorOptions::new(DOMAIN);
        options.if_match = request.contains_key(header::IF_MATCH);
        let mut body = BytesMut::new();
        match self {
            Self::Refused(_) => error(ErrorHead { status: 500, retry_after: None }, Bytes::new()),
            Self::Fault(fault) => {
                let head = plan().fault_body(fault, &options, &mut body);
                error(head, body.freeze())
            }
            Self::Status(status) => {
                let status = upstream::with_own_words(status);
                let failed = RpcError {
                    code: status.code() as i32,
                    message: status.message(),
                    details: status.details(),
                };
                let head = plan().error_body(&failed, &options, &mut body);
                let mut response = error(head, body.freeze());
                if status.code() == Code::Unauthenticated {
                    let challenge = challenge(request);
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                }
                response
            }
        }
    }
}

/// RFC 6750, 3: credentials that were refused are named as such.
fn challenge(request: &HeaderMap) -> HeaderValue {
    match session::credentials(request) {
        None => HeaderValue::from_static("Bearer realm=\"shelf\""),
        Some(_) => HeaderValue::from_static("Bearer realm=\"shelf\", error=\"invalid_token\""),
    }
}

/// An error body with its status, type and `Retry-After`.
pub(crate) fn error(head: ErrorHead, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(head.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = head.retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}
