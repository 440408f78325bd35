//! A form whose sender is not signed in any more: it waits, sealed, and is nobody else's.

use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use tonic::Code;

use super::{
    HOSTILE, assert_stays_text, assert_well_made, hostile, product,
    stub::{Shop, body, form_key, refusal},
};
use crate::{
    clock,
    pages::fields::Fields,
    session::{GOOD_FOR, Opened, Parked, last_user},
};

const SAVE: &str = "/admin/products/mug/save";
const DELETE: &str = "/admin/products/mug/delete";

/// A form that somebody sent to an address some time ago, as the page of the sign-in holds it.
fn sealed(user: &str, target: &str, form: &str, sent: Timestamp) -> String {
    form_key().seal(&Parked::since(sent, user, target, form.to_owned()))
}

/// What comes of signing in with it. Whoever signs in here is a user without a name.
async fn resumed(shop: &Shop, sealed: &str) -> (StatusCode, String) {
    let form = [("login", "ada@example.org"), ("password", "correct horse"), ("parked", sealed)];
    body(shop.post("/admin/resume", &form).await).await
}

fn own() -> String {
    last_user::mark("")
}

/// The value of the field that holds what waits.
fn parked(page: &str) -> &str {
    let (_, rest) = page.split_once(r#"name="parked" value=""#).unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap()
}

fn opened(page: &str) -> Parked {
    match form_key().open(parked(page), clock::now()) {
        Opened::Good(parked) => parked,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_post_without_a_session_waits_sealed_with_every_value_but_passwords() {
    let expired = || refusal(Code::Unauthenticated, "SESSION_EXPIRED");
    let shop = Shop::with(product()).refusing("UpdateProduct", expired());
    let form = [
        ("title", "Mug <b>"),
        ("etag", "\"v1\""),
        ("description", "One\nTwo"),
        ("new_password", "swordfish"),
    ];
    let response = shop.post(SAVE, &form).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let (status, page) = body(response).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_well_made(&page, SAVE);
    for secret in ["Mug", "One", "swordfish", "v1"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
    assert!(page.contains("A password is not kept."), "{page}");
    let waits = opened(&page);
    assert_eq!((waits.target.as_str(), waits.user.as_str()), (SAVE, ""));
    let fields = Fields::parse(waits.form.as_bytes());
    assert_eq!((fields.get("title"), fields.get("description")), ("Mug <b>", "One\nTwo"));
    assert_eq!(fields.find("new_password"), None);
}

#[tokio::test]
async fn the_one_who_sent_it_is_asked_and_nothing_is_done_before() {
    let shop = Shop::with(product());
    let form = "etag=%22v1%22&request_id=r1&return_to=%2Fadmin%2Fproducts%3Fq%3Dmug";
    let sealed = sealed(&own(), DELETE, form, clock::now());
    let form = [("login", "ada@example.org"), ("password", "x"), ("parked", sealed.as_str())];
    let response = shop.post("/admin/resume", &form).await;
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    let names: Vec<_> =
        cookies.map(|set| set.to_str().unwrap().split('=').next().unwrap()).collect();
    assert_eq!(names, ["__Host-sid", "__Host-last", "shelf-sid", "shelf-last"]);
    let (status, page) = body(response).await;
    assert_eq!(status, StatusCode::OK);
    assert_well_made(&page, DELETE);
    assert!(page.contains("Continue: delete <em>Enamel mug</em>?"), "{page}");
    assert!(page.contains(&format!(r#"method="post" action="{DELETE}""#)));
    assert!(page.contains(r#"name="request_id""#) && page.contains("\nr1</textarea>"));
    assert!(page.contains(r#"href="/admin/products?q=mug">Cancel"#), "{page}");
    assert!(!page.contains("not known"), "{page}");
    assert!(!shop.was_called("DeleteProduct"));
}

#[tokio::test]
async fn where_it_is_not_known_who_sent_it_the_question_says_so() {
    let shop = Shop::with(product());
    let (status, page) = resumed(&shop, &sealed("", DELETE, "etag=1", clock::now())).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("It is not known whether it was you"), "{page}");
}

#[tokio::test]
async fn another_users_form_is_dropped_and_it_says_so_fresh_or_not() {
    for age in [SignedDuration::ZERO, GOOD_FOR] {
        let shop = Shop::with(product());
        let form = "title=Secret+plan&etag=1";
        let waits = sealed(&last_user::mark("users/grace"), SAVE, form, clock::now() - age);
        let (status, page) = resumed(&shop, &waits).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(page.contains("another person") && page.contains("Ada"), "{page}");
        assert!(!page.contains("Secret plan") && !page.contains(&waits), "{page}");
        assert!(!shop.was_called("UpdateProduct"));
    }
}

#[tokio::test]
async fn what_has_waited_too_long_is_not_done_and_what_was_typed_is_shown() {
    let shop = Shop::with(product());
    let form = "title=Mug+%3Cb%3E&description=One%0ATwo&etag=%22v1%22&request_id=r1";
    let waits = sealed(&own(), SAVE, form, clock::now() - GOOD_FOR);
    let (status, page) = resumed(&shop, &waits).await;
    assert_eq!(status, StatusCode::GONE);
    assert_well_made(&page, SAVE);
    assert!(page.contains("save your changes to Enamel mug"), "{page}");
    assert!(page.contains("Mug &#60;b&#62;") && page.contains("One\nTwo"), "{page}");
    assert!(page.contains(r#"href="/admin/products/mug""#), "the way to do it again");
    assert!(!page.contains("r1") && !page.contains("v1\""), "nothing of the page's own: {page}");
    assert!(!shop.was_called("UpdateProduct"));
}

#[tokio::test]
async fn what_was_changed_on_its_way_is_not_read_and_it_says_what_to_do() {
    let shop = Shop::with(product());
    let mut waits = sealed(&own(), DELETE, "etag=1", clock::now()).into_bytes();
    waits[40] ^= 1;
    for waits in [String::from_utf8(waits).unwrap().as_str(), "", "nonsense"] {
        let (status, page) = resumed(&shop, waits).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("cannot be read") && page.contains("send it again"), "{page}");
    }
    assert!(!shop.was_called("DeleteProduct"));
}

#[rstest]
#[case(Code::Unauthenticated, "CREDENTIALS_INVALID", StatusCode::UNAUTHORIZED, "does not match")]
#[case(Code::ResourceExhausted, "RATE_LIMITED", StatusCode::TOO_MANY_REQUESTS, "Too many attempts")]
#[case(Code::Unavailable, "STORE_UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE, "cannot reach")]
#[tokio::test]
async fn whatever_stands_in_the_way_of_the_sign_in_what_waits_is_kept_and_the_login(
    #[case] code: Code,
    #[case] reason: &str,
    #[case] expected: StatusCode,
    #[case] words: &str,
) {
    let shop = Shop::with(product()).refusing("CreateSession", refusal(code, reason));
    let waits = sealed(&own(), DELETE, "etag=1", clock::now());
    let (status, page) = resumed(&shop, &waits).await;
    assert_eq!(status, expected);
    assert_eq!(parked(&page), waits);
    assert!(page.contains(words), "{page}");
    assert!(page.contains("ada@example.org") && !page.contains("correct horse"), "{page}");
}

#[tokio::test]
async fn the_largest_form_can_wait_and_more_than_its_sealed_form_needs_is_refused() {
    let limits = crate::config::Limits::default().sizes;
    let expired = refusal(Code::Unauthenticated, "SESSION_EXPIRED");
    let shop = Shop::with(product()).refusing("UpdateProduct", expired);
    let longest = "x".repeat(limits.form - "title=".len());
    let (status, page) = body(shop.post(SAVE, &[("title", &longest)]).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, page) = resumed(&shop, parked(&page)).await;
    assert_eq!(status, StatusCode::OK, "{}", &page[..500]);
    assert!(page.contains(&longest));

    let most = limits.resume - "parked=".len();
    for (length, expected) in
        [(most, StatusCode::BAD_REQUEST), (most + 1, StatusCode::PAYLOAD_TOO_LARGE)]
    {
        let (status, _) =
            body(shop.post("/admin/resume", &[("parked", &"x".repeat(length))]).await).await;
        assert_eq!(status, expected, "{length}");
    }
}

#[tokio::test]
async fn a_hostile_form_stays_text_wherever_it_is_shown() {
    let shop = Shop::with(hostile());
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("title", HOSTILE), ("description", HOSTILE), (HOSTILE, HOSTILE)])
        .finish();
    for age in [SignedDuration::ZERO, GOOD_FOR] {
        let waits = sealed(&own(), SAVE, &form, clock::now() - age);
        assert_stays_text(&resumed(&shop, &waits).await.1, SAVE);
    }
}

#[tokio::test]
async fn the_address_alone_leads_to_the_products() {
    let response = Shop::with(product()).get("/admin/resume").await;
    assert_eq!(response.headers()[header::LOCATION], "/admin/products");
}
