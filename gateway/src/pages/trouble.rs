//! Why a page could not be shown, and the page that says so.
//!
//! A handler returns [`Trouble`]; one layer around all pages turns it into an answer, because only there the whole request is
//! known: a GET without a session leads to the sign-in, a POST waits for it, sealed, with every value that was typed.

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts as _, Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{chrome::Chrome, resume, theme::Theme, visit::Visit, words};
use crate::app::{Gateway, Problem};

/// The contract's reason for what is gone for good.
const GONE: &str = "RESOURCE_EXPUNGED";

/// Why there is no page.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// Nobody is signed in, or not any more.
    SignedOut,
    /// There is nothing at this address.
    NotFound,
    /// What was at this address is gone for good.
    Gone,
    /// The service refused or could not be reached.
    Refused(Box<Status>),
}

impl Trouble {
    /// The contract's reason, such as `ETAG_MISMATCH`; empty when there is none.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::SignedOut => "SESSION_EXPIRED".into(),
            Self::NotFound => "RESOURCE_NOT_FOUND".into(),
            Self::Gone => GONE.into(),
            Self::Refused(status) => {
                status.get_details_error_info().map(|info| info.reason).unwrap_or_default()
            }
        }
    }

    /// The service's answer, unless it was about who asks or whether it is there: such a refusal can be shown in place.
    pub(crate) fn in_place(self) -> Result<Status, Self> {
        match self {
            Self::Refused(status) => match status.code() {
                Code::InvalidArgument
                | Code::AlreadyExists
                | Code::FailedPrecondition
                | Code::ResourceExhausted
                | Code::Aborted => Ok(*status),
                _ => Err(Self::Refused(status)),
            },
            other => Err(other),
        }
    }
}

impl From<Status> for Trouble {
    fn from(status: Status) -> Self {
        match status.code() {
            Code::Unauthenticated => Self::SignedOut,
            Code::NotFound => {
                let reason = status.get_details_error_info().map(|info| info.reason);
                if reason.as_deref() == Some(GONE) { Self::Gone } else { Self::NotFound }
            }
            _ => Self::Refused(Box::new(status)),
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A redirect after a POST. Only targets made here or checked by `ReturnTo` come in.
pub(crate) fn see_other(target: &str) -> Response {
    let target = HeaderValue::try_from(target).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response()
}

/// The layer around all pages.
pub(crate) async fn explain(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match Visit::from_request_parts(&mut parts, &gateway).await {
        Ok(visit) => visit,
        Err(never) => match never {},
    };
    let method = parts.method.clone();
    let sizes = &gateway.settings().limits.sizes;
    let most = if parts.uri.path() == resume::PATH { sizes.resume } else { sizes.form };
    let form = match collect(&method, body, most).await {
        Ok(form) => form,
        Err(status) => return visit.problem(status, "MESSAGE_TOO_LARGE"),
    };
    let body = Body::from(form.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    match response.extensions_mut().remove::<Trouble>() {
        None => response,
        Some(Trouble::SignedOut) if method == Method::POST => resume::park(&visit, &form),
        Some(trouble) => visit.trouble(&trouble),
    }
}

async fn collect(method: &Method, body: Body, most: usize) -> Result<Bytes, StatusCode> {
    if *method != Method::POST {
        return Ok(Bytes::new());
    }
    match Limited::new(body, most).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

#[derive(Template)]
#[template(path = "plain/problem.html")]
struct ProblemPage<'a> {
    chrome: Chrome,
    status: u16,
    title: &'a str,
    text: String,
    again: String,
    admin: bool,
    request_id: &'a str,
}

impl Visit {
    fn trouble(&self, trouble: &Trouble) -> Response {
        match trouble {
            Trouble::SignedOut => see_other(&sign_in(&self.here)),
            Trouble::NotFound => self.problem(StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"),
            Trouble::Gone => self.problem(StatusCode::GONE, GONE),
            Trouble::Refused(status) => {
                let (http, seconds) = (http_status(status.code()), retry_after(status));
                if http.is_server_error() {
                    tracing::warn!(code = ?status.code(), reason = trouble.reason(), "no page for `{}`", self.here);
                }
                let mut response = self.problem(http, &trouble.reason());
                if let Some(seconds) = seconds {
                    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                }
                response
            }
        }
    }

    fn problem(&self, status: StatusCode, reason: &str) -> Response {
        let text = words::find(reason, &[]).unwrap_or_else(|| words::of(fallback(status), &[]));
        let id = self.caller.request_id().as_str();
        problem_page(self.bare_chrome(), status, text, id)
    }
}

/// The page of an answer that no handler gave.
pub(crate) fn of_layer(gateway: &Gateway, problem: &Problem) -> Response {
    let chrome = super::visit::bare_chrome(gateway, Theme::Auto, "/");
    let text = words::find(problem.reason, &[])
        .unwrap_or_else(|| words::of(fallback(problem.status), &[]));
    problem_page(chrome, problem.status, text, problem.request_id.as_str())
}

fn problem_page(chrome: Chrome, status: StatusCode, text: String, request_id: &str) -> Response {
    let admin = chrome.is_at("/admin");
    let again = if status.is_server_error() { chrome.here.clone() } else { String::new() };
    let title = title(status);
    let code = status.as_u16();
    let page = ProblemPage { chrome, status: code, title, text, again, admin, request_id };
    rendered(status, &page)
}

pub(super) fn rendered(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "That cannot be read",
        403 => "That is not allowed",
        404 => "There is nothing here",
        405 => "That cannot be done here",
        410 => "This is gone for good",
        413 => "That is too much",
        415 => "That is not a form",
        421 => "This shop has another address",
        429 => "Too many attempts",
        503 | 504 => "The shop is not there just now",
        _ => "That did not work",
    }
}

fn fallback(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 | 415 | 421 => "REQUEST_INVALID",
        403 => "ROLE_MISSING",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        413 => "MESSAGE_TOO_LARGE",
        429 => "RATE_LIMITED",
        503 => "STORE_UNAVAILABLE",
        504 => "DEADLINE",
        _ => "INTERNAL",
    }
}

/// Where to sign in, and come back from.
pub(crate) fn sign_in(here: &str) -> String {
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("return_to", here).finish();
    format!("/admin/sign-in?{query}")
}

fn http_status(code: Code) -> StatusCode {
    match code {
        Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition => StatusCode::CONFLICT,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable | Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// How long to wait, in whole seconds that are not too few; a shop that is not there may be asked again in a second.
pub(crate) fn retry_after(status: &Status) -> Option<u64> {
    let told = status.get_details_retry_info().and_then(|info| info.retry_delay);
    let told = told.map(|delay| (delay.as_secs() + u64::from(delay.subsec_nanos() > 0)).max(1));
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded => Some(told.unwrap_or(1)),
        _ => told,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;
    use tonic_types::ErrorDetails;

    use super::*;

    #[rstest]
    #[case(Code::ResourceExhausted, None, None)]
    #[case(Code::Unavailable, None, Some(1))]
    #[case(Code::DeadlineExceeded, None, Some(1))]
    #[case(Code::ResourceExhausted, Some(0), Some(1))]
    #[case(Code::ResourceExhausted, Some(1), Some(1))]
    #[case(Code::ResourceExhausted, Some(999), Some(1))]
    #[case(Code::ResourceExhausted, Some(1_000), Some(1))]
    #[case(Code::ResourceExhausted, Some(1_001), Some(2))]
    #[case(Code::ResourceExhausted, Some(59_900), Some(60))]
    #[case(Code::Unavailable, Some(2_500), Some(3))]
    fn nobody_is_told_to_come_back_too_early(
        #[case] code: Code,
        #[case] milliseconds: Option<u64>,
        #[case] seconds: Option<u64>,
    ) {
        let mut details = ErrorDetails::new();
        if let Some(milliseconds) = milliseconds {
            details.set_retry_info(Some(Duration::from_millis(milliseconds)));
        }
        let status = Status::with_error_details(code, "wait", details);
        assert_eq!(retry_after(&status), seconds);
    }
}
