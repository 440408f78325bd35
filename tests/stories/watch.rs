//! Changes of products are watched as they are made: by gRPC, by JSON as a browser reads it, and by gRPC-Web, in one process and in two.

use std::sync::Arc;

use bytes::Bytes;
use catalog_service::clock::ManualClock;
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use proto::catalog::{
    ListProductsRequest, WatchProductsRequest, WatchProductsResponse, change::Kind,
};
use serde_json::{Value, json};
use tests::{
    errors::reason, events::Events, goods::create, pair::Pair, people::Person, shop::Shop, web::Web,
};
use tonic::{Code, Status, Streaming};

const WATCH: &str = "/v1/products:watch";

async fn watch(person: &Person, token: &str) -> Result<Streaming<WatchProductsResponse>, Status> {
    let request = WatchProductsRequest { resume_token: token.to_owned() };
    Ok(person.products().watch_products(request).await?.into_inner())
}

/// The next change.
async fn change(stream: &mut Streaming<WatchProductsResponse>) -> WatchProductsResponse {
    loop {
        let message = stream.message().await.unwrap().expect("a change");
        if message.change.is_some() {
            return message;
        }
    }
}

/// From where a stream goes on behind what a list of products shows.
async fn token_of_list(person: &Person) -> String {
    let list = person.products().list_products(ListProductsRequest::default()).await.unwrap();
    list.metadata().get("shelf-resume-token").unwrap().to_str().unwrap().to_owned()
}

/// Creates a product by JSON under a request id.
async fn make(web: &Web, id: &str, key: &str) {
    let ask = web.ask(Method::POST, &format!("/v1/products?productId={id}"));
    let made = ask.header("idempotency-key", key).json(&json!({ "title": id })).send().await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
}

async fn all_ways_tell_the_same(web: &Web, editor: &Person, viewer: &Person) {
    let token = token_of_list(viewer).await;
    let watching = web.with_token(viewer.token());
    let mut by_grpc = watch(viewer, &token).await.unwrap();
    let mut by_json = Events::open(&watching, WATCH, &token).await.unwrap();
    let mut by_web = relayed(&watching).await;
    let first = by_grpc.message().await.unwrap().unwrap();
    assert_eq!((first.resume_token.as_str(), first.change), (token.as_str(), None));
    let first = by_json.next().await.unwrap();
    assert_eq!((first.id.as_str(), &first.data["change"]), (token.as_str(), &Value::Null));

    make(&web.with_token(editor.token()), "mug", "my-1").await;
    let told = change(&mut by_grpc).await;
    let what = told.change.unwrap();
    assert_eq!((what.kind(), what.resource.as_str()), (Kind::Created, "products/mug"));
    let actor = what.actor.unwrap();
    assert_eq!((what.request_id.as_str(), actor.display_name.as_str()), ("my-1", "Grace"));
    assert_eq!(told.product.unwrap().title, "mug");
    let event = by_json.change().await;
    assert_eq!(event.data["change"]["requestId"], "my-1");
    assert_eq!(event.data["change"]["kind"], "KIND_CREATED");
    assert_eq!(event.data["product"]["title"], "mug");
    assert_eq!(
        (event.data["resumeToken"].as_str(), event.id.len() > 20),
        (Some(event.id.as_str()), true)
    );
    while !read(&mut by_web).await.windows(12).any(|part| part == b"products/mug") {}

    // A browser that comes back repeats the address, and says what it has seen since.
    drop(by_json);
    make(&web.with_token(editor.token()), "pot", "my-2").await;
    let path = format!("{WATCH}?resumeToken={token}");
    let mut again = Events::open(&watching, &path, &event.id).await.unwrap();
    assert_eq!(again.change().await.data["change"]["resource"], "products/pot");
    assert_eq!(change(&mut by_grpc).await.change.unwrap().request_id, "my-2");
}

/// A stream by gRPC-Web through the gateway.
async fn relayed(web: &Web) -> tests::web::Opened {
    let ask = web.ask(Method::POST, "/shelf.catalog.v1.ProductService/WatchProducts");
    let ask = ask.body("application/grpc-web+proto", &[0_u8; 5][..]);
    let opened = ask.open().await.unwrap();
    assert_eq!(opened.response.status(), StatusCode::OK);
    opened
}

async fn read(opened: &mut tests::web::Opened) -> Bytes {
    opened.piece().await.expect("it goes on")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_as_it_is_made() {
    let shop = Shop::open().await;
    all_ways_tell_the_same(&shop.web(), &shop.people.editor, &shop.people.viewer).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_as_it_is_made_over_the_network_too() {
    let pair = Pair::start().await;
    all_ways_tell_the_same(&pair.web(), &pair.people.editor, &pair.people.viewer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_goes_on_over_a_restart_without_a_gap_and_nothing_twice() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop.people.viewer, "").await.unwrap();
    shop.people.editor.products().create_product(create("one", "One")).await.unwrap();
    let token = change(&mut stream).await.resume_token;
    shop.people.editor.products().create_product(create("two", "Two")).await.unwrap();
    let shop = shop.restart().await;
    shop.people.editor.products().create_product(create("three", "Three")).await.unwrap();
    let mut stream = watch(&shop.people.viewer, &token).await.unwrap();
    for name in ["products/two", "products/three"] {
        assert_eq!(change(&mut stream).await.change.unwrap().resource, name);
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_shop_ends_its_streams_and_its_browsers_know_where_they_were() {
    let shop = Shop::open().await;
    let mut stream = watch(&shop.people.viewer, "").await.unwrap();
    let web = shop.web().with_token(shop.people.viewer.token());
    let mut events = Events::open(&web, WATCH, "").await.unwrap();
    assert!(events.next().await.unwrap().id.len() > 20);
    assert!(!stream.message().await.unwrap().unwrap().resume_token.is_empty());
    shop.close().await;
    let end = stream.message().await.unwrap_err();
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    // Without a word, or with one that says that it stops: either way a browser comes back.
    while let Some(event) = events.next().await {
        assert_eq!(event.name, "error", "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_told_why_there_is_no_stream() {
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_001_800).unwrap()));
    let shop = Shop::open_at(Arc::clone(&clock) as _).await;
    let refused = Events::open(&shop.web(), WATCH, "").await.unwrap_err();
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (StatusCode::UNAUTHORIZED, "CREDENTIALS_INVALID")
    );
    let web = shop.web().with_token(shop.people.viewer.token());
    let refused = Events::open(&web, WATCH, "nonsense").await.unwrap_err();
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (StatusCode::BAD_REQUEST, "FIELD_INVALID")
    );
    let public = shop.web().get("/v1/products").await.header("shelf-resume-token").to_owned();
    let refused = Events::open(&web, WATCH, &public).await.unwrap_err();
    assert_eq!(
        refused.reason(),
        "FIELD_INVALID",
        "what the public has read is not all that staff sees"
    );

    let token = token_of_list(&shop.people.viewer).await;
    clock.advance(SignedDuration::from_hours(25));
    let linus = shop.people.anyone.sign_in("linus@shelf.example").await.unwrap();
    let web = shop.web().with_token(linus.token());
    let refused = Events::open(&web, WATCH, &token).await.unwrap_err();
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (StatusCode::BAD_REQUEST, "RESUME_TOKEN_EXPIRED")
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_watch_learns_nothing_of_a_token() {
    let shop = Shop::open().await;
    let good = token_of_list(&shop.people.viewer).await;
    let asked = async |token: &str| {
        let refused = watch(&shop.people.anyone, token).await.unwrap_err();
        (refused.code(), refused.message().to_owned(), reason(&refused))
    };
    let refused = asked(&good).await;
    assert_eq!(refused.0, Code::Unauthenticated);
    for token in ["", "nonsense"] {
        assert_eq!(asked(token).await, refused);
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_taken_away_takes_its_streams_with_it() {
    let pair = Pair::start().await;
    let eve = pair.people.admin.invite("eve", "Eve", proto::access::Role::Viewer).await.unwrap();
    let mut by_grpc = watch(&eve, "").await.unwrap();
    let mut by_json = Events::open(&pair.web().with_token(eve.token()), WATCH, "").await.unwrap();
    let request =
        proto::access::DeleteUserRequest { name: "users/eve".into(), ..Default::default() };
    pair.people.admin.users().delete_user(request).await.unwrap();
    let since = tokio::time::Instant::now();
    let end = loop {
        if let Err(end) = by_grpc.message().await {
            break end;
        }
    };
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Unauthenticated, "SESSION_EXPIRED"));
    let end = loop {
        let event = by_json.next().await.expect("why it ends");
        if event.name == "error" {
            break event;
        }
    };
    assert_eq!(end.data["error"]["status"], "UNAUTHENTICATED");
    assert_eq!(by_json.next().await, None);
    assert!(since.elapsed().as_millis() < 1_000, "{:?}", since.elapsed());
}
