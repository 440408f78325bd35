//! What the shop's people have written says its language, and what the pages say is English.

use proto::{
    catalog::{Price, PriceRange, Product, Shop as Settings},
    google::r#type::Money,
};
use rstest::rstest;

use super::{
    product,
    stub::{Shop, body},
};

fn written_in(language: &str) -> Shop {
    let mut cup = Product { title: "茶碗".into(), description: "手描き".into(), ..product() };
    let amount = Money { currency_code: "EUR".into(), units: 14, nanos: 900_000_000 };
    let (lowest, highest) = (Some(amount.clone()), Some(amount.clone()));
    cup.price_range = Some(PriceRange { lowest, highest });
    cup.variants[0].prices = vec![Price { amount: Some(amount), compare_at_amount: None }];
    let shop = Shop::with(cup);
    let settings = Settings {
        display_name: "Shelf".into(),
        default_currency: "JPY".into(),
        default_language: language.into(),
        ..Default::default()
    };
    shop.tell("GetShop", &settings);
    shop
}

#[rstest]
#[case("/", &[r#"<a href="/p/mug" lang="ja">"#, r#"<a href="/c/kitchen" lang="ja">"#])]
#[case("/p/mug", &[r#"<h1 tabindex="-1" lang="ja">茶碗"#, r#"<div class="prose" lang="ja">"#])]
#[case("/search?q=mug", &[r#"<a href="/p/mug" lang="ja">"#])]
#[case("/admin/products", &[r#"id="title-mug" lang="ja""#])]
#[case("/admin/deleted", &[r#"id="title-mug" lang="ja""#])]
#[case("/admin/categories", &[r#"id="title-kitchen" lang="ja""#])]
#[case("/admin/products/mug", &[
    r#"data-field="title" lang="ja">茶碗"#,
    r#"name="title" type="text" value="茶碗" lang="ja""#,
    r#"name="description" rows="6" lang="ja""#,
    r#"name="attribute_value" lang="ja""#,
])]
#[tokio::test]
async fn what_is_written_in_another_language_says_so(#[case] path: &str, #[case] parts: &[&str]) {
    let page = body(written_in("ja").get(path).await).await.1;
    for part in parts {
        assert!(page.contains(part), "{path} has no `{part}`: {page}");
    }
    assert!(page.contains(r#"<html lang="en""#), "{path}");
}

#[rstest]
#[tokio::test]
async fn what_is_in_the_language_of_the_pages_says_nothing(
    #[values("/", "/p/mug", "/admin/products", "/admin/products/mug")] path: &str,
) {
    let page = body(written_in("en-GB").get(path).await).await.1;
    assert_eq!(page.matches(" lang=").count(), 1, "{path}: {page}");
}

#[rstest]
#[case("de", r#"<span aria-hidden="true">14<sup>90</sup>&nbsp;€</span>"#, "14,90&nbsp;€")]
#[case("de-AT", r#"<span aria-hidden="true">€&nbsp;14<sup>90</sup></span>"#, "€&nbsp;14,90")]
#[case("en", r#"<span aria-hidden="true">€14<sup>90</sup></span>"#, "€14.90")]
#[tokio::test]
async fn a_price_is_printed_as_the_shop_does_it(
    #[case] language: &str,
    #[case] label: &str,
    #[case] text: &str,
) {
    let shop = written_in(language);
    for path in ["/", "/p/mug", "/search?q=mug"] {
        let page = body(shop.get(path).await).await.1.replace('\u{a0}', "&nbsp;");
        assert!(page.contains(label), "{path}: {page}");
    }
    let page = body(shop.get("/admin/products").await).await.1.replace('\u{a0}', "&nbsp;");
    assert!(page.contains(&format!(">{text}</a>")), "{page}");
    assert_eq!(page.contains(&format!("data-locale=\"{language}\"")), language != "en", "{page}");
}
