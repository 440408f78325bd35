//! Changing a password.

use super::*;

const NEW: &str = "a kettle of another cedar";

async fn own(shop: &Shop, sign_in: &SignIn, current: &str, new: &str) -> Result<User> {
    let right =
        Right::Own { current: secret(current), session: sign_in.session.session.id.clone() };
    put(shop, sign_in.session.user.id.clone(), right, new, None).await
}

async fn put(
    shop: &Shop,
    id: UserId,
    right: Right,
    new: &str,
    request: Option<RequestId>,
) -> Result<User> {
    let change = PasswordChange { id, etag: None, right, password: secret(new) };
    let write = Write { request, ..Write::by(Caller::system()) };
    shop.access.change_password(write, change).await
}

fn faulty_fields(refused: Result<User>) -> Vec<String> {
    match refused {
        Err(Error::Invalid(violations)) => violations.into_iter().map(|v| v.field).collect(),
        other => panic!("not invalid: {other:?}"),
    }
}

#[tokio::test]
async fn ones_own_password_takes_the_current_one_and_ends_the_other_sessions() {
    let shop = Shop::with_ada().await;
    let here = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let there = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    for sign_in in [&here, &there] {
        shop.signed_in(sign_in).await.unwrap();
    }
    let wrong = own(&shop, &here, "not the password", "password").await;
    assert_eq!(faulty_fields(wrong), ["new_password", "current_password"], "all that is wrong");
    let common = own(&shop, &here, PASSWORD, "Ada@shop.example").await;
    assert_eq!(faulty_fields(common), ["new_password"], "the login is no password");
    shop.signed_in(&there).await.unwrap();

    own(&shop, &here, PASSWORD, NEW).await.unwrap();
    shop.signed_in(&here).await.unwrap();
    assert!(matches!(shop.signed_in(&there).await, Err(Error::SessionExpired)), "at once");
    let old = shop.sign_in("ada@shop.example", PASSWORD).await;
    assert!(matches!(old, Err(Error::CredentialsInvalid)));
    shop.sign_in("ada@shop.example", NEW).await.unwrap();
}

#[tokio::test]
async fn guessing_the_current_password_is_slowed_down() {
    let shop = Shop::with_ada().await;
    let here = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    for _ in 0..5 {
        let wrong = own(&shop, &here, "not the password", NEW).await;
        assert_eq!(faulty_fields(wrong), ["current_password"]);
    }
    let slowed = own(&shop, &here, PASSWORD, NEW).await;
    assert!(matches!(slowed, Err(Error::SlowDown(_))), "{slowed:?}");
    let signing_in = shop.sign_in("ada@shop.example", PASSWORD).await;
    assert!(matches!(signing_in, Err(Error::SlowDown(_))), "the guesses count together");
    shop.pass(seconds(1));
    own(&shop, &here, PASSWORD, NEW).await.unwrap();
}

#[tokio::test]
async fn an_admin_gives_a_new_password_and_ends_all_sessions() {
    let shop = Shop::with_ada().await;
    let bob = create(&shop, bob()).await.unwrap();
    let signed_in = shop.sign_in("bob@shop.example", PASSWORD).await.unwrap();
    put(&shop, bob.id, Right::Admin, NEW, None).await.unwrap();
    assert!(matches!(shop.signed_in(&signed_in).await, Err(Error::SessionExpired)));
    shop.sign_in("bob@shop.example", NEW).await.unwrap();
    let nobody = UserId::parse("nobody").unwrap();
    let unknown = put(&shop, nobody, Right::Admin, NEW, None).await;
    assert!(matches!(unknown, Err(Error::NotFound { name }) if name == "users/nobody"));
}

#[tokio::test]
async fn a_change_that_is_sent_again_is_answered_the_same() {
    let shop = Shop::with_ada().await;
    let here = shop.sign_in("ada@shop.example", PASSWORD).await.unwrap();
    let (id, session) = (here.session.user.id.clone(), here.session.session.id.clone());
    let change = async || {
        let right = Right::Own { current: secret(PASSWORD), session: session.clone() };
        let request = RequestId { id: "once".to_owned(), digest: [1; 32] };
        put(&shop, id.clone(), right, NEW, Some(request)).await
    };
    let first = change().await.unwrap();
    assert_eq!(change().await.unwrap(), first, "though the current password is another by now");
}
