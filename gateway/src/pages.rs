//! The pages: one file each, fetch, view, render. No business rule lives here.

use axum::{
    Router,
    response::{Html, IntoResponse as _, Response},
};

use crate::app::{Gateway, Problem};

/// Every page's routes. Error pages, headers, compression and ETags are put on by `app`.
pub fn router() -> Router<Gateway> {
    Router::new()
}

/// The page that says why there is no other.
pub fn problem(gateway: &Gateway, problem: &Problem) -> Response {
    let Problem { status, message, request_id, .. } = problem;
    let (origin, id) = (gateway.origin(), request_id.as_str());
    let page = format!(
        "<!doctype html><title>{status}</title><p>{message}<p><a href=\"{origin}\">Back</a><p><small>{id}</small>"
    );
    (*status, Html(page)).into_response()
}
