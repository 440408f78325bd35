//! How the client wants its answer: as JSON, and a stream as an array, as lines or as events.

use http::{StatusCode, header};
use transcoder::{Code, Framing};

use super::{Asked, Failure, given::joined};
use crate::{app::Refusal, contract::Profile};

/// The framing that `Accept` prefers; 406 when nothing in it fits.
pub(super) fn framing(asked: &Asked<'_>) -> Result<Framing, Failure> {
    let accept = joined(asked.head, &header::ACCEPT)?;
    if asked.gateway.contract().profile() == Profile::GrpcGateway {
        return Ok(asked.call.negotiate_results(accept.as_deref()));
    }
    asked.call.negotiate(accept.as_deref()).ok_or_else(|| {
        let message = match asked.call.rpc().server_streaming() {
            false => "the answer is `application/json`, which the `Accept` header leaves out",
            true => {
                "the answer is `application/json`, `application/x-ndjson` or `text/event-stream`, all of which the `Accept` header leaves out"
            }
        };
        let status = StatusCode::NOT_ACCEPTABLE;
        Refusal::new(status, Code::InvalidArgument, "ACCEPT_UNSUPPORTED", message).into()
    })
}
