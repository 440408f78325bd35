//! Which products some words find, and in what order.

use rstest::rstest;

use super::*;

async fn shop() -> Shop {
    let shop = Shop::new().await;
    shop.has_category("home", "Household", None).await;
    shop.has_category("cups", "Cups and mugs", Some("home")).await;
    let mug = titled("mug", "Enamel mug, 35 cl").brand("Emalia").in_category("cups");
    shop.sells(mug.described("Holds **hot** drinks.").sold("EM-35/BLUE", 15)).await;
    shop.sells(titled("teapot", "Speckled teapot").with("colour", "indigo").sold("TP 100", 40))
        .await;
    shop.sells(titled("headset", "Wireless headset 16GB").brand("Sonora")).await;
    shop.sells(titled("lamp", "Reading lamp").described("Stands beside an enamel basin.")).await;
    shop.sells(titled("router", "Wi-Fi router").with("waterproof", "No")).await;
    shop
}

#[tokio::test]
async fn words_find_what_holds_them_all() {
    let shop = shop().await;
    for (query, expected) in [
        ("enamel mug", &["mug"][..]),
        ("MUGS", &["mug"]),
        ("énamel", &["mug", "lamp"]),
        ("emalia", &["mug"]),
        ("household", &["mug"]),
        ("indigo", &["teapot"]),
        ("hot drinks", &["mug"]),
        ("read", &["lamp"]),
        ("teap", &["teapot"]),
        ("350ml", &["mug"]),
        ("0.35 l mug", &["mug"]),
        ("16 gb", &["headset"]),
        ("head set", &["headset"]),
        ("wifi", &["router"]),
        ("wi fi router", &["router"]),
        ("\"enamel mug\"", &["mug"]),
        ("\"mug enamel\"", &[]),
        ("mug lamp unknownword", &[]),
        ("waterproof", &[]),
        ("?!", &[]),
    ] {
        assert_eq!(shop.finds(query).await, expected, "{query}");
    }
}

#[rstest]
#[case("EM-35/BLUE")]
#[case("em35blue")]
#[case("EM 35 blue")]
#[case("35/BL")]
#[case("m35b")]
#[tokio::test]
async fn a_part_of_a_sku_finds_its_product(#[case] query: &str) {
    let shop = shop().await;
    assert_eq!(shop.finds(query).await, ["mug"], "{query}");
}

#[tokio::test]
async fn an_exact_sku_comes_before_all_words() {
    let shop = Shop::new().await;
    shop.sells(titled("words", "Lamp lamp lamp lamp").described("lamp lamp lamp")).await;
    shop.sells(titled("coded", "Candle").sold("LAMP", 3)).await;
    assert_eq!(shop.finds("lamp").await, ["coded", "words"]);
}

#[tokio::test]
async fn the_title_says_more_than_the_description() {
    let shop = Shop::new().await;
    shop.sells(titled("aside", "Basin").described("Goes with a kettle.")).await;
    shop.sells(titled("itself", "Kettle").described("Goes with a basin.")).await;
    assert_eq!(shop.finds("kettle").await, ["itself", "aside"]);
    assert_eq!(shop.finds("basin").await, ["aside", "itself"]);
}

#[rstest]
#[case("teepot", "teapot", "teapot")]
#[case("speckeld teapot", "teapot", "speckled teapot")]
#[case("wireles", "headset", "")]
#[case("\"entmel\" mug", "mug", "")]
#[tokio::test]
async fn a_word_that_stands_nowhere_is_taken_for_one_near_it(
    #[case] query: &str,
    #[case] found: &str,
    #[case] corrected: &str,
) {
    let shop = shop().await;
    let page = shop.page(search(query), None).await;
    assert_eq!(ids(&page).join(" "), found);
    assert_eq!(page.finding.corrected_query, corrected);
}

#[tokio::test]
async fn where_nothing_has_all_words_those_with_most_are_found_and_it_is_said() {
    let shop = shop().await;
    let page = shop.page(search("speckled teapot kettle"), None).await;
    assert_eq!(ids(&page), ["teapot"]);
    assert!(page.finding.some_words_only);
    assert!(!shop.page(search("speckled teapot"), None).await.finding.some_words_only);
}

#[tokio::test]
async fn what_was_searched_for_is_marked_in_title_and_description() {
    let shop = shop().await;
    let page = shop.page(search("enamel basin"), None).await;
    let marked = |segments: &[crate::domain::Segment]| -> Vec<String> {
        segments.iter().filter(|part| part.is_match).map(|part| part.text.clone()).collect()
    };
    assert_eq!(marked(&page.products[0].title), [""; 0]);
    assert_eq!(marked(&page.products[0].excerpt), ["enamel", "basin"]);
    let page = shop.page(search("ename mugs"), None).await;
    assert_eq!(marked(&page.products[0].title), ["Enamel", "mug"]);
}

#[tokio::test]
async fn pages_hold_every_product_once() {
    let shop = Shop::new().await;
    for number in 0..23 {
        shop.sells(titled(&format!("mug-{number}"), "Mug")).await;
    }
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = shop.page(search("mug"), Some(PageRequest { size: 5, after })).await;
        assert_eq!(page.finding.total.count, 23);
        all.extend(ids(&page));
        // What comes or goes before the place where a page ended moves nothing behind it.
        if all.len() == 5 {
            shop.acts(&all[1].clone(), ProductAction::Unpublish).await;
            shop.acts(&all[1].clone(), ProductAction::Publish).await;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    all.sort();
    let mut expected: Vec<_> = (0..23).map(|number| format!("mug-{number}")).collect();
    expected.sort();
    assert_eq!(all, expected);
}
