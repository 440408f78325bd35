//! Signing in and out, the one-time link, and what guessing meets.

use proto::access::{
    CreateSessionRequest, DeleteSessionRequest, GetSessionRequest, ListSessionsRequest,
    RedeemSetupTokenRequest, Role,
};
use tests::{
    errors::{reason, refused},
    people::{PASSWORD, Person},
    shop::Shop,
};
use tonic::Code;

fn own() -> GetSessionRequest {
    GetSessionRequest { name: "sessions/-".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_says_who_is_signed_in_and_ends() {
    let shop = Shop::open().await;
    let grace = shop.people.anyone.sign_in("GRACE@shelf.example").await.unwrap();
    let session = grace.sessions().get_session(own()).await.unwrap().into_inner();
    let user = session.user.unwrap();
    assert_eq!((user.name.as_str(), user.role()), ("users/grace", Role::Editor));
    assert_eq!(session.token, "", "the secret is answered once");
    assert!(session.name.starts_with("sessions/") && !grace.token().contains(&session.name[9..]));
    let all = grace.sessions().list_sessions(ListSessionsRequest::default()).await.unwrap();
    assert_eq!(all.into_inner().sessions.len(), 2, "this one, and that of the shop's beginning");

    let end = DeleteSessionRequest { name: "sessions/-".into(), ..Default::default() };
    grace.sessions().delete_session(end).await.unwrap();
    let ended = refused(grace.sessions().get_session(own()).await);
    assert_eq!(ended, (Code::Unauthenticated, "SESSION_EXPIRED".into()));
    assert!(
        shop.people.editor.sessions().get_session(own()).await.is_ok(),
        "the other one goes on"
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_elsewhere_under_the_same_request_id_is_another_request() {
    let shop = Shop::open().await;
    let phone = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let desk = shop.people.anyone.sign_in("grace@shelf.example").await.unwrap();
    let end = DeleteSessionRequest {
        name: "sessions/-".into(),
        request_id: "r-1".into(),
        ..Default::default()
    };
    let trial = DeleteSessionRequest { validate_only: true, ..end.clone() };
    phone.sessions().delete_session(trial).await.unwrap();
    phone.sessions().get_session(own()).await.unwrap();
    phone.sessions().delete_session(end.clone()).await.unwrap();
    let again = refused(phone.sessions().delete_session(end.clone()).await);
    assert_eq!(again, (Code::Unauthenticated, "SESSION_EXPIRED".into()), "that it is done");
    let reused = refused(desk.sessions().delete_session(end).await);
    assert_eq!(reused, (Code::InvalidArgument, "REQUEST_ID_REUSED".into()));
    desk.sessions().get_session(own()).await.unwrap();
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_nobody_got_is_refused_everywhere() {
    let shop = Shop::open().await;
    let stranger = Person::with_token(shop.channel(), "A".repeat(43));
    let own = refused(stranger.sessions().get_session(own()).await);
    assert_eq!(own, (Code::Unauthenticated, "CREDENTIALS_INVALID".into()));
    let public =
        stranger.products().list_products(proto::catalog::ListProductsRequest::default()).await;
    assert_eq!(refused(public).0, Code::Unauthenticated, "a bad token is not no token");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_users_and_wrong_passwords_get_one_answer() {
    let shop = Shop::open().await;
    let try_in = |login: &str, password: &str| {
        let mut client = shop.people.anyone.sessions();
        let request = CreateSessionRequest { login: login.into(), password: password.into() };
        async move { client.create_session(request).await.unwrap_err() }
    };
    let wrong = try_in("grace@shelf.example", "not the password").await;
    let unknown = try_in("nobody@shelf.example", "not the password").await;
    assert_eq!(
        (wrong.code(), reason(&wrong)),
        (Code::Unauthenticated, "CREDENTIALS_INVALID".into())
    );
    assert_eq!((wrong.code(), wrong.message()), (unknown.code(), unknown.message()));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slowed_down() {
    let shop = Shop::open().await;
    let mut client = shop.people.anyone.sessions();
    let mut reasons = Vec::new();
    for guess in 0..7 {
        let password = format!("guess number {guess}");
        let request = CreateSessionRequest { login: "linus@shelf.example".into(), password };
        reasons.push(reason(&client.create_session(request).await.unwrap_err()));
    }
    assert_eq!(reasons[0], "CREDENTIALS_INVALID");
    assert_eq!(reasons[6], "RATE_LIMITED", "{reasons:?}");
    let right =
        CreateSessionRequest { login: "linus@shelf.example".into(), password: PASSWORD.into() };
    assert_eq!(
        refused(client.create_session(right).await).1,
        "RATE_LIMITED",
        "the right one waits too"
    );
    assert!(shop.people.anyone.sign_in("grace@shelf.example").await.is_ok(), "others do not");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_the_first_account_works_once() {
    let shop = Shop::open().await;
    let again = RedeemSetupTokenRequest {
        token: shop.setup_token().into(),
        login: "eve@shelf.example".into(),
        password: PASSWORD.into(),
        ..Default::default()
    };
    let answer = refused(shop.people.anyone.users().redeem_setup_token(again).await);
    assert_eq!(answer.1, "CREDENTIALS_INVALID");
    let shop = shop.restart().await;
    assert_eq!(shop.setup_token(), "", "no link where there is an account");
    assert!(
        shop.people.admin.sessions().get_session(own()).await.is_ok(),
        "sessions outlive a restart"
    );
    shop.close().await;
}
