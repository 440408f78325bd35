//! The sample shop: loaded once on a new database, by Shelf itself, and declined by `--empty`.

use proto::catalog::{
    GetProductRequest, ListCategoriesRequest, ListProductRevisionsRequest, ListProductsRequest,
};
use tests::shop::Shop;

const README: &str = include_str!("../../README.md");

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_has_the_sample_shop() {
    let shop = Shop::with_sample().await;
    let all = ListProductsRequest { page_size: 1_000, ..Default::default() };
    let public =
        shop.people.anyone.products().list_products(all.clone()).await.unwrap().into_inner();
    let every =
        shop.people.viewer.products().list_products(all.clone()).await.unwrap().into_inner();
    assert!(every.total_size >= 55, "{}", every.total_size);
    assert!(public.total_size < every.total_size, "some stay drafts");
    assert!(public.products.iter().all(|product| !product.images.is_empty()));
    let priced = public.products.iter().filter(|product| product.price_range.is_some()).count();
    assert!(priced + 2 > public.products.len(), "at most one is made to order: {priced}");
    let categories = ListCategoriesRequest { page_size: 100, ..Default::default() };
    let categories = shop.people.anyone.categories().list_categories(categories).await.unwrap();
    let categories = categories.into_inner().categories.len();
    let told = format!("{} products in {categories} categories", every.total_size);
    assert!(README.contains(&told), "the README tells another number than: {told}");

    let parent = every.products[0].name.clone();
    let history = ListProductRevisionsRequest { parent, ..Default::default() };
    let history =
        shop.people.viewer.products().list_product_revisions(history).await.unwrap().into_inner();
    assert!(!history.product_revisions.is_empty(), "what was loaded has a history");
    for revision in &history.product_revisions {
        assert_eq!(revision.actor.as_ref().unwrap().name, "system");
    }
    for product in &public.products {
        for image in &product.images {
            let picture = shop.web().get(&image.uri).await;
            assert_eq!(
                (picture.status.as_u16(), picture.header("content-type")),
                (200, "image/svg+xml"),
                "{}",
                image.uri
            );
        }
        let get = GetProductRequest { name: product.name.clone(), ..Default::default() };
        let full = shop.people.anyone.products().get_product(get).await.unwrap().into_inner();
        assert!(!full.variants.is_empty());
        let page = shop.web().get(&format!("/p/{}", product.slug)).await;
        assert_eq!(page.status.as_u16(), 200, "{}", product.slug);
    }

    let count = every.total_size;
    let shop = shop.restart().await;
    let after = shop.people.viewer.products().list_products(all).await.unwrap().into_inner();
    assert_eq!(after.total_size, count, "loaded once");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_shop_stays_empty() {
    let shop = Shop::open().await;
    let all = shop.people.viewer.products().list_products(ListProductsRequest::default()).await;
    assert_eq!(all.unwrap().into_inner().total_size, 0);
    let shop = shop.restart().await;
    let all = shop.people.viewer.products().list_products(ListProductsRequest::default()).await;
    assert_eq!(all.unwrap().into_inner().total_size, 0);
    shop.close().await;
}
