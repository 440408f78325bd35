//! A call that failed, as an AIP-193 body with the headers that belong to it.

use axum::{body::Body, response::Response};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tonic::{Code, Status};
use transcoder::{ErrorHead, ErrorOptions, Fault, Plan, RpcError};

use super::metadata;
use crate::{
    app::Refusal,
    contract::{Contract, Front},
    session, upstream,
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
    pub(super) fn render(&self, plan: &Plan, contract: &Contract, request: &HeaderMap) -> Response {
        let (mut options, front) = (contract.errors(), contract.front());
        options.if_match = request.contains_key(header::IF_MATCH);
        let mut body = BytesMut::new();
        let mut response = error(self.put(plan, front, &options, &mut body), body.freeze());
        let Self::Status(status) = self else { return response };
        if front == Front::Service && !status.metadata().is_empty() {
            metadata::back_of_failure(contract, status, request, &mut response);
        }
        if status.code() == Code::Unauthenticated {
            let headers = response.headers_mut().entry(header::WWW_AUTHENTICATE);
            headers.or_insert_with(|| challenge(front, request));
        }
        response
    }

    /// Appends the failure's body.
    pub(super) fn put(
        &self,
        plan: &Plan,
        front: Front,
        options: &ErrorOptions,
        body: &mut BytesMut,
    ) -> ErrorHead {
        match self {
            Self::Refused(refusal) => refusal.put(options, body),
            Self::Fault(fault) => plan.fault_body(fault, options, body),
            Self::Status(status) => {
                let status = upstream::worded(status, front);
                let failed = RpcError {
                    code: status.code() as i32,
                    message: status.message(),
                    details: status.details(),
                };
                plan.error_body(&failed, options, body)
            }
        }
    }

    /// The failure as gRPC tells it.
    pub(super) fn status(&self, front: Front) -> Status {
        match self {
            Self::Refused(refusal) => Status::new((refusal.code as i32).into(), &*refusal.message),
            Self::Fault(fault) => Status::internal(fault.to_string()),
            Self::Status(status) => upstream::worded(status, front),
        }
    }
}

/// RFC 6750, 3: credentials that were refused are named as such.
fn challenge(front: Front, request: &HeaderMap) -> HeaderValue {
    let told = match front {
        Front::Shelf if session::credentials(request).is_some() => {
            "Bearer realm=\"shelf\", error=\"invalid_token\""
        }
        Front::Shelf => "Bearer realm=\"shelf\"",
        Front::Service if request.contains_key(header::AUTHORIZATION) => {
            "Bearer error=\"invalid_token\""
        }
        Front::Service => "Bearer",
    };
    HeaderValue::from_static(told)
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
