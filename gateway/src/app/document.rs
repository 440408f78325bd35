//! What makes HTML a document: a strong ETag, an answer of 304 where the browser has it already, and compression.

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use twox_hash::XxHash3_128;

use super::coding::{self, Coding};

/// What a request says about the document that it wants.
pub(super) struct Wanted {
    head: bool,
    get: bool,
    /// Whether it can be the same as the one that the browser has: a page of the admin has ids of its own at each visit.
    recurs: bool,
    headers: HeaderMap,
}

impl Wanted {
    pub(super) fn of(request: &Request<Body>) -> Self {
        let mut headers = HeaderMap::new();
        for name in [header::ACCEPT_ENCODING, header::IF_NONE_MATCH] {
            for value in request.headers().get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        let head = request.method() == Method::HEAD;
        let recurs = !request.uri().path().starts_with("/admin/");
        Self { head, get: head || request.method() == Method::GET, recurs, headers }
    }
}

/// Finishes a page: only a 200 to a GET that may be kept and come again has an ETag; whatever is long enough is compressed.
pub(super) async fn finish(wanted: &Wanted, response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let kept = head.headers.get(header::CACHE_CONTROL).is_none_or(|value| value != "no-store");
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let html = content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let coding = if html { coding::choose(&wanted.headers, body.len()) } else { Coding::Identity };
    if wanted.get && wanted.recurs && kept && head.status == StatusCode::OK {
        let etag = etag(&body, coding);
        if names(&wanted.headers, &etag) {
            head.status = StatusCode::NOT_MODIFIED;
            head.headers.remove(header::CONTENT_TYPE);
            head.headers.remove(header::CONTENT_LENGTH);
            head.headers.insert(header::ETAG, etag);
            return Response::from_parts(head, Body::empty());
        }
        head.headers.insert(header::ETAG, etag);
    }
    let body = match coding::encode(body.clone(), coding).await {
        Ok(encoded) => {
            if let Some(name) = coding::name(coding) {
                head.headers.insert(header::CONTENT_ENCODING, name);
            }
            encoded
        }
        Err(_) => body,
    };
    head.headers.insert(header::CONTENT_LENGTH, body.len().into());
    Response::from_parts(head, if wanted.head { Body::empty() } else { Body::from(body) })
}

/// A strong tag over the bytes, and over their coding, since each coding is other bytes. It is for telling apart, and no seal.
fn etag(body: &Bytes, coding: Coding) -> HeaderValue {
    let digest = BASE64_URL_SAFE_NO_PAD.encode(XxHash3_128::oneshot(body).to_be_bytes());
    let coding = match coding {
        Coding::Identity => "",
        Coding::Gzip => "-gzip",
        Coding::Brotli => "-br",
        Coding::Zstd => "-zstd",
    };
    HeaderValue::try_from(format!("\"{digest}{coding}\""))
        .unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether `If-None-Match` names a tag: weak comparison, lists and `*` (RFC 9110, 13.1.2).
pub(crate) fn names(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let etag = etag.to_str().unwrap_or_default();
    let lines = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
