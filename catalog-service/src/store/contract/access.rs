//! Users, their passwords, sessions and API keys.

use super::*;
use crate::{
    access::{
        self, ApiKey, ApiKeyId, KeptApiKey, KeptPassword, Login, NewSession, PasswordHash, Session,
        SessionId, Token, TokenDigest, TokenKind, User, UserChange, UserFields, UserId,
    },
    config::Sessions,
    domain::{Etag, Uid},
};

const HASH: &str = "$argon2id$of-nothing";

fn hash() -> PasswordHash {
    PasswordHash::kept(HASH.to_owned())
}

fn user_id(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

fn user(bench: &Bench, id: &str, role: Role) -> User {
    User {
        id: user_id(id),
        uid: Uid::new(format!("uid{id}")),
        version: 1,
        login: Login::parse(&format!("{id}@shop.example")).unwrap(),
        display_name: id.to_owned(),
        role,
        disabled: false,
        create_time: bench.now(),
        update_time: bench.now(),
    }
}

async fn add(bench: &Bench, id: &str, role: Role) -> User {
    let user = user(bench, id, role);
    bench.store.create_user(by("system"), user, hash()).await.unwrap()
}

async fn change(bench: &Bench, id: &str, fields: UserFields) -> access::Result<User> {
    let change = UserChange { id: user_id(id), etag: None, fields };
    bench.store.change_user(by("ada"), change).await
}

fn as_role(role: Role) -> UserFields {
    UserFields { role: Some(role), ..UserFields::default() }
}

fn disabled() -> UserFields {
    UserFields { disabled: Some(true), ..UserFields::default() }
}

/// Begins a session, and answers what is kept of its token.
async fn sign_in(bench: &Bench, user: &str, id: &str) -> TokenDigest {
    let digest = Token::new(TokenKind::Session).digest();
    let now = bench.now();
    let session = Session { id: SessionId::new(id), create_time: now, last_used: now };
    let new = NewSession {
        session,
        user: user_id(user),
        digest: digest.clone(),
        password: hash(),
        lasts: Sessions::default(),
    };
    assert!(bench.store.create_session(new).await.unwrap());
    digest
}

/// Makes an API key, and answers what is kept of its secret.
async fn make_key(bench: &Bench, user: &str, id: &str) -> TokenDigest {
    let digest = Token::new(TokenKind::ApiKey).digest();
    let new = KeptApiKey { key: key(bench, user, id), digest: digest.clone() };
    bench.store.create_api_key(by(user), new).await.unwrap();
    digest
}

fn key(bench: &Bench, user: &str, id: &str) -> ApiKey {
    ApiKey {
        id: ApiKeyId::new(id),
        uid: Uid::new(format!("uid{id}")),
        display_name: "Import".to_owned(),
        role: Role::Editor,
        user: user_id(user),
        create_time: bench.now(),
        expire_time: bench.now() + ApiKey::LIFETIME,
        last_used: None,
    }
}

async fn is_session(bench: &Bench, token: &TokenDigest) -> bool {
    bench.store.session(token).await.unwrap().is_some()
}

async fn is_key(bench: &Bench, secret: &TokenDigest) -> bool {
    bench.store.key_holder(secret).await.unwrap().is_some()
}

pub(crate) async fn a_user_is_changed_under_their_etag(bench: &Bench) {
    let ada = add(bench, "ada", Role::Admin).await;
    bench.wait(1);
    let fields = UserFields {
        login: Login::parse("Countess@shop.example").ok(),
        display_name: Some("Ada".to_owned()),
        ..UserFields::default()
    };
    let change = UserChange { id: ada.id.clone(), etag: Some(ada.etag()), fields };
    let changed = bench.store.change_user(by("ada"), change.clone()).await.unwrap();
    let expected = User {
        version: 2,
        login: Login::parse("Countess@shop.example").unwrap(),
        display_name: "Ada".to_owned(),
        update_time: bench.now(),
        ..ada.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(bench.store.user(&ada.id).await.unwrap(), Some(expected.clone()));

    let stale = bench.store.change_user(by("bob"), change).await;
    let Err(access::Error::EtagMismatch(conflict)) = stale else { panic!("{stale:?}") };
    assert_eq!((conflict.name.as_str(), conflict.current), ("users/ada", expected.etag()));
    let stale = bench.store.delete_user(by("bob"), ada.id.clone(), Some(ada.etag())).await;
    assert!(matches!(stale, Err(access::Error::EtagMismatch(_))), "{stale:?}");
}

pub(crate) async fn a_login_is_one_users_own(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    add(bench, "bob", Role::Viewer).await;
    let login = |text: &str| UserFields { login: Login::parse(text).ok(), ..UserFields::default() };
    let taken = change(bench, "bob", login("ADA@shop.example")).await;
    assert!(matches!(taken, Err(access::Error::LoginTaken { by, .. }) if by == "users/ada"));
    change(bench, "bob", login("BOB@shop.example")).await.unwrap();
}

pub(crate) async fn the_last_admin_stays(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    add(bench, "bob", Role::Admin).await;
    add(bench, "eve", Role::Editor).await;
    change(bench, "bob", disabled()).await.unwrap();
    let last = |refused: &access::Result<User>| matches!(refused, Err(access::Error::LastAdmin { name }) if name == "users/ada");
    for fields in [as_role(Role::Editor), disabled()] {
        let refused = change(bench, "ada", fields).await;
        assert!(last(&refused), "{refused:?}");
    }
    let refused = bench.store.delete_user(by("ada"), user_id("ada"), None).await;
    assert!(last(&refused), "{refused:?}");
    bench.store.delete_user(by("ada"), user_id("bob"), None).await.unwrap();

    change(bench, "eve", as_role(Role::Admin)).await.unwrap();
    change(bench, "ada", as_role(Role::Viewer)).await.unwrap();
}

pub(crate) async fn of_two_admins_who_remove_each_other_one_stays(bench: &Bench) {
    let mut left = "ada".to_owned();
    add(bench, &left, Role::Admin).await;
    for round in 0..16 {
        let other = format!("ada{round}");
        add(bench, &other, Role::Admin).await;
        let (demoted, deleted) = tokio::join!(
            change(bench, &left, as_role(Role::Viewer)),
            bench.store.delete_user(by(&left), user_id(&other), None),
        );
        assert!(demoted.is_ok() != deleted.is_ok(), "{demoted:?} {deleted:?}");
        if demoted.is_ok() {
            left = other;
        }
    }
}

pub(crate) async fn what_ends_a_users_sessions_and_keys(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    add(bench, "bob", Role::Admin).await;
    let of_ada = (sign_in(bench, "ada", "s0").await, make_key(bench, "ada", "k0").await);
    let token = sign_in(bench, "bob", "s1").await;
    let secret = make_key(bench, "bob", "k1").await;

    let name = UserFields { display_name: Some("Bob".into()), ..UserFields::default() };
    change(bench, "bob", name).await.unwrap();
    assert!(is_session(bench, &token).await, "another name ends nothing");

    change(bench, "bob", as_role(Role::Editor)).await.unwrap();
    assert!(!is_session(bench, &token).await && is_key(bench, &secret).await, "another role");

    let token = sign_in(bench, "bob", "s2").await;
    change(bench, "bob", disabled()).await.unwrap();
    assert!(!is_session(bench, &token).await && !is_key(bench, &secret).await, "disabling");

    let on = UserFields { disabled: Some(false), ..UserFields::default() };
    change(bench, "bob", on).await.unwrap();
    let (token, secret) = (sign_in(bench, "bob", "s3").await, make_key(bench, "bob", "k3").await);
    bench.store.delete_user(by("ada"), user_id("bob"), None).await.unwrap();
    assert!(!is_session(bench, &token).await && !is_key(bench, &secret).await, "deleting");
    assert!(is_session(bench, &of_ada.0).await && is_key(bench, &of_ada.1).await, "others go on");
}

pub(crate) async fn a_new_password_ends_the_other_sessions(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    let (here, there) = (sign_in(bench, "ada", "here").await, sign_in(bench, "ada", "there").await);
    let secret = make_key(bench, "ada", "k").await;
    let password = |session: Option<&str>| KeptPassword {
        id: user_id("ada"),
        etag: None,
        hash: PasswordHash::kept("$argon2id$of-another".to_owned()),
        session: session.map(SessionId::new),
    };
    let try_only = Write { validate_only: true, ..by("ada") };
    bench.store.change_password(try_only, password(None)).await.unwrap();
    assert!(is_session(bench, &there).await, "that was only tried");
    bench.store.change_password(by("ada"), password(Some("here"))).await.unwrap();
    assert!(is_session(bench, &here).await && !is_session(bench, &there).await);
    assert!(is_key(bench, &secret).await);
    let login = Login::parse("ada@shop.example").unwrap();
    let (_, kept) = bench.store.credentials(&login).await.unwrap().unwrap();
    assert_eq!(kept.as_str(), "$argon2id$of-another");
    bench.store.change_password(by("ada"), password(None)).await.unwrap();
    assert!(!is_session(bench, &here).await);
}

pub(crate) async fn no_session_begins_with_a_password_that_was_changed_meanwhile(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    add(bench, "bob", Role::Viewer).await;
    let begin = async |user: &str, password: &str| {
        let now = bench.now();
        let session = Session { id: SessionId::new("s"), create_time: now, last_used: now };
        let digest = Token::new(TokenKind::Session).digest();
        let password = PasswordHash::kept(password.to_owned());
        let new = NewSession {
            session,
            user: user_id(user),
            digest,
            password,
            lasts: Sessions::default(),
        };
        bench.store.create_session(new).await.unwrap()
    };
    assert!(!begin("ada", "$argon2id$of-another").await);
    assert!(!begin("nobody", HASH).await);
    change(bench, "bob", disabled()).await.unwrap();
    assert!(!begin("bob", HASH).await);
    assert!(begin("ada", HASH).await);
}

pub(crate) async fn a_repeated_write_of_a_user_answers_the_same(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    let create = || {
        bench.store.create_user(requested("ada", "1", 1), user(bench, "bob", Role::Viewer), hash())
    };
    let created = create().await.unwrap();
    let change = UserChange { id: user_id("bob"), etag: None, fields: as_role(Role::Editor) };
    let update = || bench.store.change_user(requested("ada", "2", 2), change.clone());
    let changed = update().await.unwrap();
    let delete = || bench.store.delete_user(requested("ada", "3", 3), user_id("bob"), None);
    let deleted = delete().await.unwrap();
    assert_eq!(create().await.unwrap(), created, "also of a user who is gone");
    assert_eq!((update().await.unwrap(), delete().await.unwrap()), (changed, deleted));
    assert_eq!(bench.store.user(&user_id("bob")).await.unwrap(), None, "and nothing is done again");

    let answered = bench.store.answered_user(&requested("ada", "1", 1)).await.unwrap();
    assert_eq!(answered, Some(created));
    assert_eq!(bench.store.answered_user(&requested("ada", "9", 1)).await.unwrap(), None);
    let reused = bench.store.answered_user(&requested("ada", "1", 9)).await;
    assert!(matches!(reused, Err(Error::RequestIdReused { .. })), "{reused:?}");
}

pub(crate) async fn who_gets_an_id_next_is_not_answered_what_another_was(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    add(bench, "bob", Role::Editor).await;
    let create = |digest, id| {
        bench.store.create_products(requested("bob", "one", digest), vec![new(id)], View::Basic)
    };
    create(1, "kettle").await.unwrap();
    bench.store.delete_user(by("ada"), user_id("bob"), None).await.unwrap();
    add(bench, "bob", Role::Editor).await;
    create(2, "pot").await.unwrap();
}

pub(crate) async fn a_dry_run_leaves_users_and_keys(bench: &Bench) {
    let ada = add(bench, "ada", Role::Admin).await;
    add(bench, "bob", Role::Viewer).await;
    let secret = make_key(bench, "ada", "k").await;
    let dry = || Write { validate_only: true, ..by("ada") };
    let fields = as_role(Role::Admin);
    let tried = UserChange { id: user_id("bob"), etag: None, fields };
    let tried = bench.store.change_user(dry(), tried).await.unwrap();
    assert_eq!((tried.role, tried.version), (Role::Admin, 2), "it answers as it would");
    bench.store.delete_user(dry(), user_id("bob"), None).await.unwrap();
    bench.store.delete_api_key(dry(), ApiKeyId::new("k"), None).await.unwrap();
    let new =
        KeptApiKey { key: key(bench, "ada", "k2"), digest: Token::new(TokenKind::ApiKey).digest() };
    bench.store.create_api_key(dry(), new).await.unwrap();
    let bob = bench.store.user(&user_id("bob")).await.unwrap().unwrap();
    assert_eq!((bob.role, bob.version), (Role::Viewer, 1));
    assert!(is_key(bench, &secret).await);
    assert_eq!(bench.store.api_key(&ApiKeyId::new("k2")).await.unwrap(), None);
    assert_eq!(bench.store.user(&ada.id).await.unwrap(), Some(ada));
}

pub(crate) async fn an_api_key_is_kept_used_and_deleted(bench: &Bench) {
    let ada = add(bench, "ada", Role::Admin).await;
    let secret = make_key(bench, "ada", "k").await;
    let id = ApiKeyId::new("k");
    let holder = bench.store.key_holder(&secret).await.unwrap().unwrap();
    assert_eq!((holder.key.clone(), holder.user), (key(bench, "ada", "k"), ada));
    assert_eq!(bench.store.api_key(&id).await.unwrap(), Some(holder.key.clone()));

    let used = |seconds| ApiKey {
        last_used: Some(bench.now() + SignedDuration::from_secs(seconds)),
        ..holder.key.clone()
    };
    bench.store.touch_api_key(&used(60)).await.unwrap();
    bench.store.touch_api_key(&used(30)).await.unwrap();
    assert_eq!(bench.store.api_key(&id).await.unwrap(), Some(used(60)), "use never runs backwards");

    let stale = bench.store.delete_api_key(by("ada"), id.clone(), Etag::given("\"old-1\"")).await;
    assert!(matches!(stale, Err(access::Error::EtagMismatch(_))), "{stale:?}");
    let delete = || {
        bench.store.delete_api_key(requested("ada", "1", 1), id.clone(), Some(holder.key.etag()))
    };
    assert_eq!(delete().await.unwrap(), used(60));
    assert!(!is_key(bench, &secret).await);
    assert_eq!(delete().await.unwrap(), used(60), "a repeated request is answered the same");
    let gone = bench.store.delete_api_key(by("ada"), id, None).await;
    assert!(matches!(gone, Err(access::Error::NotFound { name }) if name == "apiKeys/k"));
}

pub(crate) async fn a_repeated_request_makes_no_second_key(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    let make = |id, digest| {
        let new = KeptApiKey {
            key: key(bench, "ada", id),
            digest: Token::new(TokenKind::ApiKey).digest(),
        };
        bench.store.create_api_key(requested("ada", "1", digest), new)
    };
    let first = make("k1", 1).await.unwrap();
    assert_eq!(make("k2", 1).await.unwrap(), first);
    assert_eq!(bench.store.api_key(&ApiKeyId::new("k2")).await.unwrap(), None);
    let other = make("k3", 2).await;
    assert!(matches!(other, Err(access::Error::Store(Error::RequestIdReused { .. }))), "{other:?}");
}

pub(crate) async fn api_keys_come_newest_first(bench: &Bench) {
    add(bench, "ada", Role::Admin).await;
    for id in ["k1", "k2", "k3", "k4", "k5"] {
        make_key(bench, "ada", id).await;
    }
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = bench.store.api_keys(PageRequest::new(2, after)).await.unwrap();
        ids.extend(page.items.into_iter().map(|key| key.id.as_str().to_owned()));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(ids, ["k5", "k4", "k3", "k2", "k1"]);
}
