//! The refusals of the service itself, each with the reason and the details that the contract names.
//!
//! Those of the use cases are in `problem.rs`; no other file makes a status.

use std::{fmt::Display, time::Duration};

use proto::Violation;
use tonic::{Code, Status};

use super::{
    reason::Reason,
    refusal::{Refusal, reason_of},
};

/// When a caller that was turned away for lack of room should come back.
pub(super) const BACK_SOON: Duration = Duration::from_secs(1);

pub(crate) fn one_message_expected(found: &str) -> Status {
    Refusal::new(
        Reason::MethodUnknown,
        format!("this method takes exactly one message, not {found}"),
    )
    .status()
}

pub(crate) fn message_too_large(length: usize, limit: usize) -> Status {
    Refusal::new(
        Reason::MessageTooLarge,
        format!("a message of {length} bytes is larger than the {limit} bytes that are taken; send less at a time"),
    )
    .with("limit_bytes", limit.to_string())
    .status()
}

pub(crate) fn answer_too_large(length: usize, limit: usize) -> Status {
    Refusal::new(
        Reason::MessageTooLarge,
        format!("the answer of {length} bytes is larger than the {limit} bytes that are sent; ask for less at a time"),
    )
    .with("limit_bytes", limit.to_string())
    .status()
}

pub(crate) fn message_cut_short() -> Status {
    Refusal::new(Reason::MessageInvalid, "the message breaks off before its announced length")
        .status()
}

pub(crate) fn message_too_slow() -> Status {
    Refusal::new(
        Reason::Deadline,
        "the message came too slowly; send it again over a better connection",
    )
    .status()
}

pub(crate) fn header_invalid(name: &str, description: &str) -> Status {
    Refusal::new(Reason::FieldInvalid, format!("the header `{name}` is invalid: it {description}"))
        .violations(vec![Violation { field: name.to_owned(), description: description.to_owned() }])
        .status()
}

pub(crate) fn deadline_exceeded() -> Status {
    Refusal::new(
        Reason::Deadline,
        "the call did not finish within its deadline; it may be sent again",
    )
    .status()
}

pub(crate) fn overloaded() -> Status {
    Refusal::new(Reason::Overloaded, "the service has as much work as it can do; try again soon")
        .retry_after(BACK_SOON)
        .status()
}

pub(crate) fn too_often(wait: Duration) -> Status {
    Refusal::new(
        Reason::RateLimited,
        "this is too often; wait as long as `retry_delay` says, then go on more slowly",
    )
    .retry_after(wait)
    .status()
}

pub(crate) fn method_unknown(path: &str) -> Status {
    Refusal::new(Reason::MethodUnknown, format!("there is no method `{path}`")).status()
}

/// A fault of Shelf's own. It is logged here, once, and the caller learns only where to look.
pub(crate) fn internal(error: &dyn Display) -> Status {
    tracing::error!(error = %error, "a call failed by a fault of the service");
    Refusal::new(
        Reason::Internal,
        "the service failed; the details are in its log under the id of the call, `x-request-id`",
    )
    .status()
}

/// The status as the contract wants it: one that tonic made by itself gets a reason, and no inner words.
pub(crate) fn completed(status: &Status) -> Option<Status> {
    if reason_of(status).is_some() {
        return None;
    }
    let reason = match status.code() {
        Code::Unimplemented => Reason::MethodUnknown,
        Code::ResourceExhausted | Code::OutOfRange => Reason::MessageTooLarge,
        Code::DeadlineExceeded => Reason::Deadline,
        // tonic calls a message that does not decode INTERNAL; it is the caller's.
        Code::Internal | Code::InvalidArgument | Code::Unknown => Reason::MessageInvalid,
        // The caller went away; nobody reads the answer.
        Code::Cancelled => return None,
        _ => Reason::Internal,
    };
    Some(Refusal::new(reason, in_own_words(status.message())).status())
}

/// What a message that does not decode is told as: where it breaks, without the words of the library that found it.
fn in_own_words(message: &str) -> String {
    match message.strip_prefix("failed to decode Protobuf message: ") {
        Some(what) => format!("the bytes are not a message of this method: {what}"),
        None => message.to_owned(),
    }
}

pub(crate) fn store_unavailable() -> Status {
    Refusal::new(Reason::StoreUnavailable, "the store is not available; try again soon")
        .retry_after(BACK_SOON)
        .status()
}

pub(crate) fn shutting_down() -> Status {
    Refusal::new(Reason::ShuttingDown, "the service is stopping; try again soon")
        .retry_after(BACK_SOON)
        .status()
}

pub(crate) fn not_found(kind: &str, name: &str) -> Status {
    let message = format!("`{name}` does not exist");
    Refusal::new(Reason::ResourceNotFound, message.as_str()).resource(kind, name, &message).status()
}

pub(crate) fn resume_token_invalid() -> Status {
    resume_token(
        Reason::FieldInvalid,
        "was not made here for this kind of caller; take that of a read or of a stream",
    )
}

pub(crate) fn resume_token_expired() -> Status {
    resume_token(
        Reason::ResumeTokenExpired,
        "is more than a day old; read again what you watch, and go on from the token of that read",
    )
}

fn resume_token(reason: Reason, description: &str) -> Status {
    let violation =
        Violation { field: "resume_token".to_owned(), description: description.to_owned() };
    Refusal::new(reason, format!("`resume_token` {description}"))
        .violations(vec![violation])
        .status()
}

pub(crate) fn too_many_streams(most: usize) -> Status {
    Refusal::new(
        Reason::TooManyStreams,
        format!("you have {most} streams already, which are all that you may have; end one of them first"),
    )
    .with("most", most.to_string())
    .retry_after(BACK_SOON)
    .status()
}

pub(crate) fn page_token_invalid(why: &str) -> Status {
    let description = format!("{why}; start again from the first page");
    let violation = Violation { field: "page_token".to_owned(), description: description.clone() };
    Refusal::new(Reason::PageTokenInvalid, format!("`page_token` {description}"))
        .violations(vec![violation])
        .status()
}
