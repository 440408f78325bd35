//! A product's life to its end: archived, deleted for good, and what its addresses say of it on the way.

use http::{Method, StatusCode};
use prost_types::FieldMask;
use proto::catalog::{
    ArchiveProductRequest, DeleteProductRequest, DeleteVariantRequest, ExpungeProductRequest,
    Product, PublishProductRequest, ResolveSlugRequest, UpdateProductRequest, product::State,
};
use serde_json::json;
use tests::{
    errors::refused,
    forms::{Form, Visitor},
    goods::create,
    people::{PASSWORD, Person},
    shop::Shop,
    web::Answer,
};
use tonic::Code;

const MUG: &str = "products/mug";

async fn published(editor: &Person) {
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let publish = PublishProductRequest { name: MUG.into(), ..Default::default() };
    editor.products().publish_product(publish).await.unwrap();
}

async fn rename(editor: &Person, slug: &str) {
    let product = Product { name: MUG.into(), slug: slug.into(), ..Default::default() };
    let request = UpdateProductRequest {
        product: Some(product),
        update_mask: Some(FieldMask { paths: vec!["slug".into()] }),
        ..Default::default()
    };
    editor.products().update_product(request).await.unwrap();
}

async fn delete(editor: &Person) -> Product {
    let delete = DeleteProductRequest { name: MUG.into(), ..Default::default() };
    editor.products().delete_product(delete).await.unwrap().into_inner()
}

fn expunge(etag: &str) -> ExpungeProductRequest {
    ExpungeProductRequest { name: MUG.into(), etag: etag.into(), ..Default::default() }
}

/// The first form of a page whose action ends so.
fn form(page: &Answer, end: &str) -> Form {
    let mut all = Form::all(page.text()).into_iter();
    all.find(|form| form.action.ends_with(end))
        .unwrap_or_else(|| panic!("no form to `…{end}`: {}", page.text()))
}

async fn signed_in(shop: &Shop, login: &str) -> Visitor {
    Visitor::signed_in(shop.web(), login, PASSWORD).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_address_leads_to_the_new_one_until_the_product_is_gone() {
    let shop = Shop::open().await;
    let (editor, web) = (&shop.people.editor, shop.web());
    published(editor).await;
    rename(editor, "tin-mug").await;
    let old = web.get("/p/enamel-mug?variant=a&picture=2").await;
    assert_eq!(old.status, StatusCode::MOVED_PERMANENTLY, "{}", old.text());
    assert_eq!(old.header("location"), "/p/tin-mug?variant=a&picture=2");
    assert_eq!(old.header("cache-control"), "no-cache", "another product may take the address");
    assert_eq!(web.get("/p/tin-mug").await.status, StatusCode::OK);
    let told = web.get("/v1/products:resolveSlug?slug=enamel-mug").await;
    assert_eq!(told.json(), json!({"product": MUG, "slug": "tin-mug"}));

    let deleted = delete(editor).await;
    for path in ["/p/enamel-mug", "/p/tin-mug"] {
        assert_eq!(web.get(path).await.status, StatusCode::NOT_FOUND, "{path} may come back");
    }
    shop.people.admin.products().expunge_product(expunge(&deleted.etag)).await.unwrap();
    for path in ["/p/enamel-mug", "/p/tin-mug"] {
        let gone = web.get(path).await;
        assert_eq!(gone.status, StatusCode::GONE, "{path}");
        assert!(gone.text().contains("gone for good"), "{}", gone.text());
    }
    let told = web.get("/v1/products:resolveSlug?slug=tin-mug").await;
    assert_eq!((told.status, told.reason()), (StatusCode::NOT_FOUND, "RESOURCE_EXPUNGED".into()));
    editor.products().create_product(create("other", "Enamel mug")).await.unwrap();
    assert_eq!(web.get("/p/enamel-mug").await.status, StatusCode::GONE, "a draft changes nothing");
    let publish = PublishProductRequest { name: "products/other".into(), ..Default::default() };
    editor.products().publish_product(publish).await.unwrap();
    assert_eq!(web.get("/p/enamel-mug").await.status, StatusCode::OK);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_answers_the_public_exactly_like_a_missing_product() {
    let shop = Shop::open().await;
    let (editor, web) = (&shop.people.editor, shop.web());
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    rename(editor, "tin-mug").await;
    for slug in ["enamel-mug", "tin-mug", "missing-1"] {
        let page = web.get(&format!("/p/{slug}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{slug}");
        let told = web.get(&format!("/v1/products:resolveSlug?slug={slug}")).await;
        let bare = told.text().replace(slug, "…");
        let missing = web.get("/v1/products:resolveSlug?slug=missing-2").await;
        assert_eq!(bare, missing.text().replace("missing-2", "…"), "{slug}");
        let mut names: Vec<_> = told.headers.keys().cloned().collect();
        let mut missing: Vec<_> = missing.headers.keys().cloned().collect();
        names.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        missing.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        assert_eq!(names, missing, "{slug}");
    }
    let found = ResolveSlugRequest { slug: "enamel-mug".into() };
    let found = shop.people.viewer.products().resolve_slug(found).await.unwrap().into_inner();
    assert_eq!((found.product.as_str(), found.slug.as_str()), (MUG, "tin-mug"));
    for slug in ["", "Not-A-Slug", "a--b", "a/b", "%00"] {
        let request = ResolveSlugRequest { slug: slug.into() };
        let answer = refused(shop.people.anyone.products().resolve_slug(request).await);
        assert_eq!(answer, (Code::InvalidArgument, "FIELD_INVALID".into()), "{slug}");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_archived_and_brought_back_by_forms() {
    let shop = Shop::open().await;
    published(&shop.people.editor).await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let state = async || {
        let request = proto::catalog::GetProductRequest { name: MUG.into(), ..Default::default() };
        shop.people.viewer.products().get_product(request).await.unwrap().into_inner().state()
    };
    let editor = grace.open("/admin/products/mug").await;
    let archived = grace.follow(&Form::doing(&editor, "archive")).await;
    assert!(archived.text().contains("Enamel mug archived."), "{}", archived.text());
    assert!(archived.text().contains(">Archived</span>"));
    assert_eq!(state().await, State::Archived);
    assert_eq!(shop.web().get("/p/enamel-mug").await.status, StatusCode::NOT_FOUND);
    let flash = archived.text().split("id=\"flash\"").nth(1).unwrap();
    let undo = Form::all(flash).remove(0);
    assert!(undo.action.ends_with("/publish"), "{}", undo.action);
    grace.follow(&undo).await;
    assert_eq!(state().await, State::Active);

    let editor = grace.open("/admin/products/mug").await;
    let draft = grace.follow(&Form::doing(&editor, "unpublish")).await;
    let archived = grace.follow(&Form::doing(&draft, "archive")).await;
    let flash = archived.text().split("id=\"flash\"").nth(1).unwrap();
    let undo = Form::all(flash).remove(0);
    assert!(undo.action.ends_with("/unpublish"), "{}", undo.action);
    grace.follow(&undo).await;
    assert_eq!(state().await, State::Draft);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_archive_shows_what_changed() {
    let shop = Shop::open().await;
    published(&shop.people.editor).await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let editor = grace.open("/admin/products/mug").await;
    rename(&shop.people.editor, "tin-mug").await;
    let conflict = grace.submit(&Form::doing(&editor, "archive")).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    let anyway = form(&conflict, "/archive");
    assert_eq!(anyway.value("was"), "published");
    let done = grace.follow(&anyway).await;
    assert!(done.text().contains("archived"), "{}", done.text());
    let again =
        ArchiveProductRequest { name: MUG.into(), etag: "\"x-1\"".into(), ..Default::default() };
    let stale = refused(shop.people.editor.products().archive_product(again).await);
    assert_eq!(stale, (Code::Aborted, "ETAG_MISMATCH".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_administrator_deletes_for_good_and_is_asked_first() {
    let shop = Shop::open().await;
    published(&shop.people.editor).await;
    let mut ada = signed_in(&shop, "ada@shelf.example").await;
    let live = ada.open("/admin/products/mug/expunge").await;
    assert_eq!(live.header("location"), "/admin/products/mug", "it has to be deleted first");
    let refusal = refused(shop.people.admin.products().expunge_product(expunge("")).await);
    assert_eq!(refusal, (Code::FailedPrecondition, "STATE_INVALID".into()));
    let deleted = delete(&shop.people.editor).await;

    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let list = grace.open("/admin/deleted").await;
    assert!(list.text().contains("Enamel mug") && !list.text().contains("/expunge"));
    let asked = grace.open("/admin/products/mug/expunge").await;
    assert_eq!(asked.header("location"), "/admin/products/mug");

    let list = ada.open("/admin/deleted").await;
    assert!(list.text().contains("href=\"/admin/products/mug/expunge\""), "{}", list.text());
    let asked = ada.open("/admin/products/mug/expunge").await;
    assert!(asked.text().contains("Delete Enamel mug for good?"), "{}", asked.text());
    assert!(asked.text().contains("cannot be undone"));
    let sure = form(&asked, "/expunge");
    assert_eq!(grace.submit(&sure).await.status, StatusCode::FORBIDDEN);
    let (status, page) = (ada.submit(&sure).await, ada.open("/admin/deleted").await);
    assert_eq!(
        (status.status, status.header("location")),
        (StatusCode::SEE_OTHER, "/admin/deleted")
    );
    assert!(page.text().contains("The product was deleted for good."), "{}", page.text());
    assert!(!page.text().contains("Enamel mug"));
    let repeated = ada.submit(&sure).await;
    assert_eq!(repeated.status, StatusCode::SEE_OTHER, "sent twice is one effect");

    // The same id again: nothing that was known of the first one is good for the second one.
    published(&shop.people.editor).await;
    let stale = DeleteProductRequest { name: MUG.into(), etag: deleted.etag, ..Default::default() };
    let stale = refused(shop.people.editor.products().delete_product(stale).await);
    assert_eq!(stale, (Code::Aborted, "ETAG_MISMATCH".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_for_good_by_json_takes_the_etag_and_the_key() {
    let shop = Shop::open().await;
    published(&shop.people.editor).await;
    let deleted = delete(&shop.people.editor).await;
    let web = shop.web().with_token(shop.people.admin.token());
    let path = "/v1/products/mug:expunge";
    let send = async |etag: &str, key: &str, body: &serde_json::Value| {
        let ask = web.ask(Method::POST, path).header("if-match", etag);
        ask.header("idempotency-key", key).json(body).send().await
    };
    let stale = send("\"x-1\"", "k-1", &json!({})).await;
    assert_eq!(
        (stale.status, stale.reason()),
        (StatusCode::PRECONDITION_FAILED, "ETAG_MISMATCH".into())
    );
    let tried = send(&deleted.etag, "k-2", &json!({"validateOnly": true})).await;
    assert_eq!((tried.status, tried.json()), (StatusCode::OK, json!({})));
    for _ in 0..2 {
        let done = send(&deleted.etag, "k-3", &json!({})).await;
        assert_eq!((done.status, done.json()), (StatusCode::OK, json!({})));
    }
    let again = send(&deleted.etag, "k-4", &json!({})).await;
    assert_eq!(
        (again.status, again.reason()),
        (StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND".into())
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_variant_cannot_go_by_any_way() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let mug =
        editor.products().create_product(create("mug", "Enamel mug")).await.unwrap().into_inner();
    let name = mug.variants[0].name.clone();
    let request = DeleteVariantRequest { name: name.clone(), ..Default::default() };
    let by_grpc = refused(editor.variants().delete_variant(request).await);
    assert_eq!(by_grpc, (Code::FailedPrecondition, "LAST_VARIANT".into()));
    let web = shop.web().with_token(editor.token());
    let by_json = web.delete(&format!("/v1/{name}")).await;
    assert_eq!(
        (by_json.status, by_json.reason()),
        (StatusCode::BAD_REQUEST, "LAST_VARIANT".into())
    );
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let page = grace.open("/admin/products/mug").await;
    let id = name.rsplit('/').next().unwrap();
    assert!(
        Form::all(page.text()).iter().all(|form| !form.action.ends_with(&format!("{id}/delete"))),
        "not even offered"
    );
    // A page from the time when there were two of them.
    let fields = [("etag", mug.variants[0].etag.as_str()), ("request_id", "r-1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let old =
        Form { action: format!("/admin/products/mug/variants/{id}/delete"), fields: fields.into() };
    let by_form = grace.submit(&old).await;
    assert_eq!(by_form.status, StatusCode::CONFLICT);
    assert!(by_form.text().contains("keeps at least one variant"), "{}", by_form.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_told_in_the_list_and_in_the_editor() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    for (id, title, from, until, word, shown) in [
        ("a", "Ant", at(7_258_118_400), None, "Scheduled", "Public from 1 January 2200"),
        ("b", "Bee", None, at(978_307_200), "Ended", "Public until 1 January 2001"),
        ("c", "Cat", at(978_307_200), at(7_258_118_400), "Published", "Public from 1 January 2001"),
    ] {
        let mut wish = create(id, title);
        let product = wish.product.as_mut().unwrap();
        (product.publish_time, product.unpublish_time) = (from, until);
        editor.products().create_product(wish).await.unwrap();
        let publish =
            PublishProductRequest { name: format!("products/{id}"), ..Default::default() };
        editor.products().publish_product(publish).await.unwrap();
        let mut grace = signed_in(&shop, "grace@shelf.example").await;
        let list = grace.open(&format!("/admin/products?q={title}")).await;
        let state = format!("data-field=\"state\">{word}</span>");
        assert!(list.text().contains(&state), "{title}: {}", list.text());
        let page = grace.open(&format!("/admin/products/{id}")).await;
        assert!(
            page.text().contains(&state) && page.text().contains(shown),
            "{title}: {}",
            page.text()
        );
        let public = shop.web().get(&format!("/p/{}", title.to_lowercase())).await;
        assert_eq!(public.status == StatusCode::OK, word == "Published", "{title}");
    }
    shop.close().await;
}
