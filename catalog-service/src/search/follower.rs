//! Keeps the index up with the feed of changes, and makes it anew when there is none that can be used.
//!
//! It reads, writes and never answers. Whatever goes wrong it begins again from what the store says, after a moment.

mod build;
mod place;
mod step;

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::place::Place;
pub(super) use self::{build::Pace, step::Desk};
use super::{
    Shared,
    index::{self, Unusable},
    tree::Tree,
};
use crate::{
    domain::{Category, Currency, PageRequest},
    encoding,
    store::{self, Store},
};

/// How long it waits after a failure before it begins again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long nothing has to change before the buffers are let go.
const QUIET: Duration = Duration::from_secs(5);

/// Why it has to begin again.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// The store fails; the index is as good as before.
    #[error("the store: {0}")]
    Store(#[from] store::Error),
    /// The index cannot be used any more.
    #[error("the index: {0}")]
    Index(#[from] Unusable),
    /// The feed no longer reaches back to where the index stands.
    #[error("changes are missing between the index and the feed")]
    Gap,
}

/// Follows the feed until it is told to stop.
pub(super) struct Follower {
    store: Arc<dyn Store>,
    shared: Arc<Shared>,
    place: Place,
    pace: Pace,
    stopping: CancellationToken,
}

impl Follower {
    pub(super) fn new(
        store: Arc<dyn Store>,
        shared: Arc<Shared>,
        pace: Pace,
        stopping: CancellationToken,
    ) -> Self {
        let place = Place::of(store.as_ref());
        Self { store, shared, place, pace, stopping }
    }

    /// Runs until it is told to stop.
    pub(super) async fn run(mut self) {
        let mut commits = self.store.commits();
        let mut anew = false;
        while !self.stopping.is_cancelled() {
            let Err(trouble) = self.keep_up(&mut commits, anew).await else { return };
            // What the store cannot do now says nothing against the index.
            anew = !matches!(trouble, Trouble::Store(_));
            tracing::warn!(reason = %trouble, anew, "search does not keep up; it begins again");
            let _ = tokio::time::timeout(PAUSE, self.stopping.cancelled()).await;
        }
    }

    async fn keep_up(
        &mut self,
        commits: &mut watch::Receiver<u64>,
        anew: bool,
    ) -> Result<(), Trouble> {
        let mut desk = match if anew { None } else { self.take_up().await? } {
            Some(desk) => desk,
            None => match self.build().await? {
                Some(desk) => desk,
                None => return Ok(()),
            },
        };
        loop {
            commits.mark_unchanged();
            while !self.stopping.is_cancelled() && self.step(&mut desk).await? {}
            tokio::select! {
                () = self.stopping.cancelled() => return Ok(desk.rest().await?),
                () = self.shared.damage() => return Err(self.shared.withdraw().into()),
                changed = commits.changed() => if changed.is_err() { return Ok(()) },
                () = quiet(&desk) => desk.rest().await?,
            }
        }
    }

    /// The index that is there already, if it is one of this store and of this version.
    async fn take_up(&self) -> Result<Option<Desk>, Trouble> {
        let Some((opened, mark, folder)) = self.place.find().await else { return Ok(None) };
        let last = self.store.last_change().await?;
        let time = self.time_of(mark.position).await?;
        // A store that was put back to an earlier state has another change there, or none.
        if mark.position > last || time.is_some_and(|time| time != mark.time) {
            tracing::info!("the search index is ahead of the store; it is made anew");
            return Ok(None);
        }
        let Ok(currency) = Currency::parse(&mark.currency) else { return Ok(None) };
        let desk = Desk::new(opened, self.tree().await?, currency, mark);
        self.shared.serve(&desk);
        let whole = folder.clone();
        let checked = step::aside(move || index::check(&whole)).await;
        if let Err(damage) = checked {
            tracing::warn!(reason = %damage, "the search index is damaged; it is made anew");
            self.shared.withdraw();
            return Ok(None);
        }
        self.shared.reached(desk.mark.position);
        // What was being made when the process ended would lie there for good.
        self.place.remove_others(Some(&folder));
        Ok(Some(desk))
    }

    /// When a change was made, in microseconds.
    async fn time_of(&self, number: i64) -> Result<Option<i64>, Trouble> {
        Ok(self.store.change_time(number).await?.map(|time| time.as_microsecond()))
    }

    async fn currency(&self) -> Result<Currency, Trouble> {
        let shop = self.store.shop().await?;
        let shop = encoding::shop::read(shop.content.bytes()).map_err(store::Error::from)?;
        Ok(shop.default_currency)
    }

    async fn tree(&self) -> Result<Arc<Tree>, Trouble> {
        let mut categories: Vec<Category> = Vec::new();
        let mut page = PageRequest { size: PageRequest::LARGEST, after: None };
        loop {
            let found = self.store.categories(None, page).await?.content;
            for document in found.items {
                let category = encoding::category::read(document.bytes());
                categories.push(category.map_err(store::Error::from)?);
            }
            match found.next {
                Some(next) => page = PageRequest { size: PageRequest::LARGEST, after: Some(next) },
                None => return Ok(Arc::new(Tree::of(categories))),
            }
        }
    }
}

/// Comes to an end when nothing has changed for a while and there is something to let go.
async fn quiet(desk: &Desk) {
    let forever = std::future::pending::<()>();
    if desk.is_resting() {
        forever.await;
    } else {
        let _ = tokio::time::timeout(QUIET, forever).await;
    }
}
