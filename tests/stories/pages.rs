//! The pages without JavaScript: every change is a form, a POST, a 303 and a page that says what happened.

use http::{Method, StatusCode};
use proto::catalog::PublishProductRequest;
use tests::{
    forms::{Form, Visitor, next_link},
    goods::create,
    people::PASSWORD,
    shop::Shop,
    web::Answer,
};

/// Somebody signed in by the form.
async fn signed_in(shop: &Shop, login: &str) -> Visitor {
    Visitor::signed_in(shop.web(), login, PASSWORD).await
}

/// The first form of a page whose action ends so.
fn form(page: &Answer, end: &str) -> Form {
    let all = Form::all(page.text());
    let found = all.into_iter().find(|form| form.action.ends_with(end));
    found.unwrap_or_else(|| panic!("no form to `…{end}`: {}", page.text()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_is_made_by_the_link() {
    let shop = Shop::unsettled().await;
    let mut visitor = Visitor::new(shop.web());
    let page = visitor.open("/admin/setup").await;
    assert_eq!(page.status, StatusCode::OK);
    let filled = Form::of(&page, "/admin/setup")
        .with("token", shop.setup_token())
        .with("login", "ada@shelf.example")
        .with("password", PASSWORD);
    let home = visitor.follow(&filled).await;
    assert!(home.text().contains(">Products</h1>"), "{}", home.text());
    form(&home, "sign-out");
    let mut other = Visitor::new(shop.web());
    let again = other.submit(&filled).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "the link works once: {}", again.text());
    assert_eq!(again.header("set-cookie"), "", "and signs nobody in");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_out_and_what_a_wrong_password_keeps() {
    let shop = Shop::open().await;
    let mut visitor = Visitor::new(shop.web());
    let asked = visitor.open("/admin/products").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text());
    assert_eq!(asked.header("location"), "/admin/sign-in?return_to=%2Fadmin%2Fproducts");
    let page = visitor.open("/admin/sign-in").await;
    assert!(page.header("cache-control").contains("no-store"));
    let wrong = Form::of(&page, "/admin/sign-in")
        .with("login", "grace@shelf.example")
        .with("password", "not it at all");
    let refused = visitor.submit(&wrong).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.text());
    assert_eq!(
        Form::of(&refused, "/admin/sign-in").value("login"),
        "grace@shelf.example",
        "the login stays"
    );
    assert_eq!(Form::of(&refused, "/admin/sign-in").value("password"), "", "the password does not");

    let mut visitor = signed_in(&shop, "grace@shelf.example").await;
    let list = visitor.open("/admin/products").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(list.text().contains("Grace"), "who is signed in");
    visitor.follow(&form(&list, "sign-out")).await;
    let after = visitor.open("/admin/products").await;
    assert_eq!(after.status, StatusCode::SEE_OTHER, "{}", after.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_is_known_by_its_form_and_sent_twice_is_one_effect() {
    let shop = Shop::open().await;
    let mut visitor = signed_in(&shop, "grace@shelf.example").await;
    let first = form(&visitor.open("/admin/products").await, "sign-out");
    let second = form(&visitor.open("/admin/deleted").await, "sign-out");
    let ids = [first.value("request_id"), second.value("request_id")];
    assert!(ids.iter().all(|id| !id.is_empty()) && ids[0] != ids[1], "{ids:?}");
    // The service is told the id: one that it does not take ends nothing.
    let refused = visitor.submit(&first.clone().with("request_id", "two words")).await;
    assert!(refused.status.is_client_error(), "{}: {}", refused.status, refused.text());
    assert_eq!(visitor.open("/admin/products").await.status, StatusCode::OK);
    for time in ["once", "twice"] {
        let out = visitor.submit(&first).await;
        assert_eq!(out.header("location"), "/admin/sign-in?signed-out=1", "{time}");
    }
    assert_eq!(visitor.open("/admin/products").await.status, StatusCode::SEE_OTHER);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_created_edited_deleted_and_undone_by_forms() {
    let shop = Shop::open().await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let page = grace.open("/admin/new-product").await;
    let wish = Form::of(&page, "/admin/new-product").with("title", "Enamel mug");
    let created = grace.follow(&wish).await;
    assert!(created.text().contains("Enamel mug"), "{}", created.text());
    assert!(created.text().contains("id=\"flash\""), "says what happened");

    let save = form(&created, "/save").with("title", "Tin mug");
    let saved = grace.follow(&save).await;
    assert!(saved.text().contains("Tin mug"));
    assert_eq!(form(&saved, "/save").value("title"), "Tin mug");

    let list = grace.open("/admin/products").await;
    assert!(list.text().contains("Tin mug"));
    let deleted = grace.follow(&Form::of_row(&list, "delete")).await;
    let flash = deleted.text().split("id=\"flash\"").nth(1).expect("a flash").to_owned();
    assert!(flash.contains("Undo"), "{flash}");
    let reload = grace.open("/admin/products").await;
    assert!(!reload.text().contains("id=\"flash\""), "a flash is shown once");
    assert!(!reload.text().contains("Tin mug"), "reload repeats nothing and the product is gone");

    let recently = grace.open("/admin/deleted").await;
    assert!(recently.text().contains("Tin mug"));
    let undone = grace.follow(&form(&deleted, "/undelete")).await;
    assert!(undone.text().contains("Tin mug"), "{}", undone.text());
    let published = grace.follow(&Form::of_row(&undone, "publish")).await;
    assert!(published.text().contains("Tin mug"));
    let public = shop.web().get("/").await;
    assert!(public.text().contains("Tin mug"), "{}", public.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_is_one_effect() {
    let shop = Shop::open().await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let page = grace.open("/admin/new-product").await;
    let wish = Form::of(&page, "/admin/new-product").with("title", "Enamel mug");
    let first = grace.submit(&wish).await;
    let second = grace.submit(&wish).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(first.header("location"), second.header("location"));
    let all = shop.web().with_token(shop.people.viewer.token()).get("/v1/products").await.json();
    assert_eq!(all["totalSize"], 1);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_form_keeps_what_was_typed() {
    let shop = Shop::open().await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let page = grace.open("/admin/new-product").await;
    let wish = Form::of(&page, "/admin/new-product")
        .with("title", "")
        .with("slug", "NOT A SLUG")
        .with("brand", "Emalia & Söhne <b>");
    let refused = grace.submit(&wish).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let kept = Form::of(&refused, "/admin/new-product");
    assert_eq!((kept.value("slug"), kept.value("brand")), ("NOT A SLUG", "Emalia & Söhne <b>"));
    assert!(!refused.text().contains("<b>"), "escaped");
    let corrected = kept.with("title", "Enamel mug").with("slug", "enamel-mug");
    grace.follow(&corrected).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_form_answers_409_and_keeps_the_values() {
    let shop = Shop::open().await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    shop.people.editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let mine = grace.open("/admin/products/mug").await;
    let mut ada = signed_in(&shop, "ada@shelf.example").await;
    let theirs = ada.open("/admin/products/mug").await;
    ada.follow(&form(&theirs, "/save").with("title", "Tin mug")).await;
    let conflict = grace.submit(&form(&mine, "/save").with("title", "Clay mug")).await;
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.text());
    for word in ["Ada", "Tin mug", "Clay mug"] {
        assert!(conflict.text().contains(word), "{word}: {}", conflict.text());
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_from_elsewhere_and_without_a_session_change_nothing() {
    let shop = Shop::open().await;
    shop.people.editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let grace = signed_in(&shop, "grace@shelf.example").await;
    let delete = |site: &str| {
        let ask = shop.web().ask(Method::POST, "/admin/products/mug/delete");
        ask.form(&[("etag", ""), ("request_id", "r")]).header("sec-fetch-site", site)
    };
    let foreign = delete("cross-site").header("cookie", &grace.cookie()).send().await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let stranger = delete("same-origin").send().await;
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{}", stranger.text());
    let by_get = shop.web().with("cookie", &grace.cookie()).get("/admin/products/mug/delete").await;
    assert_eq!(by_get.status, StatusCode::OK, "{}", by_get.text());
    assert!(by_get.text().contains("Delete Enamel mug?"), "a GET asks: {}", by_get.text());
    let still =
        shop.web().with_token(shop.people.viewer.token()).get("/v1/products/mug").await.json();
    assert_eq!(still.get("deleteTime"), None);
    let mut viewer = signed_in(&shop, "linus@shelf.example").await;
    let form = Form {
        action: "/admin/products/mug/delete".into(),
        fields: vec![("etag".into(), String::new()), ("request_id".into(), "r".into())],
    };
    assert_eq!(viewer.submit(&form).await.status, StatusCode::FORBIDDEN);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_its_headers() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    editor.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let publish = PublishProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().publish_product(publish).await.unwrap();
    for (path, status) in [
        ("/", 200),
        ("/p/enamel-mug", 200),
        ("/p/nothing", 404),
        ("/nothing", 404),
        ("/admin/sign-in", 200),
    ] {
        let page = shop.web().get(path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(page.header("server"), "", "{path}");
        assert!(
            !page.text().contains("<script>") && !page.text().contains(" style="),
            "{path}: nothing inline"
        );
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_the_admin_is_paged_to_the_end_by_its_links() {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    let requests = (0..130)
        .map(|number| create(&format!("p{number:03}"), &format!("Product {number:03}")))
        .collect();
    let batch = proto::catalog::BatchCreateProductsRequest { requests, ..Default::default() };
    editor.products().batch_create_products(batch).await.unwrap();
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let mut path = Some("/admin/products".to_owned());
    let mut seen = std::collections::BTreeSet::new();
    let mut pages = 0;
    while let Some(next) = path {
        let page = grace.open(&next).await;
        assert_eq!(page.status, StatusCode::OK, "{next}");
        seen.extend(
            (0..130).filter(|number| page.text().contains(&format!("Product {number:03}"))),
        );
        pages += 1;
        assert!(pages < 20, "the list ends");
        path = next_link(page.text());
    }
    assert_eq!(seen.len(), 130, "in {pages} pages");
    shop.close().await;
}
