//! What one caller may take, through each door: too much at once, too often, and too many failed sign-ins.
//!
//! The tests' own address is a proxy that is believed, so that they can speak for visitors from elsewhere.

use http::{Method, StatusCode};
use proto::{
    access::CreateSessionRequest,
    catalog::{GetShopRequest, UpdateShopRequest},
};
use serde_json::json;
use tests::{
    errors::{reason, refused},
    people::{PASSWORD, Person},
    shop::Shop,
    web::{Answer, Web},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

const PROXY: &str = "--trusted-proxies=127.0.0.1";
const HERE: &str = "198.51.100.7";
const ELSEWHERE: &str = "203.0.113.9";

/// A visitor from an address.
fn at(shop: &Shop, address: &str) -> Web {
    shop.web().with("x-forwarded-for", address).with("sec-fetch-site", "same-origin")
}

/// Asks until it is too often; the answer that says so, and how many went before.
async fn until_refused<A, F: Future<Output = A>>(
    ask: impl Fn() -> F,
    is_refusal: impl Fn(&A) -> bool,
) -> (A, usize) {
    for before in 0..1_000 {
        let answer = ask().await;
        if is_refusal(&answer) {
            return (answer, before);
        }
    }
    panic!("a thousand times was not too often");
}

fn too_often(answer: &Answer) -> bool {
    answer.status == StatusCode::TOO_MANY_REQUESTS
}

fn assert_later(answer: &Answer) {
    let seconds: u64 = answer.header("retry-after").parse().unwrap_or_default();
    assert!((1..=2).contains(&seconds), "Retry-After `{}`", answer.header("retry-after"));
}

fn get_shop() -> GetShopRequest {
    GetShopRequest { name: "shop".into() }
}

/// The same call for somebody at an address.
fn forwarded<M>(address: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("x-forwarded-for", address.parse().unwrap());
    request
}

fn is_too_often<T>(answer: &Result<T, Status>) -> bool {
    answer.as_ref().is_err_and(|status| status.code() == Code::ResourceExhausted)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let shop = Shop::open_with(&[PROXY, "--reads-per-second=1", "--reads-at-once=5"]).await;
    let web = at(&shop, HERE);
    let (answer, before) = until_refused(|| web.get("/v1/products"), too_often).await;
    assert!(before >= 5, "{before}");
    assert_eq!(answer.reason(), "RATE_LIMITED");
    assert_later(&answer);

    let (page, _) = until_refused(|| web.get("/"), too_often).await;
    assert!(page.text().contains("Wait a moment, then try again"), "{}", page.text());
    assert_later(&page);

    let relayed = || {
        let ask = web.ask(Method::POST, "/shelf.catalog.v1.ShopService/GetShop");
        ask.body("application/grpc-web+proto", &[0_u8; 5][..]).send()
    };
    let (relayed, _) = until_refused(relayed, too_often).await;
    let status = Status::from_header_map(&relayed.headers).expect("a gRPC status");
    assert_eq!(
        (status.code(), reason(&status).as_str()),
        (Code::ResourceExhausted, "RATE_LIMITED")
    );
    assert!(status.get_details_retry_info().is_some());

    assert_eq!(at(&shop, ELSEWHERE).get("/v1/products").await.status, StatusCode::OK);
    assert_eq!(web.get("/healthz").await.status, StatusCode::OK);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_searches_as_often_by_json_by_grpc_web_and_on_the_page_together() {
    let rate = ["--searches-per-second=1", "--searches-at-once=5"];
    let shop = Shop::open_with(&[&[PROXY][..], &rate].concat()).await;
    let web = at(&shop, HERE);
    let (answer, before) =
        until_refused(|| web.get("/v1/products:suggest?query=m"), too_often).await;
    assert!(before >= 5, "{before}");
    assert_eq!(answer.reason(), "RATE_LIMITED");
    assert_later(&answer);
    let (answer, _) = until_refused(|| web.get("/v1/products:search?query=mug"), too_often).await;
    assert_later(&answer);
    let (page, _) = until_refused(|| web.get("/search?q=mug"), too_often).await;
    assert!(page.text().contains("Wait a moment, then try again"), "{}", page.text());
    assert_later(&page);
    let relayed = || {
        let ask = web.ask(Method::POST, "/shelf.catalog.v1.ProductService/SearchProducts");
        ask.body("application/grpc-web+proto", &[0_u8; 5][..]).send()
    };
    let (relayed, _) = until_refused(relayed, too_often).await;
    assert_eq!(reason(&Status::from_header_map(&relayed.headers).unwrap()), "RATE_LIMITED");

    assert_eq!(web.get("/").await.status, StatusCode::OK, "and reading goes on");
    assert_eq!(at(&shop, ELSEWHERE).get("/search?q=mug").await.status, StatusCode::OK);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_writes_as_often_by_json_and_by_grpc_together() {
    let rate = ["--catalog-writes-per-second=1", "--catalog-writes-at-once=8"];
    let shop = Shop::open_with(&[&[PROXY][..], &rate].concat()).await;
    let web = |who: &Person, address| at(&shop, address).with_token(who.token());
    let admin = web(&shop.people.admin, HERE);
    let faulty = json!({ "displayName": "" });
    let (answer, _) = until_refused(|| admin.patch("/v1/shop", &faulty), too_often).await;
    assert_eq!(answer.reason(), "RATE_LIMITED");
    assert_later(&answer);

    let grpc =
        || async { shop.people.admin.shop().update_shop(UpdateShopRequest::default()).await };
    let (refused, _) = until_refused(grpc, is_too_often).await;
    let status = refused.unwrap_err();
    assert_eq!(reason(&status), "RATE_LIMITED");
    assert!(status.get_details_retry_info().is_some_and(|info| info.retry_delay.is_some()));

    let other = web(&shop.people.editor, HERE).patch("/v1/shop", &faulty).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "others at the same address may go on");
    assert_eq!(admin.get("/v1/shop").await.status, StatusCode::OK, "and reading goes on");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_calls_by_grpc_too_often_is_refused() {
    let rate = ["--catalog-reads-per-second=1", "--catalog-reads-at-once=5"];
    let shop = Shop::open_with(&rate).await;
    let call = |address| {
        let mut client = shop.people.anyone.shop();
        async move { client.get_shop(forwarded(address, get_shop())).await }
    };
    let (answer, before) = until_refused(|| call(HERE), is_too_often).await;
    assert!(before >= 5, "{before}");
    assert_eq!(refused(answer), (Code::ResourceExhausted, "RATE_LIMITED".into()));
    call(ELSEWHERE).await.unwrap();
    for _ in 0..50 {
        shop.people.anyone.shop().get_shop(get_shop()).await.expect("this machine is not counted");
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_too_much_under_way_is_refused_and_others_are_not() {
    let shop = Shop::open_with(&[PROXY, "--max-requests-per-address=1"]).await;
    // The server says `100 Continue` once it waits for the body: then the request is under way.
    let mut slow = TcpStream::connect(shop.http_address()).await.unwrap();
    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {HERE}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n"
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut word = [0; 12];
    slow.read_exact(&mut word).await.unwrap();
    assert_eq!(&word, b"HTTP/1.1 100");

    let refused = at(&shop, HERE).get("/v1/shop").await;
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED")
    );
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(at(&shop, ELSEWHERE).get("/v1/shop").await.status, StatusCode::OK);

    slow.write_all(b"{}").await.unwrap();
    let mut rest = [0; 64];
    assert!(slow.read(&mut rest).await.unwrap() > 0, "it is answered after all");
    at(&shop, HERE).until("/v1/shop", StatusCode::OK).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_sign_ins_of_one_address_count_together_whichever_door_they_take() {
    let shop = Shop::open_with(&[PROXY, "--catalog-sign-ins-per-address=3"]).await;
    let web = at(&shop, HERE);
    let wrong = |guess: usize| format!("guess-{guess}@shelf.example");
    let page = |login: String| {
        let web = web.clone();
        async move {
            let fields = [("login", login.as_str()), ("password", PASSWORD), ("return_to", "")];
            web.submit("/admin/sign-in", &fields).await
        }
    };
    assert_eq!(page(wrong(1)).await.status, StatusCode::UNAUTHORIZED);
    let json = json!({ "login": wrong(2), "password": PASSWORD });
    assert_eq!(web.post("/v1/sessions", &json).await.status, StatusCode::UNAUTHORIZED);
    let message = CreateSessionRequest { login: wrong(3), password: PASSWORD.into() };
    let grpc = shop.people.anyone.sessions().create_session(forwarded(HERE, message)).await;
    assert_eq!(refused(grpc).0, Code::Unauthenticated);

    let fourth = page("grace@shelf.example".into()).await;
    assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(fourth.text().contains("Too many attempts. Wait a moment, then try again."));
    let seconds: u64 = fourth.header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&seconds), "{seconds}");
    let json = json!({ "login": "grace@shelf.example", "password": PASSWORD });
    let answer = web.post("/v1/sessions", &json).await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED")
    );
    assert_eq!(at(&shop, ELSEWHERE).post("/v1/sessions", &json).await.status, StatusCode::OK);
    shop.close().await;
}
