//! Histories over the service: read, compared, and gone back in.

use super::*;

const UPDATE: &str = "/shelf.catalog.v1.ProductService/UpdateProduct";
const GET: &str = "/shelf.catalog.v1.ProductService/GetProductRevision";
const LIST: &str = "/shelf.catalog.v1.ProductService/ListProductRevisions";
const COMPARE: &str = "/shelf.catalog.v1.ProductService/CompareProductRevisions";
const ROLLBACK: &str = "/shelf.catalog.v1.ProductService/RollbackProduct";

async fn called<T: Message + Default>(
    shop: &Shop,
    role: Role,
    path: &str,
    message: &impl Message,
) -> T {
    T::decode(shop.call(role, path, message).await.unwrap()).unwrap()
}

/// A mug that was first called so, and then thus.
async fn renamed(shop: &Shop) -> [catalog::Product; 2] {
    let created = called(shop, Role::Editor, CREATE_PRODUCT, &new_product("mug", "A mug")).await;
    let attribute =
        catalog::AttributeValue { value: Some(catalog::attribute_value::Value::Number(0.35)) };
    let update = catalog::UpdateProductRequest {
        product: Some(catalog::Product {
            name: "products/mug".to_owned(),
            title: "Mug, blue".to_owned(),
            attributes: [("litres".to_owned(), attribute)].into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    [created, called(shop, Role::Admin, UPDATE, &update).await]
}

fn revision(name: &str) -> catalog::GetProductRevisionRequest {
    catalog::GetProductRevisionRequest { name: name.to_owned() }
}

fn compared(name: &str, base: &str, etag: &str) -> catalog::CompareProductRevisionsRequest {
    catalog::CompareProductRevisionsRequest {
        name: name.to_owned(),
        base_revision: base.to_owned(),
        base_etag: etag.to_owned(),
    }
}

fn rollback(name: &str, etag: &str) -> catalog::RollbackProductRequest {
    let (name, etag) = (name.to_owned(), etag.to_owned());
    catalog::RollbackProductRequest { name, etag, ..Default::default() }
}

#[tokio::test]
async fn a_revision_is_answered_whole() {
    let shop = Shop::open().await;
    renamed(&shop).await;
    let request = revision("products/mug/revisions/1");
    let first: catalog::ProductRevision = called(&shop, Role::Viewer, GET, &request).await;
    let product = first.product.unwrap();
    assert_eq!((product.title.as_str(), product.variants.len()), ("A mug", 1));
    for name in ["products/mug/revisions/9", "products/none/revisions/1"] {
        let refused = shop.call(Role::Viewer, GET, &revision(name)).await.unwrap_err();
        assert_eq!(reason(&refused), "RESOURCE_NOT_FOUND");
        assert!(refused.message().contains(name), "{refused:?}");
    }
    for name in ["products/mug/revisions/", "products/mug/revisions/one", "products/mug"] {
        let refused = shop.call(Role::Viewer, GET, &revision(name)).await.unwrap_err();
        assert_eq!(reason(&refused), "FIELD_INVALID", "{name}");
    }
}

#[tokio::test]
async fn the_shops_activity_comes_page_by_page_and_by_person() {
    let shop = Shop::open().await;
    renamed(&shop).await;
    let _: catalog::Product =
        called(&shop, Role::Editor, CREATE_PRODUCT, &new_product("pot", "A pot")).await;
    let mut request = catalog::ListProductRevisionsRequest {
        parent: "products/-".to_owned(),
        page_size: 2,
        ..Default::default()
    };
    type List = catalog::ListProductRevisionsResponse;
    let first: List = called(&shop, Role::Viewer, LIST, &request).await;
    request.page_token = first.next_page_token;
    let last: List = called(&shop, Role::Viewer, LIST, &request).await;
    assert_eq!(last.next_page_token, "");
    let all = first.product_revisions.into_iter().chain(last.product_revisions);
    let names: Vec<_> = all.map(|one| one.name.replace("products/", "")).collect();
    assert_eq!(names, ["pot/revisions/1", "mug/revisions/2", "mug/revisions/1"]);

    let of_attributes = catalog::ListProductRevisionsRequest {
        filter: "change = UPDATED AND changed_fields:attributes".to_owned(),
        page_token: String::new(),
        ..request.clone()
    };
    let found: List = called(&shop, Role::Viewer, LIST, &of_attributes).await;
    assert_eq!(found.product_revisions.len(), 1);
    let by = found.product_revisions[0].actor.clone().unwrap().name;
    let of_ada = catalog::ListProductRevisionsRequest {
        filter: format!("actor = \"{by}\""),
        page_token: String::new(),
        ..request.clone()
    };
    let found: List = called(&shop, Role::Viewer, LIST, &of_ada).await;
    assert_eq!(found.product_revisions[0].name, "products/mug/revisions/2");

    let faulty = catalog::ListProductRevisionsRequest {
        filter: "title = mug".to_owned(),
        page_token: String::new(),
        ..request
    };
    let refused = shop.call(Role::Viewer, LIST, &faulty).await.unwrap_err();
    assert_eq!(reason(&refused), "FILTER_INVALID");
}

#[tokio::test]
async fn two_revisions_are_compared_field_by_field() {
    let shop = Shop::open().await;
    let [created, _] = renamed(&shop).await;
    let second = "products/mug/revisions/2";
    for (base, etag) in [("", ""), ("products/mug/revisions/1", ""), ("", created.etag.as_str())] {
        let request = compared(second, base, etag);
        let found: catalog::CompareProductRevisionsResponse =
            called(&shop, Role::Viewer, COMPARE, &request).await;
        assert_eq!(found.base_revision, "products/mug/revisions/1");
        let read = |one: &catalog::FieldDifference| {
            (one.field.clone(), one.old_values.join("|"), one.new_values.join("|"))
        };
        let differences: Vec<_> = found.differences.iter().map(read).collect();
        let expected = [("title", "A mug", "Mug, blue"), ("attributes.litres", "", "0.35")]
            .map(|(field, old, new)| (field.to_owned(), old.to_owned(), new.to_owned()));
        assert_eq!(differences, expected);
    }
    let first = compared("products/mug/revisions/1", "", "");
    let found: catalog::CompareProductRevisionsResponse =
        called(&shop, Role::Viewer, COMPARE, &first).await;
    assert_eq!(found.base_revision, "");
    assert!(found.differences.iter().any(|one| one.field == "title" && one.old_values.is_empty()));
    let cases = [
        (compared(second, "products/pot/revisions/1", ""), "FIELD_INVALID"),
        (compared(second, "products/mug/revisions/1", "\"a-1\""), "FIELD_INVALID"),
        (compared(second, "products/mug/revisions/7", ""), "RESOURCE_NOT_FOUND"),
        (compared(second, "", "\"a-1\""), "RESOURCE_NOT_FOUND"),
    ];
    for (request, expected) in cases {
        let refused = shop.call(Role::Viewer, COMPARE, &request).await.unwrap_err();
        assert_eq!(reason(&refused), expected, "{request:?}");
    }
}

#[tokio::test]
async fn a_product_goes_back_for_whoever_saw_it_as_it_is() {
    let shop = Shop::open().await;
    let [created, changed] = renamed(&shop).await;
    let first = "products/mug/revisions/1";
    let stale = rollback(first, &created.etag);
    let refused = shop.call(Role::Editor, ROLLBACK, &stale).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
    let request = rollback(first, &changed.etag);
    let back: catalog::Product = called(&shop, Role::Editor, ROLLBACK, &request).await;
    assert_eq!((back.title.as_str(), back.attributes.len()), ("A mug", 0));
    assert_ne!(back.etag, created.etag);
    let newest = revision("products/mug/revisions/3");
    let newest: catalog::ProductRevision = called(&shop, Role::Viewer, GET, &newest).await;
    assert_eq!(newest.change(), catalog::product_revision::Change::RolledBack);
    assert_eq!(newest.restored_revision, first);
    let missing = rollback("products/mug/revisions/9", "");
    let refused = shop.call(Role::Editor, ROLLBACK, &missing).await.unwrap_err();
    assert_eq!(reason(&refused), "RESOURCE_NOT_FOUND");
}
