//! Categories and the shop.

use super::*;
use crate::domain::{
    CategoryAction, CategoryChange, CategoryField, CategoryFields, CategoryId, Etag, NewCategory,
    PriceRounding, References, ShopChange, ShopField, ShopFields, Slug,
};

type WireCategory = proto::catalog::Category;

fn category_id(id: &str) -> CategoryId {
    CategoryId::parse(id).unwrap()
}

pub(super) async fn add(
    bench: &Bench,
    id: &str,
    parent: Option<&str>,
) -> Result<WireCategory, Error> {
    let fields = CategoryFields {
        title: id.to_uppercase(),
        parent: parent.map(category_id),
        ..CategoryFields::default()
    };
    let new = NewCategory { id: Some(category_id(id)), fields };
    let created = bench.store.create_category(by("ada"), new).await?;
    Ok(encoding::message(&created).unwrap())
}

async fn change(
    bench: &Bench,
    id: &str,
    etag: &str,
    action: CategoryAction,
) -> Result<WireCategory, Error> {
    let change = CategoryChange { id: category_id(id), etag: Etag::given(etag), action };
    let changed = bench.store.change_category(by("bob"), change).await?;
    Ok(encoding::message(&changed).unwrap())
}

fn moved_below(parent: &str) -> CategoryAction {
    let parent = Some(category_id(parent));
    let fields = CategoryFields { parent, ..CategoryFields::default() };
    CategoryAction::Update { fields, mask: vec![CategoryField::Parent] }
}

fn titled(title: &str) -> CategoryAction {
    let fields = CategoryFields { title: title.into(), ..CategoryFields::default() };
    CategoryAction::Update { fields, mask: vec![CategoryField::Title] }
}

pub(crate) async fn a_category_is_created_changed_and_deleted(bench: &Bench) {
    let created = add(bench, "kitchen", None).await.unwrap();
    assert_eq!((created.slug.as_str(), created.title.as_str()), ("kitchen", "KITCHEN"));
    let again = refusal(add(bench, "kitchen", None).await);
    assert!(matches!(again, Refusal::IdTaken { name, .. } if name == "categories/kitchen"));
    let changed = change(bench, "kitchen", &created.etag, titled("Cooking")).await.unwrap();
    assert_ne!(changed.etag, created.etag);
    let stale = change(bench, "kitchen", &created.etag, titled("Eating")).await;
    let Refusal::EtagMismatch(conflict) = refusal(stale) else { panic!("not a mismatch") };
    assert_eq!(conflict.current.as_str(), changed.etag);
    assert_eq!(conflict.changes.len(), 1);
    assert_eq!(conflict.changes[0].actor.name, "users/bob");
    assert_eq!(conflict.changes[0].fields, ["title"]);
    let gone = change(bench, "kitchen", &changed.etag, CategoryAction::Delete).await.unwrap();
    assert_eq!(gone, changed);
    assert_eq!(bench.store.category(&category_id("kitchen")).await.unwrap(), None);
    let orphan = refusal(add(bench, "pots", Some("kitchen")).await);
    assert!(
        matches!(orphan, Refusal::Invalid(violations) if violations[0].field == "category.parent")
    );
}

pub(crate) async fn a_category_cannot_stand_below_itself(bench: &Bench) {
    add(bench, "a", None).await.unwrap();
    add(bench, "b", Some("a")).await.unwrap();
    add(bench, "c", Some("b")).await.unwrap();
    for parent in ["a", "b", "c"] {
        let moved = refusal(change(bench, "a", "", moved_below(parent)).await);
        assert!(matches!(moved, Refusal::CategoryCycle { name, .. } if name == "categories/a"));
    }
    change(bench, "c", "", moved_below("a")).await.unwrap();
}

pub(crate) async fn a_category_is_moved_with_what_is_below_it(bench: &Bench) {
    for (id, parent) in [("a", None), ("b", Some("a")), ("c", Some("b"))] {
        add(bench, id, parent).await.unwrap();
    }
    let below = |parent: Option<&str>| CategoryAction::Move { parent: parent.map(category_id) };
    let moved = refusal(change(bench, "a", "", below(Some("c"))).await);
    assert!(matches!(moved, Refusal::CategoryCycle { parent, .. } if parent == "categories/c"));
    let Refusal::Invalid(violations) = refusal(change(bench, "a", "", below(Some("d"))).await)
    else {
        panic!("not invalid")
    };
    assert_eq!(violations[0].field, "parent");
    let top = change(bench, "b", "", below(None)).await.unwrap();
    assert_eq!((top.parent.as_str(), top.title.as_str()), ("", "B"));
    let back = change(bench, "a", "", below(Some("c"))).await.unwrap();
    assert_eq!(back.parent, "categories/c");
}

/// The number of products in each category and below it.
async fn counts(bench: &Bench, audience: Audience) -> Vec<(String, i32, i32)> {
    let page = bench.store.categories(Some(audience), PageRequest::new(10, None)).await.unwrap();
    let count = |document: &Document<crate::domain::Category>| {
        let one = encoding::message(document).unwrap();
        let count = one.product_count.unwrap();
        (one.title, count.own, count.subtree)
    };
    page.content.items.iter().map(count).collect()
}

fn counted(list: [(&str, i32, i32); 2]) -> Vec<(String, i32, i32)> {
    list.map(|(title, own, subtree)| (title.to_owned(), own, subtree)).into()
}

pub(crate) async fn categories_count_what_each_audience_may_see(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    add(bench, "pots", Some("kitchen")).await.unwrap();
    for (id, category) in [("kettle", "kitchen"), ("pot", "pots"), ("pan", "pots")] {
        let mut product = new(id);
        product.fields.categories = vec![category_id(category)];
        if id == "pot" {
            let start = bench.now() + SignedDuration::from_secs(10);
            let end = start + SignedDuration::from_secs(10);
            product.fields.window = crate::domain::Window { start: Some(start), end: Some(end) };
        }
        bench.create(product).await.unwrap();
    }
    assert_eq!(counts(bench, Audience::Public).await, counted([("KITCHEN", 0, 0), ("POTS", 0, 0)]));
    let all = counted([("KITCHEN", 1, 3), ("POTS", 2, 2)]);
    assert_eq!(counts(bench, Audience::Staff).await, all);
    for id in ["kettle", "pot"] {
        bench.change(id, "", ProductAction::Publish).await.unwrap();
    }
    let moment = SignedDuration::from_micros(1);
    let (outside, inside) =
        ([("KITCHEN", 1, 1), ("POTS", 0, 0)], [("KITCHEN", 1, 2), ("POTS", 1, 1)]);
    for (step, expected) in [
        (SignedDuration::from_secs(10) - moment, outside),
        (moment, inside),
        (SignedDuration::from_secs(10) - moment, inside),
        (moment, outside),
    ] {
        bench.clock.advance(step);
        assert_eq!(counts(bench, Audience::Public).await, counted(expected), "{}", bench.now());
    }
    assert_eq!(counts(bench, Audience::Staff).await, all);
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    assert_eq!(counts(bench, Audience::Staff).await, counted([("KITCHEN", 0, 2), ("POTS", 2, 2)]));
    let page = bench.store.categories(None, PageRequest::new(10, None)).await.unwrap().content;
    assert_eq!(encoding::message(&page.items[1]).unwrap().product_count, None, "not asked for");
}

pub(crate) async fn a_product_below_twice_counts_once(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    add(bench, "pots", Some("kitchen")).await.unwrap();
    let mut product = new("kettle");
    product.fields.categories = vec![category_id("kitchen"), category_id("pots")];
    bench.create(product).await.unwrap();
    assert_eq!(counts(bench, Audience::Staff).await, counted([("KITCHEN", 1, 1), ("POTS", 1, 1)]));
}

pub(crate) async fn a_category_with_children_stays(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    add(bench, "pots", Some("kitchen")).await.unwrap();
    let full = refusal(change(bench, "kitchen", "", CategoryAction::Delete).await);
    assert!(matches!(full, Refusal::HasChildren { child, .. } if child == "categories/pots"));
    let mut product = new("kettle");
    product.fields.categories = vec![category_id("pots")];
    bench.create(product).await.unwrap();
    let full = refusal(change(bench, "pots", "", CategoryAction::Delete).await);
    assert!(matches!(full, Refusal::HasChildren { child, .. } if child == "products/kettle"));
}

pub(crate) async fn of_many_categories_those_that_do_not_exist_are_told(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    add(bench, "pots", Some("kitchen")).await.unwrap();
    let unknown = async |ids: &[&str]| {
        let mut references = References::default();
        ids.iter().for_each(|id| references.add_category((*id).to_owned(), category_id(id)));
        let faults = bench.store.faults(vec![references]).await.unwrap().remove(0);
        faults.iter().map(|fault| fault.field.clone()).collect::<Vec<_>>()
    };
    assert_eq!(unknown(&["pots", "x", "kitchen", "a"]).await, ["x", "a"]);
    assert_eq!(unknown(&["pots"]).await, [""; 0]);
    assert_eq!(unknown(&[]).await, [""; 0]);
}

pub(crate) async fn a_taken_category_slug_is_refused(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    let slug = Slug::parse("kitchen").ok();
    let fields = CategoryFields { title: "Other".into(), slug, ..CategoryFields::default() };
    let new = NewCategory { id: None, fields };
    let taken = refusal(bench.store.create_category(by("ada"), new).await);
    assert!(matches!(taken, Refusal::SlugTaken { by, .. } if by == "categories/kitchen"));
}

pub(crate) async fn categories_come_by_title(bench: &Bench) {
    for (id, title) in [("one", "Töpfe"), ("two", "apples"), ("three", "Zebra"), ("four", "Äpfel")]
    {
        add(bench, id, None).await.unwrap();
        change(bench, id, "", titled(title)).await.unwrap();
    }
    let (mut titles, mut after) = (Vec::new(), None);
    loop {
        let page = bench.store.categories(None, PageRequest::new(3, after)).await.unwrap().content;
        assert_eq!(page.total.count, 4);
        titles.extend(page.items.iter().map(|one| encoding::message(one).unwrap().title));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(titles, ["Äpfel", "apples", "Töpfe", "Zebra"]);
}

pub(crate) async fn a_page_of_categories_ends_before_it_grows_too_large(bench: &Bench) {
    for number in 0..50 {
        let fields = CategoryFields {
            title: format!("Category {number:02}"),
            description: "x".repeat(100_000),
            ..CategoryFields::default()
        };
        let new = NewCategory { id: None, fields };
        bench.store.create_category(by("ada"), new).await.unwrap();
    }
    let (mut titles, mut pages, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page =
            bench.store.categories(None, PageRequest::new(1_000, after)).await.unwrap().content;
        let bytes: usize = page.items.iter().map(|item| item.bytes().len()).sum();
        assert!(bytes <= crate::store::LARGEST_ANSWER, "{bytes}");
        pages.push(page.items.len());
        titles.extend(page.items.iter().map(|one| encoding::message(one).unwrap().title));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    let expected: Vec<_> = (0..50).map(|number| format!("Category {number:02}")).collect();
    assert_eq!((titles, pages), (expected, vec![41, 9]));
}

pub(crate) async fn a_restored_product_leaves_a_category_that_is_gone(bench: &Bench) {
    add(bench, "kitchen", None).await.unwrap();
    add(bench, "steel", None).await.unwrap();
    let mut product = new("kettle");
    product.fields.categories = vec![category_id("kitchen"), category_id("steel")];
    bench.create(product).await.unwrap();
    bench.change("kettle", "", ProductAction::Delete).await.unwrap();
    change(bench, "kitchen", "", CategoryAction::Delete).await.unwrap();
    let restored = bench.change("kettle", "", ProductAction::undelete()).await.unwrap();
    assert_eq!(restored.categories, ["categories/steel"]);
}

pub(crate) async fn the_shop_is_changed_under_its_etag(bench: &Bench) {
    let shop = encoding::message(&bench.store.shop().await.unwrap().content).unwrap();
    assert_eq!((shop.name.as_str(), shop.default_currency.as_str()), ("shop", "EUR"));
    let change = |etag: &str| ShopChange {
        etag: Etag::given(etag),
        fields: ShopFields {
            display_name: "Corner shop".into(),
            default_currency: Currency::EUR,
            default_language: String::new(),
            price_rounding: PriceRounding::default(),
        },
        mask: vec![ShopField::DisplayName],
    };
    let changed = bench.store.change_shop(by("ada"), change(&shop.etag)).await.unwrap();
    let changed = encoding::message(&changed).unwrap();
    assert_eq!(
        (changed.display_name.as_str(), changed.default_language.as_str()),
        ("Corner shop", "en")
    );
    let stale = refusal(bench.store.change_shop(by("bob"), change(&shop.etag)).await);
    let Refusal::EtagMismatch(conflict) = stale else { panic!("not a mismatch") };
    assert_eq!(conflict.changes[0].fields, ["display_name"]);
}
