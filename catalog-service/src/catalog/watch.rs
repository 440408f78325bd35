//! Watching products: every change from a place in the feed on, in order and each of them once.
//!
//! What a stream has to catch up with it reads from the store, at its reader's pace; from then on it is told by the [`News`]. Where
//! the two do not meet, it reads again, so that nothing is lost and nothing comes twice.

mod news;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, sync::Arc};

use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, timeout_at},
};

pub(super) use self::news::News;
use self::news::Told;
use super::{Catalog, Error, Result};
use crate::{
    domain::{
        Audience, Caller, Document, FeedEntry, FeedPosition, Product, ProductId, View, product_of,
    },
    store::Store,
};

/// How many changes are read from the store at a time.
const TOGETHER: usize = 64;

/// What a watching caller sees next.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Everything up to here was seen.
    pub position: FeedPosition,
    /// A change, and the product as it is now, unless it is gone; none: a sign that the stream lives.
    pub change: Option<(FeedEntry, Option<Document<Product>>)>,
}

/// The changes of products as they are made.
pub struct Watching {
    store: Arc<dyn Store>,
    news: News,
    audience: Audience,
    told: Receiver<Told>,
    /// The number of the last change that was seen or passed over.
    position: i64,
    /// Read from the store, and to be seen next.
    held: VecDeque<FeedEntry>,
    /// Whether there may be more in the store than the news will tell.
    is_behind: bool,
    /// When it has to show that it lives.
    beat: Instant,
}

impl Catalog {
    /// Watches products from a place in the feed on, or from now.
    ///
    /// # Errors
    /// [`Error::ResumeTokenExpired`] when the feed no longer reaches back to that place, or never got there.
    pub async fn watch(&self, caller: &Caller, from: Option<FeedPosition>) -> Result<Watching> {
        let position = match from {
            Some(from) => from.number(),
            None => self.store.last_change().await?,
        };
        let mut watching = Watching {
            told: self.news.subscribe(&self.store),
            store: Arc::clone(&self.store),
            news: self.news.clone(),
            audience: caller.audience(),
            position,
            held: VecDeque::new(),
            is_behind: true,
            // At once: whoever watches from now on learns where that is.
            beat: Instant::now(),
        };
        watching.read().await?;
        Ok(watching)
    }
}

impl Watching {
    /// What is seen next, after the time of a sign of life at the latest.
    ///
    /// # Errors
    /// [`Error::ReaderTooSlow`] when too much waits for this reader; [`Error::ResumeTokenExpired`] when it took so long that the
    /// feed has forgotten what comes next; the failures of the store. It has ended then.
    pub async fn next(&mut self) -> Result<Seen> {
        loop {
            if Instant::now() >= self.beat {
                return Ok(self.seen(None));
            }
            let entry = match self.held.pop_front() {
                Some(entry) => entry,
                None if self.is_behind => {
                    self.read().await?;
                    continue;
                }
                None => match timeout_at(self.beat, self.told.recv()).await {
                    Ok(told) => match self.following(told)? {
                        Some(entry) => entry,
                        None => continue,
                    },
                    Err(_quiet) => continue,
                },
            };
            self.position = entry.number;
            if let Some(id) = product_of(&entry.resource).and_then(|id| ProductId::parse(id).ok()) {
                let product = self.store.product(&id, View::Basic, self.audience).await?;
                let product = product.map(|product| product.content);
                return Ok(self.seen(Some((entry, product))));
            }
        }
    }

    /// Reads what comes next from the store. Told from before the reading on, so that nothing falls in between.
    async fn read(&mut self) -> Result<()> {
        self.told = self.news.subscribe(&self.store);
        let entries = self.store.entries_after(self.position, TOGETHER).await?;
        self.held = entries.ok_or(Error::ResumeTokenExpired)?.into();
        self.is_behind = !self.held.is_empty();
        // Others have their turn, however much there is to catch up with.
        tokio::task::yield_now().await;
        Ok(())
    }

    /// The change that was told, if it is the one behind the last.
    fn following(&mut self, told: Result<Told, RecvError>) -> Result<Option<FeedEntry>> {
        match told {
            Ok(Told::Change(entry)) if entry.number <= self.position => {}
            Ok(Told::Change(entry)) if entry.number == self.position + 1 => {
                return Ok(Some(Arc::unwrap_or_clone(entry)));
            }
            Ok(Told::Change(_) | Told::Look) => self.is_behind = true,
            Err(RecvError::Lagged(_)) => {
                return Err(Error::ReaderTooSlow { waiting: self.news.limits().waiting });
            }
            Err(RecvError::Closed) => return Err(Error::StoreUnavailable),
        }
        Ok(None)
    }

    fn seen(&mut self, change: Option<(FeedEntry, Option<Document<Product>>)>) -> Seen {
        self.beat = Instant::now() + self.news.limits().beat;
        Seen { position: FeedPosition::new(self.position), change }
    }
}
