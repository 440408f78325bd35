//! One line in the log for each call: which method, how it ended, how long it took, under which id.
//!
//! Never a body, a token or an address; the path is the contract's own, or is not written at all.

use std::time::Instant;

use http::{HeaderValue, Request, Response, Uri};
use jiff::Timestamp;
use tonic::{Code, Status, body::Body};
use tracing::Span;

use super::{refusal::reason_of, request_id};

/// A call that is being answered.
pub(super) struct Call {
    id: HeaderValue,
    uri: Uri,
    /// Whether its path is that of a method.
    exists: bool,
    begun: Instant,
}

impl Call {
    /// Notes the beginning of a call.
    pub(super) fn begun(request: &Request<Body>, exists: bool, now: Timestamp) -> Self {
        Self {
            id: request_id::of_call(request.headers(), now),
            uri: request.uri().clone(),
            exists,
            begun: Instant::now(),
        }
    }

    /// The span in which everything about the call is logged.
    pub(super) fn span(&self) -> Span {
        tracing::info_span!("call", id = request_id::as_str(&self.id))
    }

    /// Logs the end of the call and marks its answer with the id.
    pub(super) fn ended(self, mut response: Response<Body>) -> Response<Body> {
        let status = response.extensions().get::<Status>();
        let code = status.map_or(Code::Ok, Status::code);
        let reason = status.and_then(reason_of);
        tracing::info!(
            method = self.method(),
            code = ?code,
            reason,
            duration_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
        let mut id = self.id;
        // It is no secret. But what never comes again must not take the place of what does in the tables of HTTP/2.
        id.set_sensitive(true);
        response.headers_mut().insert(request_id::X_REQUEST_ID, id);
        response
    }

    /// The method, if it exists; what else a caller writes into a path is kept out of the log.
    fn method(&self) -> &str {
        if self.exists { self.uri.path().trim_start_matches('/') } else { "unknown" }
    }
}

#[cfg(test)]
mod tests;
