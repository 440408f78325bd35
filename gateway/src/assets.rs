//! The files under `web/` that browsers fetch: styles, modules, font, icons, the sample shop's pictures.
//!
//! They are in the binary (in development on the disk), under one digest, compressed once, and never change. No build step: the
//! styles are joined and the modules' imports read when the process starts.

mod comments;
mod files;
mod imports;
mod spaces;
mod table;

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, Request, StatusCode, header};
use tokio::time::Instant;

pub use table::Assets;
pub(crate) use table::File;

use crate::app::{Gateway, Kind, Refusal, Visit, coding, names};

/// What carries a digest never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What has a stable address is asked for again now and then.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// A page of another version asked: it gets what is here now, for this once.
const ONCE: HeaderValue = HeaderValue::from_static("no-cache");

/// The table of assets, made once a process; in development it follows the disk.
pub(crate) fn current() -> Arc<Assets> {
    static CURRENT: LazyLock<RwLock<(Arc<Assets>, Instant)>> =
        LazyLock::new(|| RwLock::new((fresh(), Instant::now())));
    let (table, read) = {
        let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&current.0), current.1)
    };
    if !cfg!(debug_assertions) || read.elapsed() < files::LOOK_AGAIN {
        return table;
    }
    let mut current = CURRENT.write().unwrap_or_else(PoisonError::into_inner);
    current.1 = Instant::now();
    if files::stamp() != current.0.stamp() {
        current.0 = fresh();
    }
    Arc::clone(&current.0)
}

/// A new table; its brotli forms are made by a thread in the background and used once they are there.
fn fresh() -> Arc<Assets> {
    let table = Arc::new(Assets::read());
    let work = Arc::clone(&table);
    let thread = std::thread::Builder::new().name("brotli".into());
    // Without the thread the gzip forms go on being served.
    if let Err(error) = thread.spawn(move || work.compress_thoroughly()) {
        tracing::warn!(%error, "no thread to compress the assets on");
    }
    table
}

/// Answers a request for an asset, a picture or the icon.
pub(crate) fn answer(gateway: &Gateway, visit: &Visit, request: &Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let refusal = Refusal::wrong_method(HeaderValue::from_static("GET,HEAD"));
        return refusal.render(gateway, visit);
    }
    let assets = gateway.assets();
    let path = request.uri().path();
    let found = match visit.kind() {
        Kind::Asset => assets.at(path.strip_prefix("/assets/").unwrap_or_default()),
        _ if path == "/favicon.ico" => assets.file("icons/icon.svg").map(|file| (file, false)),
        _ => assets.file(&path[1..]).map(|file| (file, false)),
    };
    let Some((file, current)) = found else {
        return Refusal::not_found().render(gateway, visit);
    };
    let cache = match (visit.kind(), current) {
        (Kind::Asset, true) => FOREVER,
        (Kind::Asset, false) => ONCE,
        _ => AN_HOUR,
    };
    let mut response = send(file, request);
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}

/// Sends a file in the form that the client likes best; 304 when it has that already.
pub(crate) fn send(file: &File, request: &Request<Body>) -> Response {
    let (bytes, coding) = file.form(request.headers());
    let etag = file.etag(coding);
    let mut response = if names(request.headers(), &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let length = [(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()))];
        let body = if request.method() == Method::HEAD { Body::empty() } else { Body::from(bytes) };
        (length, body).into_response()
    };
    let headers = response.headers_mut();
    if response_has_body(headers) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type()));
        if let Some(coding) = coding::name(coding) {
            headers.insert(header::CONTENT_ENCODING, coding);
        }
    }
    headers.insert(header::ETAG, etag);
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

fn response_has_body(headers: &http::HeaderMap) -> bool {
    headers.contains_key(header::CONTENT_LENGTH)
}
