//! One line in the log for each call: which method, how it ended, how long it took, under which id.
//!
//! Never a body, a token or an address; the path is the contract's own, or is not written at all.

use std::{borrow::Cow, time::Instant};

use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use tonic::{Code, Status};
use tracing::Span;

use super::{refusal::reason_of, request_id, roles::Method};

/// A call that is being answered.
pub(super) struct Call {
    id: HeaderValue,
    /// What is called, if there is such a method: what else a caller writes into a path is kept out of the log.
    pub(super) method: Option<&'static Method>,
    begun: Instant,
}

impl Call {
    /// Notes the beginning of a call.
    pub(super) fn begun(
        method: Option<&'static Method>,
        headers: &HeaderMap,
        now: impl FnOnce() -> Timestamp,
    ) -> Self {
        Self { id: request_id::of_call(headers, now), method, begun: Instant::now() }
    }

    /// The span in which everything about the call is logged.
    pub(super) fn span(&self) -> Span {
        tracing::info_span!("call", id = request_id::as_str(&self.id))
    }

    /// Logs how the call ended: by a refusal, or well.
    pub(super) fn ended(&self, refusal: Option<&Status>) {
        let code = refusal.map_or(Cow::Borrowed("Ok"), |status| code_name(status.code()).into());
        let reason = refusal.and_then(reason_of);
        tracing::info!(
            method = self.method.map_or("unknown", |method| method.name),
            code = &*code,
            reason,
            duration_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
    }

    /// Marks the answer with the id.
    pub(super) fn mark(self, headers: &mut HeaderMap) {
        let mut id = self.id;
        // It is no secret. But what never comes again must not take the place of what does in the tables of HTTP/2.
        id.set_sensitive(true);
        headers.insert(request_id::X_REQUEST_ID, id);
    }
}

/// A code as the log has it, such as `NotFound`.
fn code_name(code: Code) -> String {
    format!("{code:?}")
}

#[cfg(test)]
mod tests;
