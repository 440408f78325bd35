//! What a product was before: read, compared and brought back, by gRPC and by JSON, and forgotten by nobody too early.

use http::{Method, StatusCode};
use proto::catalog::{
    CompareProductRevisionsRequest, DeleteVariantRequest, GetProductRequest, ListChangesRequest,
    ListProductRevisionsRequest, Product, RollbackProductRequest, Shop as ShopSettings,
    UpdateProductRequest, UpdateShopRequest, product_revision::Change,
};
use serde_json::json;
use tests::{
    errors::refused,
    goods::{category, create},
    people::Person,
    shop::Shop,
};
use tonic::Code;

async fn renamed(person: &Person, id: &str, title: &str) -> Product {
    let product =
        Product { name: format!("products/{id}"), title: title.into(), ..Default::default() };
    let update = UpdateProductRequest { product: Some(product), ..Default::default() };
    person.products().update_product(update).await.unwrap().into_inner()
}

async fn seen(person: &Person, id: &str) -> Product {
    let get = GetProductRequest { name: format!("products/{id}"), ..Default::default() };
    person.products().get_product(get).await.unwrap().into_inner()
}

fn to(number: u32, etag: &str) -> RollbackProductRequest {
    RollbackProductRequest {
        name: format!("products/mug/revisions/{number}"),
        etag: etag.into(),
        request_id: format!("back-to-{number}"),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_goes_back_and_forth_and_both_are_in_its_history() {
    let shop = Shop::open().await;
    let (editor, admin) = (&shop.people.editor, &shop.people.admin);
    let created = editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let created = created.into_inner();
    let changed = renamed(admin, "mug", "Tin mug").await;

    let stale = editor.products().rollback_product(to(1, &created.etag)).await;
    assert_eq!(refused(stale), (Code::Aborted, "ETAG_MISMATCH".into()));
    let back = editor.products().rollback_product(to(1, &changed.etag)).await.unwrap();
    let again = editor.products().rollback_product(to(1, &changed.etag)).await.unwrap();
    assert_eq!(back.get_ref(), again.get_ref(), "the same request is done once");
    assert_eq!(seen(editor, "mug").await.title, "Enamel mug");
    editor.products().rollback_product(to(2, &back.get_ref().etag)).await.unwrap();
    assert_eq!(seen(editor, "mug").await.title, "Tin mug");

    let all = ListProductRevisionsRequest { parent: "products/-".into(), ..Default::default() };
    let all = editor.products().list_product_revisions(all).await.unwrap().into_inner();
    let changes: Vec<_> =
        all.product_revisions.iter().map(|one| (one.change(), one.name.as_str())).collect();
    let name = |number| {
        [
            "",
            "products/mug/revisions/1",
            "products/mug/revisions/2",
            "products/mug/revisions/3",
            "products/mug/revisions/4",
        ][number]
    };
    assert_eq!(
        changes,
        [
            (Change::RolledBack, name(4)),
            (Change::RolledBack, name(3)),
            (Change::Updated, name(2)),
            (Change::Created, name(1)),
        ]
    );
    let by_admin = ListProductRevisionsRequest {
        parent: "products/-".into(),
        filter: format!("actor = \"{}\"", all.product_revisions[2].actor.clone().unwrap().name),
        ..Default::default()
    };
    let by_admin = editor.products().list_product_revisions(by_admin).await.unwrap().into_inner();
    assert_eq!(by_admin.product_revisions.len(), 1);

    let same = CompareProductRevisionsRequest {
        name: name(4).into(),
        base_revision: name(2).into(),
        ..Default::default()
    };
    let same = editor.products().compare_product_revisions(same).await.unwrap().into_inner();
    assert_eq!(same.differences, []);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_variant_comes_back_under_its_name() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mut wish = create("mug", "Enamel mug");
    let product = wish.product.as_mut().unwrap();
    let first = product.variants[0].clone();
    product.options =
        vec![proto::catalog::Option { name: "Size".into(), values: vec!["s".into(), "l".into()] }];
    product.variants[0].option_values = vec!["s".into()];
    let second =
        proto::catalog::Variant { sku: "MUG-L".into(), option_values: vec!["l".into()], ..first };
    product.variants.push(second);
    let created = editor.products().create_product(wish).await.unwrap().into_inner();
    let large = created.variants[1].clone();
    let delete = DeleteVariantRequest { name: large.name.clone(), ..Default::default() };
    editor.variants().delete_variant(delete).await.unwrap();
    assert_eq!(seen(editor, "mug").await.variants.len(), 1);
    editor.products().rollback_product(to(1, "")).await.unwrap();
    let back = seen(editor, "mug").await.variants;
    assert_eq!((back[1].name.as_str(), back[1].sku.as_str()), (large.name.as_str(), "MUG-L"));
    assert_ne!(back[1].etag, large.etag, "an etag is never used twice");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_read_and_gone_back_in_by_json_too() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let changed = renamed(editor, "mug", "Tin mug").await;
    let web = shop.web().with_token(editor.token());
    let compared = web.get("/v1/products/mug/revisions/2:compare").await.json();
    assert_eq!(compared["baseRevision"], "products/mug/revisions/1");
    let difference = json!({
        "field": "title", "oldValues": ["Enamel mug"], "newValues": ["Tin mug"]
    });
    assert_eq!(compared["differences"], json!([difference]));
    let first = web.get("/v1/products/mug/revisions/1").await.json();
    assert_eq!(first["product"]["title"], "Enamel mug");
    let missing = web.get("/v1/products/mug/revisions/9").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);

    let path = "/v1/products/mug/revisions/1:rollback";
    let stale = web.ask(Method::POST, path).header("if-match", "\"other-1\"");
    assert_eq!(stale.json(&json!({})).send().await.status, StatusCode::PRECONDITION_FAILED);
    let back = web.ask(Method::POST, path).header("if-match", &changed.etag);
    let back = back.json(&json!({})).send().await;
    assert_eq!((back.status, back.json()["title"].as_str()), (StatusCode::OK, Some("Enamel mug")));

    let activity =
        web.get("/v1/products/-/revisions?filter=change%20%3D%20ROLLED_BACK").await.json();
    let entry = &activity["productRevisions"][0];
    assert_eq!(entry["restoredRevision"], "products/mug/revisions/1");
    assert_eq!(activity["productRevisions"].as_array().unwrap().len(), 1);
    let viewer = shop.web().with_token(shop.people.viewer.token());
    assert_eq!(viewer.post(path, &json!({})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(shop.web().get("/v1/products/-/revisions").await.status, StatusCode::UNAUTHORIZED);
    shop.close().await;
}

/// A shop in which Grace has added a category and a mug, and Ada has renamed the mug and the shop.
async fn busy() -> Shop {
    let shop = Shop::open().await;
    let (editor, admin) = (&shop.people.editor, &shop.people.admin);
    editor.categories().create_category(category("kitchen", "Kitchen")).await.unwrap();
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    renamed(admin, "mug", "Tin mug").await;
    let named =
        ShopSettings { name: "shop".into(), display_name: "Corner".into(), ..Default::default() };
    let request_id = "name-it".to_owned();
    let update = UpdateShopRequest { shop: Some(named), request_id, ..Default::default() };
    admin.shop().update_shop(update).await.unwrap();
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_tells_of_products_categories_and_the_shop_by_whom_and_when() {
    let shop = busy().await;
    let told = async |filter: &str| {
        let mut changes = shop.people.viewer.changes();
        let (mut told, mut page_token) = (Vec::new(), String::new());
        loop {
            let request =
                ListChangesRequest { page_size: 1, page_token, filter: filter.to_owned() };
            let page = changes.list_changes(request).await.unwrap().into_inner();
            for change in &page.changes {
                let who = change.actor.clone().unwrap().display_name;
                told.push(format!("{who}: {} {}", change.resource, change.title));
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                assert_eq!(told.len(), usize::try_from(page.total_size).unwrap(), "{filter}");
                return told;
            }
        }
    };
    let all = [
        "Ada: shop Corner",
        "Ada: products/mug Tin mug",
        "Grace: products/mug Enamel mug",
        "Grace: categories/kitchen Kitchen",
    ];
    assert_eq!(told("").await, all);
    assert_eq!(told("actor = \"users/grace\"").await, all[2..]);
    assert_eq!(told("resource:products AND kind = UPDATED").await, all[1..2]);
    assert_eq!(told("create_time < 2026-01-01").await, [] as [&str; 0]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_for_those_who_may_see_everything_and_page_tokens_are_bound_to_it() {
    let shop = busy().await;
    let web = shop.web().with_token(shop.people.viewer.token());
    let first = web.get("/v1/changes?pageSize=1").await;
    assert_eq!(first.status, StatusCode::OK);
    assert!(!first.header("shelf-resume-token").is_empty());
    let page = first.json();
    assert_eq!(
        (page["totalSize"].as_i64(), page["changes"].as_array().unwrap().len()),
        (Some(4), 1)
    );
    let change = &page["changes"][0];
    assert_eq!(
        (&change["kind"], &change["requestId"]),
        (&json!("KIND_UPDATED"), &json!("name-it"))
    );
    assert_eq!(change["changedFields"], json!(["display_name"]));
    let token = page["nextPageToken"].as_str().unwrap();
    let second = web.get(&format!("/v1/changes?pageSize=1&pageToken={token}")).await.json();
    assert_eq!(second["changes"][0]["revision"], "products/mug/revisions/2");
    let other = web.get(&format!("/v1/changes?filter=resource:shop&pageToken={token}")).await;
    assert_eq!(
        (other.status, other.reason()),
        (StatusCode::BAD_REQUEST, "PAGE_TOKEN_INVALID".into())
    );
    let faulty = web.get("/v1/changes?filter=title%20%3D%20mug").await;
    assert_eq!(
        (faulty.status, faulty.reason()),
        (StatusCode::BAD_REQUEST, "FILTER_INVALID".into())
    );
    assert_eq!(web.get("/v1/changes?pageSize=-1").await.reason(), "FIELD_INVALID");
    assert_eq!(shop.web().get("/v1/changes").await.status, StatusCode::UNAUTHORIZED);
    shop.close().await;
}
