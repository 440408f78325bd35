//! Users, their passwords and sessions, and API keys, over real sockets: by gRPC and by JSON alike.

use http::StatusCode;
use prost_types::FieldMask;
use proto::access::{
    ApiKey, ChangePasswordRequest, CreateApiKeyRequest, DeleteApiKeyRequest, DeleteSessionRequest,
    DeleteUserRequest, GetSessionRequest, ListApiKeysRequest, ListSessionsRequest, Role,
    UpdateUserRequest, User,
};
use serde_json::json;
use tests::{
    errors::{fields, refused},
    goods::create,
    people::{PASSWORD, Person},
    shop::Shop,
};
use tonic::Code;

const NEW: &str = "ten enamel mugs of tin";

fn new_key(name: &str, role: Role) -> CreateApiKeyRequest {
    let key = ApiKey { display_name: name.into(), role: role.into(), ..Default::default() };
    CreateApiKeyRequest { api_key: Some(key), ..Default::default() }
}

/// A program with a key that an admin made for it.
async fn program(shop: &Shop, role: Role) -> (ApiKey, Person) {
    let made = shop.people.admin.api_keys().create_api_key(new_key("Import", role)).await;
    let key = made.unwrap().into_inner();
    let person = Person::with_token(shop.channel(), key.secret.clone());
    (key, person)
}

fn change(id: &str, user: User, path: &str) -> UpdateUserRequest {
    UpdateUserRequest {
        user: Some(User { name: format!("users/{id}"), ..user }),
        update_mask: Some(FieldMask { paths: vec![path.into()] }),
        ..Default::default()
    }
}

fn own() -> GetSessionRequest {
    GetSessionRequest { name: "sessions/-".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_calls_with_its_key_by_grpc_and_by_json() {
    let shop = Shop::open().await;
    let (key, program) = program(&shop, Role::Editor).await;
    let made = program.products().create_product(create("mug", "Enamel mug")).await.unwrap();
    let actor = made.into_inner().update_actor.unwrap();
    assert_eq!((&actor.name, actor.display_name.as_str()), (&key.name, "Import"));

    let web = shop.web().with_token(&key.secret);
    let renamed = web.patch("/v1/products/mug", &json!({ "title": "Tin mug" })).await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.text());
    assert_eq!(renamed.json()["updateActor"]["displayName"], "Import");
    let users = web.get("/v1/users").await;
    assert_eq!((users.status, users.reason().as_str()), (StatusCode::FORBIDDEN, "ROLE_MISSING"));
    let cookie = format!("__Host-sid={}", key.secret);
    let by_cookie = shop.web().with_cookie(&cookie).get("/v1/users").await;
    assert_eq!(by_cookie.status, StatusCode::UNAUTHORIZED, "a key is no cookie");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_deleted_opens_nothing() {
    let shop = Shop::open().await;
    let (key, program) = program(&shop, Role::Viewer).await;
    program.products().list_products(proto::catalog::ListProductsRequest::default()).await.unwrap();
    let listed = shop.people.admin.api_keys().list_api_keys(ListApiKeysRequest::default()).await;
    let listed = listed.unwrap().into_inner().api_keys;
    assert_eq!((listed.len(), listed[0].secret.as_str()), (1, ""));
    assert!(listed[0].last_use_time.is_some());

    let delete = DeleteApiKeyRequest { name: key.name, etag: key.etag, ..Default::default() };
    shop.people.admin.api_keys().delete_api_key(delete).await.unwrap();
    let list = proto::catalog::ListProductsRequest::default();
    let ended = refused(program.products().list_products(list).await);
    assert_eq!(ended, (Code::Unauthenticated, "CREDENTIALS_INVALID".into()));
    let by_json = shop.web().with_token(&key.secret).get("/v1/products").await;
    assert_eq!(by_json.status, StatusCode::UNAUTHORIZED);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_once_by_json_and_its_secret_told_once() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.admin.token());
    let key = json!({ "displayName": "Import", "role": "ROLE_VIEWER", "ttl": "3600s" });
    let repeatable = web.with("idempotency-key", "once");
    let made = repeatable.post("/v1/apiKeys", &key).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert_eq!(made.header("cache-control"), "no-store");
    let again = repeatable.post("/v1/apiKeys", &key).await;
    assert_eq!(again.json()["name"], made.json()["name"]);
    assert!(made.json()["secret"].as_str().unwrap().starts_with("shelf_key_"));
    assert_eq!(again.json()["secret"], "");
    let other = json!({ "displayName": "Other", "role": "ROLE_VIEWER" });
    assert_eq!(repeatable.post("/v1/apiKeys", &other).await.reason(), "REQUEST_ID_REUSED");

    let faulty = web.post("/v1/apiKeys", &json!({ "ttl": "31622401s" })).await;
    assert_eq!(faulty.status, StatusCode::BAD_REQUEST, "{}", faulty.text());
    let path = format!("/v1/{}", made.json()["name"].as_str().unwrap());
    let stale = web.with("if-match", "\"another-1\"").delete(&path).await;
    assert_eq!(
        (stale.status, stale.reason().as_str()),
        (StatusCode::PRECONDITION_FAILED, "ETAG_MISMATCH")
    );
    assert_eq!(web.delete(&path).await.status, StatusCode::OK);
    assert_eq!(web.get(&path).await.status, StatusCode::NOT_FOUND);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_taken_away_is_felt_at_once() {
    let shop = Shop::open().await;
    let people = &shop.people;
    let viewer = User { role: Role::Viewer.into(), ..Default::default() };
    let changed = people.admin.users().update_user(change("grace", viewer, "role")).await.unwrap();
    assert_eq!(changed.into_inner().role(), Role::Viewer);
    let ended = refused(people.editor.sessions().get_session(own()).await);
    assert_eq!(ended, (Code::Unauthenticated, "SESSION_EXPIRED".into()));
    let again = people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let write = refused(again.products().create_product(create("mug", "Enamel mug")).await);
    assert_eq!(write, (Code::PermissionDenied, "ROLE_MISSING".into()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_disabled_or_deleted_is_out_with_their_keys() {
    let shop = Shop::open().await;
    let people = &shop.people;
    let eve = people.admin.invite("eve", "Eve", Role::Admin).await.unwrap();
    let key = eve.api_keys().create_api_key(new_key("Eve's", Role::Admin)).await.unwrap();
    let program = Person::with_token(shop.channel(), key.into_inner().secret);
    let off = User { disabled: true, ..Default::default() };
    people.admin.users().update_user(change("eve", off, "disabled")).await.unwrap();
    assert_eq!(refused(eve.sessions().get_session(own()).await).1, "SESSION_EXPIRED");
    let keys = program.api_keys().list_api_keys(ListApiKeysRequest::default()).await;
    assert_eq!(refused(keys).1, "CREDENTIALS_INVALID");
    assert!(people.anyone.sign_in("eve@shelf.example").await.is_err());

    people.admin.users().update_user(change("eve", User::default(), "disabled")).await.unwrap();
    let eve = people.anyone.sign_in("eve@shelf.example").await.unwrap();
    let delete = DeleteUserRequest { name: "users/eve".into(), ..Default::default() };
    people.admin.users().delete_user(delete.clone()).await.unwrap();
    assert_eq!(refused(eve.sessions().get_session(own()).await).1, "SESSION_EXPIRED");
    assert_eq!(refused(people.admin.users().delete_user(delete).await).0, Code::NotFound);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays_by_grpc_and_by_json() {
    let shop = Shop::open().await;
    let web = shop.web().with_token(shop.people.admin.token());
    let all = web.get("/v1/users").await.json();
    let ada = all["users"].as_array().unwrap().iter().find(|user| user["role"] == "ROLE_ADMIN");
    let name = ada.unwrap()["name"].as_str().unwrap().to_owned();
    let delete = DeleteUserRequest { name: name.clone(), ..Default::default() };
    let by_grpc = refused(shop.people.admin.users().delete_user(delete).await);
    assert_eq!(by_grpc, (Code::FailedPrecondition, "LAST_ADMIN".into()));
    for body in [json!({ "role": "ROLE_EDITOR" }), json!({ "disabled": true })] {
        let refused = web.patch(&format!("/v1/{name}"), &body).await;
        assert_eq!(
            (refused.status, refused.reason().as_str()),
            (StatusCode::BAD_REQUEST, "LAST_ADMIN")
        );
    }
    assert!(shop.people.admin.sessions().get_session(own()).await.is_ok());
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_changed_by_json_and_ends_the_other_sessions() {
    let shop = Shop::open().await;
    let here = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let web = shop.web().with_token(here.token());
    let path = "/v1/users/grace:changePassword";
    let wrong = json!({ "currentPassword": "not the password", "newPassword": NEW });
    let wrong = web.post(path, &wrong).await;
    assert_eq!((wrong.status, wrong.reason().as_str()), (StatusCode::BAD_REQUEST, "FIELD_INVALID"));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
    let changed = web.post(path, &body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    assert!(here.sessions().get_session(own()).await.is_ok());
    assert_eq!(
        refused(shop.people.editor.sessions().get_session(own()).await).1,
        "SESSION_EXPIRED"
    );
    assert!(shop.people.anyone.sign_in("grace@shelf.example").await.is_err(), "the old one");

    let of_admin = ChangePasswordRequest {
        name: "users/grace".into(),
        new_password: "password".into(),
        ..Default::default()
    };
    let common = shop.people.admin.users().change_password(of_admin.clone()).await.unwrap_err();
    assert_eq!(fields(&common), ["new_password"]);
    let of_admin = ChangePasswordRequest { new_password: PASSWORD.into(), ..of_admin };
    shop.people.admin.users().change_password(of_admin).await.unwrap();
    shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_ones_sessions_is_ended_and_no_others() {
    let shop = Shop::open().await;
    let here = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let all = here.sessions().list_sessions(ListSessionsRequest::default()).await.unwrap();
    let all = all.into_inner().sessions;
    assert_eq!(all.iter().map(|session| session.current).collect::<Vec<_>>(), [true, false]);
    let end = DeleteSessionRequest { name: all[1].name.clone(), ..Default::default() };
    let of_another = refused(shop.people.admin.sessions().delete_session(end.clone()).await);
    assert_eq!(of_another.0, Code::NotFound);
    here.sessions().delete_session(end).await.unwrap();
    assert_eq!(
        refused(shop.people.editor.sessions().get_session(own()).await).1,
        "SESSION_EXPIRED"
    );
    assert!(here.sessions().get_session(own()).await.is_ok());
    shop.close().await;
}
