//! What the public never learns by searching, and what staff do.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{Facets, ProductExpunge, ProductField, ProductMask, Window};

/// What may happen to a product.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create,
    Publish,
    Unpublish,
    Archive,
    Delete,
    Undelete,
    Expunge,
    Opens(i64),
    Closes(i64),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let step = prop_oneof![
        Just(Step::Create),
        Just(Step::Publish),
        Just(Step::Publish),
        Just(Step::Unpublish),
        Just(Step::Archive),
        Just(Step::Delete),
        Just(Step::Undelete),
        Just(Step::Expunge),
        (-20..20_i64).prop_map(Step::Opens),
        (-20..20_i64).prop_map(Step::Closes),
        (1..15_i64).prop_map(Step::Wait),
    ];
    prop::collection::vec((0..3_usize, step), 1..14)
}

/// A product as the test remembers it.
#[derive(Clone, Copy, Debug, Default)]
struct Remembered {
    exists: bool,
    active: bool,
    deleted: bool,
    window: Window,
}

async fn done(shop: &Shop, products: &mut [Remembered; 3], which: usize, step: Step) {
    let id = format!("thing-{which}");
    let product = &mut products[which];
    match step {
        Step::Wait(seconds) => shop.wait(seconds),
        Step::Create if !product.exists => {
            let draft = titled(&id, &format!("Thing number{which}"));
            let draft = draft.brand(&format!("Maker{which}")).with("only", &format!("own{which}"));
            let draft = draft.in_category(&format!("shelf-{which}"));
            let price = [3, 30, 300][which];
            shop.keeps(draft.sold(&format!("CODE-{which}{which}"), price)).await;
            product.exists = true;
        }
        _ if !product.exists => {}
        Step::Publish if !product.deleted => {
            shop.acts(&id, ProductAction::Publish).await;
            product.active = true;
        }
        Step::Unpublish if !product.deleted => {
            shop.acts(&id, ProductAction::Unpublish).await;
            product.active = false;
        }
        Step::Archive if !product.deleted => {
            shop.acts(&id, ProductAction::Archive).await;
            product.active = false;
        }
        Step::Expunge if product.deleted => {
            let expunge = ProductExpunge { id: product_id(&id), etag: None };
            shop.catalog.expunge_product(editor(), expunge).await.unwrap();
            *product = Remembered::default();
        }
        Step::Delete if !product.deleted => {
            shop.acts(&id, ProductAction::Delete).await;
            product.deleted = true;
        }
        Step::Undelete if product.deleted => {
            shop.acts(&id, ProductAction::undelete()).await;
            product.deleted = false;
        }
        Step::Opens(after) if !product.deleted => {
            let start = Some(shop.now() + SignedDuration::from_secs(after));
            windowed(shop, &id, product, Window { start, ..product.window }).await;
        }
        Step::Closes(after) if !product.deleted => {
            let end = Some(shop.now() + SignedDuration::from_secs(after));
            windowed(shop, &id, product, Window { end, ..product.window }).await;
        }
        _ => {}
    }
}

async fn windowed(shop: &Shop, id: &str, product: &mut Remembered, window: Window) {
    if window.is_possible() {
        let fields = Box::new(ProductFields { window, ..ProductFields::default() });
        let fields_of_window = [ProductField::PublishTime, ProductField::UnpublishTime];
        let mut mask = ProductMask::default();
        fields_of_window.into_iter().for_each(|field| mask.add(field));
        shop.acts(id, ProductAction::Update { fields, mask }).await;
        product.window = window;
    }
}

fn expected(products: &[Remembered; 3], sees: impl Fn(&Remembered) -> bool) -> BTreeSet<usize> {
    (0..3).filter(|which| products[*which].exists && sees(&products[*which])).collect()
}

async fn agrees(shop: &Shop, products: &[Remembered; 3]) {
    let now = shop.now();
    let public = expected(products, |one| one.active && !one.deleted && one.window.contains(now));
    let live = expected(products, |one| !one.deleted);
    let all = expected(products, |_| true);
    for (reach, expected) in [(Reach::Public, &public), (Reach::Live, &live), (Reach::All, &all)] {
        let search = ProductSearch { reach, facets: true, ..search("thing") };
        let page = shop.page(search, None).await;
        let found: BTreeSet<_> = ids(&page).into_iter().collect();
        let names: BTreeSet<_> = expected.iter().map(|which| format!("thing-{which}")).collect();
        assert_eq!(found, names, "{reach:?}");
        assert_eq!(page.finding.total.count as usize, expected.len(), "{reach:?}");
        assert_eq!(told(&page.finding.facets.unwrap()), whole(expected), "{reach:?}");
    }
    for which in 0..3 {
        let is_public = public.contains(&which);
        // One letter wrong: it must not be put right from what nobody may see.
        let near = shop.page(search(&format!("nunber{which}")), None).await;
        assert_eq!(ids(&near).contains(&format!("thing-{which}")), is_public, "near {which}");
        let corrected = near.finding.corrected_query;
        assert!(is_public || !corrected.contains(&format!("number{which}")), "{corrected}");
        for query in [
            format!("code{which}{which}"),
            format!("ode{which}"),
            format!("own{which}"),
            "numb".to_owned(),
        ] {
            let found = ids(&shop.page(search(&query), None).await);
            assert_eq!(found.contains(&format!("thing-{which}")), is_public, "{query}: {found:?}");
        }
        for (typed, text) in [
            (format!("maker{which}"), format!("Maker{which}")),
            (format!("board{which}"), format!("Board{which}")),
            (format!("number{which}"), format!("Thing number{which}")),
        ] {
            let suggested = shop.catalog.suggest_products(&typed, 8).await.unwrap();
            let texts: Vec<_> = suggested.into_iter().map(|suggestion| suggestion.text).collect();
            assert_eq!(texts.contains(&text), is_public, "{typed}: {texts:?}");
        }
    }
}

/// What facets tell of each kind, with how often.
fn told(facets: &Facets) -> BTreeSet<(String, u32)> {
    let mut told = BTreeSet::new();
    told.extend(facets.brands.iter().map(|brand| (brand.value.clone(), brand.count)));
    told.extend(facets.categories.iter().map(|one| (one.title.clone(), one.count)));
    for attribute in &facets.attributes {
        told.extend(attribute.values.iter().map(|value| (value.value.clone(), value.count)));
    }
    told.extend(facets.prices.iter().map(|range| (range.from.units().to_string(), range.count)));
    told
}

/// What they have to tell of these products: each has everything for itself.
fn whole(products: &BTreeSet<usize>) -> BTreeSet<(String, u32)> {
    let of_one = |which: &usize| {
        let border = ["2", "20", "200"][*which];
        [format!("Maker{which}"), format!("Board{which}"), format!("own{which}"), border.to_owned()]
    };
    products.iter().flat_map(of_one).map(|value| (value, 1)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn everybody_finds_counts_and_is_suggested_what_they_may_see_and_no_more(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(async {
            let shop = Shop::new().await;
            for which in 0..3 {
                let id = format!("shelf-{which}");
                shop.has_category(&id, &format!("Board{which}"), None).await;
            }
            let mut products = [Remembered::default(); 3];
            for (which, step) in steps {
                done(&shop, &mut products, which, step).await;
                agrees(&shop, &products).await;
            }
            shop.close().await;
        });
    }
}

#[tokio::test]
async fn only_staff_may_search_what_is_hidden() {
    let shop = Shop::new().await;
    for (reach, field) in [(Reach::Live, "show_hidden"), (Reach::All, "show_deleted")] {
        let search = ProductSearch { reach, ..search("thing") };
        let page = PageRequest::new(0, None);
        let anyone = Caller::anyone();
        let refused = shop.catalog.search_products(&anyone, search, "", View::Basic, page).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, crate::catalog::Error::RoleMissing(named) if named == field));
    }
}
