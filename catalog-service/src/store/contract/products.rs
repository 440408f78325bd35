//! Products: created, seen, changed, deleted and restored.

use super::*;
use crate::domain::{
    AttributeValue, CategoryId, OtherChange, ProductField, ProductMask, Slug, Window,
};

fn update(fields: ProductFields, mask: &[ProductField]) -> ProductAction {
    ProductAction::Update { fields: Box::new(fields), mask: mask.iter().copied().collect() }
}

fn titled(title: &str) -> ProductAction {
    let fields = ProductFields { title: title.to_owned(), ..ProductFields::default() };
    update(fields, &[ProductField::Title])
}

pub(crate) async fn a_product_is_answered_as_it_was_created(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.tags = vec!["new".into(), "steel".into()];
    product.fields.attributes.insert("litres".into(), AttributeValue::Number(1.7));
    product.fields.description = "Boils *water*.".into();
    product.variants = vec![sold("K-1", 49)];
    let created = bench.create(product).await.unwrap();
    assert_eq!(created.name, "products/kettle");
    assert_eq!(created.slug, "kettle");
    assert_eq!(created.state(), proto::catalog::product::State::Draft);
    assert_eq!(created.variants[0].sku, "K-1");
    assert_eq!(created.price_range.as_ref().unwrap().lowest.as_ref().unwrap().units, 49);
    assert_eq!(created.update_actor.as_ref().unwrap().name, "users/ada");
    assert_eq!(bench.get("kettle", Audience::Staff).await, Some(created));
}

pub(crate) async fn a_product_has_one_variant_when_none_is_given(bench: &Bench) {
    let created = bench.create(new("kettle")).await.unwrap();
    assert_eq!(created.variants.len(), 1);
    assert_eq!(created.variants[0].sku, "");
    assert_eq!(created.price_range, None);
}

pub(crate) async fn the_public_sees_active_products_within_their_window_only(bench: &Bench) {
    let mut product = new("kettle");
    let in_an_hour = bench.now() + SignedDuration::from_hours(1);
    let in_two_hours = bench.now() + SignedDuration::from_hours(2);
    product.fields.window = Window { start: Some(in_an_hour), end: Some(in_two_hours) };
    bench.create(product).await.unwrap();
    let is_public = async || bench.get("kettle", Audience::Public).await.is_some();
    bench.wait(5_400);
    assert!(!is_public().await, "a draft");
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    assert!(is_public().await, "active, within the window");
    bench.wait(1_800);
    assert!(!is_public().await, "behind the window");
    bench.wait(-5_400);
    assert!(!is_public().await, "before the window");
    bench.wait(1_800);
    assert!(is_public().await, "at the window's first moment");
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    assert!(!is_public().await, "deleted");
}

pub(crate) async fn the_public_never_learns_who_changed_something(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    let seen = bench.get("kettle", Audience::Public).await.unwrap();
    assert_eq!((seen.update_actor, seen.delete_actor), (None, None));
    let query = ProductQuery { audience: Audience::Public, ..staff("", "") };
    let page = bench.store.list_products(query, PageRequest::new(0, None)).await.unwrap().content;
    assert_eq!(wire(&page.items[0]).update_actor, None);
}

pub(crate) async fn an_update_changes_the_masked_fields_only(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.brand = "Acme".into();
    let before = bench.create(product).await.unwrap();
    bench.wait(60);
    let after = bench.change("kettle", &before.etag, titled("Better kettle")).await.unwrap();
    assert_eq!((after.title.as_str(), after.brand.as_str()), ("Better kettle", "Acme"));
    assert_eq!(after.slug, "kettle");
    assert_eq!(after.create_time, before.create_time);
    assert_ne!(after.update_time, before.update_time);
    assert_ne!(after.etag, before.etag);
    assert!(after.variants.is_empty(), "the basic view");
}

pub(crate) async fn a_full_replacement_empties_what_is_not_given(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.brand = "Acme".into();
    product.fields.tags = vec!["new".into()];
    product.fields.slug = Slug::parse("our-kettle").ok();
    bench.create(product).await.unwrap();
    let fields = ProductFields { title: "Pot".into(), ..ProductFields::default() };
    let action = ProductAction::Update { fields: Box::new(fields), mask: ProductMask::all() };
    let after = bench.change("kettle", "", action).await.unwrap();
    assert_eq!((after.brand.as_str(), after.tags.len()), ("", 0));
    assert_eq!(after.slug, "pot");
}

pub(crate) async fn one_attribute_is_changed_alone(bench: &Bench) {
    let mut product = new("kettle");
    let text = |text: &str| AttributeValue::Text(text.into());
    product.fields.attributes =
        [("colour".into(), text("red")), ("size".into(), text("big"))].into();
    bench.create(product).await.unwrap();
    let mut mask = ProductMask::default();
    mask.add_attribute("colour");
    mask.add_attribute("size");
    let mut fields = ProductFields::default();
    fields.attributes.insert("colour".into(), text("blue"));
    fields.attributes.insert("other".into(), text("ignored"));
    let action = ProductAction::Update { fields: Box::new(fields), mask };
    let after = bench.change("kettle", "", action).await.unwrap();
    let names: Vec<_> = after.attributes.keys().collect();
    assert_eq!(names, ["colour"]);
}

pub(crate) async fn a_stale_etag_shows_the_other_changes(bench: &Bench) {
    let seen = bench.create(new("kettle")).await.unwrap().etag;
    bench.wait(1);
    bench.change_as(by("bob"), "kettle", &seen, titled("Pot")).await.unwrap();
    bench.wait(1);
    let current = bench.change_as(by("eve"), "kettle", "", ProductAction::Publish).await.unwrap();
    let stale = bench.change("kettle", &seen, titled("Pan")).await;
    let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("not a mismatch") };
    assert_eq!(conflict.name, "products/kettle");
    assert_eq!(conflict.current.as_str(), current.etag);
    let told = |change: &OtherChange| (change.actor.name.clone(), change.fields.clone());
    let told: Vec<_> = conflict.changes.iter().map(told).collect();
    let one = |who: &str, field: &str| (format!("users/{who}"), vec![field.to_owned()]);
    assert_eq!(told, [one("bob", "title"), one("eve", "state")]);
    assert_eq!(bench.get("kettle", Audience::Staff).await.unwrap().title, "Pot");
    let foreign = bench.change("kettle", "\"not-ours\"", titled("Pan")).await;
    let Refusal::EtagMismatch(conflict) = refusal(foreign) else { panic!("not a mismatch") };
    assert_eq!(conflict.changes, []);
}

pub(crate) async fn a_batch_tells_the_other_changes_of_each_stale_etag(bench: &Bench) {
    let mut changes = Vec::new();
    for id in ["kettle", "pot", "pan"] {
        let etag = crate::domain::Etag::given(&bench.create(new(id)).await.unwrap().etag);
        changes.push(ProductChange { id: product_id(id), etag, action: ProductAction::Delete });
    }
    let kettle = bench.change_as(by("bob"), "kettle", "", titled("Tea kettle")).await.unwrap();
    let pan = bench.change_as(by("eve"), "pan", "", ProductAction::Publish).await.unwrap();
    let refused = bench.store.change_products(by("ada"), changes).await;
    let Err(Error::Refused(items)) = refused else { panic!("not refused: {refused:?}") };
    let told = |(index, refusal): &(usize, Refusal)| {
        let Refusal::EtagMismatch(conflict) = refusal else { panic!("not a mismatch") };
        let [change] = conflict.changes.as_slice() else { panic!("not one change") };
        let who = change.actor.display_name.clone();
        (*index, conflict.current.as_str().to_owned(), who, change.fields.concat())
    };
    let one = |index, product: &Wire, who: &str, field: &str| {
        (index, product.etag.clone(), who.to_owned(), field.to_owned())
    };
    let expected = [one(0, &kettle, "BOB", "title"), one(2, &pan, "EVE", "state")];
    assert_eq!(items.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(bench.get("pot", Audience::Staff).await.unwrap().delete_time, None);
}

pub(crate) async fn of_concurrent_writers_with_one_etag_one_wins(bench: &Bench) {
    let mut etag = bench.create(new("kettle")).await.unwrap().etag;
    for round in 0..5 {
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..16 {
            let (store, etag) = (Arc::clone(&bench.store), etag.clone());
            writers.spawn(async move {
                let change = ProductChange {
                    id: product_id("kettle"),
                    etag: crate::domain::Etag::given(&etag),
                    action: titled(&format!("Round {round}, writer {writer}")),
                };
                store.change_products(by("ada"), vec![change]).await
            });
        }
        let mut winners = Vec::new();
        while let Some(outcome) = writers.join_next().await {
            match outcome.unwrap() {
                Ok(changed) => winners.push(wire(&changed[0])),
                lost => assert!(matches!(refusal(lost), Refusal::EtagMismatch(_))),
            }
        }
        assert_eq!(winners.len(), 1);
        etag.clone_from(&winners[0].etag);
        let kept = bench.get("kettle", Audience::Staff).await.unwrap();
        assert_eq!((&kept.etag, &kept.title), (&etag, &winners[0].title));
    }
}

pub(crate) async fn archiving_puts_away_from_every_live_state(bench: &Bench) {
    use proto::catalog::product::State;
    bench.create(new("kettle")).await.unwrap();
    for before in [ProductAction::Unpublish, ProductAction::Publish] {
        bench.change("kettle", "", before).await.unwrap();
        let archived = bench.change("kettle", "", ProductAction::Archive).await.unwrap();
        assert_eq!(archived.state(), State::Archived);
        assert_eq!(bench.get("kettle", Audience::Public).await, None);
        let again = bench.change("kettle", &archived.etag, ProductAction::Archive).await.unwrap();
        assert_eq!(again.etag, archived.etag, "archived already, so it stays as it is");
    }
    let back = bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    assert_eq!(back.state(), State::Active);
    assert!(bench.get("kettle", Audience::Public).await.is_some());
    let deleted = bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let refused = bench.change("kettle", &deleted.etag, ProductAction::Archive).await;
    assert_eq!(refusal(refused), Refusal::Deleted { name: "products/kettle".into() });
    let page = PageRequest::new(10, None);
    let history = bench.store.revisions(history_of("kettle"), page).await.unwrap().unwrap();
    let changes = history.content.items.iter().map(|one| encoding::message(one).unwrap().change());
    let archived = proto::catalog::product_revision::Change::Archived;
    assert_eq!(changes.filter(|change| *change == archived).count(), 2);
}

pub(crate) async fn an_etag_is_never_used_again(bench: &Bench) {
    let created = bench.create(new("kettle")).await.unwrap();
    let mut seen = std::collections::HashSet::from([created.etag]);
    for action in [titled("A"), titled("A"), ProductAction::Publish, ProductAction::Unpublish] {
        let changed = bench.change("kettle", "", action).await.unwrap();
        assert!(seen.insert(changed.etag), "used twice");
    }
}

pub(crate) async fn a_deleted_product_is_kept_and_restored_as_it_was(bench: &Bench) {
    let mut product = new("kettle");
    product.variants = vec![sold("K-1", 49)];
    bench.create(product).await.unwrap();
    let before = bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    let deleted = bench.change_as(by("bob"), "kettle", "", ProductAction::Delete).await.unwrap();
    assert_eq!(deleted.delete_actor.as_ref().unwrap().display_name, "BOB");
    let days = deleted.purge_time.unwrap().seconds - deleted.delete_time.unwrap().seconds;
    assert_eq!(days, 30 * 24 * 3_600);
    assert!(bench.get("kettle", Audience::Staff).await.is_some());
    let again = bench.change("kettle", "", ProductAction::Delete).await;
    assert_eq!(refusal(again), Refusal::Deleted { name: "products/kettle".into() });
    let written = bench.change("kettle", "", titled("Pot")).await;
    assert_eq!(refusal(written), Refusal::Deleted { name: "products/kettle".into() });
    let restored = bench.change("kettle", &deleted.etag, ProductAction::undelete()).await.unwrap();
    let plain = |product: Wire| Wire { etag: String::new(), update_time: None, ..product };
    assert_eq!(plain(restored), plain(before));
    let again = bench.change("kettle", "", ProductAction::undelete()).await;
    assert_eq!(refusal(again), Refusal::NotDeleted { name: "products/kettle".into() });
}

pub(crate) async fn a_deleted_product_frees_its_slug_and_sku(bench: &Bench) {
    let product = |id: &str, slug: &str, sku: &str| {
        let mut product = new(id);
        product.fields.slug = Slug::parse(slug).ok();
        product.variants = vec![sold(sku, 1)];
        product
    };
    bench.create(product("one", "kettle", "K-1")).await.unwrap();
    bench.change("one", "", ProductAction::Delete).await.unwrap();
    bench.create(product("two", "kettle", "K-2")).await.unwrap();
    let restored = bench.change("one", "", ProductAction::undelete()).await;
    let Refusal::SlugTaken { by, .. } = refusal(restored) else { panic!("slug is free") };
    assert_eq!(by, "products/two");
    bench.change("two", "", ProductAction::Delete).await.unwrap();
    let owner = bench.create(product("three", "pot", "K-1")).await.unwrap();
    let restored = bench.change("one", "", ProductAction::undelete()).await;
    let Refusal::SkusTaken(taken) = refusal(restored) else { panic!("sku is free") };
    assert_eq!(taken[0].by, owner.variants[0].name);
}

pub(crate) async fn publishing_twice_changes_nothing(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    let once = bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    let twice = bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    assert_eq!(once, twice);
    let back = bench.change("kettle", &once.etag, ProductAction::Unpublish).await.unwrap();
    assert_eq!(back.state(), proto::catalog::product::State::Draft);
}

pub(crate) async fn a_taken_id_is_refused(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    let again = refusal(bench.create(new("kettle")).await);
    assert!(matches!(again, Refusal::IdTaken { name, .. } if name == "products/kettle"));
}

pub(crate) async fn a_slug_made_from_the_title_gets_a_number(bench: &Bench) {
    let mut slugs = Vec::new();
    for id in ["one", "two", "three"] {
        let mut product = new(id);
        product.fields.title = "Crème brûlée".into();
        slugs.push(bench.create(product).await.unwrap().slug);
    }
    assert_eq!(slugs, ["creme-brulee", "creme-brulee-2", "creme-brulee-3"]);
}

pub(crate) async fn a_given_slug_that_is_taken_is_refused(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    bench.create(new("pot")).await.unwrap();
    let fields = ProductFields { slug: Slug::parse("kettle").ok(), ..ProductFields::default() };
    let taken = bench.change("pot", "", update(fields.clone(), &[ProductField::Slug])).await;
    let Refusal::SlugTaken { by, .. } = refusal(taken) else { panic!("slug is free") };
    assert_eq!(by, "products/kettle");
    let own = bench.change("kettle", "", update(fields, &[ProductField::Slug])).await.unwrap();
    assert_eq!(own.slug, "kettle");
}

pub(crate) async fn a_taken_sku_names_whose_it_is(bench: &Bench) {
    let mut product = new("kettle");
    product.variants = vec![sold("K-1", 49)];
    let owner = bench.create(product).await.unwrap();
    let mut product = new("pot");
    product.variants = vec![sold("K-1", 20)];
    let Refusal::SkuTaken { by, sku } = refusal(bench.create(product).await) else {
        panic!("sku is free")
    };
    assert_eq!((by, sku.as_str()), (owner.variants[0].name.clone(), "K-1"));
    assert_eq!(bench.get("pot", Audience::Staff).await, None);
}

pub(crate) async fn unknown_categories_are_all_named(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.categories =
        vec![CategoryId::parse("none").unwrap(), CategoryId::parse("nowhere").unwrap()];
    let fields = product.fields.clone();
    let Refusal::Invalid(violations) = refusal(bench.create(product).await) else {
        panic!("not invalid")
    };
    let fields_named: Vec<_> = violations.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields_named, ["product.categories[0]", "product.categories[1]"]);
    bench.create(new("kettle")).await.unwrap();
    let changed = bench.change("kettle", "", update(fields, &[ProductField::Categories])).await;
    assert!(matches!(refusal(changed), Refusal::Invalid(violations) if violations.len() == 2));
}

pub(crate) async fn a_batch_is_done_whole_or_not_at_all(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    let batch = vec![new("pot"), new("kettle"), new("pan"), new("kettle")];
    let failed = bench.store.create_products(by("ada"), batch, View::Basic).await;
    let Err(Error::Refused(items)) = failed else { panic!("not refused: {failed:?}") };
    assert_eq!(items.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(bench.get("pot", Audience::Staff).await, None);
    let batch = vec![new("pot"), new("pan")];
    let done = bench.store.create_products(by("ada"), batch, View::Basic).await.unwrap();
    assert_eq!(done.iter().map(|one| wire(one).title).collect::<Vec<_>>(), ["Pot", "Pan"]);
    let delete =
        |id: &str| ProductChange { id: product_id(id), etag: None, action: ProductAction::Delete };
    let batch = vec![delete("pot"), delete("nothing"), delete("pan")];
    let failed = bench.store.change_products(by("ada"), batch).await;
    assert_eq!(refusal(failed), Refusal::NotFound { name: "products/nothing".into() });
    assert_eq!(bench.get("pot", Audience::Staff).await.unwrap().delete_time, None);
}

pub(crate) async fn many_products_change_at_once_with_one_revision_each(bench: &Bench) {
    for id in ["kettle", "pot", "pan"] {
        bench.create(new(id)).await.unwrap();
    }
    bench.change("pot", "", ProductAction::Publish).await.unwrap();
    let change =
        |id: &str, action: ProductAction| ProductChange { id: product_id(id), etag: None, action };
    let publish = ["kettle", "pot", "pan"].map(|id| change(id, ProductAction::Publish));
    let published = bench.store.change_products(by("ada"), publish.into()).await.unwrap();
    let states: Vec<_> = published.iter().map(|one| wire(one).state()).collect();
    assert_eq!(states, [proto::catalog::product::State::Active; 3]);
    assert_eq!(bench.history("kettle").await, 2);
    assert_eq!(bench.history("pot").await, 2, "it was published already, so nothing was changed");

    let branded = |id: &str| {
        let fields = ProductFields { brand: "Emalia".into(), ..ProductFields::default() };
        let mask = [ProductField::Brand].into_iter().collect();
        change(id, ProductAction::Update { fields: Box::new(fields), mask })
    };
    let batch = vec![branded("kettle"), change("pan", ProductAction::Delete), branded("pan")];
    let refused = bench.store.change_products(by("ada"), batch).await;
    assert_eq!(refusal(refused), Refusal::Deleted { name: "products/pan".into() });
    let kettle = bench.get("kettle", Audience::Staff).await.unwrap();
    assert_eq!(kettle.brand, "", "what stands before the refused item is not done either");
    let batch = vec![branded("kettle"), branded("pan")];
    let changed = bench.store.change_products(by("ada"), batch).await.unwrap();
    assert!(changed.iter().all(|one| wire(one).brand == "Emalia"));
    assert_eq!((bench.history("kettle").await, bench.history("pan").await), (3, 3));
}

pub(crate) async fn a_batch_whose_answer_is_too_large_is_not_done(bench: &Bench) {
    let id = |number: usize| format!("p{number:02}");
    let large = |number: usize| {
        let mut product = new(&id(number));
        product.fields.description = "x".repeat(250_000);
        product
    };
    let create = |numbers: std::ops::Range<usize>| {
        let batch = numbers.map(large).collect();
        bench.store.create_products(requested("ada", "1", 1), batch, View::Basic)
    };
    assert!(matches!(create(0..17).await, Err(Error::AnswerTooLarge)));
    assert_eq!(bench.get("p00", Audience::Staff).await, None);
    assert_eq!(create(0..16).await.unwrap().len(), 16);
    bench.create(large(16)).await.unwrap();

    let delete = |numbers: std::ops::Range<usize>| {
        let action = || ProductAction::Delete;
        let change =
            |number| ProductChange { id: product_id(&id(number)), etag: None, action: action() };
        bench.store.change_products(requested("ada", "2", 2), numbers.map(change).collect())
    };
    assert!(matches!(delete(0..17).await, Err(Error::AnswerTooLarge)));
    let kept = bench.get("p00", Audience::Staff).await.unwrap();
    assert_eq!((kept.delete_time, bench.history("p00").await), (None, 1));
    assert_eq!(delete(0..16).await.unwrap().len(), 16);

    let ids: Vec<_> = (0..17).map(|number| product_id(&id(number))).collect();
    let read = bench.store.products(&ids, View::Basic, Audience::Staff).await;
    assert!(matches!(read, Err(Error::AnswerTooLarge)));
    let read = bench.store.products(&ids[..16], View::Basic, Audience::Staff).await.unwrap();
    assert!(read.content.iter().all(Option::is_some));
}

pub(crate) async fn an_unknown_product_is_not_found(bench: &Bench) {
    assert_eq!(bench.get("nothing", Audience::Staff).await, None);
    let changed = bench.change("nothing", "", ProductAction::Publish).await;
    assert_eq!(refusal(changed), Refusal::NotFound { name: "products/nothing".into() });
    bench.create(new("kettle")).await.unwrap();
    let ids = [product_id("nothing"), product_id("kettle"), product_id("nothing")];
    let found = bench.store.products(&ids, View::Basic, Audience::Staff).await.unwrap();
    assert_eq!(found.content.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false]);
}

pub(crate) async fn a_window_that_never_opens_is_refused(bench: &Bench) {
    let mut product = new("kettle");
    product.fields.window.start = Some(bench.now());
    bench.create(product).await.unwrap();
    let window = Window { start: None, end: Some(bench.now()) };
    let fields = ProductFields { window, ..ProductFields::default() };
    let changed = bench.change("kettle", "", update(fields, &[ProductField::UnpublishTime])).await;
    let Refusal::Invalid(violations) = refusal(changed) else { panic!("not invalid") };
    assert_eq!(violations[0].field, "product.unpublish_time");
}

pub(crate) async fn time_never_runs_backwards_for_a_product(bench: &Bench) {
    let created = bench.create(new("kettle")).await.unwrap();
    bench.wait(-3_600);
    let changed = bench.change("kettle", &created.etag, titled("Pot")).await.unwrap();
    assert_eq!(changed.update_time, created.update_time);
}
