//! What one request of the outside adds to every call it causes: credentials, deadline, request id, the caller's address.
//!
//! Metadata is built from this fixed list; nothing else of the outside's headers reaches the service.

use std::{net::IpAddr, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use tokio::time::Instant;
use tonic::{Status, body::Body};

use super::deadline_exceeded;

/// Kept for the answer's own way back, so that the service gives up before the gateway does.
const MARGIN: Duration = Duration::from_millis(50);

/// gRPC's deadline.
const TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");
/// Who asked, as the gateway saw it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// The id under which both services log one request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The metadata and the deadline of every call that one request causes.
#[derive(Clone, Debug)]
pub struct Outgoing {
    headers: HeaderMap,
    deadline: Instant,
}

impl Outgoing {
    /// Calls that have to be answered by `deadline`, without credentials.
    pub fn until(deadline: Instant) -> Self {
        Self { headers: HeaderMap::new(), deadline }
    }

    /// Sends the caller's credentials, a whole `authorization` value; without them the caller is anyone.
    #[must_use]
    pub fn with_authorization(mut self, mut authorization: HeaderValue) -> Self {
        authorization.set_sensitive(true);
        self.headers.insert(header::AUTHORIZATION, authorization);
        self
    }

    /// The same calls by anyone.
    #[must_use]
    pub fn without_authorization(mut self) -> Self {
        self.headers.remove(header::AUTHORIZATION);
        self
    }

    /// Sends the id of the request that causes the calls.
    #[must_use]
    pub fn with_request_id(mut self, id: HeaderValue) -> Self {
        self.headers.insert(REQUEST_ID, id);
        self
    }

    /// Sends the address that the request came from.
    #[must_use]
    pub fn with_address(mut self, address: IpAddr) -> Self {
        if let Ok(address) = HeaderValue::try_from(address.to_string()) {
            self.headers.insert(FORWARDED_FOR, address);
        }
        self
    }

    /// Sends another header of the fixed list, such as `traceparent`.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// When the answer has to be there.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Puts all of it on a call; a deadline that has passed is the call's answer.
    pub(super) fn stamp(&self, request: &mut Request<Body>) -> Result<Instant, Status> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(deadline_exceeded());
        }
        let headers = request.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        let told = left.saturating_sub(MARGIN).max(Duration::from_millis(1));
        if let Ok(timeout) = HeaderValue::try_from(format!("{}m", told.as_millis())) {
            headers.insert(TIMEOUT, timeout);
        }
        Ok(self.deadline)
    }
}
