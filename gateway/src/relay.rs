//! gRPC-Web, and gRPC itself, passed through to the service: re-framed, never decoded.
//!
//! Only the contract's services and health are reached this way: reflection is not for the public port.

mod going;
mod message;
mod pieces;

use std::convert::Infallible;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Version, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, Full};
use tonic::{Status, body::Body as GrpcBody};
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, Service as _, ServiceExt as _};
use transcoder::{Code, Rpc};

use self::going::Going;
use crate::{
    app::{Gateway, Refusal, Visit},
    contract, session,
    upstream::Upstream,
};

/// The services that are relayed, up to the method.
const SERVICES: [&str; 3] = ["/shelf.catalog.v1.", "/shelf.access.v1.", "/grpc.health.v1.Health/"];

/// Content types that are gRPC, without parameters; any of them may end in `+proto`.
const TYPES: [&str; 3] = ["application/grpc-web", "application/grpc-web-text", "application/grpc"];

/// The codings that a client reads.
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// Request headers that reach the service as they are; what else it is told is the gateway's own.
const PASSED_ON: [HeaderName; 8] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::TE,
    ACCEPT_ENCODING,
    HeaderName::from_static("grpc-encoding"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// Reply headers that reach the client; trailers are part of the protocol.
const PASSED_BACK: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::SET_COOKIE,
    ACCEPT_ENCODING,
    HeaderName::from_static("grpc-encoding"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("shelf-resume-token"),
];

/// Relays one call.
pub(crate) async fn answer(gateway: &Gateway, visit: &Visit, request: Request<Body>) -> Response {
    if let Err(refusal) = check(&request) {
        return refusal.render(gateway, visit);
    }
    let browser = session::is_browser(request.headers());
    let mut outgoing = visit.outgoing(request.headers());
    let mut going = None;
    if contract::method(request.uri().path()).is_some_and(Rpc::server_streaming) {
        outgoing = outgoing.ending(visit.stream_deadline());
        going = match gateway.enter_streams(visit).await {
            Ok(place) => Some(Going::new(place, gateway.draining().clone())),
            Err(refusal) => return refusal.render(gateway, visit),
        };
    }
    let upstream = gateway.upstream().sending(outgoing.into());
    let signs_in = browser && request.uri().path() == session::CREATE;
    let most = gateway.settings().limits.sizes.body;
    let mut answer = relayed(upstream, most, signs_in, going, request).await;
    *answer.headers_mut() = only(answer.headers(), &PASSED_BACK);
    answer
}

/// The call itself, whose message has at most so many bytes; its answer may be a stream.
pub(crate) async fn relayed(
    upstream: Upstream,
    most: usize,
    signs_in: bool,
    mut going: Option<Going>,
    request: Request<Body>,
) -> Response {
    let service = tower::service_fn(move |request: Request<GrpcBody>| {
        let mut upstream = upstream.clone();
        let going = going.take();
        let (head, body) = request.into_parts();
        let answer = async move {
            let message = GrpcBody::new(Full::new(message::read(body, most).await?));
            let answer = upstream.call(Request::from_parts(head, message)).await?;
            // A refusal is all head, and goes on no further.
            let answer = match going.filter(|_| !answer.body().is_end_stream()) {
                Some(going) => answer.map(|body| going.hold(body)),
                None => answer,
            };
            Ok::<_, Status>(if signs_in { without_token(answer).await } else { answer })
        };
        answer.map(|answer| Ok::<_, Infallible>(answer.unwrap_or_else(|status| status.into_http())))
    });
    let (mut head, body) = request.into_parts();
    head.headers = only(&head.headers, &PASSED_ON);
    let is_text = head
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc-web-text"));
    let body = if is_text { Body::new(pieces::Pieces::of(body)) } else { body };
    answer_as_asked(&mut head.headers);
    if signs_in {
        // The token is taken out of the answer, which a packed one would hide.
        head.headers.remove(ACCEPT_ENCODING);
    }
    // An extension is for this process's own layers; the service must not take ours for its own.
    head.extensions = http::Extensions::new();
    let Ok(answer) =
        GrpcWebLayer::new().layer(service).oneshot(Request::from_parts(head, body)).await;
    answer.map(Body::new)
}

/// A client that does not say what it takes gets the framing that it speaks.
fn answer_as_asked(headers: &mut HeaderMap) {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if !accept.is_some_and(|accept| accept.starts_with("application/grpc")) {
        headers.remove(header::ACCEPT);
        if let Some(content_type) = headers.get(header::CONTENT_TYPE).cloned() {
            headers.insert(header::ACCEPT, content_type);
        }
    }
}

/// The guard before the gRPC-Web layer, which would run forms and GETs as calls.
fn check(request: &Request<Body>) -> Result<(), Refusal> {
    if request.method() != Method::POST {
        return Err(Refusal::wrong_method(HeaderValue::from_static("POST")));
    }
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let essence = essence.strip_suffix("+proto").unwrap_or(&essence);
    // gRPC's own trailers need HTTP/2; gRPC-Web is made for everything.
    let speaks = TYPES.contains(&essence)
        && (essence != "application/grpc" || request.version() == Version::HTTP_2);
    if !speaks {
        let message = "a call is `application/grpc-web`, `application/grpc-web-text` or, over HTTP/2, `application/grpc`";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal::new(
            status,
            Code::InvalidArgument,
            "CONTENT_TYPE_UNSUPPORTED",
            message,
        ));
    }
    if !SERVICES.iter().any(|service| request.uri().path().starts_with(service)) {
        let message = "there is no such service here";
        return Err(Refusal::new(StatusCode::OK, Code::Unimplemented, "SERVICE_UNKNOWN", message));
    }
    Ok(())
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let mut kept = HeaderMap::with_capacity(names.len());
    for name in names {
        for value in headers.get_all(name) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

/// A sign-in's answer whose token is in a cookie instead; anything else stays as it is.
async fn without_token(answer: http::Response<GrpcBody>) -> http::Response<GrpcBody> {
    let (mut head, body) = answer.into_parts();
    let Ok(body) = body.collect().await else {
        return Status::internal("the answer broke off").into_http();
    };
    let trailers = body.trailers().cloned();
    let framed = body.to_bytes();
    let taken = unframed(&framed).and_then(|session| session::take_token(&session));
    let framed = match taken {
        Some((session, cookies)) => {
            head.headers.extend(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
            frame(&session)
        }
        None => framed,
    };
    let body = Full::new(framed).with_trailers(async move { trailers.map(Ok) });
    http::Response::from_parts(head, GrpcBody::new(body))
}

/// The message of the one frame that is there, unless it is compressed.
fn unframed(framed: &Bytes) -> Option<Bytes> {
    let (&[flag, a, b, c, d], message) = framed.split_first_chunk()?;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    (flag == 0 && length == message.len()).then(|| framed.slice(5..))
}

fn frame(message: &Bytes) -> Bytes {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    let mut framed = Vec::with_capacity(5 + message.len());
    framed.push(0);
    framed.extend(length.to_be_bytes());
    framed.extend(message);
    framed.into()
}
