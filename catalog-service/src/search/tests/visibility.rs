//! What the public never learns by searching, and what staff do.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{ProductField, ProductMask, Window};

/// What may happen to a product.
#[derive(Clone, Copy, Debug)]
enum Step {
    Create,
    Publish,
    Unpublish,
    Delete,
    Undelete,
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
        Just(Step::Delete),
        Just(Step::Undelete),
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
            shop.keeps(draft.brand(&format!("Maker{which}"))).await;
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
        Step::Delete if !product.deleted => {
            shop.acts(&id, ProductAction::Delete).await;
            product.deleted = true;
        }
        Step::Undelete if product.deleted => {
            shop.acts(&id, ProductAction::Undelete).await;
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
        let brands = page.finding.facets.unwrap().brands.into_iter().map(|brand| brand.value);
        let makers: BTreeSet<_> = expected.iter().map(|which| format!("Maker{which}")).collect();
        assert_eq!(brands.collect::<BTreeSet<_>>(), makers, "{reach:?}");
    }
    for which in 0..3 {
        let is_public = public.contains(&which);
        // One letter wrong: it must not be put right from what nobody may see.
        let near = shop.page(search(&format!("nunber{which}")), None).await;
        assert_eq!(ids(&near).contains(&format!("thing-{which}")), is_public, "near {which}");
        let corrected = near.finding.corrected_query;
        assert!(is_public || !corrected.contains(&format!("number{which}")), "{corrected}");
        for (typed, text) in [
            (format!("maker{which}"), format!("Maker{which}")),
            (format!("number{which}"), format!("Thing number{which}")),
        ] {
            let suggested = shop.catalog.suggest_products(&typed, 8).await.unwrap();
            let texts: Vec<_> = suggested.into_iter().map(|suggestion| suggestion.text).collect();
            assert_eq!(texts.contains(&text), is_public, "{typed}: {texts:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn everybody_finds_counts_and_is_suggested_what_they_may_see_and_no_more(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.unwrap().block_on(async {
            let shop = Shop::new().await;
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
