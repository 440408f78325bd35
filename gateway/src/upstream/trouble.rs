//! The statuses that the gateway makes itself when no answer of the service is there.
//!
//! Their texts name no transport, library or address.

use std::{collections::HashMap, error::Error, fmt::Display, sync::Arc, time::Duration};

use tonic::{Code, Status, TimeoutExpired};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::BoxError;
use crate::contract::Front;

/// The domain of Shelf's reasons.
pub(crate) const DOMAIN: &str = "shelf";

/// What a status of the gateway's own is about, kept as its source: a status of the service has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the gateway's own status")]
pub(super) enum Ours {
    /// No connection, or a broken one.
    Unreachable,
    /// No answer in time.
    Late,
    /// An answer beyond the limit.
    TooLarge,
    /// An answer that is none.
    Unreadable,
}

impl Ours {
    /// A status without details, for an answer that cannot be read.
    pub(super) fn status(self, message: &str) -> Status {
        match self {
            Self::TooLarge => self.mark(Status::out_of_range(message)),
            _ => self.mark(Status::internal(message)),
        }
    }

    fn mark(self, mut status: Status) -> Status {
        status.set_source(Arc::new(self));
        status
    }

    fn of(status: &Status) -> Option<Self> {
        status.source()?.downcast_ref().copied()
    }

    /// The same in front of a service that is not Shelf's.
    fn of_any_service(self) -> Status {
        let (code, reason, message) = match self {
            Self::Unreachable => (
                Code::Unavailable,
                "SERVICE_UNAVAILABLE",
                "the service cannot be reached; try again in a moment",
            ),
            Self::Late => {
                (Code::DeadlineExceeded, "DEADLINE", "the service did not answer in time")
            }
            Self::TooLarge => {
                (Code::Internal, "RESPONSE_TOO_LARGE", "the answer of the service is too large")
            }
            Self::Unreadable => {
                (Code::Internal, "INTERNAL", "the answer of the service could not be read")
            }
        };
        let domain = Front::Service.domain();
        let mut details = ErrorDetails::with_error_info(reason, domain, HashMap::new());
        if self == Self::Unreachable {
            details.set_retry_info(Some(Duration::from_secs(1)));
        }
        Status::with_error_details(code, message, details)
    }
}

/// The service cannot be reached; a second later it may be.
pub fn unreachable() -> Status {
    let mut details = reason("STORE_UNAVAILABLE");
    details.set_retry_info(Some(Duration::from_secs(1)));
    Ours::Unreachable.mark(Status::with_error_details(
        Code::Unavailable,
        "the catalog cannot be reached; try again in a moment",
        details,
    ))
}

/// The gateway itself stops; another one, or the next, goes on.
pub(crate) fn stopping() -> Status {
    Status::with_error_details(
        Code::Unavailable,
        "the gateway stops; try again in a moment",
        reason("SHUTTING_DOWN"),
    )
}

/// The answer did not come in time.
pub fn deadline_exceeded() -> Status {
    Ours::Late.mark(Status::with_error_details(
        Code::DeadlineExceeded,
        "the catalog did not answer in time",
        reason("DEADLINE"),
    ))
}

/// The request is more than the service would read.
pub(crate) fn too_large(most: usize) -> Status {
    Status::with_error_details(
        Code::ResourceExhausted,
        format!("the message is larger than {} KiB", most >> 10),
        reason("MESSAGE_TOO_LARGE"),
    )
}

/// A request whose frame cannot be read.
pub(crate) fn unreadable_frame() -> Status {
    Status::with_error_details(
        Code::InvalidArgument,
        "the body is not a call as gRPC-Web frames it: its base64 or its frames are broken",
        reason("BODY_INVALID"),
    )
}

/// A status as it is told: that of the service, or the gateway's own in words for whom it stands in front of.
pub(crate) fn worded(status: &Status, front: Front) -> Status {
    match (front, Ours::of(status)) {
        (Front::Shelf, _) => with_own_words(status),
        (Front::Service, Some(ours)) => ours.of_any_service(),
        (Front::Service, None) => status.clone(),
    }
}

/// A status that the service did not word itself (it has no details), in words of ours.
///
/// tonic makes such statuses where an answer cannot be read; a reply beyond the size limit is one of them, and no fault of
/// the client's.
fn with_own_words(status: &Status) -> Status {
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
    tracing::debug!(%error, "no answer of the service");
    unreachable()
}

/// The connection broke in the middle of an answer.
pub(super) fn broken(error: &dyn Display) -> Status {
    tracing::debug!(%error, "the answer of the service broke off");
    unreachable()
}
