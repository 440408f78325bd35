//! What one caller may take of the service: calls a second, and calls at a time.

use std::{net::IpAddr, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use super::*;
use crate::clock::ManualClock;

/// A shop on a clock that stands still, behind a proxy that is believed.
async fn shop() -> (Shop, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap()));
    let settings = Settings::new("sqlite::memory:");
    let instance = server::open_with_clock(settings, Arc::clone(&clock) as _).await.unwrap();
    (Shop { instance, tokens: Default::default() }, clock)
}

/// A call as it comes over a socket from `peer`, or from within the process.
fn from(peer: Option<&str>, mut request: Request<Body>) -> Request<Body> {
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(peer.parse::<IpAddr>().unwrap()));
    }
    request
}

fn forwarded(address: &str, mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
    request
}

fn get_shop(token: Option<&str>) -> Request<Body> {
    let message = frame(&shop_request().encode_to_vec());
    request(GET_SHOP, token, Body::new(Full::from(message)))
}

fn update_shop(token: Option<&str>) -> Request<Body> {
    // What it is refused for shows that it was let in.
    request("/shelf.catalog.v1.ShopService/UpdateShop", token, Body::new(Full::from(frame(&[]))))
}

/// How many of these calls are answered until one comes too often, at most 1,000.
async fn let_in(shop: &Shop, call: impl Fn() -> Request<Body>) -> usize {
    for count in 0..1_000 {
        match answer(shop.send(call()).await).await {
            Err(refused) if reason(&refused) == "RATE_LIMITED" => {
                assert_eq!(refused.code(), Code::ResourceExhausted);
                let retry = refused.get_details_retry_info().unwrap().retry_delay.unwrap();
                assert!(!retry.is_zero() && retry < Duration::from_secs(1), "{retry:?}");
                return count;
            }
            _ => {}
        }
    }
    1_000
}

/// Whether one call is let in.
async fn let_in_one(shop: &Shop, call: Request<Body>) -> bool {
    !matches!(answer(shop.send(call).await).await, Err(refused) if reason(&refused) == "RATE_LIMITED")
}

const FAR: Option<&str> = Some("192.0.2.1");

#[tokio::test]
async fn an_address_has_a_burst_and_a_rate_of_reads() {
    let (shop, clock) = shop().await;
    assert_eq!(let_in(&shop, || from(FAR, get_shop(None))).await, 100);
    assert_eq!(let_in(&shop, || from(Some("192.0.2.2"), get_shop(None))).await, 100);
    clock.advance(SignedDuration::from_millis(100));
    assert_eq!(let_in(&shop, || from(FAR, get_shop(None))).await, 5);
}

fn suggest(token: Option<&str>) -> Request<Body> {
    let message = proto::catalog::SuggestProductsRequest { query: "m".into(), page_size: 0 };
    let body = Body::new(Full::from(frame(&message.encode_to_vec())));
    request("/shelf.catalog.v1.ProductService/SuggestProducts", token, body)
}

fn search(token: Option<&str>) -> Request<Body> {
    let message =
        proto::catalog::SearchProductsRequest { query: "mug".into(), ..Default::default() };
    let body = Body::new(Full::from(frame(&message.encode_to_vec())));
    request("/shelf.catalog.v1.ProductService/SearchProducts", token, body)
}

#[tokio::test]
async fn searches_and_suggestions_have_a_rate_together_apart_from_reads() {
    let (shop, clock) = shop().await;
    for token in [None, shop.token(Role::Viewer).await] {
        for _ in 0..14 {
            assert!(let_in_one(&shop, from(FAR, suggest(token))).await);
        }
        for _ in 0..15 {
            assert!(let_in_one(&shop, from(FAR, search(token))).await);
        }
        assert!(let_in_one(&shop, from(FAR, search(token))).await, "the thirtieth");
        assert!(!let_in_one(&shop, from(FAR, search(token))).await, "the one behind it");
        assert!(!let_in_one(&shop, from(FAR, suggest(token))).await, "whatever it is");
        assert_eq!(let_in(&shop, || from(FAR, get_shop(token))).await, 100, "reads are apart");
        clock.advance(SignedDuration::from_millis(99));
        assert!(!let_in_one(&shop, from(FAR, search(token))).await);
        clock.advance(SignedDuration::from_millis(1));
        assert!(let_in_one(&shop, from(FAR, search(token))).await);
        assert!(!let_in_one(&shop, from(FAR, search(token))).await);
        clock.advance(SignedDuration::from_secs(60));
    }
}

#[tokio::test]
async fn a_user_has_one_rate_of_writes_wherever_they_are() {
    let (shop, clock) = shop().await;
    let token = shop.token(Role::Admin).await;
    assert_eq!(let_in(&shop, || from(FAR, update_shop(token))).await, 20);
    assert_eq!(let_in(&shop, || from(Some("192.0.2.2"), update_shop(token))).await, 0);
    assert_eq!(let_in(&shop, || from(FAR, get_shop(token))).await, 100, "reads are apart");
    let other = shop.token(Role::Editor).await;
    assert_eq!(let_in(&shop, || from(FAR, update_shop(other))).await, 20, "others are, too");
    clock.advance(SignedDuration::from_millis(300));
    assert_eq!(let_in(&shop, || from(FAR, update_shop(token))).await, 3);
}

#[tokio::test]
async fn this_machine_is_not_counted_and_those_it_asks_for_are() {
    let (shop, _) = shop().await;
    for peer in ["127.0.0.1", "::1"] {
        assert_eq!(let_in(&shop, || from(Some(peer), get_shop(None))).await, 1_000);
    }
    let asked_for = || forwarded("198.51.100.7", from(Some("127.0.0.1"), get_shop(None)));
    assert_eq!(let_in(&shop, asked_for).await, 100);
}

#[tokio::test]
async fn nobody_else_is_believed_about_whom_they_ask_for() {
    let (shop, _) = shop().await;
    let count = std::cell::Cell::new(0);
    let forged = || {
        count.set(count.get() + 1);
        forwarded(&format!("198.51.100.{}", count.get() % 250), from(FAR, get_shop(None)))
    };
    assert_eq!(let_in(&shop, forged).await, 100);
}

#[tokio::test]
async fn within_the_process_only_credentials_are_counted() {
    let (shop, _) = shop().await;
    assert_eq!(let_in(&shop, || forwarded("192.0.2.1", get_shop(None))).await, 1_000);
    let token = shop.token(Role::Viewer).await;
    assert_eq!(let_in(&shop, || forwarded("192.0.2.1", get_shop(token))).await, 100);
    let dead = || forwarded("192.0.2.9", get_shop(Some("dead")));
    assert_eq!(let_in(&shop, dead).await, 100, "trying tokens is counted on the address");
}

#[tokio::test]
async fn health_checks_are_never_too_many() {
    let (shop, _) = shop().await;
    let check = || {
        let message = Body::new(Full::from(frame(&[])));
        from(FAR, request("/grpc.health.v1.Health/Check", None, message))
    };
    assert_eq!(let_in(&shop, check).await, 1_000);
}

#[tokio::test]
async fn twenty_failed_sign_ins_are_all_that_an_address_has() {
    let (shop, clock) = shop().await;
    let login = std::cell::Cell::new(0);
    let sign_in = || {
        login.set(login.get() + 1);
        let login = format!("guess-{}@shop.example", login.get());
        let message = wire::CreateSessionRequest { login, password: "wrong".to_owned() };
        let body = Body::new(Full::from(frame(&message.encode_to_vec())));
        request("/shelf.access.v1.SessionService/CreateSession", None, body)
    };
    let mut reasons = Vec::new();
    for _ in 0..21 {
        let refused = answer(shop.send(from(Some("127.0.0.1"), sign_in())).await).await;
        reasons.push(reason(&refused.unwrap_err()));
        clock.advance(SignedDuration::from_millis(100));
    }
    assert_eq!(reasons[..20], ["CREDENTIALS_INVALID"; 20]);
    assert_eq!(reasons[20], "RATE_LIMITED");
    let elsewhere = forwarded("192.0.2.1", from(Some("127.0.0.1"), sign_in()));
    let refused = answer(shop.send(elsewhere).await).await.unwrap_err();
    assert_eq!(reason(&refused), "CREDENTIALS_INVALID");
}

/// A call whose message does not end, and which tells when it is being read.
fn endless(reading: mpsc::UnboundedSender<()>) -> Request<Body> {
    let silence = futures_util::stream::poll_fn(move |_| {
        let _unheard = reading.send(());
        Poll::<Option<Result<http_body::Frame<Bytes>, Status>>>::Pending
    });
    from(FAR, request(GET_SHOP, None, Body::new(StreamBody::new(silence))))
}

#[tokio::test]
async fn one_caller_has_sixteen_calls_in_flight() {
    let (shop, _) = shop().await;
    let (reading, mut read) = mpsc::unbounded_channel();
    let mut held = tokio::task::JoinSet::new();
    for _ in 0..16 {
        held.spawn(shop.instance.service().oneshot(endless(reading.clone())));
        read.recv().await.unwrap();
    }
    let refused = answer(shop.send(from(FAR, get_shop(None))).await).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, "OVERLOADED"));
    assert_eq!(refused.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_secs(1)));
    answer(shop.send(from(Some("192.0.2.2"), get_shop(None))).await).await.unwrap();
    answer(shop.send(from(Some("127.0.0.1"), get_shop(None))).await).await.unwrap();
    held.abort_all();
    while held.join_next().await.is_some() {}
    answer(shop.send(from(FAR, get_shop(None))).await).await.unwrap();
}
