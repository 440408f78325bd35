//! Restoring a product whose skus are in use again.

use super::*;
use crate::domain::{
    Etag, FeedFilter, NewSku, Sku, Slug, TakenSku, VariantAction, VariantChange, VariantField,
    VariantId, VariantName,
};

fn variant(id: &str) -> VariantId {
    VariantId::parse(id).unwrap()
}

fn new_sku((id, sku): (&str, &str)) -> NewSku {
    NewSku { variant: variant(id), sku: Sku::parse(sku).unwrap() }
}

fn restored_with(skus: &[(&str, &str)]) -> ProductAction {
    ProductAction::Undelete { skus: skus.iter().copied().map(new_sku).collect(), slug: None }
}

fn restored_at(slug: &str) -> ProductAction {
    ProductAction::Undelete { skus: Vec::new(), slug: Some(Slug::parse(slug).unwrap()) }
}

/// A product with these variants and skus.
async fn stock(bench: &Bench, id: &str, skus: &[(&str, &str)]) -> Wire {
    let mut product = new(id);
    let of = |(id, sku): &(&str, &str)| NewVariant { id: Some(variant(id)), ..sold(sku, 10) };
    product.variants = skus.iter().map(of).collect();
    bench.create(product).await.unwrap()
}

/// A deleted shirt whose skus `S` and `M` others have by now, and `L` nobody.
async fn taken(bench: &Bench) {
    stock(bench, "shirt", &[("small", "S"), ("medium", "M"), ("large", "L")]).await;
    bench.change("shirt", "", ProductAction::Delete).await.unwrap();
    stock(bench, "vest", &[("only", "S")]).await;
    stock(bench, "belt", &[("one", "M"), ("two", "N")]).await;
}

fn in_the_way(refused: Result<Wire, Error>) -> Vec<(String, String, String)> {
    let Refusal::SkusTaken(taken) = refusal(refused) else { panic!("no sku is taken") };
    let told = |TakenSku { variant, by, field, .. }| (format!("{variant}"), by, field);
    taken.into_iter().map(told).collect()
}

fn taken_by(variant: &str, by: &str, field: &str) -> (String, String, String) {
    (variant.into(), format!("products/{by}"), field.into())
}

async fn skus(bench: &Bench, id: &str) -> Vec<String> {
    let product = bench.get(id, Audience::Staff).await.unwrap();
    product.variants.into_iter().map(|one| one.sku).collect()
}

pub(crate) async fn every_sku_that_is_in_the_way_is_told(bench: &Bench) {
    taken(bench).await;
    let vest = |field| taken_by("small", "vest/variants/only", field);
    let belt = |field| taken_by("medium", "belt/variants/one", field);
    let refused = bench.change("shirt", "", ProductAction::undelete()).await;
    assert_eq!(in_the_way(refused), [vest("new_skus"), belt("new_skus")]);
    let refused = bench.change("shirt", "", restored_with(&[("small", "S-2")])).await;
    assert_eq!(in_the_way(refused), [belt("new_skus")]);
    let still = restored_with(&[("medium", "N"), ("small", "S")]);
    let expected =
        [vest("new_skus[1].sku"), taken_by("medium", "belt/variants/two", "new_skus[0].sku")];
    assert_eq!(in_the_way(bench.change("shirt", "", still).await), expected);
    let same = restored_with(&[("small", "X"), ("medium", "L")]);
    let own = taken_by("medium", "shirt/variants/large", "new_skus[1].sku");
    assert_eq!(in_the_way(bench.change("shirt", "", same).await), [own]);
    let unknown = restored_with(&[("small", "X"), ("none", "Y")]);
    let Refusal::Invalid(faults) = refusal(bench.change("shirt", "", unknown).await) else {
        panic!("a variant that is not there got a sku")
    };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["new_skus[1].variant", "new_skus"]);
    assert_eq!(bench.history("shirt").await, 2, "nothing was done");
    assert_eq!(skus(bench, "shirt").await, ["S", "M", "L"]);
}

pub(crate) async fn new_skus_are_given_as_a_product_is_restored(bench: &Bench) {
    taken(bench).await;
    let seen = bench.get("shirt", Audience::Staff).await.unwrap();
    let action = || restored_with(&[("medium", "M-2"), ("small", "S-2")]);
    let dry = Write { validate_only: true, ..by("eve") };
    bench.change_as(dry, "shirt", &seen.etag, action()).await.unwrap();
    assert!(bench.get("shirt", Audience::Staff).await.unwrap().delete_time.is_some());
    for _ in 0..2 {
        let write = requested("eve", "once", 1);
        bench.change_as(write, "shirt", &seen.etag, action()).await.unwrap();
    }
    let shirt = bench.get("shirt", Audience::Staff).await.unwrap();
    assert_eq!((shirt.delete_time, shirt.delete_actor), (None, None));
    assert_eq!(skus(bench, "shirt").await, ["S-2", "M-2", "L"]);
    for (old, now) in seen.variants.iter().zip(&shirt.variants) {
        assert_eq!(old.sku == now.sku, old.etag == now.etag, "{}", now.name);
    }
    for (sku, owner) in [("S-2", "shirt"), ("S", "vest"), ("L", "shirt")] {
        assert_eq!(bench.ids(&staff(&format!("sku = {sku}"), ""), 9).await.0, [owner], "{sku}");
    }
    let revisions = bench.revisions("shirt").await.unwrap();
    let expected = ["delete_time", "variants/small.sku", "variants/medium.sku"];
    assert_eq!(
        (revisions.len(), revisions[0].changed_fields.as_slice()),
        (3, &expected.map(str::to_owned)[..])
    );
    assert_eq!(revisions[0].product.as_ref().unwrap().variants[0].sku, "S-2");
    let filter = FeedFilter::parse("resource:\"products/shirt\"").unwrap();
    let feed = bench.store.list_changes(filter, PageRequest::new(3, None)).await.unwrap();
    let told: Vec<_> =
        feed.content.items.iter().map(|one| encoding::message(one).unwrap()).collect();
    let told: Vec<_> = told
        .iter()
        .map(|change: &proto::catalog::Change| {
            (change.kind().as_str_name(), change.resource.as_str())
        })
        .collect();
    let expected = [
        ("KIND_UPDATED", "products/shirt/variants/medium"),
        ("KIND_UPDATED", "products/shirt/variants/small"),
        ("KIND_UNDELETED", "products/shirt"),
    ];
    assert_eq!(told, expected, "the newest first");
}

pub(crate) async fn a_stale_variant_tells_of_its_new_sku(bench: &Bench) {
    taken(bench).await;
    let seen = bench.get("shirt", Audience::Staff).await.unwrap();
    let action = restored_with(&[("small", "S-2"), ("medium", "M-2")]);
    bench.change_as(by("eve"), "shirt", "", action).await.unwrap();
    let price = |index: usize| {
        let name = VariantName {
            product: product_id("shirt"),
            variant: variant(["small", "medium", "large"][index]),
        };
        let fields = sold("ignored", 7).fields;
        let action = VariantAction::Update { fields, mask: vec![VariantField::Prices] };
        VariantChange { name, etag: Etag::given(&seen.variants[index].etag), action }
    };
    let stale = bench.store.change_variants(by("ada"), vec![price(1)]).await;
    let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("not a mismatch") };
    assert_eq!(conflict.changes.len(), 1);
    assert_eq!(conflict.changes[0].actor.display_name, "EVE");
    assert_eq!(conflict.changes[0].fields, ["variants/medium.sku"]);
    bench.store.change_variants(by("ada"), vec![price(2)]).await.unwrap();
}

pub(crate) async fn variants_may_exchange_their_skus_as_a_product_is_restored(bench: &Bench) {
    stock(bench, "shirt", &[("small", "S"), ("medium", "M")]).await;
    bench.change("shirt", "", ProductAction::Delete).await.unwrap();
    bench.change("shirt", "", restored_with(&[("small", "M"), ("medium", "S")])).await.unwrap();
    assert_eq!(skus(bench, "shirt").await, ["M", "S"]);
    bench.change("shirt", "", ProductAction::Delete).await.unwrap();
    let same = bench.change("shirt", "", restored_with(&[("small", "X"), ("medium", "X")])).await;
    let fields: Vec<_> = in_the_way(same).into_iter().map(|(.., field)| field).collect();
    assert_eq!(fields, ["new_skus[0].sku", "new_skus[1].sku"]);
}

pub(crate) async fn a_new_slug_is_given_as_a_product_is_restored(bench: &Bench) {
    let slugged = |id: &str| {
        let mut product = new(id);
        product.fields.slug = Some(Slug::parse("mug").unwrap());
        product
    };
    bench.create(slugged("old")).await.unwrap();
    bench.change("old", "", ProductAction::Delete).await.unwrap();
    bench.create(slugged("young")).await.unwrap();
    for action in [ProductAction::undelete(), restored_at("mug")] {
        let Refusal::SlugTaken { slug, by } = refusal(bench.change("old", "", action).await) else {
            panic!("the slug is free")
        };
        assert_eq!((slug.as_str(), by.as_str()), ("mug", "products/young"));
    }
    bench.change("old", "", restored_at("mug-2")).await.unwrap();
    let old = bench.get("old", Audience::Staff).await.unwrap();
    assert_eq!((old.slug.as_str(), old.delete_time), ("mug-2", None));
    let revisions = bench.revisions("old").await.unwrap();
    assert_eq!(revisions[0].changed_fields, ["slug", "delete_time"]);
    assert_eq!(bench.get("young", Audience::Staff).await.unwrap().slug, "mug");
}
