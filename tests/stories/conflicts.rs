//! Nobody's edit is lost in silence: stale etags, taken slugs and skus.

use prost_types::FieldMask;
use proto::catalog::{DeleteProductRequest, Product, UndeleteProductRequest, UpdateProductRequest};
use tests::{
    errors::{reason, refused},
    goods::{create, euro, variant},
    shop::Shop,
};
use tonic::Code;
use tonic_types::StatusExt as _;

fn rename(product: &Product, title: &str, etag: &str) -> UpdateProductRequest {
    UpdateProductRequest {
        product: Some(Product { title: title.into(), etag: etag.into(), ..product.clone() }),
        update_mask: Some(FieldMask { paths: vec!["title".into()] }),
        ..UpdateProductRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_save_shows_the_other_change() {
    let shop = Shop::open().await;
    let (editor, admin) = (&shop.people.editor, &shop.people.admin);
    let seen =
        editor.products().create_product(create("mug", "Enamel mug")).await.unwrap().into_inner();
    let theirs = admin
        .products()
        .update_product(rename(&seen, "Tin mug", &seen.etag))
        .await
        .unwrap()
        .into_inner();
    let stale =
        editor.products().update_product(rename(&seen, "Clay mug", &seen.etag)).await.unwrap_err();
    assert_eq!((stale.code(), reason(&stale)), (Code::Aborted, "ETAG_MISMATCH".into()));
    let told = format!("{:?}", stale.get_error_details());
    assert!(told.contains(&theirs.etag.replace('"', "\\\"")), "the current etag: {told}");
    assert!(told.contains("Ada") && told.contains("title"), "who changed what: {told}");

    let merged = editor.products().update_product(rename(&seen, "Clay mug", &theirs.etag)).await;
    assert_eq!(merged.unwrap().into_inner().title, "Clay mug");
    let delete = DeleteProductRequest { name: seen.name, etag: seen.etag, ..Default::default() };
    assert_eq!(refused(editor.products().delete_product(delete).await).1, "ETAG_MISMATCH");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_with_one_etag_exactly_one_wins() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let seen =
        editor.products().create_product(create("mug", "Enamel mug")).await.unwrap().into_inner();
    let writers: Vec<_> = (0..16)
        .map(|number| {
            let (mut client, wish) =
                (editor.products(), rename(&seen, &format!("Mug {number}"), &seen.etag));
            tokio::spawn(async move { client.update_product(wish).await })
        })
        .collect();
    let mut won = Vec::new();
    for writer in writers {
        match writer.await.unwrap() {
            Ok(product) => won.push(product.into_inner().title),
            Err(status) => assert_eq!(reason(&status), "ETAG_MISMATCH"),
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slugs_and_skus_are_unique_among_live_products() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let with = |id: &str, slug: &str, sku: &str| {
        let mut wish = create(id, "Enamel mug");
        let product = wish.product.as_mut().unwrap();
        product.slug = slug.into();
        product.variants = vec![variant(sku, euro(1, 0))];
        wish
    };
    editor.products().create_product(with("mug", "mug", "1004")).await.unwrap();
    let same_id = editor.products().create_product(with("mug", "pot", "1005")).await;
    assert_eq!(refused(same_id), (Code::AlreadyExists, "PRODUCT_ID_TAKEN".into()));
    let same_slug = editor.products().create_product(with("pot", "mug", "1005")).await.unwrap_err();
    assert_eq!((same_slug.code(), reason(&same_slug)), (Code::AlreadyExists, "SLUG_TAKEN".into()));
    assert!(format!("{:?}", same_slug.get_error_details()).contains("products/mug"), "says whose");
    let same_sku = editor.products().create_product(with("pot", "pot", "1004")).await;
    assert_eq!(refused(same_sku), (Code::AlreadyExists, "SKU_TAKEN".into()));

    let delete = DeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().delete_product(delete).await.unwrap();
    editor.products().create_product(with("pot", "mug", "1004")).await.unwrap();
    let undelete = UndeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    let (code, taken) = refused(editor.products().undelete_product(undelete).await);
    assert_eq!(code, Code::AlreadyExists);
    assert!(["SLUG_TAKEN", "SKU_TAKEN"].contains(&taken.as_str()), "{taken}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_titles_get_slugs_of_their_own() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut slugs = Vec::new();
    for id in ["a", "b", "c"] {
        let created = editor.products().create_product(create(id, "Enamel mug")).await.unwrap();
        slugs.push(created.into_inner().slug);
    }
    assert_eq!(slugs[0], "enamel-mug");
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), 3, "{slugs:?}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_another_state_is_refused_by_its_reason() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let undelete = UndeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    let live = refused(editor.products().undelete_product(undelete).await);
    assert_eq!(live, (Code::AlreadyExists, "NOT_DELETED".into()));
    let delete = DeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().delete_product(delete.clone()).await.unwrap();
    let twice = refused(editor.products().delete_product(delete).await);
    assert_eq!(twice, (Code::FailedPrecondition, "STATE_INVALID".into()));
    shop.close().await;
}
