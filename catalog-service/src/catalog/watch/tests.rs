//! What is watched comes in order and once, whoever writes meanwhile, and who cannot follow is told so.

use std::time::Duration;

use jiff::SignedDuration;

use super::*;
use crate::{
    clock::{Clock as _, ManualClock},
    config::Limits,
    disk::SystemDisk,
    domain::{
        CategoryFields, CategoryId, EntryKind, NewCategory, NewProduct, ProductAction,
        ProductChange, ProductExpunge, ProductFields, RequestId, Write,
    },
    encoding,
    search::Search,
    store,
};

/// A catalog on a store of its own.
struct Bench {
    store: Arc<dyn Store>,
    catalog: Catalog,
    clock: Arc<ManualClock>,
}

impl Bench {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-23T08:00:00Z".parse().unwrap()));
        let (disk, limits) = (Arc::new(SystemDisk), Limits::default());
        let opened = store::open("sqlite::memory:", Arc::clone(&clock) as _, disk, &limits).await;
        let store = opened.unwrap();
        let search = Search::start(Arc::clone(&store));
        let catalog = Catalog::new(Arc::clone(&store), search, Arc::clone(&clock) as _);
        Self { store, catalog, clock }
    }

    async fn watch(&self, from: Option<i64>) -> Result<Watching> {
        self.catalog.watch(&Caller::system(), from.map(FeedPosition::new)).await
    }

    /// One that has been told where it begins.
    async fn watching(&self, from: Option<i64>) -> Watching {
        let mut watching = self.watch(from).await.unwrap();
        assert_eq!(watching.next().await.unwrap().change, None);
        watching
    }

    /// One that is told by the news from the next change on.
    async fn following(&self) -> Watching {
        let mut watching = self.watching(None).await;
        self.create("first-of-all", 1).await;
        change(&mut watching).await;
        // There is no more in the store, so that it waits for the news.
        let waited = tokio::time::timeout(Duration::from_millis(50), watching.next()).await;
        assert!(waited.is_err(), "{waited:?}");
        watching
    }

    /// Creates products whose ids begin with a word.
    async fn create(&self, word: &str, count: usize) {
        for start in (0..count).step_by(250) {
            let ids = start..count.min(start + 250);
            let new = ids.map(|number| new(&format!("{word}-{number}"))).collect();
            self.store.create_products(by_shelf(), new, View::Basic).await.unwrap();
        }
    }

    async fn act(&self, id: &str, action: ProductAction) {
        let change = ProductChange { id: ProductId::parse(id).unwrap(), etag: None, action };
        self.store.change_products(by_shelf(), vec![change]).await.unwrap();
    }
}

fn by_shelf() -> Write {
    Write::by(Caller::system())
}

fn new(id: &str) -> NewProduct {
    let fields = ProductFields { title: id.to_owned(), ..ProductFields::default() };
    NewProduct { id: ProductId::parse(id).ok(), fields, variants: Vec::new() }
}

/// The next change, whatever signs of life come before.
async fn change(watching: &mut Watching) -> (FeedEntry, Option<Document<Product>>) {
    loop {
        if let Some(change) = watching.next().await.unwrap().change {
            return change;
        }
    }
}

#[tokio::test]
async fn a_change_tells_who_did_what_under_which_request_to_which_product() {
    let bench = Bench::new().await;
    let mut watching = bench.watching(None).await;
    let request = RequestId { id: "once".to_owned(), digest: [7; 32] };
    let write = Write { request: Some(request), ..by_shelf() };
    for _ in 0..2 {
        bench.store.create_products(write.clone(), vec![new("mug")], View::Basic).await.unwrap();
    }
    bench.act("mug", ProductAction::Publish).await;
    let (entry, product) = change(&mut watching).await;
    assert_eq!((entry.kind, entry.resource.as_str()), (EntryKind::Created, "products/mug"));
    assert_eq!((entry.title.as_str(), entry.actor.name.as_str()), ("mug", "system"));
    assert_eq!((entry.request_id.as_deref(), entry.create_time), (Some("once"), bench.clock.now()));
    let product: proto::catalog::Product = encoding::message(&product.unwrap()).unwrap();
    assert_eq!(product.state(), proto::catalog::product::State::Active, "as it is by now");
    assert!(product.variants.is_empty() && product.update_actor.is_some(), "the basic view");
    let (entry, _) = change(&mut watching).await;
    assert_eq!(entry.kind, EntryKind::Published, "what was repeated is told once");
}

#[tokio::test]
async fn what_is_deleted_is_shown_and_what_is_gone_for_good_is_named() {
    let bench = Bench::new().await;
    bench.create("mug", 1).await;
    let mut watching = bench.watching(None).await;
    bench.act("mug-0", ProductAction::Delete).await;
    let (entry, product) = change(&mut watching).await;
    let product: proto::catalog::Product = encoding::message(&product.unwrap()).unwrap();
    assert_eq!(entry.kind, EntryKind::Deleted);
    assert!(product.delete_time.is_some());
    let expunge = ProductExpunge { id: ProductId::parse("mug-0").unwrap(), etag: None };
    bench.store.expunge_product(by_shelf(), expunge).await.unwrap();
    let (entry, product) = change(&mut watching).await;
    assert_eq!((entry.kind, entry.title.as_str()), (EntryKind::Expunged, "mug-0"));
    assert_eq!(product, None);
}

#[tokio::test(start_paused = true)]
async fn a_stream_says_at_once_where_it_begins_and_that_it_lives_every_15_seconds() {
    let bench = Bench::new().await;
    let begun = Instant::now();
    let mut watching = bench.watch(None).await.unwrap();
    let alive = Seen { position: FeedPosition::new(0), change: None };
    for seconds in [0, 15, 30, 45] {
        assert_eq!(watching.next().await.unwrap(), alive);
        assert_eq!(begun.elapsed().as_secs(), seconds);
    }
}

#[tokio::test]
async fn what_is_no_product_is_passed_over_and_the_place_moves_on() {
    let bench = Bench::new().await;
    let mut watching = bench.watching(None).await;
    let fields = CategoryFields { title: "Kitchen".to_owned(), ..CategoryFields::default() };
    let new = NewCategory { id: CategoryId::parse("kitchen").ok(), fields };
    bench.store.create_category(by_shelf(), new).await.unwrap();
    bench.create("mug", 1).await;
    let seen = watching.next().await.unwrap();
    let (entry, _) = seen.change.unwrap();
    assert_eq!((entry.resource.as_str(), seen.position.number()), ("products/mug-0", 2));
}

/// What a reader sees that takes nothing while so many changes are made: how many of them, and why it ended if it did.
async fn seen_after(count: usize) -> (usize, Option<Error>) {
    let bench = Bench::new().await;
    let (mut slow, mut quick) = (bench.following().await, bench.watching(Some(0)).await);
    change(&mut quick).await;
    let reading = tokio::spawn(async move {
        for _ in 0..count {
            change(&mut quick).await;
        }
    });
    bench.create("many", count).await;
    // Whatever the quick one has seen was told to the slow one too.
    reading.await.unwrap();
    for number in 0..count {
        match slow.next().await {
            Ok(seen) => {
                assert_eq!(seen.change.unwrap().0.resource, format!("products/many-{number}"))
            }
            Err(ended) => return (number, Some(ended)),
        }
    }
    (count, None)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_has_room_for_1024_changes_and_with_one_more_is_told_to_begin_again() {
    assert!(matches!(seen_after(1_023).await, (1_023, None)));
    assert!(matches!(seen_after(1_024).await, (1_024, None)));
    let (seen, ended) = seen_after(1_025).await;
    assert!(matches!(ended, Some(Error::ReaderTooSlow { waiting: 1_024 })), "{ended:?}");
    assert_eq!(seen, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_may_wait_done_at_once_ends_nobody_who_reads() {
    let bench = Bench::new().await;
    let mut watching = bench.following().await;
    let writes = (0..8).map(|batch| {
        let new = (0..500).map(|number| new(&format!("at-once-{batch}-{number}"))).collect();
        bench.store.create_products(by_shelf(), new, View::Basic)
    });
    let reading = async {
        for _ in 0..4_000 {
            change(&mut watching).await;
        }
    };
    let (written, ()) = tokio::join!(futures_util::future::join_all(writes), reading);
    assert!(written.iter().all(std::result::Result::is_ok));
}

#[tokio::test]
async fn a_place_that_the_feed_has_forgotten_or_never_reached_is_refused() {
    let bench = Bench::new().await;
    bench.create("old", 3).await;
    bench.clock.advance(SignedDuration::from_hours(2));
    bench.create("new", 2).await;
    bench.store.forget_changes(SignedDuration::from_hours(1), 100).await.unwrap();
    for (place, is_known) in [(0, false), (2, false), (3, true), (5, true), (6, false)] {
        let refused = bench.watch(Some(place)).await.err();
        let expired = matches!(refused, Some(Error::ResumeTokenExpired));
        assert_eq!(expired, !is_known, "{place}: {refused:?}");
    }
}

#[tokio::test]
async fn who_rests_longer_than_the_feed_remembers_is_told_so() {
    let bench = Bench::new().await;
    bench.create("mug", 200).await;
    let mut watching = bench.watching(Some(0)).await;
    change(&mut watching).await;
    bench.clock.advance(SignedDuration::from_hours(2));
    bench.store.forget_changes(SignedDuration::from_hours(1), 1_000).await.unwrap();
    let mut seen = 1;
    let ended = loop {
        match watching.next().await {
            Ok(next) => seen += usize::from(next.change.is_some()),
            Err(ended) => break ended,
        }
    };
    assert!(matches!(ended, Error::ResumeTokenExpired), "{ended:?}");
    assert_eq!(seen, TOGETHER, "what it had read already");
}

/// The numbers and names of all changes of products.
async fn written(bench: &Bench) -> Vec<(i64, String)> {
    let all = bench.store.entries_after(0, 100_000).await.unwrap().unwrap();
    let of_products = all.into_iter().filter(|entry| product_of(&entry.resource).is_some());
    of_products.map(|entry| (entry.number, entry.resource)).collect()
}

/// Watches from the beginning, and begins again behind every so many changes, until so many have come.
async fn watched(bench: &Bench, renewing: usize, count: usize) -> Vec<(i64, String)> {
    let mut seen = Vec::new();
    while seen.len() < count {
        let place = seen.last().map_or(0, |(number, _)| *number);
        let mut watching = bench.watching(Some(place)).await;
        for _ in 0..renewing.min(count - seen.len()) {
            let (entry, _) = change(&mut watching).await;
            seen.push((entry.number, entry.resource));
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn of_concurrent_writers_everything_comes_once_and_in_order_however_often_one_begins_again() {
    const WRITERS: usize = 4;
    const WRITES: usize = 150;
    let bench = Arc::new(Bench::new().await);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let bench = Arc::clone(&bench);
        writers.spawn(async move {
            for number in 0..WRITES {
                let id = format!("by-{writer}-{number}");
                bench.store.create_products(by_shelf(), vec![new(&id)], View::Basic).await.unwrap();
                if number % 3 == 0 {
                    bench.act(&id, ProductAction::Publish).await;
                }
            }
        });
    }
    let count = WRITERS * (WRITES + WRITES / 3);
    let mut readers = tokio::task::JoinSet::new();
    for renewing in [1, 3, 7, 64, 65, count] {
        let bench = Arc::clone(&bench);
        readers.spawn(async move { watched(&bench, renewing, count).await });
    }
    let seen = tokio::time::timeout(Duration::from_secs(60), readers.join_all()).await.unwrap();
    writers.join_all().await;
    let written = written(&bench).await;
    assert_eq!(written.len(), count);
    for seen in seen {
        assert_eq!(seen, written);
    }
}

#[tokio::test]
async fn a_closed_store_ends_whoever_has_something_to_read() {
    let bench = Bench::new().await;
    bench.create("mug", 200).await;
    let mut watching = bench.watching(Some(0)).await;
    bench.store.close().await;
    let ended = loop {
        if let Err(ended) = watching.next().await {
            break ended;
        }
    };
    assert!(matches!(ended, Error::StoreUnavailable), "{ended:?}");
}
