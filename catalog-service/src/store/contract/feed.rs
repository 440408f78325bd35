//! The feed of changes as people read it: who did what to which resource, and when.

use super::{categories::add, *};
use crate::domain::{
    CategoryAction, CategoryChange, CategoryId, FeedFilter, PriceRounding, ProductExpunge,
    ProductField, ProductMask, RevisionName, Rollback, ShopChange, ShopField, ShopFields,
    VariantAction, VariantChange, VariantField, VariantId, VariantName,
};

type WireChange = proto::catalog::Change;

/// What a filter finds, read page by page, with its total.
async fn found(bench: &Bench, filter: &str, size: i32) -> (Vec<WireChange>, u32) {
    let filter = FeedFilter::parse(filter).unwrap();
    let (mut changes, mut after, mut totals) = (Vec::new(), None, Vec::new());
    loop {
        let page = PageRequest::new(size, after);
        let page = bench.store.list_changes(filter.clone(), page).await.unwrap();
        assert_eq!(page.position.number(), bench.store.last_change().await.unwrap());
        let page = page.content;
        totals.push(page.total.count);
        changes.extend(page.items.iter().map(|one| encoding::message(one).unwrap()));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    totals.dedup();
    assert_eq!(totals.len(), 1, "every page tells the same total");
    (changes, totals[0])
}

/// Kinds and resources, newest first, as `UPDATED shop`.
async fn told(bench: &Bench, filter: &str) -> Vec<String> {
    let (changes, total) = found(bench, filter, 2).await;
    assert_eq!(changes.len(), usize::try_from(total).unwrap(), "{filter}");
    let numbers: Vec<_> = changes.iter().map(|change| change.number).collect();
    assert!(numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
    let tell = |change: &WireChange| {
        let kind = change.kind().as_str_name().trim_start_matches("KIND_");
        format!("{kind} {}", change.resource)
    };
    changes.iter().map(tell).collect()
}

fn titled(title: &str) -> ProductAction {
    let fields = ProductFields { title: title.to_owned(), ..ProductFields::default() };
    let mask: ProductMask = [ProductField::Title].into_iter().collect();
    ProductAction::Update { fields: Box::new(fields), mask }
}

/// A day on which Ada adds a category and a kettle, Bob renames and publishes it, and the shop gets a name.
async fn busy_day(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    let kettle = NewProduct {
        variants: vec![NewVariant { id: VariantId::parse("one").ok(), ..sold("K-1", 49) }],
        ..new("kettle")
    };
    bench.create(kettle).await.unwrap();
    bench.wait(3_600);
    bench.change_as(by("bob"), "kettle", "", titled("Pot")).await.unwrap();
    bench.change_as(by("bob"), "kettle", "", ProductAction::Publish).await.unwrap();
    let name =
        VariantName { product: product_id("kettle"), variant: VariantId::parse("one").unwrap() };
    let fields = VariantFields { prices: vec![eur(39)], ..VariantFields::default() };
    let action = VariantAction::Update { fields, mask: vec![VariantField::Prices] };
    let change = VariantChange { name, etag: None, action };
    bench.store.change_variants(by("bob"), vec![change]).await.unwrap();
    bench.wait(3_600);
    let fields = ShopFields {
        display_name: "Corner shop".into(),
        default_currency: Currency::EUR,
        default_language: String::new(),
        price_rounding: PriceRounding::default(),
    };
    let change = ShopChange { etag: None, fields, mask: vec![ShopField::DisplayName] };
    bench.store.change_shop(requested("ada", "name-it", 1), change).await.unwrap();
}

pub(crate) async fn every_write_is_told_with_who_when_and_what(bench: &Bench) {
    busy_day(bench).await;
    let all = [
        "UPDATED shop",
        "UPDATED products/kettle/variants/one",
        "PUBLISHED products/kettle",
        "UPDATED products/kettle",
        "CREATED products/kettle",
        "CREATED categories/kitchen",
    ];
    assert_eq!(told(bench, "").await, all);
    let (changes, _) = found(bench, "", 50).await;
    let [shop, variant, _, renamed, _, category] = changes.as_slice() else { panic!("six") };
    assert_eq!((shop.title.as_str(), shop.request_id.as_str()), ("Corner shop", "name-it"));
    assert_eq!(
        (shop.revision.as_str(), shop.changed_fields.as_slice()),
        ("", &["display_name".into()][..])
    );
    assert_eq!(
        (variant.title.as_str(), variant.revision.as_str()),
        ("Pot", "products/kettle/revisions/4")
    );
    assert_eq!(variant.changed_fields, ["variants/one.prices"]);
    assert_eq!(renamed.actor.as_ref().unwrap().name, "users/bob");
    assert_eq!(renamed.actor.as_ref().unwrap().display_name, "BOB");
    assert_eq!(renamed.create_time.unwrap().seconds, bench.now().as_second() - 3_600);
    assert_eq!(
        (renamed.title.as_str(), renamed.revision.as_str()),
        ("Pot", "products/kettle/revisions/2")
    );
    assert_eq!((category.title.as_str(), category.revision.as_str()), ("KITCHEN", ""));
}

pub(crate) async fn the_feed_is_found_by_who_when_what_and_where(bench: &Bench) {
    busy_day(bench).await;
    bench.create(new("kettle-2")).await.unwrap();
    let bobs = [
        "UPDATED products/kettle/variants/one",
        "PUBLISHED products/kettle",
        "UPDATED products/kettle",
    ];
    assert_eq!(told(bench, "actor = \"users/bob\"").await, bobs);
    assert_eq!(
        told(
            bench,
            "create_time >= \"2026-11-23T09:00:00Z\" AND create_time < \"2026-11-23T10:00:00Z\""
        )
        .await,
        bobs
    );
    assert_eq!(told(bench, "actor = \"users/bob\" AND kind = PUBLISHED").await, bobs[1..2]);
    assert_eq!(told(bench, "kind = CREATED").await.len(), 3);
    assert_eq!(told(bench, "resource = \"products/kettle\"").await.len(), 3);
    assert_eq!(
        told(bench, "resource:\"products/kettle\"").await.len(),
        4,
        "with its variant, without kettle-2"
    );
    assert_eq!(told(bench, "resource:\"products/kettle\" AND actor = \"users/bob\"").await, bobs);
    assert_eq!(told(bench, "resource:products").await.len(), 5);
    assert_eq!(told(bench, "resource:categories").await, ["CREATED categories/kitchen"]);
    assert_eq!(told(bench, "resource:shop AND create_time > 2026-11-23").await, ["UPDATED shop"]);
    assert_eq!(told(bench, "resource:product").await, [] as [&str; 0]);
    assert_eq!(told(bench, "actor = \"users/eve\"").await, [] as [&str; 0]);
}

pub(crate) async fn what_is_gone_keeps_its_name_in_the_feed(bench: &Bench) {
    busy_day(bench).await;
    let id = CategoryId::parse("kitchen").unwrap();
    let change = CategoryChange { id, etag: None, action: CategoryAction::Delete };
    bench.store.change_category(by("bob"), change).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let expunge = ProductExpunge { id: product_id("kettle"), etag: None };
    bench.store.expunge_product(by("ada"), expunge).await.unwrap();
    let (changes, _) = found(bench, "resource:products", 50).await;
    assert_eq!(changes[0].kind(), proto::catalog::change::Kind::Expunged);
    assert_eq!((changes[0].title.as_str(), changes.len()), ("Pot", 6));
    assert!(changes.iter().all(|change| change.revision.is_empty()), "they went with it");
    let (changes, _) = found(bench, "resource:categories AND kind = DELETED", 50).await;
    assert_eq!(changes[0].title, "KITCHEN");
    bench.create(new("kettle")).await.unwrap();
    let (changes, _) = found(bench, "resource:\"products/kettle\"", 50).await;
    let revisions: Vec<_> = changes.iter().map(|change| change.revision.as_str()).collect();
    assert_eq!(revisions[..2], ["products/kettle/revisions/1", ""], "another product under the id");
    assert!(revisions[2..].iter().all(|name| name.is_empty()), "{revisions:?}");
}

pub(crate) async fn going_back_is_told_of_the_product_and_of_its_variants(bench: &Bench) {
    busy_day(bench).await;
    let to = RevisionName { product: product_id("kettle"), number: 1 };
    bench.store.roll_back(by("ada"), Rollback { to, etag: None }).await.unwrap();
    let (changes, _) = found(bench, "resource:products", 2).await;
    let two: Vec<_> = changes[..2]
        .iter()
        .map(|change| (change.kind().as_str_name(), change.revision.as_str()))
        .collect();
    let left = "products/kettle/revisions/5";
    assert_eq!(two, [("KIND_UPDATED", left), ("KIND_ROLLED_BACK", left)]);
}

pub(crate) async fn a_dry_run_and_a_repetition_are_not_in_the_feed(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    let tried = Write { validate_only: true, ..by("ada") };
    bench.change_as(tried, "kettle", "", ProductAction::Publish).await.unwrap();
    for _ in 0..2 {
        let write = requested("ada", "once", 1);
        bench.change_as(write, "kettle", "", ProductAction::Publish).await.unwrap();
    }
    assert_eq!(told(bench, "").await, ["PUBLISHED products/kettle", "CREATED products/kettle"]);
}

pub(crate) async fn the_feed_is_read_on_from_any_place(bench: &Bench) {
    busy_day(bench).await;
    let read = async |number, most| {
        let entries = bench.store.entries_after(number, most).await.unwrap();
        entries.map(|entries| entries.into_iter().map(|it| (it.number, it.resource)).collect())
    };
    let all: Vec<_> = read(0, 100).await.unwrap();
    let numbers: Vec<_> = all.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert_eq!((all[0].1.as_str(), all[5].1.as_str()), ("categories/kitchen", "shop"));
    assert_eq!(read(0, 2).await.unwrap(), all[..2]);
    assert_eq!(read(4, 2).await.unwrap(), all[4..]);
    assert_eq!(read(6, 2).await, Some(Vec::new()));
    assert_eq!(read(7, 2).await, None, "the feed never got there");
    let [shop] = bench.store.entries_after(5, 9).await.unwrap().unwrap().try_into().unwrap();
    assert_eq!((shop.title.as_str(), shop.request_id.as_deref()), ("Corner shop", Some("name-it")));
    assert_eq!((shop.actor.display_name.as_str(), shop.create_time), ("ADA", bench.now()));
}

pub(crate) async fn changes_are_forgotten_in_their_order_and_never_the_last(bench: &Bench) {
    busy_day(bench).await;
    let hours = SignedDuration::from_hours;
    assert_eq!(bench.store.forget_changes(hours(2), 100).await.unwrap(), 0, "in the very moment");
    bench.clock.advance(SignedDuration::from_micros(1));
    assert_eq!(bench.store.forget_changes(hours(2), 1).await.unwrap(), 1);
    assert_eq!(told(bench, "").await.last().unwrap(), "CREATED products/kettle");
    assert_eq!(bench.store.forget_changes(hours(2), 100).await.unwrap(), 1);
    let before = bench.store.last_change().await.unwrap();
    bench.wait(86_400);
    assert_eq!(bench.store.forget_changes(hours(1), 100).await.unwrap(), 3);
    assert_eq!(told(bench, "").await, ["UPDATED shop"]);
    assert_eq!(bench.store.last_change().await.unwrap(), before);
    assert!(bench.store.change_time(before).await.unwrap().is_some());
    assert_eq!(bench.store.changes_after(before - 2, 10).await.unwrap(), None, "there is a gap");
    assert_eq!(bench.store.entries_after(before - 2, 10).await.unwrap(), None);
    assert_eq!(bench.store.changes_after(before, 10).await.unwrap(), Some(Vec::new()));
    bench.create(new("pot")).await.unwrap();
    assert_eq!(bench.store.last_change().await.unwrap(), before + 1);
}
