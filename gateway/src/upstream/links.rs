//! The instances of the service, taken in turns.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Response, Uri};
use tokio::sync::watch;
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
    connections: watch::Sender<u64>,
}

impl Links {
    pub(super) fn to(instances: &[Uri], used_for: Use) -> Self {
        let connections = watch::Sender::default();
        let link = |instance: &Uri| Link::to(instance.clone(), used_for, connections.clone());
        let links = instances.iter().map(link).collect();
        Self { links, next: AtomicUsize::new(0), retries: Retries::default(), connections }
    }

    /// How many connections were made so far.
    pub(super) fn connections(&self) -> watch::Receiver<u64> {
        self.connections.subscribe()
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
