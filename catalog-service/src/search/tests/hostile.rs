//! Searches that were made to cost much, or to break something: each is answered, or refused as too expensive.

use proptest::prelude::*;

use super::*;
use crate::catalog;

/// Products with the words from which hostile queries are made.
async fn shop() -> Shop {
    let shop = Shop::new().await;
    for number in 0..40 {
        let title = format!("Mug a{number} b{number} mugs{number} {}", "ab".repeat(number % 30));
        shop.keeps(titled(&format!("mug-{number}"), &title).sold(&format!("A{number}-B"), 1)).await;
    }
    shop.sells(titled("mug", "Enamel mug")).await;
    shop
}

/// Searches with everything that can be asked for, and suggests.
async fn is_answered(shop: &Shop, query: &str) {
    for reach in [Reach::Public, Reach::All] {
        let search = ProductSearch { reach, facets: true, ..search(query) };
        let page = PageRequest { size: 250, after: None };
        let caller = Caller::system();
        let found = shop.catalog.search_products(&caller, search, "", View::Basic, page).await;
        is_allowed(query, found.map(drop));
    }
    is_allowed(query, shop.catalog.suggest_products(query, 20).await.map(drop));
}

fn is_allowed(query: &str, answer: Result<(), catalog::Error>) {
    match answer {
        Ok(()) | Err(catalog::Error::QueryTooExpensive) => {}
        Err(error) => panic!("{error} for {query:?}"),
    }
}

#[tokio::test]
async fn hostile_queries_are_answered_or_refused() {
    let shop = shop().await;
    let many = |word: &str| word.repeat(2_048 / word.len());
    for query in [
        "",
        " ",
        "\0",
        "\" \" \"",
        "\"",
        "“„”\"\"",
        "AND OR NOT",
        "a OR b OR c",
        "title:mug",
        "words:* AND +mug -mug",
        "*",
        "m*",
        "?",
        "/.*/",
        "~~~",
        "mug~2^9",
        "m",
        "a",
        "\u{1b}[31mmug\u{7}",
        "\u{202e}mug\0",
        "mug\u{200f} \u{2066}gum\u{2069}",
        "🫖 teapot",
        "👩‍👩‍👧‍👦",
        "e\u{301}\u{301}\u{301}namel",
        "ﷺ ﬃ ㎏ ½",
        "1.2.3.4.5,6,7,8",
        "99999999999999999999999999999999 kg",
        "0.00000000000000000000001 mm",
        "15\" 15\" 15\"",
        "a-b_c/d.e'f+g",
        &many("a"),
        &many("a "),
        &many("a b "),
        &many("mug "),
        &many("\"a b\" "),
        &many("\""),
        &many("1 kg "),
        &many("wi-fi-"),
        &many("zzzzzzzz "),
        &many("🫖"),
        &many("\u{301}"),
        &many("ß"),
    ] {
        is_answered(&shop, query).await;
    }
    // Nothing of this has got in the way of others.
    assert_eq!(shop.finds("enamel mug").await, ["mug"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_typed_is_answered_or_refused(
        queries in prop::collection::vec("(\\PC|[\0-\u{1f} \"a-m]){0,120}", 20)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(async {
            let shop = shop().await;
            for query in &queries {
                is_answered(&shop, query).await;
            }
            shop.close().await;
        });
    }
}
