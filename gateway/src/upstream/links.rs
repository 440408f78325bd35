//! The instances of the service, taken in turns.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Response, Uri};
use tonic::{Status, body::Body};

use super::{
    Head,
    link::{Link, Use},
    retry::Retries,
    unreachable,
};

/// A link to each instance.
pub(super) struct Links {
    links: Vec<Link>,
    next: AtomicUsize,
    pub(super) retries: Retries,
}

impl Links {
    pub(super) fn to(instances: &[Uri], used_for: Use) -> Self {
        let links = instances.iter().map(|instance| Link::to(instance.clone(), used_for)).collect();
        Self { links, next: AtomicUsize::new(0), retries: Retries::default() }
    }

    /// The next instance: a repeated call meets another one where there is one.
    ///
    /// # Errors
    /// There is none at all.
    pub(super) fn next(&self) -> Result<&Link, Status> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.links.get(turn % self.links.len().max(1)).ok_or_else(unreachable)
    }

    /// Calls the next instance with one message.
    ///
    /// # Errors
    /// It is not there, or the connection broke.
    pub(super) async fn call(&self, head: Head, message: Bytes) -> Result<Response<Body>, Status> {
        self.next()?.call(head, message).await
    }
}
