//! A reply of the service as an HTTP answer: its ETag before anything is printed, 304, JSON, compression.

use axum::{body::Body, response::Response};
use bytes::{Bytes, BytesMut};
use futures_util::{
    FutureExt as _,
    future::{Either, ready},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use transcoder::{Reply, Rpc};

use super::{Asked, Failure, metadata};
use crate::{
    app::coding::{self, Coding},
    contract::Front,
    session, upstream,
};

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

/// Writes the answer to a call that succeeded. Only what is to be compressed has to be waited for.
pub(super) fn write(
    asked: &Asked<'_>,
    secret: Secret,
    answer: upstream::Reply,
) -> Result<impl Future<Output = Response> + Send + use<>, Failure> {
    let written = written(asked, secret, answer)?;
    Ok(match written.coding {
        Coding::Identity => Either::Left(ready(written.into_response())),
        _ => Either::Right(Box::pin(written.packed().map(Written::into_response))),
    })
}

/// An answer that is printed and not yet compressed.
struct Written {
    status: StatusCode,
    headers: HeaderMap,
    /// None where the status has none.
    body: Option<Bytes>,
    coding: Coding,
    is_head: bool,
    trailers: Option<HeaderMap>,
}

fn written(asked: &Asked<'_>, secret: Secret, answer: upstream::Reply) -> Result<Written, Failure> {
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
            return Ok(Written::without_body(StatusCode::NOT_MODIFIED, headers));
        }
    }

    let mut out = BytesMut::new();
    let printed = call.response(&wire, print, &mut out)?;
    if is_empty(status) {
        return Ok(Written::without_body(status, headers));
    }
    let (content_type, body, coding) = match printed {
        Reply::Json => (HeaderValue::from_static("application/json"), out.freeze(), coding),
        Reply::Raw { content_type, data } => (raw_type(content_type), data, Coding::Identity),
    };
    headers.insert(header::CONTENT_TYPE, content_type);
    Ok(Written { status, headers, body: Some(body), coding, is_head: call.is_head(), trailers })
}

impl Written {
    fn without_body(status: StatusCode, headers: HeaderMap) -> Self {
        let coding = Coding::Identity;
        Self { status, headers, body: None, coding, is_head: false, trailers: None }
    }

    /// The same, compressed. What cannot be is sent as it is; its tag stays its own.
    async fn packed(mut self) -> Self {
        if let Some(body) = self.body.take() {
            let packed = coding::encode(body.clone(), self.coding).await.ok();
            if packed.is_some() {
                let name = coding::name(self.coding);
                self.headers.extend(name.map(|name| (header::CONTENT_ENCODING, name)));
            }
            self.body = packed.or(Some(body));
        }
        self
    }

    fn into_response(mut self) -> Response {
        let Some(body) = self.body else {
            return respond(self.status, self.headers, Body::empty());
        };
        self.headers.insert(header::CONTENT_LENGTH, body.len().into());
        let body = if self.is_head { Body::empty() } else { Body::from(body) };
        let mut response = respond(self.status, self.headers, body);
        if let Some(trailers) = self.trailers {
            metadata::end_with(trailers, &mut response);
        }
        response
    }
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

pub(super) fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn lines(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok())
}
