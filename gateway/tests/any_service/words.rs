//! In front of another service nothing of Shelf is served or said.

use gateway::upstream::Upstream;
use http::{HeaderValue, StatusCode};
use rstest::rstest;

use crate::service::{Answer, Front, Items, reflecting, request};

fn assert_plain(what: &str, answer: &Answer) {
    let told = format!("{:?} {}", answer.headers, answer.text).to_lowercase();
    for word in ["shelf", "catalog", "shop", "product"] {
        assert!(!told.contains(word), "{what}: {told}");
    }
}

#[rstest]
#[case("GET", "/", 404)]
#[case("GET", "/admin", 404)]
#[case("GET", "/assets/main.js", 404)]
#[case("GET", "/v1/products", 404)]
#[case("GET", "/search?q=mug", 404)]
#[case("POST", "/shelf.catalog.v1.ShopService/GetShop", 404)]
#[case("DELETE", "/items/a", 405)]
#[case("GET", "/items/a?nothing=1", 400)]
#[case("GET", "/healthz", 200)]
#[case("GET", "/openapi.json", 200)]
#[case("POST", "/openapi.json", 405)]
#[case("GET", "/items/a", 200)]
#[tokio::test]
async fn no_page_and_no_word_of_shelf(
    #[case] method: &str,
    #[case] target: &str,
    #[case] status: u16,
) {
    let front = Front::ready(reflecting(), &Items::new()).await;
    let answer = front.ask(method, target, "").await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_plain(target, &answer);
}

#[rstest]
#[case("host", "elsewhere.example", 421)]
#[case("sec-fetch-site", "cross-site", 403)]
#[case("content-type", "text/plain", 415)]
#[case("accept", "text/html", 406)]
#[case("content-encoding", "br", 415)]
#[case("grpc-timeout", "soon", 400)]
#[tokio::test]
async fn no_refusal_has_a_word_of_shelf(
    #[case] name: &'static str,
    #[case] value: &'static str,
    #[case] status: u16,
) {
    let front = Front::ready(reflecting(), &Items::new()).await;
    let mut refused = request("PUT", "/items/a", "{}");
    refused.headers_mut().insert(name, HeaderValue::from_static(value));
    let answer = Answer::of(front.send(refused).await).await;
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    assert_plain(name, &answer);
}

#[tokio::test]
async fn a_service_that_is_away_is_told_in_plain_words() {
    let items = Items::new();
    let front = Front::ready(reflecting(), &items).await;
    items.told().away = true;
    for (target, reason) in
        [("/items/a", "SERVICE_UNAVAILABLE"), ("/items/a:watch", "SERVICE_UNAVAILABLE")]
    {
        let answer = front.get(target).await;
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (StatusCode::SERVICE_UNAVAILABLE, reason)
        );
        assert_eq!(answer.headers["retry-after"], "1");
        assert_plain(target, &answer);
    }
    assert_plain("/readyz", &front.until("/readyz", StatusCode::SERVICE_UNAVAILABLE).await);

    let never = tower::service_fn(|_| {
        std::future::pending::<Result<http::Response<tonic::body::Body>, tonic::Status>>()
    });
    let front = Front::on(reflecting(), Upstream::in_process(never));
    assert_plain("/items/a", &front.get("/items/a").await);
}

#[tokio::test]
async fn a_session_of_shelf_is_nobodys_credential_here() {
    let items = Items::new();
    let front = Front::ready(reflecting(), &items).await;
    let mut asked = request("GET", "/items/a", "");
    asked.headers_mut().insert("cookie", HeaderValue::from_static("__Host-shelf-session=abc"));
    assert_eq!(Answer::of(front.send(asked).await).await.status, StatusCode::OK);
}
