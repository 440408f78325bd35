//! The pages of users, keys and the shop, and of one's own account.

use proto::{
    access::{
        ApiKey, ListApiKeysResponse, ListSessionsResponse, ListUsersResponse, Role, Session, User,
    },
    catalog::Shop as Settings,
};

use super::*;

const TIME: prost_types::Timestamp = prost_types::Timestamp { seconds: 1_790_000_000, nanos: 0 };

fn user(name: &str) -> User {
    User {
        name: "users/grace".into(),
        etag: "\"u1\"".into(),
        login: "grace@shop.example".into(),
        display_name: name.into(),
        role: Role::Editor.into(),
        update_time: Some(TIME),
        ..Default::default()
    }
}

fn key(name: &str) -> ApiKey {
    ApiKey {
        name: "apiKeys/k1".into(),
        etag: "\"k1\"".into(),
        display_name: name.into(),
        role: Role::Viewer.into(),
        expire_time: Some(TIME),
        ..Default::default()
    }
}

fn session(id: &str, current: bool, name: &str) -> Session {
    let (name, user) = (format!("sessions/{id}"), Some(user(name)));
    let times = Some(TIME);
    Session { name, user, current, create_time: times, last_use_time: times, ..Default::default() }
}

/// A shop seen by an admin, with one of each that is called so.
fn shop(name: &str) -> Shop {
    let shop = Shop::with(product()).seen_by(Role::Admin);
    shop.tell("GetUser", &user(name));
    shop.tell("ListUsers", &ListUsersResponse { users: vec![user(name)], ..Default::default() });
    shop.tell("GetApiKey", &key(name));
    let keys = ListApiKeysResponse { api_keys: vec![key(name)], ..Default::default() };
    shop.tell("ListApiKeys", &keys);
    let sessions = vec![session("s1", true, name), session("s2", false, name)];
    shop.tell("ListSessions", &ListSessionsResponse { sessions, ..Default::default() });
    shop
}

const PAGES: [&str; 8] = [
    "/admin/account",
    "/admin/shop",
    "/admin/users",
    "/admin/new-user",
    "/admin/users/grace",
    "/admin/users/grace/delete",
    "/admin/keys",
    "/admin/keys/k1/delete",
];

#[tokio::test]
async fn hostile_names_stay_texts() {
    for path in PAGES {
        let (status, page) = body(shop(HOSTILE).get(path).await).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        assert_stays_text(&page, path);
    }
}

#[tokio::test]
async fn every_page_is_well_made() {
    for path in PAGES {
        let (status, page) = body(shop("Grace").get(path).await).await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
        assert_well_made(&page, path);
    }
}

#[tokio::test]
async fn only_admins_are_led_to_the_shops_keeping_and_let_in() {
    for (role, may) in [(Role::Viewer, false), (Role::Editor, false), (Role::Admin, true)] {
        let shop = shop("Grace").seen_by(role);
        let list = body(shop.get("/admin/products").await).await.1;
        assert_eq!(list.contains("href=\"/admin/shop\""), may, "for {role:?}");
        let settings = body(shop.get("/admin/shop").await).await.1;
        for path in ["/admin/users", "/admin/keys"] {
            assert_eq!(settings.contains(&format!("href=\"{path}\"")), may, "{path} for {role:?}");
        }
        assert!(list.contains("href=\"/admin/account\""), "everybody has an account");
        for path in PAGES.into_iter().filter(|path| *path != "/admin/account") {
            let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(shop.get(path).await.status(), expected, "{path} for {role:?}");
        }
        assert_eq!(shop.get("/admin/account").await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_key_is_shown_on_the_page_that_answers_its_form_and_kept_nowhere() {
    let shop = shop("Import");
    let made = ApiKey { secret: "shelf_key_secret".into(), ..key("Import") };
    shop.tell("CreateApiKey", &made);
    let form = [("display_name", "Import"), ("role", "viewer"), ("ttl", "30")];
    let response = shop.post("/admin/keys", &form).await;
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let (status, page) = body(response).await;
    assert_eq!((status, page.matches("shelf_key_secret").count()), (StatusCode::OK, 1), "{page}");

    // Sent again, the service answers without the secret.
    shop.tell("CreateApiKey", &key("Import"));
    let (_, page) = body(shop.post("/admin/keys", &form).await).await;
    assert!(page.contains("was made before"), "{page}");
}

#[tokio::test]
async fn a_refused_key_keeps_what_was_typed() {
    let shop = shop("Import");
    let refused = stub::violations(&[("api_key.display_name", "must not be empty")]);
    let shop = shop.refusing("CreateApiKey", refused);
    let form = [("display_name", " "), ("role", "admin"), ("ttl", "7")];
    let (status, page) = body(shop.post("/admin/keys", &form).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Name: Must not be empty."), "{page}");
    for chosen in ["value=\"admin\" selected", "value=\"7\" selected"] {
        assert!(page.contains(chosen), "{chosen}: {page}");
    }
}

#[tokio::test]
async fn a_stale_save_of_the_shop_shows_what_it_is_now() {
    let shop = shop("Grace").refusing("UpdateShop", refusal(Code::Aborted, "ETAG_MISMATCH"));
    let now = Settings {
        name: "shop".into(),
        etag: "\"s9\"".into(),
        display_name: "Corner shop".into(),
        default_currency: "EUR".into(),
        default_language: "en".into(),
        ..Default::default()
    };
    shop.tell("GetShop", &now);
    let typed = [
        ("etag", "\"s1\""),
        ("display_name", "High street"),
        ("default_currency", "eur"),
        ("default_language", "en"),
    ];
    let (status, page) = body(shop.post("/admin/shop", &typed).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Somebody else has made this “Corner shop” meanwhile."), "{page}");
    assert!(page.contains("value=\"High street\""), "what was typed stays");
    assert!(page.contains("value=\"&#34;s9&#34;\""), "saving again replaces what was seen: {page}");
    assert!(!page.contains("“EUR”"), "only the field that differs: {page}");
}

#[tokio::test]
async fn a_refused_save_of_a_user_keeps_what_was_typed() {
    let form = [
        ("display_name", "Grace"),
        ("login", "g@shop.example"),
        ("role", "viewer"),
        ("state", "disabled"),
    ];
    let last =
        shop("Grace").refusing("UpdateUser", refusal(Code::FailedPrecondition, "LAST_ADMIN"));
    let (status, page) = body(last.post("/admin/users/grace/save", &form).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Make another user an admin first."), "{page}");
    for kept in
        ["value=\"g@shop.example\"", "value=\"viewer\" selected", "value=\"disabled\" selected"]
    {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    let stale = shop("Grace").refusing("UpdateUser", refusal(Code::Aborted, "ETAG_MISMATCH"));
    let (status, page) = body(stale.post("/admin/users/grace/save", &form).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for now in ["“grace@shop.example”", "“Editor”", "“May sign in”"] {
        assert!(page.contains(now), "{now}: {page}");
    }
}

#[tokio::test]
async fn the_last_admin_is_not_deleted_and_the_page_says_why() {
    let shop =
        shop("Grace").refusing("DeleteUser", refusal(Code::FailedPrecondition, "LAST_ADMIN"));
    let (status, page) =
        body(shop.post("/admin/users/grace/delete", &[("etag", "\"u1\"")]).await).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Make another user an admin first.") && page.contains("Keep"), "{page}");
}

#[tokio::test]
async fn ending_the_other_sessions_leaves_the_one_of_the_call() {
    let shop = shop("Grace");
    shop.tell("DeleteSession", &());
    let response = shop.post("/admin/account/end-others", &[]).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(shop.calls("DeleteSession"), 1);
}
