//! How many requests are worked on at once. One that finds no place soon is refused: waiting longer would slow everyone.
//!
//! One address has its own places among them, whatever credentials it shows: they are not known to be good here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Kind, Refusal, network::Network};
use crate::config::Limits;

/// The places.
#[derive(Debug)]
pub(super) struct InFlight {
    all: Arc<Semaphore>,
    each: usize,
    /// How long to wait for a place.
    patience: Duration,
    networks: Networks,
}

/// The places of every network that has a request in flight.
type Networks = Arc<Mutex<HashMap<Network, Arc<Semaphore>>>>;

/// One request's place among all, and among those of its network; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _own: Option<Own>,
    _common: OwnedSemaphorePermit,
}

impl InFlight {
    /// The places of requests that wait for an answer.
    pub(super) fn of_requests(limits: &Limits) -> Self {
        Self::of(limits.requests, limits.requests_per_address, limits.deadlines.place)
    }

    /// The places of streams, each for as long as it goes on.
    pub(super) fn of_streams(limits: &Limits) -> Self {
        Self::of(limits.streams, limits.streams_per_address, limits.deadlines.place)
    }

    fn of(all: usize, each: usize, patience: Duration) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each, patience, networks: Networks::default() }
    }

    /// A place, held until it is dropped; `None` for what needs none. On no network, the place among all is enough.
    pub(super) async fn enter(
        &self,
        kind: Kind,
        network: Option<Network>,
    ) -> Result<Option<Place>, Refusal> {
        if matches!(kind, Kind::Asset | Kind::Picture | Kind::Description | Kind::Health) {
            return Ok(None);
        }
        // A network's own place first: its queue takes no place that others could have.
        let mut own = network.map(|network| Own::of(&self.networks, network, self.each));
        if let Some(own) = &mut own {
            own.place = Some(self.soon(&own.places).await?);
        }
        Ok(Some(Place { _own: own, _common: self.soon(&self.all).await? }))
    }

    async fn soon(&self, places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Refusal> {
        if let Ok(place) = Arc::clone(places).try_acquire_owned() {
            return Ok(place);
        }
        // In a box, because few requests wait and all would be as large.
        let waiting = tokio::time::timeout(self.patience, Arc::clone(places).acquire_owned());
        match Box::pin(waiting).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Refusal::overloaded()),
        }
    }
}

/// A network's places, as one of its requests holds or awaits them; forgotten with the last of these.
#[derive(Debug)]
struct Own {
    networks: Networks,
    network: Network,
    places: Arc<Semaphore>,
    place: Option<OwnedSemaphorePermit>,
}

impl Own {
    fn of(networks: &Networks, network: Network, each: usize) -> Self {
        let new = || Arc::new(Semaphore::new(each));
        let places = Arc::clone(lock(networks).entry(network).or_insert_with(new));
        Self { networks: Arc::clone(networks), network, places, place: None }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.place = None;
        let mut networks = lock(&self.networks);
        // The table's and ours: every other one is made under the lock that is held here.
        if Arc::strong_count(&self.places) <= 2 {
            networks.remove(&self.network);
        }
    }
}

fn lock(networks: &Networks) -> MutexGuard<'_, HashMap<Network, Arc<Semaphore>>> {
    networks.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn in_flight(requests: usize, requests_per_address: usize) -> InFlight {
        InFlight::of_requests(&Limits { requests, requests_per_address, ..Limits::default() })
    }

    fn network(last: u8) -> Option<Network> {
        Some(Network::of([192, 0, 2, last].into()))
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_too_many_is_refused_and_the_next_is_not() {
        let places = in_flight(1, 1);
        let first = places.enter(Kind::Page, None).await.unwrap();
        let begun = Instant::now();
        let refused = places.enter(Kind::Api, None).await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.retry_after), (503, Some(1)));
        assert!(begun.elapsed() >= places.patience);
        assert!(places.enter(Kind::Asset, None).await.unwrap().is_none());
        drop(first);
        assert!(places.enter(Kind::Api, None).await.unwrap().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn streams_have_places_of_their_own() {
        let limits = Limits { streams: 9, streams_per_address: 8, ..Limits::default() };
        let (requests, streams) = (InFlight::of_requests(&limits), InFlight::of_streams(&limits));
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(streams.enter(Kind::Api, network(1)).await.unwrap());
        }
        assert!(streams.enter(Kind::Api, network(1)).await.is_err());
        held.push(streams.enter(Kind::Api, network(2)).await.unwrap());
        assert!(streams.enter(Kind::Api, network(3)).await.is_err());
        assert!(requests.enter(Kind::Api, network(1)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_takes_its_own_places_and_leaves_the_others() {
        let places = in_flight(18, 16);
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(places.enter(Kind::Api, network(1)).await.unwrap());
        }
        assert!(places.enter(Kind::Page, network(1)).await.is_err());
        assert!(places.enter(Kind::Health, network(1)).await.is_ok());
        assert!(places.enter(Kind::Page, network(2)).await.is_ok());
        assert!(places.enter(Kind::Page, None).await.is_ok());
        held.pop();
        assert!(places.enter(Kind::Page, network(1)).await.is_ok());
        held.clear();
        assert!(lock(&places.networks).is_empty(), "nobody is remembered for nothing");
    }
}
