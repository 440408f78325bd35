//! `WatchProducts` as a caller meets it: its tokens, and all that ends it.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::clock::ManualClock;

const WATCH: &str = "/shelf.catalog.v1.ProductService/WatchProducts";

/// A stream that is being read.
struct Reading {
    body: Body,
    /// What has come of the messages that follow.
    held: Bytes,
}

impl Reading {
    fn of(response: Response<Body>) -> Self {
        assert_eq!(Status::from_header_map(response.headers()).map(|status| status.code()), None);
        Self { body: response.into_body(), held: Bytes::new() }
    }

    /// The next message, or how the stream ended.
    async fn next(&mut self) -> Result<catalog::WatchProductsResponse, Status> {
        if self.held.is_empty() {
            let frame = self.body.frame().await.expect("a stream ends with its status").unwrap();
            match frame.into_data() {
                Ok(data) => self.held = data,
                Err(frame) => {
                    let status = Status::from_header_map(frame.trailers_ref().unwrap());
                    return Err(status.expect("a status"));
                }
            }
        }
        let length = u32::from_be_bytes(self.held[1..5].try_into().unwrap()) as usize;
        let message = self.held.split_to(5 + length).slice(5..);
        Ok(catalog::WatchProductsResponse::decode(message).unwrap())
    }

    /// The next change.
    async fn change(&mut self) -> catalog::WatchProductsResponse {
        loop {
            let next = self.next().await.unwrap();
            if next.change.is_some() {
                return next;
            }
        }
    }

    /// How it ends, after whatever comes before.
    async fn end(&mut self) -> (Code, String) {
        loop {
            if let Err(status) = self.next().await {
                let reason = status.get_details_error_info().map(|info| info.reason);
                return (status.code(), reason.unwrap_or_default());
            }
        }
    }
}

fn from_token(token: &str) -> catalog::WatchProductsRequest {
    catalog::WatchProductsRequest { resume_token: token.to_owned() }
}

fn watching(token: Option<&str>) -> Request<Body> {
    let message = frame(&from_token("").encode_to_vec());
    request(WATCH, token, Body::new(Full::from(message)))
}

impl Shop {
    async fn watch(&self, role: Role, token: &str) -> Result<Reading, Status> {
        self.begin(role, WATCH, &from_token(token)).await.map(Reading::of)
    }
}

fn ended(code: Code, reason: &str) -> (Code, String) {
    (code, reason.to_owned())
}

/// A shop on a clock that stands still.
async fn still_shop(settings: Settings) -> (Shop, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_second(1_800_001_800).unwrap()));
    let instance = server::open_with_clock(settings, Arc::clone(&clock) as _).await.unwrap();
    (Shop { instance, tokens: Default::default() }, clock)
}

#[tokio::test]
async fn a_stream_goes_on_from_the_token_of_a_read_and_from_its_own() {
    let shop = Shop::open().await;
    shop.call(Role::Editor, CREATE_PRODUCT, &new_product("before", "Before")).await.unwrap();
    let list = frame(&catalog::ListProductsRequest::default().encode_to_vec());
    let path = "/shelf.catalog.v1.ProductService/ListProducts";
    let list = request(path, shop.token(Role::Viewer).await, Body::new(Full::from(list)));
    let read = shop.send(list).await;
    let token = read.headers()["shelf-resume-token"].to_str().unwrap().to_owned();
    for id in ["one", "two", "three"] {
        shop.call(Role::Editor, CREATE_PRODUCT, &new_product(id, id)).await.unwrap();
    }
    let mut reading = shop.watch(Role::Viewer, &token).await.unwrap();
    assert_eq!(
        reading.next().await.unwrap(),
        catalog::WatchProductsResponse { resume_token: token, ..Default::default() }
    );
    let one = reading.change().await;
    let product = one.product.as_ref().unwrap();
    assert_eq!((product.name.as_str(), product.title.as_str()), ("products/one", "one"));
    let change = one.change.as_ref().unwrap();
    assert_eq!(change.kind(), catalog::change::Kind::Created);
    assert_eq!(change.actor.as_ref().unwrap().display_name, "emil");
    let mut again = shop.watch(Role::Viewer, &one.resume_token).await.unwrap();
    for name in ["products/two", "products/three"] {
        assert_eq!(again.change().await.change.unwrap().resource, name);
    }
}

#[tokio::test]
async fn a_token_that_is_too_old_or_of_somebody_else_is_refused_before_the_stream_begins() {
    let (shop, clock) = still_shop(Settings::new("sqlite::memory:")).await;
    let mut reading = shop.watch(Role::Viewer, "").await.unwrap();
    let token = reading.next().await.unwrap().resume_token;
    let refused = shop.watch(Role::Viewer, "nonsense").await.err().unwrap();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "FIELD_INVALID")
    );
    clock.advance(SignedDuration::from_hours(25));
    // The session of before has ended by now.
    let shop = Shop { instance: shop.instance.clone(), tokens: Default::default() };
    let refused = shop.watch(Role::Editor, &token).await.err().unwrap();
    let expired = (Code::OutOfRange, "RESUME_TOKEN_EXPIRED");
    assert_eq!((refused.code(), reason(&refused).as_str()), expired);
}

#[tokio::test]
async fn a_stream_ends_with_the_service_and_its_caller_knows_from_where_to_go_on() {
    let shop = Shop::open().await;
    let mut reading = shop.watch(Role::Viewer, "").await.unwrap();
    assert!(!reading.next().await.unwrap().resume_token.is_empty());
    shop.instance.service().stop().await;
    assert_eq!(reading.end().await, ended(Code::Unavailable, "SHUTTING_DOWN"));
}

#[tokio::test]
async fn a_stream_ends_with_its_deadline() {
    let mut settings = Settings::new("sqlite::memory:");
    settings.limits.deadlines.stream = Duration::from_millis(300);
    let shop = Shop::with(settings).await;
    let mut reading = shop.watch(Role::Viewer, "").await.unwrap();
    assert_eq!(reading.end().await, ended(Code::Ok, ""), "the service's own time: complete");
    let mut asked = watching(shop.token(Role::Viewer).await);
    asked.headers_mut().insert("grpc-timeout", "20m".parse().unwrap());
    let mut reading = Reading::of(shop.send(asked).await);
    assert_eq!(reading.end().await, ended(Code::DeadlineExceeded, "DEADLINE"));
}

#[tokio::test]
async fn a_stream_ends_with_its_connection_in_good_order() {
    let shop = Shop::open().await;
    let closing = Closing::default();
    let mut asked = watching(shop.token(Role::Viewer).await);
    asked.extensions_mut().insert(closing.clone());
    let mut reading = Reading::of(shop.send(asked).await);
    reading.next().await.unwrap();
    closing.0.cancel();
    assert_eq!(reading.end().await, ended(Code::Ok, ""));
}

#[tokio::test]
async fn a_stream_ends_within_a_second_of_its_session_and_its_role() {
    let shop = Shop::open().await;
    let mut of_session = shop.watch(Role::Viewer, "").await.unwrap();
    let delete = wire::DeleteSessionRequest { name: "sessions/-".to_owned(), ..Default::default() };
    let sign_out = "/shelf.access.v1.SessionService/DeleteSession";
    shop.call(Role::Viewer, sign_out, &delete).await.unwrap();
    let since = tokio::time::Instant::now();
    assert_eq!(of_session.end().await, ended(Code::Unauthenticated, "SESSION_EXPIRED"));
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());

    let mut of_user = shop.watch(Role::Editor, "").await.unwrap();
    let list = "/shelf.access.v1.UserService/ListUsers";
    let users = shop.call(Role::Admin, list, &wire::ListUsersRequest::default()).await.unwrap();
    let users = wire::ListUsersResponse::decode(users).unwrap().users;
    let mut emil = users.into_iter().find(|user| user.display_name == "emil").unwrap();
    emil.disabled = true;
    let disable = wire::UpdateUserRequest {
        user: Some(emil),
        update_mask: Some(prost_types::FieldMask { paths: vec!["disabled".to_owned()] }),
        ..Default::default()
    };
    shop.call(Role::Admin, "/shelf.access.v1.UserService/UpdateUser", &disable).await.unwrap();
    let since = tokio::time::Instant::now();
    assert_eq!(of_user.end().await.0, Code::Unauthenticated);
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
}

#[tokio::test]
async fn watching_is_no_use_of_a_session_which_ends_when_it_would() {
    let (shop, clock) = still_shop(Settings::new("sqlite::memory:")).await;
    let mut reading = shop.watch(Role::Viewer, "").await.unwrap();
    reading.next().await.unwrap();
    clock.advance(SignedDuration::from_mins(29));
    assert!(tokio::time::timeout(Duration::from_millis(700), reading.next()).await.is_err());
    clock.advance(SignedDuration::from_mins(2));
    assert_eq!(reading.end().await, ended(Code::Unauthenticated, "SESSION_EXPIRED"));
}

#[tokio::test]
async fn one_caller_has_eight_streams_and_an_ended_one_makes_room() {
    let shop = Shop::open().await;
    let far = |token| {
        let mut asked = watching(token);
        asked.extensions_mut().insert(Peer("192.0.2.1".parse().unwrap()));
        asked
    };
    let vera = shop.token(Role::Viewer).await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(Reading::of(shop.send(far(vera)).await));
    }
    let refused = Status::from_header_map(shop.send(far(vera)).await.headers()).unwrap();
    let full = (Code::ResourceExhausted, "TOO_MANY_STREAMS");
    assert_eq!((refused.code(), reason(&refused).as_str()), full);
    let _others = Reading::of(shop.send(far(shop.token(Role::Editor).await)).await);
    let _near = Reading::of(shop.send(watching(vera)).await);
    shop.call(Role::Viewer, GET_SHOP, &shop_request()).await.expect("calls have other places");
    held.pop();
    let _again = Reading::of(shop.send(far(vera)).await);
}
