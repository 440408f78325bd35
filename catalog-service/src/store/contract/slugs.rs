//! Slugs: the addresses of products, and those that they had.

use super::*;
use crate::domain::{Address, ProductExpunge, ProductField, ProductMask, Slug, Window};

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

async fn address(bench: &Bench, text: &str, audience: Audience) -> Option<Address> {
    let found = bench.store.resolve_slug(&slug(text), audience).await.unwrap();
    found.map(|found| found.content)
}

/// Where an address leads the public: to a product, by its slug now.
async fn leads(bench: &Bench, text: &str) -> Option<String> {
    match address(bench, text, Audience::Public).await? {
        Address::Of { product, slug } => Some(format!("{product} {slug}")),
        Address::Gone => Some("gone".to_owned()),
    }
}

async fn rename(bench: &Bench, id: &str, to: &str) {
    let fields = ProductFields { slug: Some(slug(to)), ..ProductFields::default() };
    let mask: ProductMask = [ProductField::Slug].into_iter().collect();
    let action = ProductAction::Update { fields: Box::new(fields), mask };
    bench.change(id, "", action).await.unwrap();
}

async fn published(bench: &Bench, id: &str) {
    bench.create(new(id)).await.unwrap();
    bench.change(id, "", ProductAction::Publish).await.unwrap();
}

async fn expunged(bench: &Bench, id: &str) {
    bench.change(id, "", ProductAction::Delete).await.unwrap();
    let expunge = ProductExpunge { id: product_id(id), etag: None };
    bench.store.expunge_product(by("ada"), expunge).await.unwrap();
}

pub(crate) async fn an_old_slug_leads_to_the_product(bench: &Bench) {
    published(bench, "kettle").await;
    for to in ["pot", "pan", "kettle", "steel-kettle"] {
        rename(bench, "kettle", to).await;
    }
    let now = Some("kettle steel-kettle".to_owned());
    for known in ["kettle", "pot", "pan", "steel-kettle"] {
        assert_eq!(leads(bench, known).await, now, "{known}");
    }
    assert_eq!(leads(bench, "cup").await, None);
}

pub(crate) async fn a_slug_leads_the_public_to_public_products_only(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    rename(bench, "kettle", "pot").await;
    let known = Some(Address::Of { product: product_id("kettle"), slug: slug("pot") });
    for text in ["kettle", "pot"] {
        assert_eq!(leads(bench, text).await, None, "a draft: {text}");
        assert_eq!(address(bench, text, Audience::Staff).await, known, "for the staff: {text}");
    }
    for (action, public) in [
        (ProductAction::Publish, true),
        (ProductAction::Archive, false),
        (ProductAction::Publish, true),
        (ProductAction::Unpublish, false),
        (ProductAction::Publish, true),
        (ProductAction::Delete, false),
    ] {
        let what = format!("{action:?}");
        bench.change("kettle", "", action).await.unwrap();
        for text in ["kettle", "pot"] {
            assert_eq!(leads(bench, text).await.is_some(), public, "{what}: {text}");
        }
    }
    assert_eq!(address(bench, "pot", Audience::Staff).await, None, "deleted");
}

pub(crate) async fn a_slug_follows_the_window(bench: &Bench) {
    let mut product = new("kettle");
    let start = bench.now() + SignedDuration::from_secs(10);
    let end = bench.now() + SignedDuration::from_secs(20);
    product.fields.window = Window { start: Some(start), end: Some(end) };
    bench.create(product).await.unwrap();
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    rename(bench, "kettle", "pot").await;
    let moment = SignedDuration::from_micros(1);
    for (step, public) in [
        (SignedDuration::from_secs(10) - moment, false),
        (moment, true),
        (SignedDuration::from_secs(10) - moment, true),
        (moment, false),
    ] {
        bench.clock.advance(step);
        for text in ["kettle", "pot"] {
            assert_eq!(leads(bench, text).await.is_some(), public, "{text} at {}", bench.now());
        }
    }
    expunged(bench, "kettle").await;
    assert_eq!(leads(bench, "pot").await.as_deref(), Some("gone"), "it was public for a while");
    assert_eq!(leads(bench, "kettle").await, None, "that address was left before");
}

pub(crate) async fn who_has_a_slug_wins_over_who_had_it(bench: &Bench) {
    published(bench, "kettle").await;
    rename(bench, "kettle", "pot").await;
    let mut other = new("other");
    other.fields.slug = Some(slug("kettle"));
    bench.create(other).await.unwrap();
    assert_eq!(leads(bench, "kettle").await.as_deref(), Some("kettle pot"), "not to a draft");
    bench.change("other", "", ProductAction::Publish).await.unwrap();
    assert_eq!(leads(bench, "kettle").await.as_deref(), Some("other kettle"));
    rename(bench, "other", "cup").await;
    assert_eq!(leads(bench, "kettle").await.as_deref(), Some("other cup"), "the last who had it");
    bench.change("other", "", ProductAction::Unpublish).await.unwrap();
    assert_eq!(leads(bench, "kettle").await.as_deref(), Some("kettle pot"), "who is still there");
}

pub(crate) async fn the_slug_of_what_went_for_good_leads_nowhere_any_more(bench: &Bench) {
    published(bench, "kettle").await;
    rename(bench, "kettle", "pot").await;
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    assert_eq!(leads(bench, "pot").await, None, "it may come back");
    bench.change("kettle", "", ProductAction::undelete()).await.unwrap();
    for _ in 0..2 {
        expunged(bench, "kettle").await;
        for text in ["kettle", "pot"] {
            assert_eq!(leads(bench, text).await.as_deref(), Some("gone"), "{text}");
        }
        published(bench, "kettle").await;
        assert_eq!(leads(bench, "kettle").await.as_deref(), Some("kettle kettle"));
    }
}

pub(crate) async fn a_slug_that_the_public_never_knew_is_forgotten(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    rename(bench, "kettle", "pot").await;
    expunged(bench, "kettle").await;
    for text in ["kettle", "pot"] {
        assert_eq!(address(bench, text, Audience::Staff).await, None, "{text}");
    }
}
