//! JSON under `/v1`: the transcoder meets sockets. What it may not do is know a product or build a message.
//!
//! A call is refused before its body is read wherever that is possible, and reaches the service only once the whole request is
//! known to be good.

mod accept;
mod body;
mod describe;
mod failure;
mod reply;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header, request::Parts};
use http_body::Body as _;
use transcoder::{Call, Code, HeaderFields, Input, ParseOptions, Routed};

pub(crate) use describe::describe;
use failure::Failure;
pub(crate) use failure::error;

use crate::{
    app::{Gateway, Refusal, Route, Visit, text},
    contract::plan,
    upstream,
};

/// Room for what a request holds besides its body.
const ROOM: usize = 64;

/// The header that becomes a request's `request_id`.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Headers besides the caller's own that reach the service as metadata.
const PASSED_ON: [HeaderName; 3] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    header::ACCEPT_LANGUAGE,
];

/// Answers one call.
pub(crate) async fn answer(gateway: &Gateway, visit: &Visit, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let call = match plan().route(head.method.as_str(), head.uri.path()) {
        Routed::Hit(call) => call,
        Routed::WrongMethod { allow } => {
            return wrong_method(&head.method, allow)
                .unwrap_or_else(|refusal| refusal.render(gateway, visit));
        }
        Routed::Miss => return Refusal::not_found().render(gateway, visit),
    };
    let mut response = match answer_call(gateway, visit, &head, body, &call).await {
        Ok(response) => response,
        Err(Failure::Refused(refusal)) => refusal.render(gateway, visit),
        Err(failure) => failure.render(&head.headers),
    };
    response.extensions_mut().insert(Route::Rpc(call.rpc().full_name()));
    response
}

/// Refuse early, read, transcode, call, transcode back.
async fn answer_call(
    gateway: &Gateway,
    visit: &Visit,
    head: &Parts,
    body: Body,
    call: &Call<'static, '_>,
) -> Result<Response, Failure> {
    let rpc = call.rpc();
    if rpc.client_streaming() || rpc.server_streaming() {
        let message = "this method answers with a stream, which is not served as JSON; call it by gRPC or gRPC-Web";
        let status = StatusCode::NOT_IMPLEMENTED;
        return Err(Refusal::new(status, Code::Unimplemented, "STREAM_UNSUPPORTED", message).into());
    }
    let content_type = text(&head.headers, header::CONTENT_TYPE).unwrap_or_default();
    call.admit(content_type, !body.is_end_stream())?;
    accept::check(&head.headers)?;
    let body = body::read(&head.headers, body, &gateway.settings().limits.sizes).await?;
    let if_match = joined(head, &header::IF_MATCH)?;
    let key = joined(head, &IDEMPOTENCY_KEY)?;
    let input = Input {
        query: head.uri.query().unwrap_or_default(),
        content_type,
        body: &body,
        headers: HeaderFields {
            if_match: if_match.as_deref(),
            idempotency_key: key.as_deref(),
            last_event_id: None,
        },
    };
    let mut message = upstream::begin(body.len() + ROOM);
    call.request(&input, &ParseOptions::default(), &mut message)?;
    let message = upstream::end(message);
    let answer = ask(gateway, visit, head, call, message.clone()).await?;
    reply::write(head, call, &message, answer).await
}

/// The call itself, over bytes.
async fn ask(
    gateway: &Gateway,
    visit: &Visit,
    head: &Parts,
    call: &Call<'static, '_>,
    message: Bytes,
) -> Result<upstream::Reply, Failure> {
    let mut outgoing = visit.outgoing(&head.headers);
    for name in PASSED_ON {
        if let Some(value) = head.headers.get(&name) {
            outgoing = outgoing.with_header(name, value.clone());
        }
    }
    let (path, most) = (call.rpc().grpc_path(), gateway.settings().limits.sizes.message);
    Ok(gateway.upstream().unary(path, &outgoing, message, most).await?)
}

/// OPTIONS is answered wherever another method would be; anything else is 405.
fn wrong_method(method: &Method, allow: &'static str) -> Result<Response, Refusal> {
    let allow = HeaderValue::from_static(allow);
    if method != Method::OPTIONS {
        return Err(Refusal::wrong_method(allow));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, allow);
    Ok(response)
}

/// A header that fills a request field, its lines joined; 400 when it is not text.
fn joined(head: &Parts, name: &HeaderName) -> Result<Option<String>, Failure> {
    let mut whole: Option<String> = None;
    for line in head.headers.get_all(name) {
        let Ok(line) = line.to_str() else {
            let message = format!("the `{name}` header holds bytes that are not visible ASCII");
            return Err(Refusal::bad("HEADER_INVALID", message).into());
        };
        match &mut whole {
            None => whole = Some(line.to_owned()),
            Some(whole) => whole.extend([", ", line]),
        }
    }
    Ok(whole)
}
