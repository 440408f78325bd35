//! The shop as a buyer walks through it: the whole list by its links, one category, one variant of a product.

use http::StatusCode;
use proto::catalog::{
    BatchCreateProductsRequest, Option as Choice, PublishProductRequest, Variant,
};
use tests::{
    forms::{Visitor, next_link},
    goods::{category, create, euro, variant},
    shop::Shop,
};

/// The products of the kitchen: more than a page holds.
const KITCHEN: usize = 26;
const GARDEN: usize = 4;

/// A public product for each number of a category, such as `/p/kitchen-product-7`; the addresses of all, in order.
async fn shelve(shop: &Shop, category: &str, count: usize) -> Vec<String> {
    let ids: Vec<_> = (0..count).map(|number| format!("{category}-product-{number}")).collect();
    let requests = ids.iter().map(|id| {
        let mut wish = create(id, id);
        wish.product.as_mut().unwrap().categories = vec![format!("categories/{category}")];
        wish
    });
    let batch = BatchCreateProductsRequest { requests: requests.collect(), ..Default::default() };
    let mut products = shop.people.editor.products();
    products.batch_create_products(batch).await.unwrap();
    for id in &ids {
        publish(shop, id).await;
    }
    let mut addresses: Vec<_> = ids.iter().map(|id| format!("/p/{id}")).collect();
    addresses.sort();
    addresses
}

async fn publish(shop: &Shop, id: &str) {
    let name = format!("products/{id}");
    let publish = PublishProductRequest { name, ..Default::default() };
    shop.people.editor.products().publish_product(publish).await.unwrap();
}

/// A shop with two categories and a draft that nobody may see; the addresses of the products of each.
async fn shop() -> (Shop, Vec<String>, Vec<String>) {
    let shop = Shop::open().await;
    for (id, title) in [("kitchen", "Kitchen"), ("garden", "Garden")] {
        shop.people.editor.categories().create_category(category(id, title)).await.unwrap();
    }
    let kitchen = shelve(&shop, "kitchen", KITCHEN).await;
    let garden = shelve(&shop, "garden", GARDEN).await;
    shop.people.editor.products().create_product(create("secret", "Secret pot")).await.unwrap();
    (shop, kitchen, garden)
}

/// The addresses of the cards of a list, from its first page to its last by its links, sorted, and how many pages there were.
async fn walked(shop: &Shop, start: &str) -> (Vec<String>, usize) {
    let mut buyer = Visitor::new(shop.web());
    let (mut path, mut found, mut pages) = (Some(start.to_owned()), Vec::new(), 0);
    while let Some(next) = path {
        let page = buyer.open(&next).await;
        assert_eq!(page.status, StatusCode::OK, "{next}");
        let cards = page.text().split("<h2><a href=\"").skip(1);
        found.extend(cards.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()));
        pages += 1;
        assert!(pages < 20, "the list ends");
        path = next_link(page.text());
    }
    found.sort();
    (found, pages)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_is_paged_to_the_end_by_its_links() {
    let (shop, kitchen, garden) = shop().await;
    let mut all = [kitchen, garden].concat();
    all.sort();
    assert_eq!(walked(&shop, "/").await, (all.clone(), 2));
    assert_eq!(walked(&shop, "/?sort=title").await, (all, 2), "in another order");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_lists_its_own_products_only() {
    let (shop, kitchen, garden) = shop().await;
    assert_eq!(walked(&shop, "/c/kitchen").await, (kitchen, 2));
    assert_eq!(walked(&shop, "/c/garden").await, (garden, 1));
    assert_eq!(shop.web().get("/c/cellar").await.status, StatusCode::NOT_FOUND);
    shop.close().await;
}

/// The address behind a choice's word.
fn choice(page: &str, word: &str) -> String {
    let links = page.split("<a class=\"choice\" href=\"").skip(1);
    let found = links.into_iter().find(|rest| {
        rest.split_once('>').is_some_and(|(_, after)| after.starts_with(&format!("{word}<")))
    });
    let rest = found.unwrap_or_else(|| panic!("no choice `{word}`: {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn choosing_a_variant_shows_its_price_and_sku() {
    let shop = Shop::open().await;
    let mut wish = create("mug", "Mug");
    let product = wish.product.as_mut().unwrap();
    let values = ["White", "Blue"].map(String::from).to_vec();
    product.options = vec![Choice { name: "Colour".into(), values }];
    let coloured = |colour: &str, sku: &str, units: i64| Variant {
        name: format!("products/mug/variants/{}", colour.to_lowercase()),
        option_values: vec![colour.into()],
        ..variant(sku, euro(units, 50))
    };
    product.variants = vec![coloured("White", "MUG-W", 14), coloured("Blue", "MUG-B", 19)];
    shop.people.editor.products().create_product(wish).await.unwrap();
    publish(&shop, "mug").await;

    let mut buyer = Visitor::new(shop.web());
    let page = buyer.open("/p/mug").await;
    for (word, sku, other, price) in
        [("White", "MUG-W", "MUG-B", "14.50"), ("Blue", "MUG-B", "MUG-W", "19.50")]
    {
        let address = choice(page.text(), word);
        assert_eq!(address, format!("/p/mug?variant={}", word.to_lowercase()));
        let chosen = buyer.open(&address).await;
        assert_eq!(chosen.status, StatusCode::OK);
        let shown = |sku: &str| chosen.text().contains(&format!("<span class=\"code\">{sku}<"));
        assert!(shown(sku) && !shown(other), "{word}: {}", chosen.text());
        let label = chosen.text().split("data-size=\"large\"").nth(1).unwrap_or_default();
        let label = label.split("</div>").next().unwrap_or_default();
        assert!(
            label.contains(&format!("€{price}<")) && !label.contains("from"),
            "{word}: {label}"
        );
    }
    shop.close().await;
}
