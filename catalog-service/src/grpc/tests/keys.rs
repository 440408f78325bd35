//! Users, passwords and API keys as callers meet them.

use super::*;

const CREATE_KEY: &str = "/shelf.access.v1.ApiKeyService/CreateApiKey";
const UPDATE_USER: &str = "/shelf.access.v1.UserService/UpdateUser";
const CHANGE_PASSWORD: &str = "/shelf.access.v1.UserService/ChangePassword";
const GET_SESSION: &str = "/shelf.access.v1.SessionService/GetSession";

fn new_key(role: wire::Role) -> wire::CreateApiKeyRequest {
    let key = wire::ApiKey {
        display_name: "Import".to_owned(),
        role: role.into(),
        ttl: Some(prost_types::Duration { seconds: 3_600, nanos: 0 }),
        ..Default::default()
    };
    wire::CreateApiKeyRequest { api_key: Some(key), ..Default::default() }
}

impl Shop {
    async fn make_key(&self, request: &wire::CreateApiKeyRequest) -> wire::ApiKey {
        let made = self.call(Role::Admin, CREATE_KEY, request).await.unwrap();
        wire::ApiKey::decode(made).unwrap()
    }

    /// Calls with a token, whoever has it.
    async fn call_by(
        &self,
        token: &str,
        path: &str,
        message: &impl Message,
    ) -> Result<Bytes, Status> {
        let body = Body::new(Full::from(frame(&message.encode_to_vec())));
        answer(self.send(request(path, Some(token), body)).await).await
    }

    async fn me(&self, role: Role) -> wire::User {
        let own = wire::GetSessionRequest { name: "sessions/-".to_owned() };
        let session = self.call(role, GET_SESSION, &own).await.unwrap();
        wire::Session::decode(session).unwrap().user.unwrap()
    }
}

fn code_and_reason(refused: &Status) -> (Code, String) {
    (refused.code(), reason(refused))
}

fn faulty_fields(refused: &Status) -> Vec<String> {
    refusal::violations_of(refused).into_iter().map(|violation| violation.field).collect()
}

#[tokio::test]
async fn a_key_calls_as_itself_with_its_role() {
    let shop = Shop::open().await;
    let key = shop.make_key(&new_key(wire::Role::Editor)).await;
    assert!(key.secret.starts_with("shelf_key_") && !key.secret.contains(&key.name[8..]));
    let created = shop.call_by(&key.secret, CREATE_PRODUCT, &new_product("mug", "A mug")).await;
    let actor = catalog::Product::decode(created.unwrap()).unwrap().update_actor.unwrap();
    assert_eq!((actor.name, actor.display_name.as_str()), (key.name, "Import"));
    let refused = shop.call_by(&key.secret, CREATE_KEY, &new_key(wire::Role::Admin)).await;
    assert_eq!(reason(&refused.unwrap_err()), "ROLE_MISSING");
}

#[tokio::test]
async fn a_key_does_not_reach_the_sessions_of_its_user() {
    let shop = Shop::open().await;
    let key = shop.make_key(&new_key(wire::Role::Admin)).await;
    let own = wire::GetSessionRequest { name: "sessions/-".to_owned() };
    let list = "/shelf.access.v1.SessionService/ListSessions";
    let get = shop.call_by(&key.secret, GET_SESSION, &own).await.unwrap_err();
    let all = shop.call_by(&key.secret, list, &wire::ListSessionsRequest::default()).await;
    for refused in [get, all.unwrap_err()] {
        assert_eq!(code_and_reason(&refused), (Code::NotFound, "RESOURCE_NOT_FOUND".to_owned()));
    }
}

#[tokio::test]
async fn a_repeated_request_makes_one_key_and_tells_its_secret_once() {
    let shop = Shop::open().await;
    let request =
        wire::CreateApiKeyRequest { request_id: "once".to_owned(), ..new_key(wire::Role::Viewer) };
    let (first, again) = (shop.make_key(&request).await, shop.make_key(&request).await);
    assert_eq!((first.name, again.secret.as_str()), (again.name, ""));
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_key_is_told() {
    let shop = Shop::open().await;
    let mut request = new_key(wire::Role::Unspecified);
    let key = request.api_key.as_mut().unwrap();
    key.display_name = " ".to_owned();
    key.expire_time = Some(prost_types::Timestamp::default());
    let refused = shop.call(Role::Admin, CREATE_KEY, &request).await.unwrap_err();
    assert_eq!(faulty_fields(&refused), ["api_key.display_name", "api_key.role", "api_key.ttl"]);
}

#[tokio::test]
async fn a_key_lasts_a_year_at_most() {
    let shop = Shop::open().await;
    let year = 366 * 86_400;
    for (seconds, taken) in [(0, false), (1, true), (year, true), (year + 1, false)] {
        let mut request = new_key(wire::Role::Viewer);
        let ttl = Some(prost_types::Duration { seconds, nanos: 0 });
        request.api_key.as_mut().unwrap().ttl = ttl;
        match shop.call(Role::Admin, CREATE_KEY, &request).await {
            Ok(_) => assert!(taken, "{seconds} s"),
            Err(refused) => {
                assert_eq!((taken, faulty_fields(&refused)), (false, vec!["api_key.ttl".into()]));
            }
        }
    }
}

#[tokio::test]
async fn the_last_admin_is_told_why_they_stay() {
    let shop = Shop::open().await;
    let me = shop.me(Role::Admin).await;
    let request = wire::UpdateUserRequest {
        user: Some(wire::User { role: wire::Role::Viewer.into(), ..me.clone() }),
        ..Default::default()
    };
    let demoted = shop.call(Role::Admin, UPDATE_USER, &request).await.unwrap_err();
    let delete = wire::DeleteUserRequest { name: me.name.clone(), ..Default::default() };
    let path = "/shelf.access.v1.UserService/DeleteUser";
    let deleted = shop.call(Role::Admin, path, &delete).await.unwrap_err();
    for refused in [demoted, deleted] {
        let expected = (Code::FailedPrecondition, "LAST_ADMIN".to_owned());
        assert_eq!(code_and_reason(&refused), expected);
        let unmet = refused.get_details_precondition_failure().unwrap().violations;
        assert_eq!((unmet[0].r#type.as_str(), &unmet[0].subject), ("LAST_ADMIN", &me.name));
    }
}

#[tokio::test]
async fn a_user_is_changed_by_mask_or_by_what_is_set() {
    let shop = Shop::open().await;
    let vera = shop.me(Role::Viewer).await;
    let update = async |user: wire::User, paths: &[&str]| {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let request = wire::UpdateUserRequest {
            user: Some(wire::User { name: vera.name.clone(), ..user }),
            update_mask: Some(prost_types::FieldMask { paths }),
            ..Default::default()
        };
        let answer = shop.call(Role::Admin, UPDATE_USER, &request).await?;
        Ok::<_, Status>(wire::User::decode(answer).unwrap())
    };
    let named = wire::User { display_name: "Vera".to_owned(), ..Default::default() };
    let changed = update(named, &[]).await.unwrap();
    assert_eq!((changed.display_name.as_str(), changed.role()), ("Vera", wire::Role::Viewer));
    assert_eq!(changed.login, vera.login);

    let stale = wire::User { etag: vera.etag.clone(), disabled: true, ..Default::default() };
    let refused = update(stale, &["disabled"]).await.unwrap_err();
    let info = refused.get_details_error_info().unwrap();
    assert_eq!(info.reason, "ETAG_MISMATCH");
    assert_eq!(info.metadata["current_etag"], changed.etag);
    let emptied = update(wire::User::default(), &["*"]).await.unwrap_err();
    assert_eq!(faulty_fields(&emptied), ["user.login", "user.display_name", "user.role"]);
    let unknown = update(wire::User::default(), &["password"]).await.unwrap_err();
    assert_eq!(reason(&unknown), "MASK_INVALID");
}

#[tokio::test]
async fn a_password_is_changed_by_its_owner_or_by_an_admin() {
    let shop = Shop::open().await;
    let (vera, emil) = (shop.me(Role::Viewer).await, shop.me(Role::Editor).await);
    let change = |name: &str, current: &str| wire::ChangePasswordRequest {
        name: name.to_owned(),
        current_password: current.to_owned(),
        new_password: "a kettle of another cedar".to_owned(),
        ..Default::default()
    };
    for name in [emil.name.as_str(), "users/nobody"] {
        let request = change(name, PASSWORD);
        let refused = shop.call(Role::Viewer, CHANGE_PASSWORD, &request).await.unwrap_err();
        let expected = (Code::PermissionDenied, "ROLE_MISSING".to_owned());
        assert_eq!(code_and_reason(&refused), expected);
    }
    let wrong = shop.call(Role::Viewer, CHANGE_PASSWORD, &change(&vera.name, "wrong")).await;
    assert_eq!(faulty_fields(&wrong.unwrap_err()), ["current_password"]);
    shop.call(Role::Viewer, CHANGE_PASSWORD, &change(&vera.name, PASSWORD)).await.unwrap();
    assert_eq!(shop.me(Role::Viewer).await.login, vera.login, "the session goes on");
    shop.call(Role::Admin, CHANGE_PASSWORD, &change(&emil.name, "")).await.unwrap();
    let own = wire::GetSessionRequest { name: "sessions/-".to_owned() };
    let ended = shop.call(Role::Editor, GET_SESSION, &own).await.unwrap_err();
    assert_eq!(reason(&ended), "SESSION_EXPIRED");
}

#[tokio::test]
async fn a_session_knows_that_it_is_the_one_of_the_call() {
    let shop = Shop::open().await;
    shop.token(Role::Admin).await.unwrap();
    let password = SecretString::from(PASSWORD);
    shop.instance.access().sign_in("ada@shop.example", password, None).await.unwrap();
    let path = "/shelf.access.v1.SessionService/ListSessions";
    let all = shop.call(Role::Admin, path, &wire::ListSessionsRequest::default()).await.unwrap();
    let all = wire::ListSessionsResponse::decode(all).unwrap().sessions;
    let current: Vec<_> = all.iter().map(|session| session.current).collect();
    assert_eq!(current, [false, true], "the newer one is another");
    assert!(all.iter().all(|session| session.last_use_time.is_some()));
}
