//! A search that needs more than it may is refused whole: no part of an answer, nothing in the way of others.

use super::*;
use crate::{
    catalog,
    domain::{Finding, Suggestion},
    search::{Stretch, deadline::Allowance},
};

/// What is answered: what was found, or what was suggested.
type Answer = Result<(Finding, Vec<Suggestion>), catalog::Error>;

/// The most steps that any of these searches needs.
const MANY: u64 = 1 << 40;

async fn shop() -> Shop {
    let shop = Shop::new().await;
    shop.has_category("cups", "Cups", None).await;
    for number in 0..30 {
        let title = format!("Enamel mug a{number} {}", "ab".repeat(number % 7 + 1));
        let mug = titled(&format!("mug-{number}"), &title).in_category("cups");
        shop.sells(mug.brand("Emalia").sold(&format!("M-{number}"), 9)).await;
    }
    // Until it is found, so that every search has the same to go through.
    assert_eq!(shop.finds("enamel").await.len(), 30);
    shop
}

/// What can be asked, in kinds that go through different parts of the index.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Found(&'static str),
    Faceted(&'static str),
    Suggested(&'static str),
}

impl Asked {
    /// Asks with so many steps.
    async fn with(self, shop: &Shop, steps: u64) -> Answer {
        let of_shop = shop.search.allowing(Allowance::Steps(steps));
        let stretch = Stretch::all();
        let find = |query: &str, facets| ProductSearch { facets, ..search(query) };
        let found = match self {
            Self::Found(query) => of_shop.find(find(query, false), stretch, shop.now()).await,
            Self::Faceted(query) => of_shop.find(find(query, true), stretch, shop.now()).await,
            Self::Suggested(query) => {
                let suggested = of_shop.suggest(query.to_owned(), 20, shop.now()).await;
                return Ok((Finding::default(), suggested?));
            }
        };
        Ok((found?, Vec::new()))
    }

    /// The fewest steps with which it is answered.
    async fn least(self, shop: &Shop) -> u64 {
        let (mut refused, mut answered) = (0, MANY);
        while answered - refused > 1 {
            let between = refused + (answered - refused) / 2;
            match self.with(shop, between).await {
                Ok(_) => answered = between,
                Err(_) => refused = between,
            }
        }
        answered
    }
}

#[tokio::test]
async fn a_search_that_needs_one_step_more_than_it_may_is_refused() {
    let shop = shop().await;
    for asked in [
        Asked::Found("enamel mug"),
        Asked::Found("\"enamel mug\""),
        Asked::Found("enamal mg"),
        Asked::Found("enamel nowhere"),
        Asked::Faceted("mug"),
        Asked::Suggested("enam"),
        Asked::Suggested("cup"),
    ] {
        let whole = asked.with(&shop, MANY).await.unwrap();
        let least = asked.least(&shop).await;
        assert!(least > 16, "{asked:?}: {least}");
        for steps in [least, least + 1] {
            assert_eq!(asked.with(&shop, steps).await.unwrap(), whole, "{asked:?}: {steps}");
        }
        for steps in [0, least / 2, least - 1] {
            let refused = asked.with(&shop, steps).await.unwrap_err();
            assert!(matches!(refused, catalog::Error::QueryTooExpensive), "{asked:?}: {refused}");
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn a_refused_search_is_in_nobodys_way_and_no_sign_of_damage() {
    let shop = shop().await;
    // More of them than run, or may wait, at a time.
    for _ in 0..100 {
        let refused = Asked::Found("mug").with(&shop, 0).await.unwrap_err();
        assert!(matches!(refused, catalog::Error::QueryTooExpensive), "{refused}");
    }
    let page = shop.page(search("mug"), None).await;
    assert_eq!((ids(&page).len(), page.finding.is_incomplete), (30, false));
    shop.close().await;
}
