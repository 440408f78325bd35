//! Forms, as clients of grpc-gateway send them: their fields are parameters of the query, and a rule for GET may be asked by one.

use std::borrow::Cow;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, Method, Request, header, request::Parts};
use http_body_util::{BodyExt as _, Limited};
use transcoder::{BodyKind, Plan, Routed};

use super::body;
use crate::{
    app::{self, Gateway, Refusal, Visit, text},
    config::Sizes,
};

/// The method that a form is for, where that is not POST.
const OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// The type of a form without files.
const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a form, as they were sent.
#[derive(Clone, Debug)]
struct Form(String);

/// Whether a request is a form.
pub(super) fn is_form<B>(request: &Request<B>) -> bool {
    let content_type = text(request.headers(), header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    request.method() == Method::POST && essence.eq_ignore_ascii_case(FORM)
}

/// The query of a request, with the fields of its form.
pub(super) fn query(head: &Parts) -> Cow<'_, str> {
    let query = head.uri.query().unwrap_or_default();
    match head.extensions.get::<Form>() {
        None => query.into(),
        Some(Form(fields)) if query.is_empty() => fields.as_str().into(),
        Some(Form(fields)) => format!("{query}&{fields}").into(),
    }
}

/// The request that a form stands for: by its own method, else by POST, else by GET. Where the rule wants a body, the form is that, and
/// stays as it is.
pub(super) async fn unfolded(
    gateway: &Gateway,
    visit: &Visit,
    plan: &Plan,
    request: Request<Body>,
) -> Result<Request<Body>, Refusal> {
    let (mut head, body) = request.into_parts();
    let Some(method) = method(&head, plan)? else { return Ok(Request::from_parts(head, body)) };
    let fields =
        app::in_time(visit, fields(&head, body, &gateway.settings().limits.sizes)).await??;
    head.method = method;
    head.headers.remove(header::CONTENT_TYPE);
    head.headers.remove(header::CONTENT_LENGTH);
    head.extensions.insert(Form(fields));
    Ok(Request::from_parts(head, Body::empty()))
}

/// The method whose rule takes the fields of this form.
fn method(head: &Parts, plan: &Plan) -> Result<Option<Method>, Refusal> {
    let path = head.uri.path();
    let takes = |method: &Method| match plan.route(method.as_str(), path) {
        Routed::Hit(call) => Some(call.body() == BodyKind::None && !call.rpc().client_streaming()),
        _ => None,
    };
    if let Some(given) = head.headers.get(OVERRIDE) {
        let method = Method::from_bytes(&given.as_bytes().to_ascii_uppercase());
        let method = method.map_err(|_| {
            let message = format!("the `{OVERRIDE}` header is no method");
            Refusal::bad("HEADER_INVALID", message)
        })?;
        // A rule that is not there, or takes no fields, answers for itself.
        return Ok(takes(&method).unwrap_or(true).then_some(method));
    }
    Ok(match takes(&Method::POST) {
        Some(true) => Some(Method::POST),
        Some(false) => None,
        None => takes(&Method::GET).unwrap_or(false).then_some(Method::GET),
    })
}

async fn fields(head: &Parts, received: Body, sizes: &Sizes) -> Result<String, Refusal> {
    if body::coding(&head.headers)?.is_some() {
        return Err(body::unread("a form is read as it is, without a `Content-Encoding`"));
    }
    let received: Bytes = match Limited::new(received, sizes.form).collect().await {
        Ok(received) => received.to_bytes(),
        Err(error) => {
            return Err(body::refusal(error.as_ref(), &Sizes { body: sizes.form, ..*sizes }));
        }
    };
    String::from_utf8(received.into()).map_err(|_| {
        Refusal::bad("BODY_INVALID", "the form is not text, whose other bytes are escaped")
    })
}
