//! A method that answers with a stream: its head, which waits a moment for the first message, and then its body.
//!
//! What fails before the first message is a plain answer of HTTP; afterwards the status line is gone, and the body says it.

mod next;
mod running;
mod trailers;

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    Asked, Failure, accept,
    reply::{passed_back, respond},
};
use crate::{app, upstream::Target};
use running::Running;

/// Answers one call.
pub(super) async fn answer(asked: &Asked<'_>, body: Body) -> Result<Response, Failure> {
    let framing = accept::framing(asked)?;
    // Held until the stream ends.
    let place = asked.gateway.enter_streams(asked.visit).await?;
    let message = app::in_time(asked.visit, asked.message(body)).await??;
    let outgoing = asked.outgoing().ending(asked.visit.stream_deadline());
    let (upstream, most) =
        (asked.gateway.upstream(), asked.gateway.settings().limits.sizes.message);
    let messages =
        upstream.stream(Target::Method(asked.call.rpc()), &outgoing, message, most).await?;
    let mut headers = HeaderMap::new();
    for name in passed_back(asked.gateway.front()) {
        if let Some(value) = messages.metadata(name) {
            headers.insert(name, value.clone());
        }
    }
    let (running, content_type) = Running::begin(asked, framing, messages, place).await?;
    headers.insert(header::CONTENT_TYPE, content_type);
    if trailers::are_taken(&asked.head.headers) {
        headers.insert(header::TRAILER, HeaderValue::from_static(trailers::NAMES));
    }
    let body = if asked.call.is_head() { Body::empty() } else { running.into_body() };
    Ok(respond(StatusCode::OK, headers, body))
}
