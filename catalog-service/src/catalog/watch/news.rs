//! The news: each change of the feed, read once for all who watch.
//!
//! What it cannot tell, because nobody was there or the store failed, those who watch look up for themselves. So only speed depends
//! on it.

use std::{
    future::pending,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use tokio::{
    sync::{broadcast, watch},
    time::timeout,
};

use crate::{
    config::Watch,
    domain::FeedEntry,
    store::{self, Store},
};

/// How many changes are told at a time.
const TOGETHER: usize = 256;

/// How long those who read at once are given to take what was told, when much is done at a time.
const PATIENCE: Duration = Duration::from_millis(100);
const TICK: Duration = Duration::from_millis(2);

/// What is told to those who watch.
#[derive(Clone, Debug)]
pub(super) enum Told {
    /// A change, in the order of the feed.
    Change(Arc<FeedEntry>),
    /// There may be changes that are not told: look for them.
    Look,
}

/// The news of one store. Clones are one and the same.
#[derive(Clone)]
pub(in crate::catalog) struct News {
    limits: Watch,
    sender: broadcast::Sender<Told>,
    begun: Arc<OnceLock<()>>,
}

impl News {
    /// News that nobody reads yet.
    pub(in crate::catalog) fn new(limits: Watch) -> Self {
        let sender = broadcast::Sender::new(limits.waiting);
        Self { limits, sender, begun: Arc::default() }
    }

    pub(super) fn limits(&self) -> Watch {
        self.limits
    }

    /// From now on whoever holds this is told. Who falls too far behind is told so instead.
    pub(super) fn subscribe(&self, store: &Arc<dyn Store>) -> broadcast::Receiver<Told> {
        let receiver = self.sender.subscribe();
        self.begun.get_or_init(|| {
            let teller = Teller {
                store: Arc::downgrade(store),
                room: self.limits.waiting.saturating_sub(TOGETHER),
                sender: self.sender.clone(),
            };
            tokio::spawn(teller.follow(store.commits()));
        });
        receiver
    }
}

/// Reads the feed and tells it.
struct Teller {
    /// Whoever closes the store need not wait for this.
    store: Weak<dyn Store>,
    sender: broadcast::Sender<Told>,
    /// How many may still wait when more are told.
    room: usize,
}

impl Teller {
    /// Until the store is gone.
    async fn follow(self, mut commits: watch::Receiver<u64>) {
        let mut position = None;
        while commits.changed().await.is_ok() {
            let Some(store) = self.store.upgrade() else { return };
            position = self.tell(store.as_ref(), position).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "changes cannot be told; those who watch look for themselves");
                let _nobody = self.sender.send(Told::Look);
                None
            });
        }
    }

    /// Tells what has come since a position, and answers the next one; none: what comes next is not to be told change by change.
    async fn tell(&self, store: &dyn Store, from: Option<i64>) -> store::Result<Option<i64>> {
        if self.sender.receiver_count() == 0 {
            return Ok(None);
        }
        let Some(mut position) = from else {
            let last = store.last_change().await?;
            let _nobody = self.sender.send(Told::Look);
            return Ok(Some(last));
        };
        while let Some(entries) = store.entries_after(position, TOGETHER).await? {
            if entries.is_empty() {
                return Ok(Some(position));
            }
            self.make_room().await;
            for entry in entries {
                position = entry.number;
                let _nobody = self.sender.send(Told::Change(Arc::new(entry)));
            }
        }
        let _nobody = self.sender.send(Told::Look);
        Ok(None)
    }

    /// A commit may hold more than may wait. Whoever reads as fast as they can shall not be given up for that.
    async fn make_room(&self) {
        let taken = async {
            while self.sender.len() > self.room {
                let _tick = timeout(TICK, pending::<()>()).await;
            }
        };
        let _stalled = timeout(PATIENCE, taken).await;
    }
}
