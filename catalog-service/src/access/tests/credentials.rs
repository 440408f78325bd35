//! What a token opens, and how soon it is felt that it was taken away: on the replica where it was, at once; on every other
//! within a second of the clock.

use super::*;

/// Another replica over the same store.
fn replica(shop: &Shop) -> Access {
    Access::new(Arc::clone(&shop.access.0.store), Arc::clone(&shop.clock) as _, 20)
}

async fn role(access: &Access, token: &str) -> Result<Role> {
    Ok(access.holder(token).await?.caller().role)
}

fn ended<T>(answer: &Result<T>) -> bool {
    matches!(answer, Err(Error::SessionExpired | Error::ApiKeyEnded))
}

const ALMOST: SignedDuration = SignedDuration::from_millis(999);
const A_MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

/// A shop with the admin Ada, and the admin Bob with a session and a key.
async fn with_bob() -> (Shop, String, String) {
    let shop = Shop::with_ada().await;
    create(&shop, NewUser { role: Role::Admin, ..bob() }).await.unwrap();
    let session = shop.sign_in("bob@shop.example", PASSWORD).await.unwrap();
    let token = session.token.expose().to_owned();
    let secret = make(&shop, "bob", Role::Admin, Expiry::Default).await;
    (shop, token, secret)
}

async fn make(shop: &Shop, user: &str, role: Role, expiry: Expiry) -> String {
    let new = NewApiKey { display_name: "Import".to_owned(), role, expiry };
    let user = UserId::parse(user).unwrap();
    let made = shop.access.create_api_key(Write::by(Caller::system()), user, new).await.unwrap();
    made.secret.unwrap().expose().to_owned()
}

fn change(fields: UserFields) -> UserChange {
    UserChange { id: UserId::parse("bob").unwrap(), etag: None, fields }
}

fn system() -> Write {
    Write::by(Caller::system())
}

#[tokio::test]
async fn a_role_taken_away_is_felt_within_a_second_on_every_replica() {
    let (shop, token, secret) = with_bob().await;
    let other = replica(&shop);
    for access in [&shop.access, &other] {
        assert_eq!(role(access, &token).await.unwrap(), Role::Admin);
        assert_eq!(role(access, &secret).await.unwrap(), Role::Admin);
    }
    let demoted = UserFields { role: Some(Role::Viewer), ..UserFields::default() };
    shop.access.change_user(system(), change(demoted)).await.unwrap();

    assert!(ended(&role(&shop.access, &token).await), "here at once");
    assert_eq!(role(&shop.access, &secret).await.unwrap(), Role::Viewer);
    shop.pass(ALMOST);
    assert_eq!(role(&other, &token).await.unwrap(), Role::Admin, "believed, and used meanwhile");
    shop.pass(A_MILLISECOND);
    assert!(ended(&role(&other, &token).await));
    assert_eq!(role(&other, &secret).await.unwrap(), Role::Viewer);
}

#[tokio::test]
async fn a_key_taken_away_is_felt_within_a_second_on_every_replica() {
    let (shop, _token, secret) = with_bob().await;
    let other = replica(&shop);
    // Its first use is written down, which must not lengthen the belief.
    role(&other, &secret).await.unwrap();
    role(&shop.access, &secret).await.unwrap();
    let keys = shop.access.api_keys(PageRequest::new(0, None)).await.unwrap().items;
    shop.access.delete_api_key(system(), keys[0].id.clone(), None).await.unwrap();
    assert!(ended(&role(&shop.access, &secret).await), "here at once");
    shop.pass(ALMOST);
    role(&other, &secret).await.unwrap();
    shop.pass(A_MILLISECOND);
    assert!(ended(&role(&other, &secret).await));
}

#[tokio::test]
async fn a_user_taken_away_is_felt_within_a_second_on_every_replica() {
    for disable in [true, false] {
        let (shop, token, secret) = with_bob().await;
        let other = replica(&shop);
        for text in [&token, &secret] {
            role(&other, text).await.unwrap();
        }
        if disable {
            let fields = UserFields { disabled: Some(true), ..UserFields::default() };
            shop.access.change_user(system(), change(fields)).await.unwrap();
        } else {
            shop.access.delete_user(system(), UserId::parse("bob").unwrap(), None).await.unwrap();
        }
        for text in [&token, &secret] {
            assert!(ended(&role(&shop.access, text).await), "here at once");
        }
        shop.pass(SignedDuration::from_secs(1));
        for text in [&token, &secret] {
            assert!(ended(&role(&other, text).await), "disable: {disable}");
        }
    }
}

#[tokio::test]
async fn writing_down_the_use_of_a_token_does_not_lengthen_the_belief_in_it() {
    let (shop, token, _secret) = with_bob().await;
    let other = replica(&shop);
    let half = SignedDuration::from_millis(500);
    shop.pass(Session::TOUCHED_EVERY - half);
    role(&other, &token).await.unwrap();
    shop.access.delete_user(system(), UserId::parse("bob").unwrap(), None).await.unwrap();
    // Due while it is still believed.
    shop.pass(half);
    role(&other, &token).await.unwrap();
    shop.pass(half);
    assert!(ended(&role(&other, &token).await));
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nothing_alive() {
    let (shop, token, _secret) = with_bob().await;
    let other = replica(&shop);
    role(&other, &token).await.unwrap();
    shop.access.delete_user(system(), UserId::parse("bob").unwrap(), None).await.unwrap();
    shop.pass(-SignedDuration::from_hours(1));
    assert!(ended(&role(&other, &token).await));
}

#[tokio::test]
async fn a_key_ends_by_itself() {
    let (shop, ..) = with_bob().await;
    let expiry = Expiry::In(SignedDuration::from_secs(60));
    let secret = make(&shop, "bob", Role::Viewer, expiry).await;
    shop.pass(SignedDuration::from_secs(60) - A_MILLISECOND);
    assert_eq!(role(&shop.access, &secret).await.unwrap(), Role::Viewer);
    shop.pass(A_MILLISECOND);
    assert!(matches!(role(&shop.access, &secret).await, Err(Error::ApiKeyEnded)));
}

#[tokio::test]
async fn a_key_may_no_more_than_its_user_and_no_more_than_itself() {
    let (shop, ..) = with_bob().await;
    let viewer = make(&shop, "bob", Role::Viewer, Expiry::Default).await;
    assert_eq!(role(&shop.access, &viewer).await.unwrap(), Role::Viewer);
    let holder = shop.access.holder(&viewer).await.unwrap();
    let actor = holder.caller().actor;
    assert!(actor.name.starts_with("apiKeys/"), "{}", actor.name);
    assert_eq!((actor.display_name.as_str(), holder.user().as_str()), ("Import", "bob"));
    assert_eq!(holder.session(), None);
}

#[tokio::test]
async fn the_use_of_a_key_is_written_down_once_a_minute() {
    let (shop, _token, secret) = with_bob().await;
    let last_used = async || {
        let keys = shop.access.api_keys(PageRequest::new(0, None)).await.unwrap().items;
        keys[0].last_used
    };
    assert_eq!(last_used().await, None);
    role(&shop.access, &secret).await.unwrap();
    let first = Some(shop.clock.now());
    assert_eq!(last_used().await, first);
    shop.pass(SignedDuration::from_secs(59));
    role(&shop.access, &secret).await.unwrap();
    assert_eq!(last_used().await, first);
    shop.pass(SignedDuration::from_secs(1));
    role(&shop.access, &secret).await.unwrap();
    assert_eq!(last_used().await, Some(shop.clock.now()));
}

#[tokio::test]
async fn a_secret_is_told_once_and_not_for_what_was_only_tried() {
    let shop = Shop::with_ada().await;
    create(&shop, NewUser { role: Role::Admin, ..bob() }).await.unwrap();
    let new = || NewApiKey {
        display_name: "Import".to_owned(),
        role: Role::Editor,
        expiry: Expiry::Default,
    };
    let user = || UserId::parse("bob").unwrap();
    let dry = Write { validate_only: true, ..system() };
    let tried = shop.access.create_api_key(dry, user(), new()).await.unwrap();
    assert!(tried.secret.is_none());
    let request = RequestId { id: "once".to_owned(), digest: [1; 32] };
    let write = || Write { request: Some(request.clone()), ..system() };
    let made = shop.access.create_api_key(write(), user(), new()).await.unwrap();
    let again = shop.access.create_api_key(write(), user(), new()).await.unwrap();
    assert_eq!((again.key, again.secret.is_none()), (made.key, true));
    assert_eq!(role(&shop.access, made.secret.unwrap().expose()).await.unwrap(), Role::Editor);
}
