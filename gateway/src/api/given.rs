//! The header fields of a request that fill fields of its message.

use std::borrow::Cow;

use http::{HeaderName, header, request::Parts};
use transcoder::{HeaderFields, Input};

use super::{Failure, form};
use crate::app::{Refusal, text};

/// The header that becomes a request's `request_id`.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The last event that a browser has seen of a stream that broke off.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What a request says besides its path and its body.
pub(super) struct Given<'a> {
    query: Cow<'a, str>,
    pub(super) content_type: &'a str,
    if_match: Option<Cow<'a, str>>,
    idempotency_key: Option<Cow<'a, str>>,
    last_event_id: Option<&'a str>,
}

impl<'a> Given<'a> {
    /// What this request says; 400 for a header that is not text.
    pub(super) fn of(head: &'a Parts) -> Result<Self, Failure> {
        Ok(Self {
            query: form::query(head),
            content_type: text(&head.headers, header::CONTENT_TYPE).unwrap_or_default(),
            if_match: joined(head, &header::IF_MATCH)?,
            idempotency_key: joined(head, &IDEMPOTENCY_KEY)?,
            last_event_id: last_event(head)?,
        })
    }

    /// The same with a body.
    pub(super) fn input<'i>(&'i self, body: &'i [u8]) -> Input<'i> {
        let headers = HeaderFields {
            if_match: self.if_match.as_deref(),
            idempotency_key: self.idempotency_key.as_deref(),
            last_event_id: self.last_event_id,
        };
        Input { query: &self.query, content_type: self.content_type, body, headers }
    }
}

/// The id of the last event: any text without line breaks, as the event that it came with was (WHATWG HTML, 9.2).
fn last_event(head: &Parts) -> Result<Option<&str>, Failure> {
    let Some(id) = head.headers.get(LAST_EVENT_ID) else { return Ok(None) };
    match std::str::from_utf8(id.as_bytes()) {
        Ok(id) => Ok(Some(id)),
        Err(_) => {
            let message = format!("the `{LAST_EVENT_ID}` header holds bytes that are not UTF-8");
            Err(Refusal::bad("HEADER_INVALID", message).into())
        }
    }
}

/// A header, its lines joined; 400 when it is not text.
pub(super) fn joined<'a>(
    head: &'a Parts,
    name: &HeaderName,
) -> Result<Option<Cow<'a, str>>, Failure> {
    let mut whole: Option<Cow<'a, str>> = None;
    for line in head.headers.get_all(name) {
        let Ok(line) = line.to_str() else {
            let message = format!("the `{name}` header holds bytes that are not visible ASCII");
            return Err(Refusal::bad("HEADER_INVALID", message).into());
        };
        match &mut whole {
            None => whole = Some(line.into()),
            Some(whole) => whole.to_mut().extend([", ", line]),
        }
    }
    Ok(whole)
}
