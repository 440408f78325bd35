//! Finding products by words: an index beside the store, which follows the feed of changes. Whoever deletes it loses nothing.
//!
//! It tells which products there are, never what they are: that is read from the store, by the rules of who may see it.

mod analysis;
mod asked;
mod choices;
mod deadline;
mod document;
mod facets;
mod find;
mod follower;
mod highlight;
mod index;
mod lexicon;
mod mark;
mod part;
mod pieces;
mod plan;
mod scan;
mod schema;
mod sight;
mod source;
mod suggest;
#[cfg(test)]
mod tests;
mod top;
mod tree;
mod units;
mod window;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::{Notify, Semaphore, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

pub use self::find::Stretch;
pub(crate) use self::highlight::{excerpt, marked};
use self::{
    deadline::{Allowance, Deadline},
    follower::{Desk, Follower, Pace},
    index::{Opened, Unusable},
    tree::Tree,
};
use crate::{
    domain::{Currency, FeedPosition},
    store::Store,
};

/// How long a search waits for the index to have what was written before it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Before the position of an index that has nothing.
const NOWHERE: i64 = -1;

/// How many searches run at a time, and how many may wait for their turn.
const AT_A_TIME: usize = 2;
const WAITING: usize = 64;

/// Why a search is not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It needs more than it may.
    #[error("the search needs more than 250 ms; use fewer or longer words")]
    TooExpensive,
    /// More searches wait than may.
    #[error("too many searches wait; try again")]
    Overloaded,
    /// There is no index yet.
    #[error("the search index is being made; try again")]
    NotReady,
    /// A price is not in the currency in which prices are compared.
    #[error("a price is in {given}, and the shop's currency is {shop}")]
    OtherCurrency {
        /// The field of the search.
        field: &'static str,
        /// The currency of the price.
        given: Currency,
        /// The currency of the shop.
        shop: Currency,
    },
    /// The index failed.
    #[error("the search index failed")]
    Failed(#[from] tantivy::TantivyError),
}

/// The search of one store.
#[derive(Clone)]
pub struct Search {
    shared: Arc<Shared>,
    turns: Arc<Semaphore>,
    stopping: CancellationToken,
    follower: Arc<Mutex<Option<JoinHandle<()>>>>,
    patience: Duration,
    allowance: Allowance,
}

/// What the follower shows to the searches.
struct Shared {
    serving: RwLock<Option<Arc<Serving>>>,
    /// The number of the last change that can be found.
    position: watch::Sender<i64>,
    damaged: Notify,
}

/// An index as it can be searched now.
struct Serving {
    opened: Arc<Opened>,
    tree: Arc<Tree>,
    currency: Currency,
    is_whole: bool,
    position: FeedPosition,
}

impl Shared {
    fn serve(&self, desk: &Desk) {
        let serving = Serving {
            opened: Arc::clone(&desk.opened),
            tree: Arc::clone(&desk.tree),
            currency: desk.currency,
            is_whole: desk.mark.is_whole,
            position: FeedPosition::new(desk.mark.position),
        };
        *self.serving.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(serving));
    }

    /// Lets those go on who wait for a change that can be found now.
    fn reached(&self, position: i64) {
        self.position.send_replace(position);
    }

    /// Lets nobody search an index that is damaged.
    fn withdraw(&self) -> Unusable {
        *self.serving.write().unwrap_or_else(PoisonError::into_inner) = None;
        Unusable::Damaged(1)
    }

    fn serving(&self) -> Option<Arc<Serving>> {
        self.serving.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_empty(&self) -> bool {
        self.serving().is_none()
    }

    /// Comes to an end when a search has met damage.
    async fn damage(&self) {
        self.damaged.notified().await;
    }
}

impl Search {
    /// Begins to follow a store. It is searched as soon as an index is there, and made when there is none.
    pub fn start(store: Arc<dyn Store>) -> Self {
        Self::start_at(Pace::default(), store)
    }

    fn start_at(pace: Pace, store: Arc<dyn Store>) -> Self {
        let shared = Arc::new(Shared {
            serving: RwLock::default(),
            position: watch::Sender::new(NOWHERE),
            damaged: Notify::new(),
        });
        let stopping = CancellationToken::new();
        let follower = Follower::new(store, Arc::clone(&shared), pace, stopping.clone());
        let follower = tokio::spawn(follower.run());
        Self {
            shared,
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            stopping,
            follower: Arc::new(Mutex::new(Some(follower))),
            patience: PATIENCE,
            allowance: Allowance::default(),
        }
    }

    /// Waits as long as it takes: no test may depend on how fast its machine is.
    #[cfg(test)]
    pub(crate) fn with_endless_patience(self) -> Self {
        Self { patience: Duration::MAX, ..self }
    }

    /// The same search, each time with another allowance.
    #[cfg(test)]
    fn allowing(&self, allowance: Allowance) -> Self {
        Self { allowance, ..self.clone() }
    }

    /// Waits, for a second at most, until a change and all before it can be found.
    pub async fn wait_for(&self, position: i64) {
        let mut positions = self.shared.position.subscribe();
        let reached = positions.wait_for(|reached| *reached >= position);
        // What is not found in time is found a moment later; to answer without it is better than not at all.
        let _ = tokio::time::timeout(self.patience, reached).await;
    }

    /// Ends following. What was not taken into the index is when it is started again.
    pub async fn close(&self) {
        self.stopping.cancel();
        let follower = self.follower.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(follower) = follower {
            // A panic of it was logged already.
            let _ = follower.await;
        }
    }

    /// Does some work on the index, on a thread of its own, until its deadline.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Serving, &Deadline) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.turn().await?;
        let serving = self.shared.serving().ok_or(Error::NotReady)?;
        let allowance = self.allowance;
        let worked = tokio::task::spawn_blocking(move || work(&serving, &allowance.begin())).await;
        match worked {
            Ok(Err(Error::Failed(error))) => {
                self.shared.damaged.notify_one();
                Err(Error::Failed(error))
            }
            Ok(answer) => answer,
            // What is damaged may lead anywhere.
            Err(_panic) => {
                self.shared.damaged.notify_one();
                Err(Error::NotReady)
            }
        }
    }

    async fn turn(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Error> {
        static WAIT: Semaphore = Semaphore::const_new(WAITING);
        let _place = WAIT.try_acquire().map_err(|_| Error::Overloaded)?;
        Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Error::NotReady)
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").finish_non_exhaustive()
    }
}
