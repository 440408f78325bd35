//! Refuses work that would only wait: a limit of calls in flight for the whole service, and one for each caller.
//!
//! tonic's own limit is per connection and queues without end. A call waits here for a moment and is then refused, so
//! that those that are accepted stay quick. Health checks are not counted.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;

use super::{source::Account, status};

/// The places for calls in flight.
#[derive(Clone, Debug)]
pub(crate) struct Shed {
    places: Arc<Semaphore>,
    each: usize,
    patience: Duration,
    callers: Callers,
}

/// The places of every caller that has a call in flight.
type Callers = Arc<Mutex<HashMap<Account, Arc<Semaphore>>>>;

/// A call's place among all, and among its caller's own; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Places {
    _common: OwnedSemaphorePermit,
    _own: Option<Box<Own>>,
}

impl Shed {
    /// Room for `all` calls at a time, `each` of them by one caller; with `patience` a call waits for a place.
    pub(crate) fn new(all: usize, each: usize, patience: Duration) -> Self {
        let places = Arc::new(Semaphore::new(all));
        Self { places, each, patience, callers: Callers::default() }
    }

    /// Room for any number of calls, `each` of them by one caller.
    pub(crate) fn of_each(each: usize, patience: Duration) -> Self {
        Self::new(Semaphore::MAX_PERMITS, each, patience)
    }

    /// A place among all.
    ///
    /// # Errors
    /// UNAVAILABLE, OVERLOADED when none becomes free in time.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit, Status> {
        self.soon(&self.places).await
    }

    /// Both places of a call; on nobody's account, the one among all is enough.
    ///
    /// While a caller waits for one of its own places, the common one is lent to others: its queue is its own.
    ///
    /// # Errors
    /// As for [`Self::place`].
    pub(super) async fn both(
        &self,
        common: OwnedSemaphorePermit,
        account: Option<Account>,
    ) -> Result<Places, Status> {
        let Some(account) = account else { return Ok(Places { _common: common, _own: None }) };
        let mut own = Box::new(Own::of(&self.callers, account, self.each));
        if let Ok(place) = Arc::clone(&own.places).try_acquire_owned() {
            own.place = Some(place);
            return Ok(Places { _common: common, _own: Some(own) });
        }
        drop(common);
        Box::pin(self.both_in_time(own)).await
    }

    async fn both_in_time(&self, mut own: Box<Own>) -> Result<Places, Status> {
        own.place = Some(self.soon(&own.places).await?);
        Ok(Places { _common: self.place().await?, _own: Some(own) })
    }

    async fn soon(&self, places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
        if let Ok(place) = Arc::clone(places).try_acquire_owned() {
            return Ok(place);
        }
        // In a box, because few calls wait and all would be as large.
        let waiting = tokio::time::timeout(self.patience, Arc::clone(places).acquire_owned());
        match Box::pin(waiting).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(status::overloaded()),
        }
    }
}

/// A caller's places, as one of its calls holds or awaits them; forgotten with the last of these.
#[derive(Debug)]
struct Own {
    callers: Callers,
    account: Account,
    places: Arc<Semaphore>,
    place: Option<OwnedSemaphorePermit>,
}

impl Own {
    fn of(callers: &Callers, account: Account, each: usize) -> Self {
        let new = || Arc::new(Semaphore::new(each));
        let places = Arc::clone(lock(callers).entry(account.clone()).or_insert_with(new));
        Self { callers: Arc::clone(callers), account, places, place: None }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.place = None;
        let mut callers = lock(&self.callers);
        // The table's and ours: every other one is made under the lock that is held here.
        if Arc::strong_count(&self.places) <= 2 {
            callers.remove(&self.account);
        }
    }
}

fn lock(callers: &Callers) -> MutexGuard<'_, HashMap<Account, Arc<Semaphore>>> {
    callers.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Network;
    use tokio::time::Instant;
    use tonic::Code;

    const PATIENCE: Duration = Duration::from_millis(100);

    fn account(last: u8) -> Option<Account> {
        Some(Account::Network(Network::of([192, 0, 2, last].into())))
    }

    async fn both(shed: &Shed, account: Option<Account>) -> Result<Places, Status> {
        shed.both(shed.place().await?, account).await
    }

    #[tokio::test(start_paused = true)]
    async fn one_too_many_is_refused_after_a_moment() {
        let shed = Shed::new(2, 2, PATIENCE);
        let first = shed.place().await.unwrap();
        let _second = shed.place().await.unwrap();
        let begun = Instant::now();
        assert_eq!(shed.place().await.unwrap_err().code(), Code::Unavailable);
        assert!(begun.elapsed() >= PATIENCE);

        drop(first);
        drop(shed.place().await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_becomes_free_in_time_is_taken() {
        let shed = Shed::new(1, 1, PATIENCE);
        let held = both(&shed, account(1)).await.unwrap();
        let waiting = tokio::spawn({
            let shed = shed.clone();
            async move { both(&shed, account(1)).await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(held);
        waiting.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_takes_its_own_places_and_leaves_the_others() {
        let shed = Shed::new(20, 16, PATIENCE);
        let mut held = Vec::new();
        for _ in 0..16 {
            held.push(both(&shed, account(1)).await.unwrap());
        }
        let begun = Instant::now();
        let refused = both(&shed, account(1)).await.unwrap_err();
        assert_eq!((refused.code(), begun.elapsed() >= PATIENCE), (Code::Unavailable, true));
        both(&shed, account(2)).await.unwrap();
        both(&shed, None).await.unwrap();
        held.pop();
        both(&shed, account(1)).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_queue_of_one_caller_takes_nobodys_place() {
        let shed = Shed::new(2, 1, PATIENCE);
        let _held = both(&shed, account(1)).await.unwrap();
        let queued: Vec<_> = (0..50)
            .map(|_| {
                let shed = shed.clone();
                tokio::spawn(async move { both(&shed, account(1)).await.map(drop) })
            })
            .collect();
        tokio::task::yield_now().await;
        let begun = Instant::now();
        both(&shed, account(2)).await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
        for waiting in queued {
            assert!(waiting.await.unwrap().is_err());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_without_a_call_is_forgotten() {
        let shed = Shed::new(4, 1, PATIENCE);
        let held = both(&shed, account(1)).await.unwrap();
        assert!(both(&shed, account(1)).await.is_err());
        assert_eq!(lock(&shed.callers).len(), 1);
        drop(held);
        assert!(lock(&shed.callers).is_empty());
    }
}
