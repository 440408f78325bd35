//! A form that is sent when the sign-in has ended: it waits in the page, and goes on when its sender says so.

use http::StatusCode;
use proto::{
    access::{DeleteSessionRequest, ListSessionsRequest},
    catalog::GetProductRequest,
};
use tests::{
    forms::{Form, Visitor},
    goods::create,
    people::PASSWORD,
    shop::Shop,
    web::Answer,
};

const RESUME: &str = "/admin/resume";

async fn signed_in(shop: &Shop, login: &str) -> Visitor {
    Visitor::signed_in(shop.web(), login, PASSWORD).await
}

/// The name of a new product.
async fn enamel_mug(shop: &Shop) -> String {
    let wish = create("mug", "Enamel mug");
    shop.people.editor.products().create_product(wish).await.unwrap().into_inner().name
}

/// Ends the newest session of the editor from elsewhere: the browser still has its cookie.
async fn end_newest_session(shop: &Shop) {
    let grace = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let all = grace.sessions().list_sessions(ListSessionsRequest::default()).await.unwrap();
    let newest = all.into_inner().sessions.into_iter().find(|session| !session.current).unwrap();
    let end = DeleteSessionRequest { name: newest.name, ..Default::default() };
    grace.sessions().delete_session(end).await.unwrap();
}

/// Somebody whose session ends while the question of a delete is open.
struct Interrupted {
    name: String,
    grace: Visitor,
    form: Form,
}

impl Interrupted {
    async fn in_a_delete(shop: &Shop) -> Self {
        let name = enamel_mug(shop).await;
        let mut grace = signed_in(shop, "grace@shelf.example").await;
        let delete = format!("/admin/{name}/delete");
        let form = Form::of(&grace.open(&delete).await, &delete);
        end_newest_session(shop).await;
        Self { name, grace, form }
    }
}

/// The form of the sign-in in mid-action, filled in.
fn sign_in(page: &Answer, login: &str) -> Form {
    assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{}", page.text());
    Form::of(page, RESUME).with("login", login).with("password", PASSWORD)
}

async fn is_deleted(shop: &Shop, name: &str) -> bool {
    let request = GetProductRequest { name: name.to_owned(), ..Default::default() };
    let product = shop.people.viewer.products().get_product(request).await.unwrap();
    product.into_inner().delete_time.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_after_the_session_goes_on_once_its_sender_says_so() {
    let shop = Shop::open().await;
    let Interrupted { name, mut grace, form } = Interrupted::in_a_delete(&shop).await;

    let refused = grace.submit(&form).await;
    let asked = grace.submit(&sign_in(&refused, "grace@shelf.example")).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text());
    assert!(asked.text().contains("Continue: delete <em>Enamel mug</em>?"), "{}", asked.text());
    assert!(!is_deleted(&shop, &name).await, "nothing is done before it is said");

    let go_on = Form::of(&asked, &form.action);
    assert_eq!(go_on.value("request_id"), form.value("request_id"));
    let done = grace.follow(&go_on).await;
    assert!(done.text().contains("Enamel mug deleted."), "{}", done.text());
    assert!(is_deleted(&shop, &name).await);
    // The same form once more is the same request.
    let again = grace.follow(&go_on).await;
    assert!(again.text().contains("Enamel mug deleted."), "{}", again.text());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_after_a_sign_out_is_saved_once_its_sender_says_so() {
    let shop = Shop::open().await;
    let name = enamel_mug(&shop).await;
    let mut grace = signed_in(&shop, "grace@shelf.example").await;
    let page = grace.open(&format!("/admin/{name}")).await;
    let save = format!("/admin/{name}/save");
    let typed = Form::of(&page, &save).with("title", "Tin mug").with("description", "One\n\nTwo");
    grace.submit(&Form::of(&page, "/admin/sign-out")).await;

    let refused = grace.submit(&typed).await;
    assert!(!refused.text().contains("Tin mug"), "{}", refused.text());
    let asked = grace.submit(&sign_in(&refused, "grace@shelf.example")).await;
    let saved = grace.follow(&Form::of(&asked, &save)).await;
    assert!(saved.text().contains("Tin mug saved."), "{}", saved.text());
    assert_eq!(Form::of(&saved, &save).value("description"), "One\n\nTwo");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_who_signs_in_does_not_get_it() {
    let shop = Shop::open().await;
    let Interrupted { name, mut grace, form } = Interrupted::in_a_delete(&shop).await;

    let refused = grace.submit(&form).await;
    let told = grace.submit(&sign_in(&refused, "ada@shelf.example")).await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    assert!(told.text().contains("another person"), "{}", told.text());
    assert!(told.text().contains("You are signed in as Ada"), "{}", told.text());
    assert!(Form::all(told.text()).iter().all(|other| other.action != form.action));
    assert!(!is_deleted(&shop, &name).await);
    assert_eq!(grace.open("/admin/users").await.status, StatusCode::OK, "Ada is signed in");
    shop.close().await;
}
