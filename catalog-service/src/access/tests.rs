//! Signing in, staying signed in, and the first account, on a real store and with a clock that tests move.

mod credentials;
mod passwords;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    clock::ManualClock,
    config::Origin,
    disk::SystemDisk,
    domain::{Caller, PageRequest, RequestId, Write},
};

const PASSWORD: &str = "cedar kettle on the hob";

struct Shop {
    access: Access,
    clock: Arc<ManualClock>,
}

impl Shop {
    async fn new() -> Self {
        Self::at("sqlite::memory:").await
    }

    async fn at(url: &str) -> Self {
        Self::within(url, &Limits::default()).await
    }

    async fn within(url: &str, limits: &Limits) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
        let store = crate::store::open(url, Arc::clone(&clock) as _, Arc::new(SystemDisk), limits)
            .await
            .unwrap();
        Self { access: Access::new(store, Arc::clone(&clock) as _, limits), clock }
    }

    /// A shop with the admin `ada@shop.example`.
    async fn with_ada() -> Self {
        Self::new().await.and_ada().await
    }

    async fn and_ada(self) -> Self {
        let shop = self;
        let token = shop.access.setup_token().await.unwrap().unwrap();
        shop.redeem(token.expose()).await.unwrap();
        shop
    }

    async fn redeem(&self, token: &str) -> Result<User> {
        let login = Login::parse("Ada@Shop.example").unwrap();
        let write = Write::by(Caller::anyone());
        self.access.redeem_setup_token(write, token, login, "", secret(PASSWORD)).await
    }

    async fn sign_in(&self, login: &str, password: &str) -> Result<SignIn> {
        self.access.sign_in(login, secret(password), None).await
    }

    /// Tries a login of its own from an address.
    async fn try_from(&self, address: &str, login: usize) -> Result<SignIn> {
        let login = format!("guess-{login}@shop.example");
        let network = Network::of(address.parse().unwrap());
        self.access.sign_in(&login, secret("wrong"), Some(network)).await
    }

    async fn signed_in(&self, sign_in: &SignIn) -> Result<SignedIn> {
        match self.access.holder(sign_in.token.expose()).await?.as_ref() {
            Holder::Session(signed_in) => Ok(signed_in.clone()),
            Holder::Key(_) => panic!("not a session"),
        }
    }

    fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn the_setup_link_makes_one_admin_and_is_spent() {
    let shop = Shop::new().await;
    let origin = Origin::parse("https://shop.example").unwrap();
    let link = shop.access.setup_link(&origin).await.unwrap().unwrap();
    let token = link.strip_prefix("https://shop.example/admin/setup#").unwrap();

    let ada = shop.redeem(token).await.unwrap();
    assert_eq!((ada.role, ada.display_name.as_str()), (Role::Admin, "Ada"));
    assert!(matches!(shop.redeem(token).await, Err(Error::CredentialsInvalid)));
    assert_eq!(shop.access.setup_link(&origin).await.unwrap(), None, "there is an account");
}

#[tokio::test]
async fn a_setup_token_works_for_an_hour_and_only_the_newest_does() {
    let shop = Shop::new().await;
    let first = shop.access.setup_token().await.unwrap().unwrap();
    let second = shop.access.setup_token().await.unwrap().unwrap();
    let session = Token::new(TokenKind::Session);
    for token in [first.expose(), session.expose(), "", "shelf_setup_x"] {
        assert!(matches!(shop.redeem(token).await, Err(Error::CredentialsInvalid)), "{token}");
    }
    shop.pass(seconds(3600));
    assert!(matches!(shop.redeem(second.expose()).await, Err(Error::CredentialsInvalid)));

    let third = shop.access.setup_token().await.unwrap().unwrap();
    shop.pass(seconds(3599));
    shop.redeem(third.expose()).await.unwrap();
}

#[tokio::test]
async fn of_two_who_redeem_at_once_one_becomes_admin() {
    let shop = Shop::new().await;
    let token = shop.access.setup_token().await.unwrap().unwrap();
    let (one, other) = tokio::join!(shop.redeem(token.expose()), shop.redeem(token.expose()));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
}

#[tokio::test]
async fn the_right_password_signs_in_under_the_login_in_any_case() {
    let shop = Shop::with_ada().await;
    let sign_in = shop.sign_in("ADA@shop.EXAMPLE", PASSWORD).await.unwrap();
    let found = shop.signed_in(&sign_in).await.unwrap();
    assert_eq!(found.user.login.as_str(), "Ada@Shop.example");
    assert_eq!(found.caller().role, Role::Admin);
    assert_eq!(found.caller().actor.display_name, "Ada");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_told_the_same() {
    let shop = Shop::with_ada().await;
    for (login, password) in [
        ("ada@shop.example", "wrong"),
        ("bob@shop.example", PASSWORD),
        ("not an address", PASSWORD),
    ] {
        let refused = shop.sign_in(login, password).await;
        assert!(matches!(refused, Err(Error::CredentialsInvalid)), "{login}: {refused:?}");
    }
}

#[tokio::test]
async fn after_five_failures_attempts_have_to_wait_longer_and_longer() {
    let shop = Shop::with_ada().await;
    for login in ["ada@shop.example", "nobody@shop.example"] {
        for _ in 0..5 {
            let refused = shop.sign_in(login, "wrong").await;
            assert!(matches!(refused, Err(Error::CredentialsInvalid)), "{login}");
        }
        for wait in [1, 2, 4, 8, 16, 900] {
            let slow = shop.sign_in(login, PASSWORD).await;
            let Err(Error::SlowDown(left)) = slow else { panic!("{login}: {slow:?}") };
            assert_eq!(left.as_secs(), wait, "{login}");
            shop.pass(SignedDuration::from_secs(wait.cast_signed()));
            if wait < 900 {
                let refused = shop.sign_in(login, "wrong").await;
                assert!(matches!(refused, Err(Error::CredentialsInvalid)), "{login}");
            }
        }
    }
    shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_twenty_first_failure_from_one_address_has_to_wait() {
    let shop = Shop::with_ada().await;
    let home = Network::of([127, 0, 0, 1].into());
    for guess in 0..19 {
        let refused = shop.try_from("127.0.0.1", guess).await;
        assert!(matches!(refused, Err(Error::CredentialsInvalid)), "{guess}: {refused:?}");
    }
    for _ in 0..3 {
        let right = shop.access.sign_in("ada@shop.example", secret(PASSWORD), Some(home)).await;
        right.expect("who signs in is no guesser");
    }
    assert!(matches!(shop.try_from("127.0.0.1", 19).await, Err(Error::CredentialsInvalid)));
    let Err(Error::SlowDown(wait)) = shop.try_from("127.0.0.1", 20).await else {
        panic!("one too many")
    };
    assert_eq!(wait.as_secs(), 45);
    let right = shop.access.sign_in("ada@shop.example", secret(PASSWORD), Some(home)).await;
    assert!(matches!(right, Err(Error::SlowDown(_))), "the right one waits too: {right:?}");
    let elsewhere = shop.try_from("192.0.2.1", 21).await;
    assert!(matches!(elsewhere, Err(Error::CredentialsInvalid)), "others do not");
    shop.pass(seconds(45));
    assert!(matches!(shop.try_from("127.0.0.1", 22).await, Err(Error::CredentialsInvalid)));
}

#[tokio::test]
async fn many_guesses_at_once_are_counted_one_by_one() {
    let shop = Shop::with_ada().await;
    let guesses = (0..12).map(|_| shop.sign_in("ada@shop.example", "wrong"));
    let answers = futures_util::future::join_all(guesses).await;
    let hashed = answers.iter().filter(|a| matches!(a, Err(Error::CredentialsInvalid))).count();
    assert_eq!(hashed, 5);
}

#[tokio::test]
async fn signing_in_forgets_the_failures() {
    let shop = Shop::with_ada().await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(shop.sign_in("ada@shop.example", "wrong").await.is_err());
        }
        shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let shop = Shop::with_ada().await;
    let sign_in = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    for _ in 0..3 {
        shop.pass(seconds(29 * 60));
        shop.signed_in(&sign_in).await.unwrap();
    }
    shop.pass(seconds(30 * 60));
    assert!(matches!(shop.signed_in(&sign_in).await, Err(Error::SessionExpired)));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_of_use() {
    let shop = Shop::with_ada().await;
    let sign_in = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    for _ in 0..47 {
        shop.pass(seconds(15 * 60));
        shop.signed_in(&sign_in).await.unwrap();
    }
    shop.pass(seconds(15 * 60));
    assert!(matches!(shop.signed_in(&sign_in).await, Err(Error::SessionExpired)));
}

#[tokio::test]
async fn a_sign_in_lasts_as_long_as_is_set() {
    let minutes = |minutes| std::time::Duration::from_mins(minutes);
    let sessions = Sessions { idle: minutes(2), longest: minutes(5), per_user: 1 };
    let guesses = Guesses { per_account: 1, window: minutes(60) };
    let limits = Limits { sessions, guesses, ..Limits::default() };
    let shop = Shop::within("sqlite::memory:", &limits).await.and_ada().await;
    let first = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let second = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    assert!(shop.signed_in(&first).await.is_err(), "one at a time");
    for _ in 0..4 {
        shop.pass(seconds(60));
        shop.signed_in(&second).await.unwrap();
    }
    shop.pass(seconds(60));
    assert!(matches!(shop.signed_in(&second).await, Err(Error::SessionExpired)), "five minutes");
    let third = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    shop.pass(seconds(120));
    assert!(matches!(shop.signed_in(&third).await, Err(Error::SessionExpired)), "two unused");

    let refused = shop.sign_in("ada@shop.example", "wrong").await;
    assert!(matches!(refused, Err(Error::CredentialsInvalid)));
    let slow = shop.sign_in("ada@shop.example", PASSWORD).await;
    assert!(matches!(slow, Err(Error::SlowDown(_))), "after the first failure: {slow:?}");
}

#[tokio::test]
async fn an_eleventh_session_ends_the_oldest() {
    let shop = Shop::with_ada().await;
    let mut sign_ins = Vec::new();
    for _ in 0..11 {
        sign_ins.push(shop.sign_in("ada@shop.example", PASSWORD).await.unwrap());
        shop.pass(seconds(1));
    }
    assert!(matches!(shop.signed_in(&sign_ins[0]).await, Err(Error::SessionExpired)));
    for sign_in in &sign_ins[1..] {
        shop.signed_in(sign_in).await.unwrap();
    }
    let sessions = shop.access.sessions(&sign_ins[0].session.user.id).await.unwrap();
    let newest_first: Vec<_> = sign_ins[1..].iter().rev().map(|s| &s.session.session.id).collect();
    assert_eq!(sessions.iter().map(|session| &session.id).collect::<Vec<_>>(), newest_first);
}

#[tokio::test]
async fn an_ended_session_is_gone_at_once() {
    let shop = Shop::with_ada().await;
    let sign_in = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    shop.signed_in(&sign_in).await.unwrap();
    let (user, session) = (&sign_in.session.user.id, &sign_in.session.session.id);
    let bob = UserId::parse("bob").unwrap();
    let plain = || Write::by(sign_in.session.caller());
    let foreign = shop.access.end_session(plain(), &bob, session).await;
    assert!(matches!(foreign, Err(Error::SessionNotFound { .. })), "somebody else's: {foreign:?}");
    shop.access.end_session(plain(), user, session).await.unwrap();
    let again = shop.access.end_session(plain(), user, session).await;
    assert!(matches!(again, Err(Error::SessionNotFound { .. })), "{again:?}");
    assert!(matches!(shop.signed_in(&sign_in).await, Err(Error::SessionExpired)));
}

#[tokio::test]
async fn ending_a_session_again_under_its_request_id_is_answered_the_same() {
    let shop = Shop::with_ada().await;
    let phone = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let desk = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let user = &phone.session.user.id;
    let end = async |sign_in: &SignIn, digest: u8| {
        let request = Some(RequestId { id: "one".into(), digest: [digest; 32] });
        let write = Write { request, ..Write::by(phone.session.caller()) };
        shop.access.end_session(write, user, &sign_in.session.session.id).await
    };
    end(&phone, 1).await.unwrap();
    end(&phone, 1).await.unwrap();
    let other = end(&desk, 2).await;
    assert!(matches!(other, Err(Error::Store(crate::store::Error::RequestIdReused { .. }))));
    shop.signed_in(&desk).await.unwrap();
    shop.pass(seconds(24 * 3_600));
    let forgotten = end(&phone, 1).await;
    assert!(matches!(forgotten, Err(Error::SessionNotFound { .. })), "{forgotten:?}");
}

#[tokio::test]
async fn a_trial_ends_no_session_and_spends_no_token() {
    let shop = Shop::new().await;
    let token = shop.access.setup_token().await.unwrap().unwrap();
    let trial = || Write { validate_only: true, ..Write::by(Caller::anyone()) };
    let login = || Login::parse("Ada@Shop.example").unwrap();
    for token in [token.expose(), "shelf_setup_x", token.expose()] {
        let password = secret(PASSWORD);
        let tried = shop.access.redeem_setup_token(trial(), token, login(), "", password).await;
        match token {
            "shelf_setup_x" => assert!(matches!(tried, Err(Error::CredentialsInvalid))),
            _ => assert_eq!(tried.unwrap().role, Role::Admin),
        }
    }
    assert!(shop.sign_in("ada@shop.example", PASSWORD).await.is_err(), "nobody was made");
    shop.redeem(token.expose()).await.unwrap();

    let ada = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let (user, session) = (&ada.session.user.id, &ada.session.session.id);
    shop.access.end_session(trial(), user, session).await.unwrap();
    shop.signed_in(&ada).await.unwrap();
    let unknown = shop.access.end_session(trial(), user, &SessionId::new("none")).await;
    assert!(matches!(unknown, Err(Error::SessionNotFound { .. })), "{unknown:?}");
}

#[tokio::test]
async fn what_is_no_token_is_invalid_and_a_foreign_one_has_expired() {
    let shop = Shop::with_ada().await;
    for text in ["", "abc", "shelf_s_abc", Token::new(TokenKind::Setup).expose()] {
        let refused = shop.access.holder(text).await;
        assert!(matches!(refused, Err(Error::CredentialsInvalid)), "{text}");
    }
    let foreign = shop.access.holder(Token::new(TokenKind::Session).expose()).await;
    assert!(matches!(foreign, Err(Error::SessionExpired)));
}

fn bob() -> NewUser {
    NewUser {
        id: UserId::parse("bob"),
        login: Login::parse("bob@shop.example").unwrap(),
        display_name: "Bob".to_owned(),
        role: Role::Editor,
        disabled: false,
    }
}

async fn create(shop: &Shop, user: NewUser) -> Result<User> {
    shop.access.create_user(Write::by(Caller::system()), user, secret(PASSWORD)).await
}

#[tokio::test]
async fn users_are_unique_by_id_and_by_login() {
    let shop = Shop::with_ada().await;
    create(&shop, bob()).await.unwrap();
    let again = create(&shop, bob()).await;
    assert!(matches!(again, Err(Error::UserIdTaken { name }) if name == "users/bob"));
    let login = Login::parse("BOB@shop.example").unwrap();
    let twin = create(&shop, NewUser { id: None, login, ..bob() }).await;
    assert!(matches!(twin, Err(Error::LoginTaken { by, .. }) if by == "users/bob"));
}

#[tokio::test]
async fn a_disabled_user_cannot_sign_in() {
    let shop = Shop::with_ada().await;
    create(&shop, NewUser { disabled: true, ..bob() }).await.unwrap();
    let refused = shop.sign_in("bob@shop.example", PASSWORD).await;
    assert!(matches!(refused, Err(Error::CredentialsInvalid)));
}

#[tokio::test]
async fn a_user_that_is_only_validated_is_not_there() {
    let shop = Shop::with_ada().await;
    let write = Write { validate_only: true, ..Write::by(Caller::system()) };
    let user = shop.access.create_user(write, bob(), secret(PASSWORD)).await.unwrap();
    assert!(matches!(shop.access.user(&user.id).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn a_request_that_is_sent_again_makes_no_second_user() {
    let shop = Shop::with_ada().await;
    let request = |digest| Write {
        request: Some(RequestId { id: "once".to_owned(), digest: [digest; 32] }),
        ..Write::by(Caller::system())
    };
    let user = NewUser { id: None, ..bob() };
    let first = shop.access.create_user(request(1), user.clone(), secret(PASSWORD)).await.unwrap();
    let again = shop.access.create_user(request(1), user.clone(), secret(PASSWORD)).await.unwrap();
    assert_eq!(first, again);
    let other = shop.access.create_user(request(2), user, secret(PASSWORD)).await;
    assert!(matches!(other, Err(Error::Store(crate::store::Error::RequestIdReused { .. }))));
}

#[tokio::test]
async fn users_are_listed_by_login_page_by_page() {
    let shop = Shop::with_ada().await;
    for name in ["dan", "Bob", "carol"] {
        let login = Login::parse(&format!("{name}@shop.example")).unwrap();
        create(&shop, NewUser { id: None, login, ..bob() }).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = shop.access.users(PageRequest::new(2, after)).await.unwrap();
        seen.extend(page.items.into_iter().map(|user| user.login.key()));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    let logins = ["ada", "bob", "carol", "dan"].map(|name| format!("{name}@shop.example"));
    assert_eq!(seen, logins);
}

#[tokio::test]
async fn a_store_that_takes_no_writes_ends_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shelf.db");
    let shop = Shop::at(&format!("sqlite:{}", file.display())).await;
    let token = shop.access.setup_token().await.unwrap().unwrap();
    shop.redeem(token.expose()).await.unwrap();
    let ada = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let before = shop.signed_in(&ada).await.unwrap().session.last_used;
    let refusal = "CREATE TRIGGER no_room BEFORE UPDATE ON sessions
        BEGIN SELECT RAISE(ABORT, 'no room'); END";
    rusqlite::Connection::open(&file).unwrap().execute_batch(refusal).unwrap();
    shop.pass(seconds(120));
    let found = shop.signed_in(&ada).await.unwrap();
    assert_eq!(found.session.last_used, before, "the call goes on, the session is not lengthened");
}
