//! Batches do all or nothing, and say which items stand in the way.

use proto::catalog::{
    BatchCreateProductsRequest, BatchDeleteProductsRequest, BatchGetProductsRequest,
    BatchUndeleteProductsRequest, CreateProductRequest, DeleteProductRequest, Image,
    ListProductsRequest, UndeleteProductRequest,
};
use tests::{
    errors::{fields, reason, refused},
    goods::{category, create},
    people::Person,
    shop::Shop,
};
use tonic::Code;

fn batch(requests: Vec<CreateProductRequest>) -> BatchCreateProductsRequest {
    BatchCreateProductsRequest { requests, ..Default::default() }
}

async fn total(person: &Person) -> i32 {
    let all = person.products().list_products(ListProductsRequest::default()).await.unwrap();
    all.into_inner().total_size
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_created_deleted_and_restored_as_one() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wishes = (0..500).map(|number| create(&format!("p{number}"), &format!("Product {number}")));
    let created = editor.products().batch_create_products(batch(wishes.collect())).await.unwrap();
    let created = created.into_inner().products;
    assert_eq!((created.len(), created[17].name.as_str()), (500, "products/p17"));
    assert_eq!(total(editor).await, 500);

    let requests = created
        .iter()
        .take(3)
        .map(|product| DeleteProductRequest {
            name: product.name.clone(),
            etag: product.etag.clone(),
            ..Default::default()
        })
        .collect();
    let delete = BatchDeleteProductsRequest { requests, ..Default::default() };
    let deleted =
        editor.products().batch_delete_products(delete).await.unwrap().into_inner().products;
    assert!(deleted.iter().all(|product| product.delete_time.is_some()));
    assert_eq!(total(editor).await, 497);

    let requests = deleted
        .iter()
        .map(|product| UndeleteProductRequest { name: product.name.clone(), ..Default::default() })
        .collect();
    let undelete = BatchUndeleteProductsRequest { requests, ..Default::default() };
    editor.products().batch_undelete_products(undelete).await.unwrap();
    assert_eq!(total(editor).await, 500);

    let names = vec!["products/p9".to_owned(), "products/p1".to_owned()];
    let got = BatchGetProductsRequest { names, ..Default::default() };
    let got = editor.products().batch_get_products(got).await.unwrap().into_inner().products;
    assert_eq!([got[0].title.as_str(), got[1].title.as_str()], ["Product 9", "Product 1"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_item_stops_the_batch_and_is_named() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.products().create_product(create("taken", "Taken")).await.unwrap();
    let wishes = vec![create("a", "A"), create("taken", "B"), create("c", "C")];
    let status = editor.products().batch_create_products(batch(wishes)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "PRODUCT_ID_TAKEN".into()));
    assert!(
        fields(&status).iter().all(|field| field.starts_with("requests[1]")),
        "{:?}",
        fields(&status)
    );
    let wishes = vec![create("a", ""), create("b", "B"), create("c", &"x".repeat(301))];
    let status = editor.products().batch_create_products(batch(wishes)).await.unwrap_err();
    let mut named = fields(&status);
    named.sort();
    assert_eq!(named, ["requests[0].product.title", "requests[2].product.title"]);
    assert_eq!(total(editor).await, 1, "nothing of either was done");

    let stale = vec![
        DeleteProductRequest { name: "products/taken".into(), ..Default::default() },
        DeleteProductRequest { name: "products/nothing".into(), ..Default::default() },
    ];
    let delete = BatchDeleteProductsRequest { requests: stale, ..Default::default() };
    let status = editor.products().batch_delete_products(delete).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::NotFound, "RESOURCE_NOT_FOUND".into()));
    assert_eq!(total(editor).await, 1);

    let names = vec!["products/taken".to_owned(), "products/x".into(), "products/y".into()];
    let get = BatchGetProductsRequest { names, ..Default::default() };
    let status = editor.products().batch_get_products(get).await.unwrap_err();
    assert_eq!(fields(&status), ["names[1]", "names[2]"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_the_items_is_told_in_one_answer() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.categories().create_category(category("kitchen", "Kitchen")).await.unwrap();
    let with = |id: &str, categories: &[&str], picture: &str| {
        let mut wish = create(id, "Mug");
        let product = wish.product.as_mut().unwrap();
        product.categories = categories.iter().map(ToString::to_string).collect();
        product.images = vec![Image { uri: picture.into(), ..Image::default() }];
        wish
    };
    let (own, elsewhere) = ("/pictures/mug.svg", "https://elsewhere.example/mug.png");
    let (known, unknown) = ("categories/kitchen", "categories/none");
    let wishes = vec![
        create("a", ""),
        with("b", &[known], elsewhere),
        with("c", &[known, unknown], own),
        with("d", &["NOT A NAME", known, unknown], elsewhere),
        with("e", &[known], own),
    ];
    let status = editor.products().batch_create_products(batch(wishes.clone())).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "FIELD_INVALID".into()));
    let mut named = fields(&status);
    named.sort();
    let beyond_the_title = [
        "requests[1].product.images[0].uri",
        "requests[2].product.categories[1]",
        "requests[3].product.categories[0]",
        "requests[3].product.categories[2]",
        "requests[3].product.images[0].uri",
    ];
    assert_eq!(named[0], "requests[0].product.title");
    assert_eq!(named[1..], beyond_the_title);

    // Without a fault that the items show by themselves, the catalog's own are told together as well.
    let wishes = vec![wishes[1].clone(), wishes[4].clone(), wishes[2].clone()];
    let status = editor.products().batch_create_products(batch(wishes)).await.unwrap_err();
    assert_eq!(reason(&status), "FIELD_INVALID");
    let expected = ["requests[0].product.images[0].uri", "requests[2].product.categories[1]"];
    assert_eq!(fields(&status), expected);
    assert_eq!(total(editor).await, 0, "nothing was done");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_has_at_most_500_items() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wishes = (0..501).map(|number| create(&format!("p{number}"), "Product")).collect();
    let answer = editor.products().batch_create_products(batch(wishes)).await;
    assert_eq!(refused(answer), (Code::InvalidArgument, "BATCH_TOO_LARGE".into()));
    let names = (0..501).map(|number| format!("products/p{number}")).collect();
    let answer = editor
        .products()
        .batch_get_products(BatchGetProductsRequest { names, ..Default::default() })
        .await;
    assert_eq!(refused(answer), (Code::InvalidArgument, "BATCH_TOO_LARGE".into()));
    assert_eq!(total(editor).await, 0);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_and_restoring_name_what_stands_in_the_way_and_do_nothing_then() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wishes = ["a", "b", "c"].map(|id| create(id, id));
    let made = editor.products().batch_create_products(batch(wishes.into())).await.unwrap();
    let made = made.into_inner().products;
    let one = |name: &str, etag: &str| DeleteProductRequest {
        name: name.into(),
        etag: etag.into(),
        ..Default::default()
    };
    let requests = vec![one("products/a", &made[0].etag), one("products/b", "\"old\"")];
    let delete = BatchDeleteProductsRequest { requests, ..Default::default() };
    let status = editor.products().batch_delete_products(delete).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Aborted, "ETAG_MISMATCH".into()));
    assert_eq!(fields(&status), ["requests[1].etag"]);
    assert_eq!(total(editor).await, 3, "nothing was done");

    let requests = vec![one("products/a", ""), one("products/b", "")];
    let delete = BatchDeleteProductsRequest { requests, ..Default::default() };
    let gone = editor.products().batch_delete_products(delete).await.unwrap().into_inner().products;
    let back = |name: &str, etag: &str| UndeleteProductRequest {
        name: name.into(),
        etag: etag.into(),
        ..Default::default()
    };
    let requests = vec![back("products/a", &gone[0].etag), back("products/c", "")];
    let undelete = BatchUndeleteProductsRequest { requests, ..Default::default() };
    let status = editor.products().batch_undelete_products(undelete).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "NOT_DELETED".into()));
    let named = fields(&status);
    assert_eq!(named.len(), 1, "{named:?}");
    assert!(named[0].starts_with("requests[1]"), "{named:?}");
    assert_eq!(total(editor).await, 1, "nothing was done");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_and_restoring_take_500_and_no_more() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wishes = (0..500).map(|number| create(&format!("p{number}"), "Product")).collect();
    editor.products().batch_create_products(batch(wishes)).await.unwrap();
    let names = |count: usize| (0..count).map(|number| format!("products/p{number}"));
    let delete = |count: usize| {
        let one = |name| DeleteProductRequest { name, ..Default::default() };
        let requests = names(count).map(one).collect();
        BatchDeleteProductsRequest { requests, ..Default::default() }
    };
    let undelete = |count: usize| {
        let one = |name| UndeleteProductRequest { name, ..Default::default() };
        let requests = names(count).map(one).collect();
        BatchUndeleteProductsRequest { requests, ..Default::default() }
    };
    let too_large = (Code::InvalidArgument, "BATCH_TOO_LARGE".into());
    assert_eq!(refused(editor.products().batch_delete_products(delete(501)).await), too_large);
    assert_eq!(total(editor).await, 500);
    editor.products().batch_delete_products(delete(500)).await.unwrap();
    assert_eq!(refused(editor.products().batch_undelete_products(undelete(501)).await), too_large);
    assert_eq!(total(editor).await, 0);
    editor.products().batch_undelete_products(undelete(500)).await.unwrap();
    assert_eq!(total(editor).await, 500);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_items_that_want_one_id_are_told_apart() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let wishes = vec![create("a", "A"), create("a", "B")];
    let status = editor.products().batch_create_products(batch(wishes)).await.unwrap_err();
    assert_eq!(reason(&status), "PRODUCT_ID_TAKEN");
    assert!(
        fields(&status).iter().all(|field| field.starts_with("requests[1]")),
        "{:?}",
        fields(&status)
    );
    shop.close().await;
}
