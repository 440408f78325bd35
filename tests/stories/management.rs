//! The pages of users, keys, the shop and one's own account, without JavaScript.

use http::StatusCode;
use tests::{
    forms::{Form, Visitor},
    people::PASSWORD,
    shop::Shop,
    web::Answer,
};

const NEW: &str = "ten enamel mugs of tin";

/// Somebody signed in by the form.
async fn signed_in(shop: &Shop, login: &str, password: &str) -> Visitor {
    Visitor::signed_in(shop.web(), login, password).await
}

async fn sign_in(visitor: &mut Visitor, login: &str, password: &str) -> Form {
    let page = visitor.open("/admin/sign-in").await;
    Form::of(&page, "/admin/sign-in").with("login", login).with("password", password)
}

fn says(page: &Answer, text: &str) {
    let flash = page.text().split("id=\"flash\"").nth(1).expect("a flash");
    assert!(flash.split("</div>").next().unwrap().contains(text), "{flash}");
}

/// The path of the link with which a page goes on, by how it begins.
fn link(page: &Answer, row: &str, end: &str) -> String {
    let rest = page.text().split(row).nth(1).unwrap_or_else(|| panic!("no {row}"));
    let mut links = rest.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap());
    links.find(|link| link.ends_with(end)).expect("a link").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_is_added_changed_and_deleted() {
    let shop = Shop::open().await;
    let mut ada = signed_in(&shop, "ada@shelf.example", PASSWORD).await;
    let page = ada.open("/admin/new-user").await;
    let new =
        Form::of(&page, "/admin/new-user").with("display_name", "Joan").with("role", "viewer");
    let refused = ada
        .submit(&new.clone().with("login", "joan@shelf.example").with("password", "password"))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = Form::of(&refused, "/admin/new-user");
    assert_eq!((again.value("login"), again.value("password")), ("joan@shelf.example", ""));
    let list = ada.follow(&again.with("password", PASSWORD)).await;
    says(&list, "The user is added");
    let mut joan = signed_in(&shop, "joan@shelf.example", PASSWORD).await;

    let one = link(&list, "joan@shelf.example", "");
    let one = one.trim_end_matches("/delete");
    let page = ada.open(one).await;
    let save = Form::of(&page, &format!("{one}/save")).with("role", "editor");
    says(&ada.follow(&save).await, "The user is saved.");
    let out = joan.open("/admin/products").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "another role ends the session");
    let stale = ada.submit(&save.with("request_id", "another")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.text());

    let password = Form::of(&page, &format!("{one}/password")).with("new_password", NEW);
    says(&ada.follow(&password).await, "The new password is set.");
    signed_in(&shop, "joan@shelf.example", NEW).await;

    let question = ada.open(&format!("{one}/delete")).await;
    assert!(question.text().contains("Delete Joan?"));
    let list = ada.follow(&Form::of(&question, &format!("{one}/delete"))).await;
    says(&list, "The user is deleted.");
    assert!(!list.text().contains("joan@shelf.example"));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_admin_cannot_be_lost() {
    let shop = Shop::open().await;
    let mut ada = signed_in(&shop, "ada@shelf.example", PASSWORD).await;
    let list = ada.open("/admin/users").await;
    let delete = link(&list, "ada@shelf.example", "/delete");
    let one = delete.trim_end_matches("/delete").to_owned();
    let question = ada.open(&delete).await;
    let page = ada.open(&one).await;
    let save = Form::of(&page, &format!("{one}/save"));
    for form in [
        Form::of(&question, &delete),
        save.clone().with("role", "viewer"),
        save.with("state", "disabled"),
    ] {
        let refused = ada.submit(&form).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", form.action);
        assert!(refused.text().contains("Make another user an admin first."));
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_shown_once_and_deleted() {
    let shop = Shop::open().await;
    let mut ada = signed_in(&shop, "ada@shelf.example", PASSWORD).await;
    let page = ada.open("/admin/keys").await;
    let form =
        Form::of(&page, "/admin/keys").with("display_name", "Nightly import").with("ttl", "7");
    let made = ada.submit(&form).await;
    assert_eq!((made.status, made.header("cache-control")), (StatusCode::OK, "no-store"));
    let secret = made.text().split("<textarea").nth(1).unwrap();
    let secret = secret.split('>').nth(1).unwrap().split('<').next().unwrap().trim().to_owned();
    assert!(secret.starts_with("shelf_key_"), "{secret}");
    let called = shop.web().with_token(&secret).get("/v1/products").await;
    assert_eq!(called.status, StatusCode::OK);

    let again = ada.submit(&form).await;
    assert!(
        again.text().contains("was made before"),
        "the form sent again makes and tells nothing"
    );
    let list = ada.open("/admin/keys").await;
    assert_eq!(list.text().matches("Nightly import").count(), 1);
    for page in [&again, &list] {
        assert!(!page.text().contains(&secret[10..]), "shown once");
    }
    let delete = link(&list, "Nightly import", "/delete");
    let question = ada.open(&delete).await;
    assert!(question.text().contains("It was last used just now."), "{}", question.text());
    says(&ada.follow(&Form::of(&question, &delete)).await, "The API key is deleted.");
    let refused = shop.web().with_token(&secret).get("/v1/products").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_gets_another_name() {
    let shop = Shop::open().await;
    let mut ada = signed_in(&shop, "ada@shelf.example", PASSWORD).await;
    let page = ada.open("/admin/shop").await;
    let form = Form::of(&page, "/admin/shop");
    let faulty = form.clone().with("default_currency", "XXQ").with("display_name", " ");
    let refused = ada.submit(&faulty).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in ["Name: ", "Currency: "] {
        assert!(refused.text().contains(wrong), "{wrong}: {}", refused.text());
    }
    let wish = form.with("display_name", "Corner shop").with("default_currency", "chf");
    says(&ada.follow(&wish).await, "The shop is saved.");
    let public = shop.web().get("/").await;
    assert!(public.text().contains("Corner shop"));
    let stale = ada.submit(&wish.with("request_id", "another")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_password_and_sessions() {
    let shop = Shop::open().await;
    let mut here = signed_in(&shop, "grace@shelf.example", PASSWORD).await;
    let mut there = signed_in(&shop, "grace@shelf.example", PASSWORD).await;
    let page = here.open("/admin/account").await;
    assert_eq!(page.text().matches("This one").count(), 1);
    let ends: Vec<_> =
        Form::all(page.text()).into_iter().filter(|form| form.action.ends_with("/end")).collect();
    assert_eq!(ends.len(), 2, "the one at the other browser, and that of the shop's beginning");
    says(&here.follow(&ends[0]).await, "The sign-in is ended.");
    assert_eq!(there.open("/admin/account").await.status, StatusCode::SEE_OTHER);

    let mut there = signed_in(&shop, "grace@shelf.example", PASSWORD).await;
    let page = here.open("/admin/account").await;
    says(
        &here.follow(&Form::of(&page, "/admin/account/end-others")).await,
        "You are signed out everywhere else.",
    );
    assert_eq!(there.open("/admin/account").await.status, StatusCode::SEE_OTHER);

    let form = Form::of(&page, "/admin/account/password").with("new_password", NEW);
    let wrong = here.submit(&form.clone().with("current_password", "not the password")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text().contains("Current password: Is not the current password."),
        "{}",
        wrong.text()
    );
    says(&here.follow(&form.with("current_password", PASSWORD)).await, "Your password is changed.");
    let mut old = Visitor::new(shop.web());
    let form = sign_in(&mut old, "grace@shelf.example", PASSWORD).await;
    assert_eq!(old.submit(&form).await.status, StatusCode::UNAUTHORIZED);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_manage_the_shop_is_not_let_in() {
    let shop = Shop::open().await;
    let mut grace = signed_in(&shop, "grace@shelf.example", PASSWORD).await;
    for path in
        ["/admin/shop", "/admin/users", "/admin/new-user", "/admin/users/linus", "/admin/keys"]
    {
        let refused = grace.open(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!refused.text().contains("linus@"), "{path} tells nothing");
    }
    let own = grace.open("/admin/account").await;
    assert!(
        own.text().contains("grace@shelf.example") && !own.text().contains("href=\"/admin/users\"")
    );
    let fields = [("display_name", "Import"), ("role", "admin"), ("ttl", "7")];
    let forged = Form {
        action: "/admin/keys".into(),
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
    };
    assert_eq!(grace.submit(&forged).await.status, StatusCode::FORBIDDEN);
    shop.close().await;
}
