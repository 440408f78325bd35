//! Refuses work that would only wait: one limit of calls in flight for the whole service.
//!
//! tonic's own limit is per connection and queues without end. A call waits here for a moment and is then refused, so
//! that those that are accepted stay quick. Health checks are not counted.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use super::status;

/// How long a call waits for a place before it is refused.
const PATIENCE: Duration = Duration::from_millis(100);

/// The places for calls in flight.
#[derive(Clone, Debug)]
pub(crate) struct Shed {
    places: Arc<Semaphore>,
}

impl Shed {
    /// Room for `limit` calls at a time.
    pub(crate) fn new(limit: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(limit)) }
    }

    /// A place, held as long as what is answered lives.
    ///
    /// # Errors
    /// UNAVAILABLE, OVERLOADED when none becomes free in time.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit, Status> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(status::overloaded()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[tokio::test]
    async fn one_too_many_is_refused_after_a_moment() {
        let shed = Shed::new(2);
        let first = shed.place().await.unwrap();
        let _second = shed.place().await.unwrap();
        let begun = tokio::time::Instant::now();
        assert_eq!(shed.place().await.unwrap_err().code(), Code::Unavailable);
        assert!(begun.elapsed() >= PATIENCE);

        drop(first);
        drop(shed.place().await.unwrap());
    }

    #[tokio::test]
    async fn a_place_that_becomes_free_in_time_is_taken() {
        let shed = Shed::new(1);
        let held = shed.place().await.unwrap();
        let waiting = tokio::spawn({
            let shed = shed.clone();
            async move { shed.place().await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(held);
        waiting.await.unwrap().unwrap();
    }
}
