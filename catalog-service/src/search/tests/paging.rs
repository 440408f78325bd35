//! Pages of a search while products come and go: none comes twice, and none is missing that was there all the time.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{domain::Order, store::evaluator};

/// What happens between two pages.
#[derive(Clone, Debug)]
enum Event {
    /// A product comes.
    Comes { price: Option<i64> },
    /// One of those that are there goes.
    Goes(prop::sample::Index),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        prop::option::of(1..5_i64).prop_map(|price| Event::Comes { price }),
        any::<prop::sample::Index>().prop_map(Event::Goes),
    ];
    prop::collection::vec(event, 0..4)
}

/// A shop with products that all stand equally well in a search for one word, and what is there.
struct Stock {
    shop: Shop,
    there: Vec<String>,
    gone: BTreeSet<String>,
    made: usize,
}

impl Stock {
    async fn of(count: usize) -> Self {
        let shop = Shop::new().await;
        let mut stock = Self { shop, there: Vec::new(), gone: BTreeSet::new(), made: 0 };
        for number in 0..count {
            let price = (number % 3 != 0).then_some(number as i64 % 4 + 1);
            stock.take_in(price).await;
        }
        stock
    }

    async fn take_in(&mut self, price: Option<i64>) {
        self.made += 1;
        let id = format!("p{:02}", self.made * 37 % 101);
        let mut product = titled(&id, &format!("Mug {}", ["a", "B", "\u{e4}"][self.made % 3]));
        if let Some(price) = price {
            product = product.sold(&format!("S-{id}"), price);
        }
        self.shop.sells(product).await;
        self.shop.wait(self.made as i64 % 2);
        self.there.push(id);
    }

    async fn give_up(&mut self, id: String) {
        self.shop.acts(&id, ProductAction::Delete).await;
        self.there.retain(|one| *one != id);
        self.gone.insert(id);
    }

    async fn happens(&mut self, event: &Event) {
        match event {
            Event::Comes { price } => self.take_in(*price).await,
            Event::Goes(which) if !self.there.is_empty() => {
                let id = which.get(&self.there).clone();
                self.give_up(id).await;
            }
            Event::Goes(_) => {}
        }
    }

    async fn page(
        &self,
        order: &str,
        size: usize,
        after: Option<crate::domain::Cursor>,
    ) -> FoundPage {
        let page = PageRequest { size, after };
        let (catalog, anyone) = (&self.shop.catalog, Caller::anyone());
        let found = catalog.search_products(&anyone, search("mug"), order, View::Full, page).await;
        found.unwrap().content
    }
}

/// The messages of a page.
fn messages(page: &FoundPage) -> Vec<proto::catalog::Product> {
    page.products.iter().map(|found| encoding::message(&found.product).unwrap()).collect()
}

/// How many of the last products a page token tells of.
const REMEMBERED: usize = 4;

/// Reads page by page while events happen, and holds what was read against what was there.
async fn holds(order: &str, size: usize, gaps: &[Vec<Event>]) {
    let mut stock = Stock::of(11).await;
    let at_first: BTreeSet<_> = stock.there.iter().cloned().collect();
    let (mut read, mut after, mut gaps) = (Vec::new(), None, gaps.iter());
    loop {
        let page = stock.page(order, size, after).await;
        read.extend(messages(&page));
        let Some(next) = page.next else { break };
        after = Some(next);
        for event in gaps.next().into_iter().flatten() {
            stock.happens(event).await;
        }
    }
    let names: Vec<_> =
        read.iter().map(|one| one.name.strip_prefix("products/").unwrap().to_owned()).collect();
    let seen: BTreeSet<_> = names.iter().cloned().collect();
    let may_come_twice = order.is_empty() && size < REMEMBERED;
    let twice = names.len() - seen.len();
    assert!(may_come_twice || twice == 0, "twice: {names:?}, order `{order}`, pages of {size}");
    let stayed: BTreeSet<_> = at_first.difference(&stock.gone).cloned().collect();
    let missing: Vec<_> = stayed.difference(&seen).collect();
    assert!(missing.is_empty(), "missing: {missing:?}, order `{order}`, pages of {size}");
    if !order.is_empty() {
        let order = Order::parse(order).unwrap();
        let rises =
            |two: &[proto::catalog::Product]| evaluator::compare(&order, &two[0], &two[1]).is_lt();
        assert!(read.windows(2).all(rises), "{names:?}");
    }
    stock.shop.close().await;
}

const ORDERS: [&str; 9] = [
    "",
    "title",
    "title desc",
    "price",
    "price desc, title",
    "slug desc",
    "create_time",
    "update_time desc",
    "delete_time, price",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    /// With pages of four or more, and up to three events in between, one of the last four is always there. With smaller ones all that
    /// are remembered may be gone while others came: then some may come twice, and still none is left out.
    #[test]
    fn pages_hold_together_while_products_come_and_go(
        order in prop::sample::select(ORDERS.to_vec()),
        size in 1..7_usize,
        gaps in prop::collection::vec(events(), 4),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(holds(order, size, &gaps));
    }
}

/// What is done to all that match, page by page: whoever deletes a page as it is shown comes to every product.
#[tokio::test]
async fn whoever_deletes_every_page_leaves_none_out() {
    for size in [1, 3, 5] {
        let mut stock = Stock::of(13).await;
        let (mut after, mut pages) = (None, 0);
        loop {
            let page = stock.page("", size, after).await;
            for id in ids(&page) {
                stock.give_up(id).await;
            }
            pages += 1;
            let Some(next) = page.next else { break };
            after = Some(next);
        }
        assert_eq!((stock.there.len(), pages), (0, 13_usize.div_ceil(size)), "pages of {size}");
        stock.shop.close().await;
    }
}

/// However many come in before the place where a page ended, there is a next one.
#[tokio::test]
async fn more_that_come_than_a_page_has_end_nothing() {
    let come = || vec![Event::Comes { price: None }; 5];
    for size in [1, 2] {
        holds("", size, &[come(), come(), Vec::new(), come()]).await;
    }
}

/// The same where they come without a change, since the time at which they are sold has come: they are before the place, and nothing
/// comes twice.
#[tokio::test]
async fn a_sale_that_begins_between_two_pages_ends_nothing() {
    let stock = Stock::of(3).await;
    let soon = stock.shop.now() + jiff::SignedDuration::from_mins(5);
    for number in 0..9 {
        let mut product = titled(&format!("sale-{number}"), "Mug");
        product.fields.window.start = Some(soon);
        stock.shop.sells(product).await;
    }
    let first = stock.page("", 1, None).await;
    stock.shop.wait(600);
    let (mut read, mut after) = (ids(&first), first.next);
    while after.is_some() {
        let page = stock.page("", 1, after).await;
        read.extend(ids(&page));
        after = page.next;
    }
    read.sort_unstable();
    assert_eq!(
        read,
        stock.there.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
    stock.shop.close().await;
}
