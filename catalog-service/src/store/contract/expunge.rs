//! Products that go for good: when they are told to, and when their time is over.

use super::*;
use crate::domain::{Etag, ProductExpunge};

async fn expunge(bench: &Bench, write: Write, id: &str, etag: &str) -> Result<(), Error> {
    let expunge = ProductExpunge { id: product_id(id), etag: Etag::given(etag) };
    bench.store.expunge_product(write, expunge).await
}

/// The number of the last change in the feed.
async fn last_change(bench: &Bench) -> i64 {
    let page = PageRequest::new(1, None);
    bench.store.categories(None, page).await.unwrap().position.number()
}

pub(crate) async fn only_a_deleted_product_goes_for_good(bench: &Bench) {
    let name = "products/kettle".to_owned();
    let missing = expunge(bench, by("ada"), "kettle", "").await;
    assert_eq!(refusal(missing), Refusal::NotFound { name: name.clone() });
    let live = bench.create(new("kettle")).await.unwrap();
    let refused = expunge(bench, by("ada"), "kettle", &live.etag).await;
    assert_eq!(refusal(refused), Refusal::Live { name: name.clone() });
    let deleted = bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let stale = expunge(bench, by("ada"), "kettle", &live.etag).await;
    let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("not a mismatch") };
    assert_eq!(conflict.current.as_str(), deleted.etag);
    expunge(bench, by("ada"), "kettle", &deleted.etag).await.unwrap();
    assert_eq!(bench.get("kettle", Audience::Staff).await, None);
    let again = expunge(bench, by("ada"), "kettle", "").await;
    assert_eq!(refusal(again), Refusal::NotFound { name });
}

pub(crate) async fn what_went_for_good_leaves_nothing_but_its_place_in_the_feed(bench: &Bench) {
    let mut product = new("kettle");
    product.variants = vec![sold("K-1", 49)];
    product.fields.tags = vec!["steel".into()];
    bench.create(product.clone()).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let before = last_change(bench).await;
    expunge(bench, by("ada"), "kettle", "").await.unwrap();
    assert_eq!(last_change(bench).await, before + 1);
    let page = PageRequest::new(10, None);
    assert_eq!(bench.store.revisions(history_of("kettle"), page).await.unwrap(), None);
    let query = ProductQuery { show_deleted: true, ..staff("", "") };
    assert_eq!(bench.ids(&query, 10).await, (Vec::new(), 0));
    assert!(bench.store.is_empty().await.unwrap());
    let back = bench.create(product).await.unwrap();
    assert_eq!((back.slug.as_str(), back.variants[0].sku.as_str()), ("kettle", "K-1"));
    assert_eq!(bench.history("kettle").await, 1);
}

pub(crate) async fn an_etag_never_returns_under_the_same_id(bench: &Bench) {
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let created = bench.create(new("kettle")).await.unwrap();
        let deleted = bench.change("kettle", &created.etag, ProductAction::Delete).await.unwrap();
        for etag in [&created.etag, &created.variants[0].etag, &deleted.etag] {
            assert!(seen.insert(etag.clone()), "{etag} came back");
        }
        expunge(bench, by("ada"), "kettle", &deleted.etag).await.unwrap();
    }
    let last = bench.create(new("kettle")).await.unwrap();
    for etag in &seen {
        let stale = bench.change("kettle", etag, ProductAction::Publish).await;
        let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("{etag} was good") };
        assert_eq!((conflict.current.as_str(), conflict.changes.len()), (last.etag.as_str(), 0));
    }
}

pub(crate) async fn expunging_is_repeated_refused_and_tried_like_any_write(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let before = last_change(bench).await;
    let tried = Write { validate_only: true, ..by("ada") };
    expunge(bench, tried.clone(), "kettle", "").await.unwrap();
    assert!(bench.get("kettle", Audience::Staff).await.is_some(), "only tried");
    expunge(bench, requested("ada", "1", 7), "kettle", "").await.unwrap();
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    expunge(bench, requested("ada", "1", 7), "kettle", "").await.unwrap();
    assert!(bench.get("kettle", Audience::Staff).await.is_some(), "only repeated");
    let other = expunge(bench, requested("ada", "1", 8), "kettle", "").await;
    assert!(matches!(other, Err(Error::RequestIdReused { .. })), "{other:?}");
    assert_eq!(last_change(bench).await, before + 3);
}

pub(crate) async fn deleted_products_go_when_their_time_is_over(bench: &Bench) {
    for id in ["kettle", "pot", "pan"] {
        bench.create(new(id)).await.unwrap();
    }
    let kept = SignedDuration::from_hours(30 * 24);
    for id in ["pot", "kettle"] {
        let deleted = bench.change(id, "", ProductAction::Delete).await.unwrap();
        let time = bench.now() + kept;
        let seconds = deleted.purge_time.map(|purge| purge.seconds);
        assert_eq!(seconds, Some(time.as_second()), "the time is told beforehand");
        bench.wait(60);
    }
    let before = last_change(bench).await;
    bench.clock.advance(kept - SignedDuration::from_secs(120) - SignedDuration::from_micros(1));
    assert_eq!(bench.store.purge_products(10).await.unwrap(), 0);
    assert!(bench.get("pot", Audience::Staff).await.is_some(), "a microsecond before");
    assert_eq!(last_change(bench).await, before);
    bench.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(bench.store.purge_products(10).await.unwrap(), 1);
    assert_eq!(bench.get("pot", Audience::Staff).await, None, "in the very moment");
    assert_eq!(last_change(bench).await, before + 1);
    bench.wait(3_600);
    assert_eq!(bench.store.purge_products(1).await.unwrap(), 1);
    assert_eq!(bench.get("kettle", Audience::Staff).await, None, "long after");
    assert!(bench.get("pan", Audience::Staff).await.is_some(), "what is not deleted stays");
    assert_eq!(bench.store.purge_products(1).await.unwrap(), 0);
}
