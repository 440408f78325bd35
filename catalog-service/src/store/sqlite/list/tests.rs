//! Where lists are read: on the caller's own thread only what looks at no more products than it answers.

use std::sync::mpsc;

use futures_util::FutureExt as _;

use super::*;
use crate::{
    config::DiskLimits,
    store::{contract::staff, sqlite::tests::open_at},
};

/// Holds both threads for long reads, until the answer is dropped: what needs one of them does not end.
fn hold_long_reads(store: &Sqlite) -> Vec<mpsc::Sender<()>> {
    let hold = |_| {
        let (release, held) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        let read = store.readers.read_long(move |_| {
            begun.send(()).unwrap();
            // Its end is that nobody holds it any more.
            let _ = held.recv();
            Ok(())
        });
        // The read is under way; its answer is nobody's concern.
        let mut read = Box::pin(read);
        assert!(read.as_mut().now_or_never().is_none());
        begins.recv().unwrap();
        release
    };
    (0..2).map(hold).collect()
}

/// What SQLite does for a list that may look at products that are not answered.
fn looks_at_others(query: &ProductQuery, plan: &str) -> bool {
    let walks = |step: &str| step.starts_with("SCAN p") && step.contains(" USING ");
    plan.split("; ").any(|step| {
        let scans = step.starts_with("SCAN p") || step.starts_with("SCAN v");
        step.contains("TEMP B-TREE FOR ORDER BY") && query.filter.is_none()
            || scans && (query.filter.is_some() || !walks(step))
    })
}

/// Every list that may be thought short, and whether it is.
fn lists() -> Vec<(ProductQuery, bool)> {
    let mut lists = Vec::new();
    let orders = [
        "create_time desc",
        "title",
        "price",
        "update_time",
        "slug",
        "delete_time",
        "title, price",
    ];
    for filter in ["", "slug = kettle", "sku = K-1", "gtin = 4006381333931"] {
        for order in orders {
            for audience in [Audience::Staff, Audience::Public] {
                for show_deleted in [false, true] {
                    let query = ProductQuery { audience, show_deleted, ..staff(filter, order) };
                    let all = show_deleted && audience == Audience::Staff;
                    let is_short = match filter {
                        "" if all => order == "create_time desc",
                        "" => !matches!(order, "delete_time" | "title, price"),
                        "slug = kettle" => !show_deleted,
                        _ => true,
                    };
                    lists.push((query, is_short));
                }
            }
        }
    }
    lists
}

#[test]
fn what_is_read_on_the_callers_thread_looks_at_no_other_products() {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let _held = hold_long_reads(&store);
    let page = || PageRequest::new(50, None);
    for (query, is_short) in lists() {
        let what = format!("{query:?}");
        let at_once = list(&store, query.clone(), page()).now_or_never();
        assert_eq!(matches!(at_once, Some(Ok(_))), is_short, "{what}");
        for plan in plans(&store, query.clone(), page()).unwrap() {
            assert!(!is_short || !looks_at_others(&query, &plan), "{what}: {plan}");
        }
    }
}

#[test]
fn a_look_at_all_products_would_be_noticed() {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let deleted_too = |filter: &str, order: &str| {
        let query = ProductQuery { show_deleted: true, ..staff(filter, order) };
        let plans = plans(&store, query.clone(), PageRequest::new(50, None)).unwrap();
        plans.iter().any(|plan| looks_at_others(&query, plan))
    };
    assert!(deleted_too("slug = kettle", "create_time desc"));
    assert!(deleted_too("slug = kettle", "title"));
    assert!(deleted_too("", "title"));
    assert!(!deleted_too("sku = K-1", "title"));
    assert!(!deleted_too("", "create_time desc"));
}

#[test]
fn a_count_comes_by_those_alone_that_an_index_knows_and_by_each_as_it_goes() {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    let plan = |filter: &str, audience| {
        let query = ProductQuery { audience, ..staff(filter, "title") };
        counting_plan(&store, query).unwrap()
    };
    for audience in [Audience::Staff, Audience::Public] {
        for filter in [
            "brand = \"Aldern\"",
            "category = \"kitchen\"",
            "category:\"kitchen\" AND title:\"mug\"",
            "tag = \"sale\"",
            "price < 5",
            "price.EUR >= 5 AND state = ACTIVE",
            "attributes.colour = \"red\"",
            "attributes.weight > 7",
        ] {
            let plan = plan(filter, audience);
            let steps: Vec<_> = plan.split("; ").collect();
            assert!(!steps.iter().any(|step| step.starts_with("SCAN p")), "{filter}: {plan}");
            // Of the categories, which are few, a list may be made.
            let gathers =
                |step: &&str| step.starts_with("MATERIALIZE") && *step != "MATERIALIZE below";
            assert!(!steps.iter().any(gathers), "{filter}: {plan}");
        }
        let everything = plan("title:\"mug\"", audience);
        assert!(everything.contains("SCAN p") || everything.contains("SEARCH p USING INDEX"));
    }
}

#[test]
fn what_was_deleted_by_all_or_by_one_person_comes_in_the_order_of_an_index() {
    let store = open_at(":memory:", DiskLimits::default()).unwrap();
    for (filter, index) in [
        ("delete_time:*", "products_deleted"),
        ("delete_time:* AND delete_actor = \"users/ada\"", "products_deleted_by"),
    ] {
        for order in ["delete_time", "delete_time desc"] {
            let query = ProductQuery { show_deleted: true, ..staff(filter, order) };
            assert_eq!(Plan::index_of_deleted(&query), Some(index));
            let list = List { now: 0, query, page: PageRequest::new(50, None) };
            for part in keyset::parts(&list.query.order, None) {
                let sql = list.stretch(&Plan::Walk(index), &part, 50);
                let plan = store.readers.read(|db| explained(db, &sql)).unwrap();
                let walk = format!("SEARCH p USING INDEX {index} ");
                let few = format!("SEARCH p USING COVERING INDEX {index} ");
                assert!(plan.contains(&walk) || plan.contains(&few), "{filter}, {order}: {plan}");
                let sorts = plan.matches("TEMP B-TREE").count();
                assert!(sorts <= 1, "only the page itself is put in order: {plan}");
            }
        }
    }
    let public = ProductQuery {
        audience: Audience::Public,
        show_deleted: true,
        ..staff("delete_time:*", "delete_time")
    };
    assert_eq!(Plan::index_of_deleted(&public), None);
}
