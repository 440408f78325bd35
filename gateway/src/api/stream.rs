//! A method that answers with a stream: its head, which waits a moment for the first message, and then its body.
//!
//! What fails before the first message is a plain answer of HTTP; afterwards the status line is gone, and the body says it.

mod next;
mod running;
pub(super) mod trailers;

use std::sync::Arc;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::time::timeout;
use transcoder::Framing;

use super::{Asked, Failure, accept, metadata, reply::respond};
use crate::{
    app,
    contract::Front,
    upstream::{Outgoing, Target},
};
use running::{Opened, Opening, Running};

/// Answers one call.
pub(super) async fn answer(asked: &Asked<'_>, body: Body) -> Result<Response, Failure> {
    let framing = accept::framing(asked)?;
    // Held until the stream ends.
    let place = asked.gateway.enter_streams(asked.visit).await?;
    let message = app::in_time(asked.visit, asked.message(body)).await??;
    let outgoing = metadata::on(asked)?.ending(asked.visit.stream_deadline());
    let opened = open(asked, framing, outgoing, message).await?;
    let (mut headers, mut status) = (HeaderMap::new(), StatusCode::OK);
    if let Opened::Now(messages) = &opened {
        metadata::back(asked.gateway.contract(), &[messages.head()], &mut headers);
        if asked.gateway.front() == Front::Service {
            status = metadata::success(&[messages.head()]);
        }
    }
    let (running, content_type) = Running::begin(asked, framing, opened, place).await?;
    headers.insert(header::CONTENT_TYPE, content_type);
    if trailers::are_taken(&asked.head.headers) {
        headers.insert(header::TRAILER, HeaderValue::from_static(trailers::NAMES));
    }
    let body = if asked.call.is_head() { Body::empty() } else { running.into_body() };
    Ok(respond(status, headers, body))
}

/// Calls the service, and waits for the head of its answer: for as long as it takes, but for events no longer than they may be quiet.
/// Whoever reads those then knows that they are waited for, and what fails later is told in their stream.
async fn open(
    asked: &Asked<'_>,
    framing: Framing,
    outgoing: Outgoing,
    message: Bytes,
) -> Result<Opened, Failure> {
    let limits = &asked.gateway.settings().limits;
    let (upstream, most) = (asked.gateway.upstream().clone(), limits.sizes.message);
    let rpc = Arc::clone(asked.call.rpc());
    let mut opening: Opening =
        Box::pin(
            async move { upstream.stream(Target::Method(&rpc), &outgoing, message, most).await },
        );
    if framing != Framing::Sse {
        return Ok(Opened::Now(opening.await?));
    }
    match timeout(limits.times.beat, &mut opening).await {
        Ok(opened) => Ok(Opened::Now(opened?)),
        Err(_) => Ok(Opened::Later(opening)),
    }
}
