//! Revisions, and changes of the feed, are forgotten when the shop has kept them long enough: looked after at start and every hour,
//! beside everything else.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::catalog::{self, Catalog};

/// How often it is looked after. A revision may stay this much longer than the setting says.
const PAUSE: Duration = Duration::from_hours(1);

/// Forgets until `shutdown` the revisions that were replaced, and the changes that were made, longer than `kept` ago, the first time at once; without a span, nothing.
pub(super) async fn every_hour(
    catalog: &Catalog,
    kept: Option<SignedDuration>,
    shutdown: &CancellationToken,
) {
    let Some(kept) = kept else { return };
    let mut hours = interval_at(Instant::now() + PAUSE, PAUSE);
    // After the machine has slept, one round makes up for all that were missed.
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let rounds = async {
        loop {
            forget(catalog, kept).await;
            hours.tick().await;
        }
    };
    shutdown.run_until_cancelled(rounds).await;
}

/// Forgets all that is due, a few at a time.
async fn forget(catalog: &Catalog, kept: SignedDuration) {
    let forgetting = async {
        while catalog.forget_some_revisions(kept).await? {}
        while catalog.forget_some_changes(kept).await? {}
        Ok::<_, catalog::Error>(())
    };
    if let Err(error) = forgetting.await {
        tracing::warn!(%error, "could not forget what is old; trying again in an hour");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::{
        Settings,
        clock::ManualClock,
        domain::{
            Caller, NewProduct, PageRequest, ProductAction, ProductChange, ProductFields,
            ProductId, View, Write,
        },
        server::{self, Instance},
    };

    const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

    /// A mug that was changed so often, all at one time.
    async fn changed(times: usize) -> (Instance, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
        let settings = Settings::new("sqlite::memory:");
        let instance = server::open_with_clock(settings, Arc::clone(&clock) as _).await.unwrap();
        let id = ProductId::parse("mug").unwrap();
        let fields = ProductFields { title: "Mug".into(), ..ProductFields::default() };
        let new = NewProduct { id: Some(id), fields, variants: Vec::new() };
        let catalog = instance.catalog();
        catalog.create_product(Write::by(Caller::system()), new).await.unwrap();
        for _ in 0..times {
            change(catalog).await;
        }
        (instance, clock)
    }

    async fn change(catalog: &Catalog) {
        let (fields, mask) = Default::default();
        let action = ProductAction::Update { fields, mask };
        let change = ProductChange { id: ProductId::parse("mug").unwrap(), etag: None, action };
        catalog.change_product(Write::by(Caller::system()), change).await.unwrap();
    }

    async fn kept(catalog: &Catalog) -> usize {
        let mug = ProductId::parse("mug").ok();
        let page = PageRequest::new(1_000, None);
        catalog.product_revisions(mug, "", View::Full, page).await.unwrap().content.items.len()
    }

    #[tokio::test]
    async fn a_round_forgets_everything_that_is_due_however_much_it_is() {
        let (instance, clock) = changed(250).await;
        let catalog = instance.catalog();
        clock.advance(KEPT);
        forget(catalog, KEPT).await;
        assert_eq!(kept(catalog).await, 251, "in the very moment");
        clock.advance(SignedDuration::from_micros(1));
        forget(catalog, KEPT).await;
        assert_eq!(kept(catalog).await, 1);
        instance.close().await;
    }

    #[tokio::test]
    async fn the_first_round_is_at_the_start() {
        let (instance, clock) = changed(2).await;
        let catalog = instance.catalog();
        clock.advance(KEPT * 2);
        let never = CancellationToken::new();
        // Writes are done one behind the other, so when the second one is answered the first one is done.
        tokio::select! {
            biased;
            () = every_hour(catalog, Some(KEPT), &never) => unreachable!("nobody has told it to stop"),
            () = change(catalog) => {}
        }
        assert_eq!(kept(catalog).await, 2, "what was the newest, and the change");
        instance.close().await;
    }

    #[tokio::test]
    async fn a_shop_that_keeps_everything_forgets_nothing() {
        let (instance, clock) = changed(2).await;
        clock.advance(KEPT * 100);
        every_hour(instance.catalog(), None, &CancellationToken::new()).await;
        assert_eq!(kept(instance.catalog()).await, 3);
        instance.close().await;
    }
}
