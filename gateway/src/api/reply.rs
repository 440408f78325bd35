//! A reply of the service as an HTTP answer: its ETag before anything is printed, 304, JSON, compression.

use axum::{body::Body, response::Response};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use transcoder::{Reply, Rpc};

use super::{Asked, Failure, metadata};
use crate::{app::coding, contract::Front, session, upstream};

/// Room for the headers of an answer, with those that every answer gets at its end.
const ROOM: usize = 12;

/// What is secret about a method of Shelf's, or touches the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secret {
    /// Nothing.
    None,
    /// It answers a new session with its token.
    Session,
    /// It answers a new API key.
    Key,
    /// It ends the caller's own session.
    SignOut,
}

impl Secret {
    /// That of a call with this frame of its message.
    pub(super) fn of(rpc: &Rpc, frame: &Bytes) -> Self {
        match rpc.grpc_path() {
            session::CREATE => Self::Session,
            session::CREATE_KEY => Self::Key,
            session::DELETE if session::is_sign_out(&frame.slice(upstream::PREFIX..)) => {
                Self::SignOut
            }
            _ => Self::None,
        }
    }
}

/// Writes the answer to a call that succeeded.
pub(super) async fn write(
    asked: &Asked<'_>,
    secret: Secret,
    answer: upstream::Reply,
) -> Result<Response, Failure> {
    let (head, call, contract) = (asked.head, &asked.call, asked.gateway.contract());
    let mut headers = HeaderMap::with_capacity(ROOM);
    metadata::back(contract, &[answer.head(), answer.trailers()], &mut headers);
    let (status, trailers) = match contract.front() {
        Front::Shelf => (StatusCode::OK, None),
        Front::Service => (
            metadata::success(&[answer.head(), answer.trailers()]),
            metadata::trailers(contract, &head.headers, answer.trailers()),
        ),
    };
    let wire = match contract.front() {
        Front::Shelf => guarded(head, secret, answer.message, &mut headers),
        Front::Service => answer.message,
    };

    let print = contract.print();
    // Decided before the ETag is made, from the message's length: its JSON is never shorter.
    let coding = coding::choose(&head.headers, wire.len());
    if matches!(head.method, Method::GET | Method::HEAD) {
        let etag = call.etag(&wire, print, coding);
        let matched = lines(&head.headers, header::IF_NONE_MATCH).any(|tags| etag.matches(tags));
        if let Ok(value) = HeaderValue::try_from(etag.as_str()) {
            headers.insert(header::ETAG, value);
        }
        if matched {
            return Ok(respond(StatusCode::NOT_MODIFIED, headers, Body::empty()));
        }
    }

    let mut out = BytesMut::new();
    let body = match call.response(&wire, print, &mut out)? {
        Reply::Json => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            compress(out.freeze(), coding, &mut headers).await
        }
        Reply::Raw { content_type, data } => {
            headers.insert(header::CONTENT_TYPE, raw_type(content_type));
            data
        }
    };
    if is_empty(status) {
        for name in [header::CONTENT_TYPE, header::CONTENT_ENCODING] {
            headers.remove(name);
        }
        return Ok(respond(status, headers, Body::empty()));
    }
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    let body = if call.is_head() { Body::empty() } else { Body::from(body) };
    let mut response = respond(status, headers, body);
    if let Some(trailers) = trailers {
        metadata::end_with(trailers, &mut response);
    }
    Ok(response)
}

/// Whether an answer of this status has no body, whatever the service answers (RFC 9110, 15.3.5 and 15.3.6).
fn is_empty(status: StatusCode) -> bool {
    matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT)
}

/// Keeps what is secret out of caches and scripts.
fn guarded(head: &Parts, secret: Secret, wire: Bytes, headers: &mut HeaderMap) -> Bytes {
    match secret {
        Secret::None => wire,
        Secret::Session => {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            let taken = session::is_browser(&head.headers).then(|| session::take_token(&wire));
            let Some((rest, cookies)) = taken.flatten() else { return wire };
            headers.extend(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
            rest
        }
        Secret::Key => {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            wire
        }
        Secret::SignOut => {
            if session::from_headers(&head.headers).is_some() {
                headers.insert(header::SET_COOKIE, session::end());
            }
            wire
        }
    }
}

/// The type of an `HttpBody`, which the service need not tell.
pub(super) fn raw_type(content_type: String) -> HeaderValue {
    let binary = HeaderValue::from_static("application/octet-stream");
    HeaderValue::try_from(content_type).ok().filter(|it| !it.is_empty()).unwrap_or(binary)
}

async fn compress(body: Bytes, coding: coding::Coding, headers: &mut HeaderMap) -> Bytes {
    match coding::encode(body.clone(), coding).await {
        Ok(encoded) => {
            if let Some(name) = coding::name(coding) {
                headers.insert(header::CONTENT_ENCODING, name);
            }
            encoded
        }
        // What cannot be compressed is sent as it is; its tag stays its own.
        Err(_) => body,
    }
}

pub(super) fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok())
}
