//! Lists that are read page by page while products come and go.

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::Index, strategy::ValueTree as _, test_runner::TestRunner};

use super::*;

/// Every field that orders, either way, alone and with others.
const ORDERS: [&str; 16] = [
    "",
    "title",
    "title desc",
    "price",
    "price desc",
    "slug",
    "slug desc",
    "create_time",
    "create_time desc",
    "update_time",
    "update_time desc",
    "delete_time",
    "delete_time desc",
    "price, title desc",
    "title desc, create_time",
    "delete_time desc, update_time",
];

/// One that comes, with a title and a price, or one that goes.
type Event = (bool, String, Option<i64>, Index);

/// What is there, and what has been changed meanwhile.
#[derive(Default)]
struct Stock {
    made: usize,
    live: Vec<String>,
    touched: BTreeSet<String>,
}

impl Stock {
    async fn happens(&mut self, bench: &Bench, (comes, title, price, which): Event) {
        if comes || self.live.is_empty() {
            self.made += 1;
            let mut product = new(&format!("p{:04}", self.made * 3_701 % 10_007));
            product.fields.title = format!("x{title}");
            product.variants.extend(price.map(|price| sold(&format!("S-{}", self.made), price)));
            self.live.push(id_of(&bench.create(product).await.unwrap()));
        } else {
            let gone = self.live.remove(which.index(self.live.len()));
            bench.change(&gone, "", ProductAction::Delete).await.unwrap();
            self.touched.insert(gone);
        }
        bench.wait(self.made as i64 % 2);
    }
}

/// No product comes twice, none is missing that was there all the time, and the order is that of the rules.
pub(crate) async fn a_list_misses_none_while_products_come_and_go(bench: &Bench) {
    let mut runner = TestRunner::deterministic();
    let event = |comes: f64| {
        let title = "[a-cA-C\u{e4}\u{df}]{1,2}";
        (prop::bool::weighted(comes), title, prop::option::of(0..4_i64), any::<Index>())
    };
    let come = prop::collection::vec(event(1.0), 12);
    let gaps = prop::collection::vec(prop::collection::vec(event(0.5), 0..5), 8);
    let mut stock = Stock::default();
    for round in 0..4 {
        for order in ORDERS {
            let coming = 12_usize.saturating_sub(stock.live.len());
            let come = come.new_tree(&mut runner).unwrap().current();
            for event in come.into_iter().take(coming) {
                stock.happens(bench, event).await;
            }
            let show_deleted = order.contains("delete_time") || round % 2 == 1;
            let gaps = gaps.new_tree(&mut runner).unwrap().current();
            let size = 1 + (1..5_i32).new_tree(&mut runner).unwrap().current();
            let query = ProductQuery { show_deleted, view: View::Full, ..staff("", order) };
            holds(bench, &mut stock, &query, size, gaps).await;
        }
    }
}

async fn holds(
    bench: &Bench,
    stock: &mut Stock,
    query: &ProductQuery,
    size: i32,
    gaps: Vec<Vec<Event>>,
) {
    stock.touched.clear();
    let at_first: BTreeSet<String> = stock.live.iter().cloned().collect();
    let (mut read, mut after, mut gaps) = (Vec::new(), None, gaps.into_iter());
    loop {
        let page = PageRequest::new(size, after);
        let page = bench.store.list_products(query.clone(), page).await.unwrap().content;
        read.extend(page.items.iter().map(wire));
        let Some(next) = page.next else { break };
        after = Some(next);
        for event in gaps.next().into_iter().flatten() {
            stock.happens(bench, event).await;
        }
    }
    let told = |ids: &[String]| format!("{:?}, pages of {size}: {ids:?}", query.order);
    let ids: Vec<String> = read.iter().map(id_of).collect();
    let mut seen = BTreeSet::new();
    for id in &ids {
        // One that was deleted meanwhile, and is shown as such, may stand at its new place as well.
        let may_return = query.show_deleted && stock.touched.contains(id);
        assert!(seen.insert(id.clone()) || may_return, "{id} twice: {}", told(&ids));
    }
    let missing: Vec<_> =
        at_first.difference(&stock.touched).filter(|id| !seen.contains(*id)).collect();
    assert!(missing.is_empty(), "missing {missing:?}: {}", told(&ids));
    let rises = |two: &[Wire]| evaluator::compare(&query.order, &two[0], &two[1]).is_lt();
    assert!(read.windows(2).all(rises), "{}", told(&ids));
}
