//! Lists: their order, their pages, and who sees what.

use super::*;
use crate::domain::{AttributeValue, ProductField, Window};

/// Products with equal and missing sort values, some of them changed, some deleted.
async fn stocked(bench: &Bench) {
    let mut products = Vec::new();
    for number in 0..23_i64 {
        let mut product = new(&format!("p{:02}", (number * 7) % 23));
        product.fields.title =
            ["Kettle", "kettle", "Äpfel", "Zebra"][number.unsigned_abs() as usize % 4].into();
        if number % 3 != 0 {
            product.variants = vec![sold(&format!("S-{number}"), number % 5)];
        }
        products.push(product);
    }
    for chunk in products.chunks(4) {
        bench.store.create_products(by("ada"), chunk.to_vec(), View::Basic).await.unwrap();
        bench.wait(1);
    }
    for id in ["p03", "p17", "p04"] {
        let fields = ProductFields { brand: "Acme".into(), ..ProductFields::default() };
        let mask = [ProductField::Brand].into_iter().collect();
        let action = ProductAction::Update { fields: Box::new(fields), mask };
        bench.change(id, "", action).await.unwrap();
        bench.wait(1);
    }
    for id in ["p01", "p02", "p03"] {
        bench.change(id, "", ProductAction::Delete).await.unwrap();
        bench.wait(i64::from(id == "p01"));
    }
    for id in ["p05", "p06", "p07", "p08"] {
        bench.change(id, "", ProductAction::Publish).await.unwrap();
    }
}

pub(crate) async fn every_order_is_kept_across_pages(bench: &Bench) {
    stocked(bench).await;
    let orders = [
        "",
        "title",
        "title desc",
        "price",
        "price desc",
        "slug",
        "slug desc",
        "create_time",
        "update_time",
        "update_time desc",
        "delete_time",
        "delete_time desc",
        "price, title desc",
        "title, price desc",
        "delete_time desc, price",
        "create_time, slug",
    ];
    for order in orders {
        for show_deleted in [false, true] {
            for filter in ["", "price:* OR brand = Acme OR title:e"] {
                let query = ProductQuery { show_deleted, ..staff(filter, order) };
                let (whole, total) = bench.ids(&query, 1_000).await;
                assert_eq!(whole.len(), usize::try_from(total).unwrap(), "{order} {filter}");
                for size in [1, 2, 5, 22, 23] {
                    let (pages, _) = bench.ids(&query, size).await;
                    assert_eq!(pages, whole, "order `{order}`, {show_deleted}, pages of {size}");
                }
                if filter.is_empty() {
                    check_order(bench, &query, order, whole).await;
                }
            }
        }
    }
}

/// Compares a list with one sorted here.
async fn check_order(bench: &Bench, query: &ProductQuery, order: &str, ids: Vec<String>) {
    let mut products = Vec::new();
    for id in &ids {
        products.push(bench.get(id, Audience::Staff).await.unwrap());
    }
    let mut sorted = products.clone();
    sorted.sort_by(|one, other| evaluator::compare(&query.order, one, other));
    let names = |products: &[Wire]| products.iter().map(id_of).collect::<Vec<_>>();
    assert_eq!(names(&products), names(&sorted), "order `{order}`");
}

pub(crate) async fn a_list_among_some_products_holds_no_other(bench: &Bench) {
    stocked(bench).await;
    let among = ["p04", "p11", "p05", "p01", "p22", "nothing"].map(product_id);
    for order in ["title", "price desc", "update_time desc", "price, title desc"] {
        let query = ProductQuery { among: Some(among.to_vec()), ..staff("", order) };
        let all = bench.ids(&staff("", order), 50).await.0;
        let is_among = |id: &String| among.contains(&product_id(id));
        let expected: Vec<_> = all.into_iter().filter(is_among).collect();
        for size in [1, 3, 50] {
            assert_eq!(bench.ids(&query, size).await, (expected.clone(), 4), "{order}, {size}");
        }
        let public = ProductQuery { audience: Audience::Public, ..query.clone() };
        assert_eq!(
            bench.ids(&public, 50).await,
            (vec!["p05".to_owned()], 1),
            "only what is public"
        );
        let deleted = ProductQuery { show_deleted: true, ..query };
        assert_eq!(bench.ids(&deleted, 50).await.1, 5);
    }
    let none = ProductQuery { among: Some(Vec::new()), ..staff("", "title") };
    assert_eq!(bench.ids(&none, 50).await, (Vec::new(), 0));
}

pub(crate) async fn deleted_products_are_listed_on_request(bench: &Bench) {
    stocked(bench).await;
    assert_eq!(bench.ids(&staff("", ""), 50).await.0.len(), 20);
    let all = ProductQuery { show_deleted: true, ..staff("", "") };
    assert_eq!(bench.ids(&all, 50).await.0.len(), 23);
    let deleted = ProductQuery { show_deleted: true, ..staff("delete_time:*", "delete_time desc") };
    assert_eq!(bench.ids(&deleted, 50).await.0, ["p03", "p02", "p01"]);
}

/// What a person deleted, newest first.
fn deleted_by(who: &str) -> ProductQuery {
    let filter = format!("delete_time:* AND delete_actor = \"users/{who}\"");
    ProductQuery { show_deleted: true, ..staff(&filter, "delete_time desc") }
}

pub(crate) async fn what_one_person_deleted_is_listed_until_it_is_restored(bench: &Bench) {
    stocked(bench).await;
    for id in ["p09", "p10", "p11"] {
        bench.wait(1);
        bench.change_as(by("bob"), id, "", ProductAction::Delete).await.unwrap();
    }
    for size in [1, 2, 50] {
        let found = |ids: [&str; 3]| (ids.map(str::to_owned).to_vec(), 3);
        assert_eq!(bench.ids(&deleted_by("bob"), size).await, found(["p11", "p10", "p09"]));
        assert_eq!(bench.ids(&deleted_by("ada"), size).await, found(["p03", "p02", "p01"]));
    }
    bench.change_as(by("ada"), "p10", "", ProductAction::undelete()).await.unwrap();
    bench.change_as(by("bob"), "p03", "", ProductAction::undelete()).await.unwrap();
    bench.wait(1);
    bench.change_as(by("ada"), "p11", "", ProductAction::undelete()).await.unwrap();
    bench.change_as(by("ada"), "p11", "", ProductAction::Delete).await.unwrap();
    assert_eq!(bench.ids(&deleted_by("bob"), 50).await.0, ["p09"]);
    assert_eq!(bench.ids(&deleted_by("ada"), 50).await.0, ["p11", "p02", "p01"]);
    let live = bench.ids(&staff("delete_actor:* OR delete_actor != \"users/ada\"", ""), 50).await;
    assert_eq!(live, (Vec::new(), 0), "nobody has deleted what is live");
    let public = ProductQuery { audience: Audience::Public, ..deleted_by("bob") };
    assert_eq!(bench.ids(&public, 50).await, (Vec::new(), 0));
}

/// More than are taken and sorted, so that the list is read in the order of an index.
pub(crate) async fn many_that_one_person_deleted_are_listed_in_their_order(bench: &Bench) {
    let delete = |number: usize| ProductChange {
        id: product_id(&format!("p{number:04}")),
        etag: None,
        action: ProductAction::Delete,
    };
    for chunk in 0..11 {
        let numbers = chunk * 400..(chunk + 1) * 400;
        let batch = numbers.clone().map(|number| new(&format!("p{number:04}"))).collect();
        bench.store.create_products(by("ada"), batch, View::Basic).await.unwrap();
        bench.wait(1);
        let (others, own): (Vec<_>, _) = numbers.partition(|number| number % 40 == 0);
        for (who, numbers) in [("bob", own), ("ada", others)] {
            let changes = numbers.into_iter().map(delete).collect();
            bench.store.change_products(by(who), changes).await.unwrap();
        }
    }
    let newest_first = |is_own: fn(&usize) -> bool| {
        let numbers = (0..4_400).rev().filter(is_own);
        numbers.map(|number| format!("p{number:04}")).collect::<Vec<_>>()
    };
    let by_bob = newest_first(|number| number % 40 != 0);
    assert_eq!(bench.ids(&deleted_by("bob"), 999).await, (by_bob, 4_290));
    let all = ProductQuery { show_deleted: true, ..staff("delete_time:*", "delete_time desc") };
    assert_eq!(bench.ids(&all, 999).await, (newest_first(|_| true), 4_400));
}

pub(crate) async fn the_public_lists_what_it_may_see(bench: &Bench) {
    stocked(bench).await;
    let public = |filter: &str, order: &str| ProductQuery {
        audience: Audience::Public,
        show_deleted: true,
        ..staff(filter, order)
    };
    for order in ["", "title", "price", "slug desc", "update_time desc", "price, title"] {
        let (mut ids, total) = bench.ids(&public("", order), 3).await;
        ids.sort();
        assert_eq!((ids, total), (["p05", "p06", "p07", "p08"].map(str::to_owned).to_vec(), 4));
    }
    assert_eq!(bench.ids(&public("state = DRAFT OR delete_time:*", ""), 3).await.0.len(), 0);
}

pub(crate) async fn a_page_ends_before_it_grows_too_large(bench: &Bench) {
    let large = |number: usize| {
        let mut product = new(&format!("p{number:02}"));
        for place in 0..30 {
            let value = AttributeValue::Text("x".repeat(8_000));
            product.fields.attributes.insert(format!("text {place}"), value);
        }
        product
    };
    for number in 0..20 {
        bench.create(large(number)).await.unwrap();
    }
    let query = staff("", "slug");
    let page = bench
        .store
        .list_products(query.clone(), PageRequest::new(1_000, None))
        .await
        .unwrap()
        .content;
    let bytes: usize = page.items.iter().map(|item| item.bytes().len()).sum();
    assert!(bytes < 4 * 1024 * 1024 && bytes > 3 * 1024 * 1024, "{bytes}");
    assert!(page.next.is_some());
    assert_eq!(bench.ids(&query, 1_000).await.0.len(), 20);
}

pub(crate) async fn a_list_counts_to_ten_thousand_and_says_so(bench: &Bench) {
    for chunk in 0..20 {
        let batch = (0..500).map(|number| new(&format!("p{}", chunk * 500 + number))).collect();
        bench.store.create_products(by("ada"), batch, View::Basic).await.unwrap();
    }
    let total = async || {
        let page = PageRequest::new(1, None);
        bench.store.list_products(staff("", ""), page).await.unwrap().content.total
    };
    assert_eq!(total().await, crate::domain::Total { count: 10_000, capped: false });
    bench.create(new("one-more")).await.unwrap();
    assert_eq!(total().await, crate::domain::Total { count: 10_000, capped: true });
    // A total that was read holds for as long as it is true, and no longer.
    for more in 0..3 {
        bench.create(new(&format!("{more}-more"))).await.unwrap();
    }
    assert_eq!(total().await, crate::domain::Total { count: 10_000, capped: true });
    let delete = |id: String| ProductChange {
        id: product_id(&id),
        etag: None,
        action: ProductAction::Delete,
    };
    for (gone, capped) in [(3, true), (1, false)] {
        let changes = (0..gone).map(|number| delete(format!("p{}", gone * 10 + number))).collect();
        bench.store.change_products(by("ada"), changes).await.unwrap();
        assert_eq!(total().await, crate::domain::Total { count: 10_000, capped });
    }
    bench.store.change_products(by("ada"), vec![delete("p77".to_owned())]).await.unwrap();
    assert_eq!(total().await, crate::domain::Total { count: 9_999, capped: false });
}

pub(crate) async fn a_list_in_the_full_view_has_variants(bench: &Bench) {
    let mut product = new("kettle");
    product.variants = vec![sold("K-1", 49)];
    bench.create(product).await.unwrap();
    for (view, count) in [(View::Basic, 0), (View::Full, 1)] {
        let query = ProductQuery { view, ..staff("", "") };
        let page =
            bench.store.list_products(query, PageRequest::new(0, None)).await.unwrap().content;
        assert_eq!(wire(&page.items[0]).variants.len(), count);
    }
}

/// Products and lists made at random; each list is compared with one sorted here, and read in pages of every size.
pub(crate) async fn lists_at_random_are_kept_across_pages(bench: &Bench) {
    use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let product = ("[a-cA-C\u{e4}\u{df} ]{1,3}", proptest::option::of(0..4_i64), 0..3_i64);
    let products = proptest::collection::vec(product, 1..6);
    let orders = vec!["title", "price", "slug", "create_time", "update_time"];
    let order = proptest::sample::subsequence(orders, 1..3);
    let list = (order, proptest::collection::vec(any::<bool>(), 3), 1..9_i32);
    let mut number = 0;
    for _ in 0..12 {
        for (title, price, pause) in products.new_tree(&mut runner).unwrap().current() {
            let mut product = new(&format!("p{}", (number * 37) % 101));
            product.fields.title = format!("x{title}");
            product.variants.extend(price.map(|price| sold(&format!("S-{number}"), price)));
            bench.create(product).await.unwrap();
            bench.wait(pause);
            number += 1;
        }
        let (fields, descending, size) = list.new_tree(&mut runner).unwrap().current();
        let key =
            |(field, down): (&str, bool)| if down { format!("{field} desc") } else { field.into() };
        let keys: Vec<String> = fields.into_iter().zip(descending).map(key).collect();
        let order = keys.join(",");
        let query = staff("", &order);
        let (whole, total) = bench.ids(&query, 1_000).await;
        assert_eq!((whole.len(), i64::from(total)), (usize::try_from(number).unwrap(), number));
        assert_eq!(bench.ids(&query, size).await.0, whole, "order `{order}`, pages of {size}");
        check_order(bench, &query, &order, whole).await;
    }
}

pub(crate) async fn a_public_count_follows_the_windows_to_the_microsecond(bench: &Bench) {
    let hour = SignedDuration::from_hours(1);
    let mut product = new("kettle");
    product.fields.window =
        Window { start: Some(bench.now() + hour), end: Some(bench.now() + hour * 2) };
    bench.create(product).await.unwrap();
    bench.create(new("pot")).await.unwrap();
    for id in ["kettle", "pot"] {
        bench.change(id, "", ProductAction::Publish).await.unwrap();
    }
    let public = ProductQuery { audience: Audience::Public, ..staff("", "title") };
    let one = || (vec!["pot".to_owned()], 1);
    let both = || (vec!["kettle".to_owned(), "pot".to_owned()], 2);
    let step = SignedDuration::from_micros(1);
    assert_eq!(bench.ids(&public, 1).await, one());
    for (next, seen) in [(hour - step, one()), (step, both()), (hour - step, both()), (step, one())]
    {
        bench.clock.advance(next);
        assert_eq!(bench.ids(&public, 1).await, seen, "{}", bench.now());
    }
}
