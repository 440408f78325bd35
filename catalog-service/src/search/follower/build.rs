//! Making the index anew, from every product that the store has.

use std::sync::Arc;

use super::{
    Follower, Trouble,
    step::{Desk, PRODUCTS},
};
use crate::{domain::ProductId, search::mark::Mark, store::changes::Walk};

/// In what steps the index is made anew.
#[derive(Clone, Debug)]
pub(in crate::search) struct Pace {
    /// How many products are read at once.
    pub(in crate::search) portion: usize,
    /// After how many products those so far can be found, where there is no other index meanwhile.
    pub(in crate::search) found_from: usize,
    /// Each portion takes one, and waits while there is none.
    #[cfg(test)]
    pub(in crate::search) turns: Arc<tokio::sync::Semaphore>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            portion: PRODUCTS,
            found_from: 10_000,
            #[cfg(test)]
            turns: Arc::new(tokio::sync::Semaphore::new(tokio::sync::Semaphore::MAX_PERMITS)),
        }
    }
}

impl Pace {
    #[cfg(test)]
    async fn turn(&self) {
        self.turns.acquire().await.expect("a turn").forget();
    }
}

impl Follower {
    /// Makes the index anew; none: it was told to stop.
    pub(super) async fn build(&self) -> Result<Option<Desk>, Trouble> {
        // Read before the first product: what changes from now on is read again when the feed is followed.
        let position = self.store.last_change().await?;
        let currency = self.currency().await?;
        let mark = Mark {
            store: self.place.store().to_owned(),
            position,
            time: self.time_of(position).await?.unwrap_or_default(),
            currency: currency.code().to_owned(),
            is_whole: false,
        };
        let (opened, folder) = self.place.create()?;
        let mut desk = Desk::new(Arc::new(opened), self.tree().await?, currency, mark);
        let serves_parts = self.shared.is_empty();
        let mut after: Option<ProductId> = None;
        let (mut count, mut found) = (0, 0);
        loop {
            if self.stopping.is_cancelled() {
                return Ok(None);
            }
            #[cfg(test)]
            self.pace.turn().await;
            let products = self.store.walk(&Walk::All, after.as_ref(), self.pace.portion).await?;
            let Some(last) = products.last() else { break };
            after = Some(last.product.id.clone());
            count += products.len();
            desk.add(products).await?;
            if serves_parts && count >= found + self.pace.found_from {
                found = count;
                desk.commit().await?;
                self.shared.serve(&desk);
            }
        }
        desk.mark.is_whole = true;
        desk.commit().await?;
        self.shared.serve(&desk);
        self.shared.reached(position);
        self.place.remove_others(folder.as_deref());
        tracing::info!(products = count, "the search index is made");
        Ok(Some(desk))
    }
}
