//! The statuses that the gateway makes itself when no answer of the service is there.
//!
//! Their texts name no transport, library or address.

use std::{collections::HashMap, fmt::Display, time::Duration};

use tonic::{Code, Status, TimeoutExpired};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::BoxError;

/// The domain of Shelf's reasons.
pub(crate) const DOMAIN: &str = "shelf";

/// The service cannot be reached; a second later it may be.
pub fn unreachable() -> Status {
    let mut details = reason("STORE_UNAVAILABLE");
    details.set_retry_info(Some(Duration::from_secs(1)));
    Status::with_error_details(
        Code::Unavailable,
        "the catalog cannot be reached; try again in a moment",
        details,
    )
}

/// The answer did not come in time.
pub fn deadline_exceeded() -> Status {
    Status::with_error_details(
        Code::DeadlineExceeded,
        "the catalog did not answer in time",
        reason("DEADLINE"),
    )
}

/// The request is more than the service would read.
pub(crate) fn too_large(most: usize) -> Status {
    Status::with_error_details(
        Code::ResourceExhausted,
        format!("the message is larger than {} KiB", most >> 10),
        reason("MESSAGE_TOO_LARGE"),
    )
}

/// A status that the service did not word itself (it has no details), in words of ours.
///
/// tonic makes such statuses where an answer cannot be read; a reply beyond the size limit is one of them, and no fault of
/// the client's.
pub(crate) fn with_own_words(status: &Status) -> Status {
    let ours = match status.code() {
        _ if !status.details().is_empty() => return status.clone(),
        Code::OutOfRange => ("RESPONSE_TOO_LARGE", "the answer of the catalog is too large"),
        Code::Internal | Code::Unknown | Code::DataLoss => {
            ("INTERNAL", "the answer of the catalog could not be read")
        }
        _ => return status.clone(),
    };
    Status::with_error_details(Code::Internal, ours.1, reason(ours.0))
}

fn reason(reason: &str) -> ErrorDetails {
    ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new())
}

/// What an error of the transport means to the caller.
pub(super) fn status(error: BoxError) -> Status {
    let error = match error.downcast::<Status>() {
        Ok(status) => return *status,
        Err(error) => error,
    };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error.as_ref());
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return deadline_exceeded();
        }
        cause = error.source();
    }
    unanswered(&error)
}

/// There is no answer: no connection, or one that broke before it.
pub(super) fn unanswered(error: &dyn Display) -> Status {
    tracing::debug!(%error, "no answer of the catalog-service");
    unreachable()
}

/// The connection broke in the middle of an answer.
pub(super) fn broken(error: &dyn Display) -> Status {
    tracing::debug!(%error, "the answer of the catalog-service broke off");
    unreachable()
}
