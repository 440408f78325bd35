//! Deleted products go for good when their time is over: looked after at start and every hour, beside everything else.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::catalog::Catalog;

/// How often it is looked after. A product may stay this much longer than its `purge_time` says.
const PAUSE: Duration = Duration::from_hours(1);

/// Purges until `shutdown`, the first time at once.
pub(super) async fn every_hour(catalog: &Catalog, shutdown: &CancellationToken) {
    let mut hours = interval_at(Instant::now() + PAUSE, PAUSE);
    // After the machine has slept, one round makes up for all that were missed.
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let rounds = async {
        loop {
            purge(catalog).await;
            hours.tick().await;
        }
    };
    shutdown.run_until_cancelled(rounds).await;
}

/// Purges all that is due, a few at a time, so that other writes come in between.
async fn purge(catalog: &Catalog) {
    loop {
        match catalog.purge_some_products().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "could not remove what was deleted 30 days ago; trying again in an hour");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::{
        Settings,
        clock::ManualClock,
        domain::{
            Caller, NewProduct, ProductAction, ProductChange, ProductFields, ProductId, View, Write,
        },
        server::{self, Instance},
    };

    const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

    async fn shop() -> (Instance, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
        let settings = Settings::new("sqlite::memory:");
        let instance = server::open_with_clock(settings, Arc::clone(&clock) as _).await.unwrap();
        (instance, clock)
    }

    async fn create(catalog: &Catalog, id: &str) -> ProductId {
        let id = ProductId::parse(id).unwrap();
        let fields = ProductFields { title: "Mug".into(), ..ProductFields::default() };
        let new = NewProduct { id: Some(id.clone()), fields, variants: Vec::new() };
        catalog.create_product(Write::by(Caller::system()), new).await.unwrap();
        id
    }

    async fn deleted(catalog: &Catalog, id: &str) -> ProductId {
        let id = create(catalog, id).await;
        let delete = ProductChange { id: id.clone(), etag: None, action: ProductAction::Delete };
        catalog.change_product(Write::by(Caller::system()), delete).await.unwrap();
        id
    }

    async fn is_there(catalog: &Catalog, id: &ProductId) -> bool {
        catalog.product(&Caller::system(), id, View::Basic).await.is_ok()
    }

    #[tokio::test]
    async fn a_round_purges_everything_that_is_due_however_much_it_is() {
        let (instance, clock) = shop().await;
        let catalog = instance.catalog();
        let mut ids = Vec::new();
        for number in 0..45 {
            ids.push(deleted(catalog, &format!("mug-{number}")).await);
        }
        clock.advance(KEPT - SignedDuration::from_micros(1));
        purge(catalog).await;
        for id in &ids {
            assert!(is_there(catalog, id).await, "{id} a microsecond before");
        }
        clock.advance(SignedDuration::from_micros(1));
        purge(catalog).await;
        for id in &ids {
            assert!(!is_there(catalog, id).await, "{id} in the very moment");
        }
        instance.close().await;
    }

    #[tokio::test]
    async fn the_first_round_is_at_the_start() {
        let (instance, clock) = shop().await;
        let catalog = instance.catalog();
        let id = deleted(catalog, "mug").await;
        clock.advance(KEPT);
        let never = CancellationToken::new();
        // Writes are done one behind the other, so when the second one is answered the first one is done.
        tokio::select! {
            biased;
            () = every_hour(catalog, &never) => unreachable!("nobody has told it to stop"),
            _ = create(catalog, "pot") => {}
        }
        assert!(!is_there(catalog, &id).await);
        instance.close().await;
    }
}
