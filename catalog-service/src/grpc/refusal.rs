//! A refusal on its way to becoming a `google.rpc.Status`: a reason, a message, and the details that fit.
//!
//! Details travel in trailers, and common clients refuse header blocks above 8 KiB; so lists are cut, with a count of
//! what was left out, and no single text is long. Nothing in here is ever SQL or the name of a Rust type.

use std::{collections::HashMap, time::Duration};

use prost::Message as _;
use proto::Violation;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _, pb};

use super::reason::Reason;

/// Who says so, in every `ErrorInfo`.
pub(crate) const DOMAIN: &str = "shelf";

/// Bytes of field violations that are listed. With all the rest, base64 (4/3) and percent-encoding, the trailers stay below 8 KiB.
const VIOLATION_BYTES: usize = 2_800;

/// Bytes of a list in the metadata, and of all of them with their names.
const LIST_BYTES: usize = 900;
const ALL_LISTS_BYTES: usize = 1_800;

/// The longest message, path or value, in bytes.
const TEXT_BYTES: usize = 300;

/// A refusal that is being put together.
#[derive(Debug)]
pub(crate) struct Refusal {
    reason: Reason,
    message: String,
    metadata: HashMap<String, String>,
    /// Bytes that further lists may have.
    room_for_lists: usize,
    details: ErrorDetails,
}

impl Refusal {
    /// A refusal for `reason`; the message tells a person what is wrong and what to do.
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Self {
        let message = shortened(message.into());
        let (metadata, details) = (HashMap::new(), ErrorDetails::new());
        Self { reason, message, metadata, room_for_lists: ALL_LISTS_BYTES, details }
    }

    /// Adds a fact that a program can use.
    pub(crate) fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.metadata.insert(key.to_owned(), shortened(value.into()));
        self
    }

    /// Adds several facts, separated by commas, as far as there is room; `{key}_left_out` counts the others.
    pub(crate) fn with_list<T: AsRef<str>>(mut self, key: &str, items: &[T]) -> Self {
        // Its name stands there twice when something is left out.
        self.room_for_lists = self.room_for_lists.saturating_sub(2 * key.len() + 20);
        let room = LIST_BYTES.min(self.room_for_lists);
        let mut list = String::new();
        let mut listed = 0;
        for item in items {
            let item = item.as_ref();
            if list.len() + item.len() + 1 > room {
                break;
            }
            if listed > 0 {
                list.push(',');
            }
            list.push_str(item);
            listed += 1;
        }
        self.room_for_lists -= list.len();
        self.metadata.insert(key.to_owned(), list);
        if listed < items.len() {
            return self.with(&format!("{key}_left_out"), (items.len() - listed).to_string());
        }
        self
    }

    /// Lists what is wrong field by field, as far as there is room.
    pub(crate) fn violations(mut self, violations: Vec<Violation>) -> Self {
        let mut room = VIOLATION_BYTES;
        let mut left_out = 0;
        for Violation { field, description } in violations {
            let (field, description) = (shortened(field), shortened(description));
            let size = field.len() + description.len() + 8;
            if size > room {
                left_out += 1;
                continue;
            }
            room -= size;
            self.details.add_bad_request_violation(field, description);
        }
        if left_out > 0 {
            return self.with("violations_left_out", left_out.to_string());
        }
        self
    }

    /// Names the resource that it is about, such as `shelf/Product` and `products/mug`.
    pub(crate) fn resource(mut self, kind: &str, name: &str, description: &str) -> Self {
        self.details.set_resource_info(kind, shortened(name.to_owned()), "", description);
        self
    }

    /// Names the condition that does not hold.
    pub(crate) fn precondition(mut self, kind: &str, subject: &str, description: &str) -> Self {
        self.details.add_precondition_failure_violation(
            kind,
            shortened(subject.to_owned()),
            description,
        );
        self
    }

    /// Says when to try again.
    pub(crate) fn retry_after(mut self, delay: Duration) -> Self {
        self.details.set_retry_info(Some(delay));
        self
    }

    /// The status with all details.
    pub(crate) fn status(mut self) -> Status {
        self.details.set_error_info(self.reason.as_str(), DOMAIN, self.metadata);
        Status::with_error_details(self.reason.code(), self.message, self.details)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        refusal.status()
    }
}

/// The reason that a status carries.
pub(crate) fn reason_of(status: &Status) -> Option<String> {
    let details = pb::Status::decode(status.details()).ok()?.details;
    let info = details.iter().find(|any| any.type_url.ends_with("/google.rpc.ErrorInfo"))?;
    pb::ErrorInfo::decode(info.value.as_slice()).ok().map(|info| info.reason)
}

fn shortened(mut text: String) -> String {
    if text.len() > TEXT_BYTES {
        text.truncate(text.floor_char_boundary(TEXT_BYTES - '…'.len_utf8()));
        text.push('…');
    }
    text
}

/// How large the trailers of a status are, for tests.
#[cfg(test)]
pub(crate) fn header_bytes(status: &Status) -> usize {
    let mut headers = http::HeaderMap::new();
    status.add_header(&mut headers).unwrap();
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// The violations of a status, for tests.
#[cfg(test)]
pub(crate) fn violations_of(status: &Status) -> Vec<tonic_types::FieldViolation> {
    status.get_details_bad_request().map(|details| details.field_violations).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(index: usize, length: usize) -> Violation {
        Violation {
            field: format!("requests[{index}].product.title"),
            description: "x".repeat(length),
        }
    }

    #[test]
    fn every_violation_is_listed_while_there_is_room() {
        let violations = (0..20).map(|index| violation(index, 40)).collect();
        let status = Refusal::new(Reason::FieldInvalid, "no").violations(violations).status();
        assert_eq!(violations_of(&status).len(), 20);
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason.as_str(), info.domain.as_str()), ("FIELD_INVALID", "shelf"));
        assert!(info.metadata.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_counted_and_the_trailers_stay_small() {
        let items: Vec<_> = (0..5_000).map(|index: usize| index.to_string()).collect();
        for length in [1, 40, 290, 100_000] {
            let violations: Vec<_> = (0..5_000).map(|index| violation(index, length)).collect();
            let status = Refusal::new(Reason::FieldInvalid, "é".repeat(10_000))
                .violations(violations)
                .with_list("failed_items", &items)
                .status();
            let listed = violations_of(&status).len();
            let info = status.get_details_error_info().unwrap();
            let left_out: usize = info.metadata["violations_left_out"].parse().unwrap();
            assert_eq!(listed + left_out, 5_000);
            assert!(listed > 0);
            let named = info.metadata["failed_items"].split(',').count();
            let unnamed: usize = info.metadata["failed_items_left_out"].parse().unwrap();
            assert_eq!(named + unnamed, 5_000);
            assert!(header_bytes(&status) < 8_192, "{} bytes", header_bytes(&status));
        }
    }

    #[test]
    fn a_reason_is_read_back() {
        let status = Refusal::new(Reason::Overloaded, "busy").status();
        assert_eq!(reason_of(&status).as_deref(), Some("OVERLOADED"));
        assert_eq!(reason_of(&Status::internal("bare")), None);
    }
}
