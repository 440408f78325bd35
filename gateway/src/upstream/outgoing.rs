//! What one request of the outside adds to every call it causes: credentials, deadline, request id, the caller's address.
//!
//! Metadata is built from this fixed list; nothing else of the outside's headers reaches the service.

use std::{io::Write as _, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio::time::Instant;
use tonic::Status;

use super::deadline_exceeded;

/// Kept for the answer's own way back, so that the service gives up before the gateway does.
const MARGIN: Duration = Duration::from_millis(50);

/// gRPC's deadline.
const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
/// Who asked, as the gateway saw it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The id under which both services log one request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Told deadlines are whole tenths of a second, unless they are shorter than one second: most calls then tell the same, which
/// HTTP/2 sends as a reference to the last one.
const STEP: u64 = 100;

/// The metadata and the deadline of every call that one request causes.
#[derive(Clone, Debug)]
pub struct Outgoing {
    authorization: Option<HeaderValue>,
    request_id: Option<HeaderValue>,
    address: Option<HeaderValue>,
    others: Vec<(HeaderName, HeaderValue)>,
    deadline: Option<Instant>,
}

impl Outgoing {
    /// Calls that have to be answered by `deadline`, without credentials.
    pub fn until(deadline: Instant) -> Self {
        let deadline = Some(deadline);
        Self { authorization: None, request_id: None, address: None, others: Vec::new(), deadline }
    }

    /// The same calls with another deadline, or with none, as streams have it.
    #[must_use]
    pub(crate) fn ending(mut self, deadline: Option<Instant>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sends the caller's credentials, a whole `authorization` value; without them the caller is anyone.
    #[must_use]
    pub fn with_authorization(mut self, mut authorization: HeaderValue) -> Self {
        authorization.set_sensitive(true);
        self.authorization = Some(authorization);
        self
    }

    /// The same calls by anyone.
    #[must_use]
    pub fn without_authorization(mut self) -> Self {
        self.authorization = None;
        self
    }

    /// Sends the id of the request that causes the calls.
    #[must_use]
    pub fn with_request_id(mut self, mut id: HeaderValue) -> Self {
        // It is no secret. But what never comes again must not take the place of what does in the tables of HTTP/2.
        id.set_sensitive(true);
        self.request_id = Some(id);
        self
    }

    /// Sends the address that the request came from.
    #[must_use]
    pub fn with_address(mut self, address: HeaderValue) -> Self {
        self.address = Some(address);
        self
    }

    /// Sends another header that may pass, such as `traceparent`, or one more value of it.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.others.push((name, value));
        self
    }

    /// When the answer has to be there, if it ever has.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Puts all of it on a call; a deadline that has passed is the call's answer.
    pub(super) fn stamp(&self, headers: &mut HeaderMap) -> Result<(), Status> {
        let left = self.deadline.map(|at| at.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return Err(deadline_exceeded());
        }
        let fixed = [
            (header::AUTHORIZATION, &self.authorization),
            (REQUEST_ID, &self.request_id),
            (FORWARDED_FOR, &self.address),
        ];
        for (name, value) in fixed {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        for (name, value) in &self.others {
            headers.append(name, value.clone());
        }
        if let Some(left) = left {
            headers.insert(TIMEOUT, told(left));
        }
        Ok(())
    }
}

/// How long the service is told that it has.
fn told(left: Duration) -> HeaderValue {
    let told = left.saturating_sub(MARGIN).max(Duration::from_millis(1)).as_millis();
    let told = u64::try_from(told).unwrap_or(u64::MAX);
    let told = if told < 1_000 { told } else { told - told % STEP };
    let mut text = [0; 24];
    let length = text.len();
    let mut rest = &mut text[..];
    // A number of 20 digits fits.
    let written = write!(rest, "{told}m").map(|()| length - rest.len());
    HeaderValue::from_bytes(&text[..written.unwrap_or_default()])
        .unwrap_or(HeaderValue::from_static("1m"))
}
