//! No secret reaches a log or the disk: not a password, not the token of a session, not an API key.

use std::{fs, path::Path};

use http::StatusCode;
use proto::access::{ApiKey, ChangePasswordRequest, CreateApiKeyRequest, GetSessionRequest, Role};
use serde_json::json;
use tests::{
    forms::{Form, Visitor},
    pair::{Pair, token},
    people::{PASSWORD, Person},
};

const NEW: &str = "canary kettle of seven seas";
const WRONG: &str = "canary guess that is wrong";

/// Every byte that stands in files below a folder.
fn dump(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        bytes.extend(if path.is_dir() { dump(&path) } else { fs::read(&path).expect("a file") });
    }
    bytes
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_in_no_log_and_no_dump() {
    let mut pair = Pair::start().await;
    let admin = &pair.people.admin;
    let key =
        ApiKey { display_name: "Import".into(), role: Role::Admin.into(), ..Default::default() };
    let request =
        CreateApiKeyRequest { api_key: Some(key), request_id: "once".into(), ..Default::default() };
    let made = admin.api_keys().create_api_key(request).await.unwrap().into_inner();
    let program = Person::with_token(pair.channel(), made.secret.clone());
    let change = ChangePasswordRequest {
        name: "users/grace".into(),
        new_password: NEW.into(),
        request_id: "once".into(),
        ..Default::default()
    };
    program.users().change_password(change).await.unwrap();

    // By the gateway too: the key, a wrong guess, and the new password in a form.
    let web = pair.web().with_token(&made.secret);
    assert_eq!(web.get("/v1/users").await.status, StatusCode::OK);
    let guess = json!({ "login": "grace@shelf.example", "password": WRONG });
    assert_eq!(pair.web().post("/v1/sessions", &guess).await.status, StatusCode::UNAUTHORIZED);
    let mut grace = Visitor::new(pair.web());
    let page = grace.open("/admin/sign-in").await;
    let form = Form::of(&page, "/admin/sign-in")
        .with("login", "grace@shelf.example")
        .with("password", NEW);
    grace.follow(&form).await;
    let cookie = grace.cookie();
    let session = cookie.split("__Host-sid=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    let own = GetSessionRequest { name: "sessions/-".into() };
    Person::with_token(pair.channel(), session.clone()).sessions().get_session(own).await.unwrap();

    let logs = [pair.catalog.as_ref().unwrap().output(), pair.gateway.output()].concat();
    let link = token(logs.lines().find(|line| line.contains("/admin/setup#")).unwrap()).to_owned();
    let dump = dump(pair.folder());
    assert!(holds(&dump, "grace@shelf.example"), "what is looked through is the database");
    let tokens = [made.secret.as_str(), &session, admin.token()];
    for secret in tokens.into_iter().chain([PASSWORD, NEW, WRONG]) {
        assert!(!logs.contains(secret), "in a log");
        assert!(!holds(&dump, secret), "in the database");
    }
    assert!(!holds(&dump, &link), "the link of the first account is printed and not kept");
    pair.kill_catalog().await;
}
