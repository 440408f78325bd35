//! What is kept of the past, how it is found, and how one goes back to it.

use proto::catalog::product_revision::Change;

use super::*;
use crate::domain::{
    AttributeValue, CategoryFields, CategoryId, Etag, NewCategory, NewVariantIn, ProductField,
    ProductMask, RevisionName, Rollback, Sku, Slug, VariantAction, VariantChange, VariantField,
    VariantId, VariantName, WhichRevision, Window,
};

fn titled(title: &str) -> ProductAction {
    let fields = ProductFields { title: title.to_owned(), ..ProductFields::default() };
    update(fields, &[ProductField::Title])
}

fn update(fields: ProductFields, mask: &[ProductField]) -> ProductAction {
    let mask: ProductMask = mask.iter().copied().collect();
    ProductAction::Update { fields: Box::new(fields), mask }
}

/// A variant of the kettle, by id.
fn variant_name(id: &str) -> VariantName {
    VariantName { product: product_id("kettle"), variant: VariantId::parse(id).unwrap() }
}

fn of(id: &str, sku: &str, units: i64) -> NewVariant {
    NewVariant { id: VariantId::parse(id).ok(), ..sold(sku, units) }
}

async fn change_variant(bench: &Bench, id: &str, action: VariantAction) {
    let change = VariantChange { name: variant_name(id), etag: None, action };
    bench.store.change_variants(by("bob"), vec![change]).await.unwrap();
}

fn with_sku(sku: Option<&str>) -> VariantAction {
    let sku = sku.map(|sku| Sku::parse(sku).unwrap());
    let fields = VariantFields { sku, ..VariantFields::default() };
    VariantAction::Update { fields, mask: vec![VariantField::Sku] }
}

fn costing(units: i64) -> VariantAction {
    let fields = VariantFields { prices: vec![eur(units)], ..VariantFields::default() };
    VariantAction::Update { fields, mask: vec![VariantField::Prices] }
}

async fn back(bench: &Bench, write: Write, number: u64, etag: &str) -> Result<Wire, Error> {
    let to = RevisionName { product: product_id("kettle"), number };
    let rollback = Rollback { to, etag: Etag::given(etag) };
    bench.store.roll_back(write, rollback).await.map(|product| wire(&product))
}

/// What a product says, without what every write changes.
fn content(product: &Wire) -> Wire {
    let mut content = Wire {
        etag: String::new(),
        uid: String::new(),
        update_time: None,
        update_actor: None,
        ..product.clone()
    };
    for variant in &mut content.variants {
        (variant.etag, variant.uid) = (String::new(), String::new());
        (variant.create_time, variant.update_time) = (None, None);
    }
    content
}

fn kinds(revisions: &[WireRevision]) -> Vec<Change> {
    revisions.iter().map(WireRevision::change).collect()
}

/// The revisions that a filter finds across the shop, as `product:number`, read page by page.
async fn found(bench: &Bench, filter: &str, size: i32) -> Vec<String> {
    let filter = RevisionFilter::parse(filter).unwrap();
    let query = RevisionQuery { product: None, filter, view: View::Basic };
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::new(size, after);
        let page = bench.store.revisions(query.clone(), page).await.unwrap().unwrap().content;
        for item in &page.items {
            let revision = encoding::message(item).unwrap();
            assert_eq!(revision.product.unwrap().variants, []);
            let name = revision.name.replace("products/", "").replace("/revisions/", ":");
            names.push(name);
        }
        let Some(next) = page.next else { return names };
        after = Some(next);
    }
}

pub(crate) async fn history_tells_who_changed_what(bench: &Bench) {
    let mut product = new("kettle");
    product.variants = vec![sold("K-1", 49)];
    bench.create(product).await.unwrap();
    bench.change_as(by("bob"), "kettle", "", titled("Pot")).await.unwrap();
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    bench.change("kettle", "", ProductAction::undelete()).await.unwrap();
    let revisions = bench.revisions("kettle").await.unwrap();
    assert_eq!(
        kinds(&revisions),
        [Change::Undeleted, Change::Deleted, Change::Published, Change::Updated, Change::Created]
    );
    let update = &revisions[3];
    assert_eq!(update.name, "products/kettle/revisions/2");
    assert_eq!(update.changed_fields, ["title"]);
    assert_eq!(update.actor.as_ref().unwrap().name, "users/bob");
    let snapshot = update.product.as_ref().unwrap();
    assert_eq!((snapshot.title.as_str(), snapshot.variants[0].sku.as_str()), ("Pot", "K-1"));
    assert_eq!(bench.revisions("nothing").await, None);
}

pub(crate) async fn a_history_comes_page_by_page(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    for title in ["b", "c", "d", "e"] {
        bench.change("kettle", "", titled(title)).await.unwrap();
    }
    let (mut titles, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::new(2, after);
        let page =
            bench.store.revisions(history_of("kettle"), page).await.unwrap().unwrap().content;
        assert!(page.items.len() <= 2);
        let title =
            |one: &Document<Revision>| encoding::message(one).unwrap().product.unwrap().title;
        titles.extend(page.items.iter().map(title));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(titles, ["e", "d", "c", "b", "Kettle"]);
}

pub(crate) async fn the_shops_history_is_found_by_who_when_and_what(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.wait(60);
    bench.create(new("pot")).await.unwrap();
    bench.change_as(by("bob"), "kettle", "", titled("Big kettle")).await.unwrap();
    bench.wait(60);
    let colour = [("colour".to_owned(), AttributeValue::Text("red".to_owned()))].into();
    let fields = ProductFields { attributes: colour, ..ProductFields::default() };
    bench.change("pot", "", update(fields, &[ProductField::Attributes])).await.unwrap();
    bench.wait(60);
    bench.change_as(by("bob"), "pot", "", ProductAction::Publish).await.unwrap();
    let all = ["pot:3", "pot:2", "pot:1", "kettle:2", "kettle:1"];
    for size in [1, 2, 5, 50] {
        assert_eq!(found(bench, "", size).await, all, "pages of {size}");
    }
    let cases: [(&str, &[&str]); 9] = [
        ("actor = \"users/bob\"", &["pot:3", "kettle:2"]),
        ("actor = \"users/eve\"", &[]),
        ("create_time >= 2026-11-23T08:01:00Z", &["pot:3", "pot:2", "pot:1", "kettle:2"]),
        ("create_time > 2026-11-23T08:01:00Z", &["pot:3", "pot:2"]),
        ("create_time < 2026-11-23T08:01:00Z", &["kettle:1"]),
        (
            "create_time >= 2026-11-23T08:01:00Z AND create_time <= 2026-11-23T08:02:00Z",
            &["pot:2", "pot:1", "kettle:2"],
        ),
        ("actor = \"users/bob\" AND create_time < 2026-11-23T08:02:00Z", &["kettle:2"]),
        ("changed_fields:attributes", &["pot:2"]),
        ("change = PUBLISHED", &["pot:3"]),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(bench, filter, 1).await, expected, "{filter}");
    }
}

pub(crate) async fn a_revision_is_found_by_number_by_etag_and_as_the_one_before(bench: &Bench) {
    let created = bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", titled("Pot")).await.unwrap();
    change_variant(bench, created.variants[0].name.rsplit('/').next().unwrap(), costing(5)).await;
    let number = async |which: WhichRevision| {
        let found = bench.store.revision(&product_id("kettle"), &which).await.unwrap();
        found.map(|one| {
            encoding::message(&one.content).unwrap().name.rsplit('/').next().unwrap().to_owned()
        })
    };
    let is = |number: &str| Some(number.to_owned());
    assert_eq!(number(WhichRevision::Number(2)).await, is("2"));
    assert_eq!(number(WhichRevision::Number(4)).await, None);
    assert_eq!(number(WhichRevision::Before(3)).await, is("2"));
    assert_eq!(number(WhichRevision::Before(99)).await, is("3"));
    assert_eq!(number(WhichRevision::Before(1)).await, None);
    let etag = |text: &str| WhichRevision::OfEtag(Etag::given(text).unwrap());
    assert_eq!(number(etag(&created.etag)).await, is("1"));
    assert_eq!(number(etag("\"elsewhere-1\"")).await, None);
    let other = bench.store.revision(&product_id("pot"), &WhichRevision::Number(1)).await;
    assert_eq!(other.unwrap(), None);
}

pub(crate) async fn a_product_gets_the_content_of_an_earlier_revision_back(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.description = "Boils.".to_owned();
    product.fields.tags = vec!["new".to_owned()];
    let created = bench.create(product).await.unwrap();
    let attributes = [("colour".to_owned(), AttributeValue::Text("red".to_owned()))].into();
    let slug = Slug::parse("pot").ok();
    let fields = ProductFields { title: "Pot".to_owned(), slug, attributes, ..Default::default() };
    let every = ProductField::ALL;
    let changed = bench.change("kettle", "", update(fields, &every)).await.unwrap();
    bench.wait(5);
    let restored = back(bench, by("bob"), 1, &changed.etag).await.unwrap();
    assert_eq!(restored.update_actor.as_ref().unwrap().name, "users/bob");
    assert_ne!(restored.etag, created.etag);
    assert_ne!(restored.etag, changed.etag);
    let now = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!(content(&now), content(&created));
    let newest = bench.revisions("kettle").await.unwrap().remove(0);
    assert_eq!(
        (newest.change(), newest.name.as_str()),
        (Change::RolledBack, "products/kettle/revisions/3")
    );
    assert_eq!(newest.restored_revision, "products/kettle/revisions/1");
    assert_eq!(
        newest.changed_fields,
        ["title", "slug", "description", "tags", "attributes.colour"]
    );
    let (ids, _) = bench.ids(&staff("tag = new", ""), 10).await;
    assert_eq!(ids, ["kettle"]);
}

pub(crate) async fn going_back_brings_variants_back_and_takes_later_ones_away(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.options = vec![crate::domain::ProductOption {
        name: "Size".to_owned(),
        values: ["s", "m", "l"].map(str::to_owned).into(),
    }];
    let sized = |id: &str, sku: &str, size: &str, units| {
        let mut variant = of(id, sku, units);
        variant.fields.option_values = vec![size.to_owned()];
        variant
    };
    product.variants = vec![sized("small", "K-1", "s", 10), sized("middle", "K-2", "m", 20)];
    let created = bench.create(product).await.unwrap();
    change_variant(bench, "middle", VariantAction::Delete).await;
    change_variant(bench, "small", costing(15)).await;
    let large =
        NewVariantIn { product: product_id("kettle"), variant: sized("large", "K-3", "l", 30) };
    bench.store.create_variant(by("bob"), large).await.unwrap();
    let restored = back(bench, by("ada"), 1, "").await.unwrap();
    assert_eq!(restored.variants, []);
    let now = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!(content(&now), content(&created));
    assert_eq!(now.price_range.unwrap().highest.unwrap().units, 20);
    for (variant, before) in now.variants.iter().zip(&created.variants) {
        assert_ne!(variant.etag, before.etag, "an etag is never used twice");
    }
    assert_eq!(now.variants[0].uid, created.variants[0].uid, "the same variant, changed back");
    assert_ne!(now.variants[1].uid, created.variants[1].uid, "made again");
    for (sku, expected) in [("K-1", 1), ("K-2", 1), ("K-3", 0)] {
        let (ids, _) = bench.ids(&staff(&format!("sku = {sku}"), ""), 10).await;
        assert_eq!(ids.len(), expected, "{sku}");
    }
    let newest = bench.revisions("kettle").await.unwrap().remove(0);
    let fields = ["variants/large", "variants/small.prices", "variants/middle"];
    assert_eq!(newest.changed_fields, fields);
}

pub(crate) async fn going_back_never_publishes(bench: &Bench) {
    let window = Window { start: Some(bench.now()), end: None };
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    let fields = ProductFields { window, ..ProductFields::default() };
    bench.change("kettle", "", update(fields, &[ProductField::PublishTime])).await.unwrap();
    bench.change("kettle", "", ProductAction::Unpublish).await.unwrap();
    let restored = back(bench, by("ada"), 2, "").await.unwrap();
    assert_eq!(restored.state(), proto::catalog::product::State::Draft);
    assert!(restored.publish_time.is_some());
}

pub(crate) async fn going_back_is_undone_by_going_back_again(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    let id = bench.get("kettle", Audience::Staff).await.unwrap().variants[0].name.clone();
    let id = id.rsplit('/').next().unwrap();
    bench.change("kettle", "", titled("Pot")).await.unwrap();
    change_variant(bench, id, costing(5)).await;
    let before = bench.get("kettle", Audience::Staff).await.unwrap();
    back(bench, by("ada"), 1, "").await.unwrap();
    assert_ne!(content(&bench.get("kettle", Audience::Staff).await.unwrap()), content(&before));
    back(bench, by("ada"), 3, "").await.unwrap();
    assert_eq!(content(&bench.get("kettle", Audience::Staff).await.unwrap()), content(&before));
}

pub(crate) async fn variants_may_have_changed_skus_with_each_other(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.options = vec![crate::domain::ProductOption {
        name: "Size".to_owned(),
        values: ["s", "l"].map(str::to_owned).into(),
    }];
    let mut small = of("small", "K-1", 1);
    small.fields.option_values = vec!["s".to_owned()];
    let mut large = of("large", "K-2", 2);
    large.fields.option_values = vec!["l".to_owned()];
    product.variants = vec![small, large];
    let created = bench.create(product).await.unwrap();
    change_variant(bench, "small", with_sku(None)).await;
    change_variant(bench, "large", with_sku(Some("K-1"))).await;
    change_variant(bench, "small", with_sku(Some("K-2"))).await;
    back(bench, by("ada"), 1, "").await.unwrap();
    let now = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!(content(&now), content(&created));
}

/// A kettle whose first revision stands in a category, with a slug and a sku that it has given up since.
async fn given_up(bench: &Bench) {
    let id = CategoryId::parse("kitchen").unwrap();
    let fields = CategoryFields { title: "Kitchen".to_owned(), ..CategoryFields::default() };
    let category = NewCategory { id: Some(id.clone()), fields };
    bench.store.create_category(by("ada"), category).await.unwrap();
    let mut product = new("kettle");
    product.fields.categories = vec![id];
    product.variants = vec![of("one", "K-1", 1)];
    bench.create(product).await.unwrap();
    let fields = ProductFields { slug: Slug::parse("pot").ok(), ..ProductFields::default() };
    let mask = [ProductField::Slug, ProductField::Categories];
    bench.change("kettle", "", update(fields, &mask)).await.unwrap();
    change_variant(bench, "one", with_sku(None)).await;
}

async fn take(bench: &Bench, slug: &str, sku: &str) {
    let mut product = new("other");
    product.fields.slug = Slug::parse(slug).ok();
    product.variants = vec![sold(sku, 1)];
    bench.create(product).await.unwrap();
}

pub(crate) async fn what_is_in_the_way_alone_has_its_own_reason(bench: &Bench) {
    given_up(bench).await;
    take(bench, "kettle", "O-1").await;
    let refused = refusal(back(bench, by("ada"), 1, "").await);
    assert!(matches!(refused, Refusal::SlugTaken { by, .. } if by == "products/other"));
    bench.change("other", "", ProductAction::Delete).await.unwrap();
    let mut product = new("third");
    product.variants = vec![sold("K-1", 1)];
    bench.create(product).await.unwrap();
    let refused = refusal(back(bench, by("ada"), 1, "").await);
    assert!(matches!(refused, Refusal::SkuTaken { by, .. } if by.starts_with("products/third/")));
    bench.change("third", "", ProductAction::Delete).await.unwrap();
    back(bench, by("ada"), 1, "").await.unwrap();
}

pub(crate) async fn all_that_is_in_the_way_is_told_at_once(bench: &Bench) {
    given_up(bench).await;
    take(bench, "kettle", "K-1").await;
    let delete = crate::domain::CategoryChange {
        id: CategoryId::parse("kitchen").unwrap(),
        etag: None,
        action: crate::domain::CategoryAction::Delete,
    };
    bench.store.change_category(by("ada"), delete).await.unwrap();
    let Refusal::Invalid(violations) = refusal(back(bench, by("ada"), 1, "").await) else {
        panic!("not told together")
    };
    let fields: Vec<_> = violations.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["product.categories[0]", "product.slug", "product.variants[0].sku"]);
    assert!(violations[1].description.contains("products/other"));
    assert_eq!(bench.history("kettle").await, 3, "nothing was done");
}

pub(crate) async fn going_back_needs_the_current_etag_a_live_product_and_a_kept_revision(
    bench: &Bench,
) {
    let created = bench.create(new("kettle")).await.unwrap();
    bench.change_as(by("bob"), "kettle", "", titled("Pot")).await.unwrap();
    let Refusal::EtagMismatch(conflict) = refusal(back(bench, by("ada"), 1, &created.etag).await)
    else {
        panic!("not a mismatch")
    };
    assert_eq!(conflict.changes[0].actor.display_name, "BOB");
    let missing = refusal(back(bench, by("ada"), 3, "").await);
    assert_eq!(missing, Refusal::NotFound { name: "products/kettle/revisions/3".to_owned() });
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let deleted = refusal(back(bench, by("ada"), 1, "").await);
    assert_eq!(deleted, Refusal::Deleted { name: "products/kettle".to_owned() });
}

pub(crate) async fn a_stale_variant_tells_of_going_back(bench: &Bench) {
    let mut product = new("kettle");
    product.variants = vec![of("one", "K-1", 1)];
    bench.create(product).await.unwrap();
    change_variant(bench, "one", costing(9)).await;
    bench.change("kettle", "", titled("Pot")).await.unwrap();
    let seen = bench.get("kettle", Audience::Staff).await.unwrap().variants[0].etag.clone();
    back(bench, by("eve"), 1, "").await.unwrap();
    let name = variant_name("one");
    let change = VariantChange { name, etag: Etag::given(&seen), action: costing(7) };
    let stale = bench.store.change_variants(by("ada"), vec![change]).await;
    let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("not a mismatch") };
    assert_eq!(conflict.changes.len(), 1);
    assert_eq!(conflict.changes[0].actor.display_name, "EVE");
    assert_eq!(conflict.changes[0].fields, ["variants/one.prices"]);
}

pub(crate) async fn going_back_twice_under_one_request_id_is_done_once(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", titled("Pot")).await.unwrap();
    let first = back(bench, requested("ada", "one", 1), 1, "").await.unwrap();
    let again = back(bench, requested("ada", "one", 1), 1, "").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(bench.history("kettle").await, 3);
}

pub(crate) async fn a_dry_run_of_going_back_leaves_nothing(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", titled("Pot")).await.unwrap();
    let dry = Write { validate_only: true, ..by("ada") };
    assert_eq!(back(bench, dry, 1, "").await.unwrap().title, "Kettle");
    assert_eq!(bench.get("kettle", Audience::Staff).await.unwrap().title, "Pot");
    assert_eq!(bench.history("kettle").await, 2);
}

/// A state stays for as long as the setting says after it was replaced, not after it was made: the last change can always be undone.
pub(crate) async fn a_revision_is_kept_until_long_after_it_was_replaced(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.create(new("pot")).await.unwrap();
    let day = SignedDuration::from_hours(24);
    bench.clock.advance(day * 100);
    bench.change("kettle", "", titled("Big kettle")).await.unwrap();
    bench.clock.advance(day / 2);
    bench.change("kettle", "", titled("Small kettle")).await.unwrap();
    let forget = async || bench.store.forget_revisions(day, 100).await.unwrap();
    let micro = SignedDuration::from_micros(1);
    bench.clock.advance(day / 2 - micro);
    assert_eq!(forget().await, 0, "just before");
    bench.clock.advance(micro);
    assert_eq!(forget().await, 0, "at the time itself");
    bench.clock.advance(micro);
    assert_eq!(forget().await, 1, "just after");
    assert_eq!(bench.history("kettle").await, 2);
    bench.clock.advance(day * 999);
    assert_eq!(forget().await, 1);
    assert_eq!(bench.history("kettle").await, 1, "the newest stays");
    assert_eq!(bench.history("pot").await, 1, "also the only one");
    assert_eq!(found(bench, "", 10).await, ["kettle:3", "pot:1"]);
    bench.change("kettle", "", titled("Kettle")).await.unwrap();
    let newest = bench.revisions("kettle").await.unwrap().remove(0);
    assert_eq!(newest.name, "products/kettle/revisions/4", "numbers are never used again");
}

pub(crate) async fn forgetting_stops_at_its_limit_and_begins_with_the_oldest(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    for title in ["b", "c", "d", "e"] {
        bench.wait(1);
        bench.change("kettle", "", titled(title)).await.unwrap();
    }
    bench.wait(1);
    for left in [3, 1, 1] {
        bench.store.forget_revisions(SignedDuration::ZERO, 2).await.unwrap();
        assert_eq!(bench.history("kettle").await, left);
    }
    assert_eq!(bench.get("kettle", Audience::Staff).await.unwrap().title, "e");
}
