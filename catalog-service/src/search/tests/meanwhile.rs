//! Who reads goes on while the index is made anew: by the old index as long as there is one, then by a part that says so.

use std::{fs, path::PathBuf};

use tokio::sync::Semaphore;

use super::*;
use crate::{
    domain::{Audience, ProductQuery},
    search::{self, Stretch},
};

const PRODUCTS: usize = 7;

/// Two products at a time, when the test says so; those so far can be found at once.
fn halting() -> (Pace, Arc<Semaphore>) {
    let turns = Arc::new(Semaphore::new(0));
    (Pace { portion: 2, found_from: 2, turns: Arc::clone(&turns) }, turns)
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("shelf.db").display())
}

/// The folders of the indexes that are there.
fn indexes(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("search")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// A folder with so many mugs, all in the index.
async fn left() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::in_folder(folder.path()).await;
    for number in 0..PRODUCTS {
        shop.sells(titled(&format!("mug-{number}"), "Enamel mug")).await;
    }
    assert_eq!(shop.finds("mug").await.len(), PRODUCTS);
    shop.close().await;
    folder
}

/// What a search answers at once, whatever was written before.
#[derive(Debug, PartialEq)]
struct Seen {
    ids: Vec<String>,
    is_incomplete: bool,
}

/// Searches, gets and lists; the store answers whatever becomes of the index. None: there is no index to search.
async fn look(shop: &Shop, products: usize) -> Option<Seen> {
    let found = shop.search.find(search("enamel"), Stretch::all(), shop.now()).await;
    let public = Audience::Public;
    let mug = shop.store.product(&product_id("mug-3"), View::Full, public).await.unwrap();
    assert!(mug.is_some(), "a get");
    let query = ProductQuery {
        filter: None,
        among: None,
        order: crate::domain::Order::parse("title").unwrap(),
        show_deleted: false,
        view: View::Basic,
        audience: public,
    };
    let list = shop.store.list_products(query, PageRequest::new(50, None)).await.unwrap();
    assert_eq!(list.content.items.len(), products, "a list");
    match found {
        Ok(found) => {
            let mut ids: Vec<_> = found.products.iter().map(|id| id.as_str().to_owned()).collect();
            ids.sort();
            Some(Seen { ids, is_incomplete: found.is_incomplete })
        }
        Err(search::Error::NotReady) => None,
        Err(error) => panic!("{error}"),
    }
}

fn mugs(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("mug-{number}")).collect()
}

/// Whole once all that was written is found.
async fn ends_whole(shop: Shop, products: usize, turns: &Semaphore) {
    turns.add_permits(products);
    while look(&shop, products).await.is_none_or(|seen| seen.is_incomplete) {}
    let page = shop.page(search("enamel"), None).await;
    assert_eq!((ids(&page).len(), page.finding.is_incomplete), (products, false));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_index_answers_until_the_new_one_is_whole() {
    let folder = left().await;
    // Changes that the index has not seen, and that nobody can tell it any more.
    let shop = Shop::at(&url(folder.path())).await;
    shop.search.close().await;
    for id in ["jug", "pot"] {
        shop.sells(titled(id, "Enamel pot")).await;
    }
    shop.wait(24 * 3_600);
    let forgotten = shop.store.forget_changes(SignedDuration::from_hours(1), 1_000).await;
    assert!(forgotten.unwrap() > PRODUCTS);
    shop.store.close().await;
    drop(shop);

    let (pace, turns) = halting();
    let shop = Shop::making(pace, &url(folder.path())).await;
    let old = Seen { ids: mugs(0..PRODUCTS), is_incomplete: false };
    // Before the old one is opened there is none.
    let seen = loop {
        if let Some(seen) = look(&shop, PRODUCTS + 2).await {
            break seen;
        }
    };
    assert_eq!(seen, old);
    while indexes(folder.path()).len() < 2 {
        assert_eq!(look(&shop, PRODUCTS + 2).await.as_ref(), Some(&old));
    }
    // The new one is being made. Three portions of five are not all.
    for _ in 0..3 {
        turns.add_permits(1);
        while turns.available_permits() > 0 {
            assert_eq!(look(&shop, PRODUCTS + 2).await.as_ref(), Some(&old));
        }
        assert_eq!(look(&shop, PRODUCTS + 2).await.as_ref(), Some(&old));
    }
    ends_whole(shop, PRODUCTS + 2, &turns).await;
    assert_eq!(indexes(folder.path()).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_old_index_is_damaged_a_part_of_the_new_one_answers_and_says_so() {
    let folder = left().await;
    let (pace, turns) = halting();
    let shop = Shop::making(pace, &url(folder.path())).await;
    assert_eq!(shop.finds("mug").await.len(), PRODUCTS);
    // As a search does that meets damage.
    shop.search.shared.damaged.notify_one();
    let whole = Seen { ids: mugs(0..PRODUCTS), is_incomplete: false };
    while let Some(seen) = look(&shop, PRODUCTS).await {
        assert_eq!(seen, whole, "until the damage is taken note of");
    }
    for portions in 1..=3 {
        turns.add_permits(1);
        let part = Seen { ids: mugs(0..2 * portions), is_incomplete: true };
        let before = Seen { ids: mugs(0..2 * (portions - 1)), is_incomplete: true };
        loop {
            match look(&shop, PRODUCTS).await {
                Some(seen) if seen == part => break,
                Some(seen) => assert_eq!(seen, before),
                None => assert_eq!(portions, 1, "what was found is not found any more"),
            }
        }
    }
    ends_whole(shop, PRODUCTS, &turns).await;
    assert_eq!(indexes(folder.path()).len(), 1);
}
