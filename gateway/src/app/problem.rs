//! An answer that no handler gave: an unknown page, a wrong method, a refusal by a layer.

use http::StatusCode;

use crate::session::RequestId;

/// What an error page has to say; the layers add the headers that belong to it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The answer's status.
    pub status: StatusCode,
    /// The contract's reason, such as `CROSS_SITE`, or an HTTP name such as `NOT_FOUND`.
    pub reason: &'static str,
    /// A sentence: what did not happen and what to do; lower case, no full stop.
    pub message: String,
    /// The id to tell support.
    pub request_id: RequestId,
}
