//! An answer that no handler gave, in the words of whoever asked: a page, an AIP-193 body, a gRPC status or plain text.

use std::{borrow::Cow, collections::HashMap, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::BytesMut;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};
use transcoder::{Code, ErrorHead, ErrorOptions, PlanError};

use super::{Gateway, Kind, Problem, Visit};
use crate::{api, config::Limits, contract, pages, upstream::DOMAIN};

/// Why a request got no further.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: Code,
    pub(crate) reason: &'static str,
    pub(crate) message: Cow<'static, str>,
    /// The methods that would have been right.
    pub(crate) allow: Option<HeaderValue>,
    /// Seconds after which to try again.
    pub(crate) retry_after: Option<u32>,
}

impl Refusal {
    pub(crate) fn new(
        status: StatusCode,
        code: Code,
        reason: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code, reason, message: message.into(), allow: None, retry_after: None }
    }

    /// A request that cannot be meant as it came: 400.
    pub(crate) fn bad(reason: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::InvalidArgument, reason, message)
    }

    /// No such address: 404.
    pub(crate) fn not_found() -> Self {
        let message = "there is nothing at this address";
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, "ADDRESS_UNKNOWN", message)
    }

    /// The address is right, the method is not: 405.
    pub(crate) fn wrong_method(allow: HeaderValue) -> Self {
        let message = "this address does not take that method; see the `Allow` header";
        let status = StatusCode::METHOD_NOT_ALLOWED;
        let refusal = Self::new(status, Code::Unimplemented, "METHOD_NOT_ALLOWED", message);
        Self { allow: Some(allow), ..refusal }
    }

    /// The method of this address cannot be called by JSON, and was left out: 501.
    pub(crate) fn left_out(error: &PlanError) -> Self {
        let message = format!("`{}` cannot be called here: {}", error.method, error.message);
        let status = StatusCode::NOT_IMPLEMENTED;
        Self::new(status, Code::Unimplemented, "METHOD_LEFT_OUT", message)
    }

    /// What the service offers is not known yet: 503.
    pub(crate) fn no_contract() -> Self {
        let message = "what this service offers is not known yet; try again in a moment";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let refusal = Self::new(status, Code::Unavailable, "CONTRACT_UNKNOWN", message);
        Self { retry_after: Some(1), ..refusal }
    }

    /// A fault of our own, already logged: 500.
    pub(crate) fn broken() -> Self {
        let message = "something went wrong on our side; the request id helps us find it";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "INTERNAL", message)
    }

    /// The answer did not come in time: 504.
    pub(crate) fn late() -> Self {
        let message = "the answer did not come in time; whether the change was made is not known";
        Self::new(StatusCode::GATEWAY_TIMEOUT, Code::DeadlineExceeded, "DEADLINE", message)
    }

    /// More than this address takes: 413.
    pub(crate) fn too_large(most: usize) -> Self {
        let message = format!("the body is larger than {} KiB", most >> 10);
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self::new(status, Code::InvalidArgument, "MESSAGE_TOO_LARGE", message)
    }

    /// Too much is going on: 503.
    pub(super) fn overloaded() -> Self {
        let message = "too much is going on at once; try again in a moment";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let refusal = Self::new(status, Code::Unavailable, "OVERLOADED", message);
        Self { retry_after: Some(1), ..refusal }
    }

    /// Too many requests from one address, which may ask again after a while: 429.
    pub(super) fn too_often(wait: Duration) -> Self {
        let message =
            "this is too often; wait as long as `Retry-After` says, then go on more slowly";
        let status = StatusCode::TOO_MANY_REQUESTS;
        let refusal = Self::new(status, Code::ResourceExhausted, "RATE_LIMITED", message);
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        Self { retry_after: Some(seconds.max(1)), ..refusal }
    }

    /// What axum's router answered without a page of ours: its refusals have a status and at most a line of text.
    pub(super) fn of_router(response: &Response, limits: &Limits) -> Option<Self> {
        let status = response.status();
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let html = content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        if html || !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        Some(match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => {
                let allow = response.headers().get(header::ALLOW).cloned();
                Self::wrong_method(allow.unwrap_or(HeaderValue::from_static("GET,HEAD")))
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(limits.sizes.form),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                let message = "a form is sent as `application/x-www-form-urlencoded`";
                Self::new(status, Code::InvalidArgument, "CONTENT_TYPE_UNSUPPORTED", message)
            }
            _ if status.is_server_error() => Self::broken(),
            _ => Self::new(
                status,
                Code::InvalidArgument,
                "REQUEST_INVALID",
                "the request could not be read",
            ),
        })
    }

    /// The refusal as this request's client reads it.
    pub(crate) fn render(&self, gateway: &Gateway, visit: &Visit) -> Response {
        let mut response = match visit.kind() {
            Kind::Api | Kind::Description => self.json(gateway),
            Kind::Relay => self.grpc(),
            Kind::Page => self.page(gateway, visit),
            Kind::Asset | Kind::Picture | Kind::Health => {
                (self.status, format!("{}\n", self.message)).into_response()
            }
        };
        self.put_headers(response.headers_mut());
        response
    }

    fn put_headers(&self, headers: &mut HeaderMap) {
        if let Some(allow) = &self.allow {
            headers.insert(header::ALLOW, allow.clone());
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
    }

    fn page(&self, gateway: &Gateway, visit: &Visit) -> Response {
        let problem = Problem {
            status: self.status,
            reason: self.reason,
            message: self.message.to_string(),
            request_id: visit.id().clone(),
        };
        pages::problem(gateway, &problem)
    }

    pub(super) fn json(&self, gateway: &Gateway) -> Response {
        let mut body = BytesMut::new();
        let head = self.put(&gateway.contract().errors(), &mut body);
        api::error(head, body.freeze())
    }

    /// Appends the refusal's body in JSON.
    pub(crate) fn put(&self, options: &ErrorOptions, body: &mut BytesMut) -> ErrorHead {
        let problem = transcoder::Problem {
            status: self.status.as_u16(),
            code: self.code,
            reason: self.reason,
            message: &self.message,
            metadata: &[],
            violations: &[],
            retry_after: self.retry_after,
        };
        contract::plain().problem_body(&problem, options, body)
    }

    /// A gRPC-Web client reads the status from the headers, whatever the HTTP status is.
    fn grpc(&self) -> Response {
        let mut details = ErrorDetails::with_error_info(self.reason, DOMAIN, HashMap::new());
        if let Some(seconds) = self.retry_after {
            details.set_retry_info(Some(Duration::from_secs(seconds.into())));
        }
        let code = tonic::Code::from(self.code as i32);
        let status = Status::with_error_details(code, self.message.clone(), details);
        let mut response = status.into_http::<Body>();
        *response.status_mut() = self.status;
        let content_type = HeaderValue::from_static("application/grpc-web+proto");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }
}
