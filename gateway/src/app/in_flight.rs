//! How many requests are worked on at once. One that finds no place soon is refused: waiting longer would slow everyone.

use std::{sync::Arc, time::Duration};

use http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use transcoder::Code;

use super::{Kind, Refusal};

/// Requests at once, assets and health not counted.
const MOST: usize = 256;
/// How long to wait for a place.
const WAIT: Duration = Duration::from_millis(100);

/// The places.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Semaphore>);

impl InFlight {
    pub(super) fn with_places(places: usize) -> Self {
        Self(Arc::new(Semaphore::new(places)))
    }

    /// A place, held until it is dropped; `None` for what needs none.
    pub(super) async fn enter(&self, kind: Kind) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        if matches!(kind, Kind::Asset | Kind::Picture | Kind::Health) {
            return Ok(None);
        }
        if let Ok(place) = Arc::clone(&self.0).try_acquire_owned() {
            return Ok(Some(place));
        }
        match tokio::time::timeout(WAIT, Arc::clone(&self.0).acquire_owned()).await {
            Ok(Ok(place)) => Ok(Some(place)),
            _ => {
                let message = "too much is going on at once; try again in a moment";
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let refusal = Refusal::new(status, Code::Unavailable, "OVERLOADED", message);
                Err(Refusal { retry_after: Some(1), ..refusal })
            }
        }
    }
}

impl Default for InFlight {
    fn default() -> Self {
        Self::with_places(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_one_too_many_is_refused_and_the_next_is_not() {
        let places = InFlight::with_places(1);
        let first = places.enter(Kind::Page).await.unwrap();
        let refused = places.enter(Kind::Api).await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.retry_after), (503, Some(1)));
        assert!(places.enter(Kind::Asset).await.unwrap().is_none());
        drop(first);
        assert!(places.enter(Kind::Api).await.unwrap().is_some());
    }
}
