//! The service itself, called as a gateway in the same process calls it.

mod beside;
mod keys;
mod resume_tokens;
mod watch;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, StreamBody};
use prost::Message;
use proto::{access as wire, catalog};
use secrecy::SecretString;
use tokio::sync::OnceCell;
use tonic::Code;
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;

use super::*;
use crate::{
    Instance, Settings,
    access::{Login, NewUser},
    domain::{Caller, Role, Write},
    server,
};

mod callers;
mod compression;
mod history;
mod size;
mod whole;

const PASSWORD: &str = "cedar kettle on the hob";
const ROLES: [Role; 4] = [Role::Anyone, Role::Viewer, Role::Editor, Role::Admin];

/// A shop with an account of each role that a test calls as.
struct Shop {
    instance: Instance,
    tokens: [OnceCell<Option<String>>; ROLES.len()],
}

impl Shop {
    async fn open() -> Self {
        Self::with(Settings::new("sqlite::memory:")).await
    }

    async fn with(settings: Settings) -> Self {
        let instance = server::open(settings).await.unwrap();
        Self { instance, tokens: Default::default() }
    }

    async fn token(&self, role: Role) -> Option<&str> {
        let name = match role {
            Role::Anyone => return None,
            Role::Viewer => "vera",
            Role::Editor => "emil",
            Role::Admin => "ada",
        };
        let cell = &self.tokens[ROLES.iter().position(|other| *other == role)?];
        let signing_in = async || Some(sign_in(&self.instance, role, name).await);
        cell.get_or_init(signing_in).await.as_deref()
    }

    async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.instance.service().oneshot(request).await.unwrap()
    }

    async fn call(&self, role: Role, path: &str, message: &impl Message) -> Result<Bytes, Status> {
        let body = frame(&message.encode_to_vec());
        self.call_with(role, path, Body::new(Full::from(body))).await
    }

    /// The stream that a call opens.
    async fn begin(
        &self,
        role: Role,
        path: &str,
        message: &impl Message,
    ) -> Result<Response<Body>, Status> {
        let body = Body::new(Full::from(frame(&message.encode_to_vec())));
        let response = self.send(request(path, self.token(role).await, body)).await;
        Status::from_header_map(response.headers()).map_or(Ok(response), Err)
    }

    async fn call_with(&self, role: Role, path: &str, body: Body) -> Result<Bytes, Status> {
        answer(self.send(request(path, self.token(role).await, body)).await).await
    }
}

async fn sign_in(instance: &Instance, role: Role, name: &str) -> String {
    let access = instance.access();
    let login = Login::parse(&format!("{name}@shop.example")).unwrap();
    let display_name = name.to_owned();
    let user = NewUser { id: None, login: login.clone(), display_name, role, disabled: false };
    let password = || SecretString::from(PASSWORD);
    access.create_user(Write::by(Caller::system()), user, password()).await.unwrap();
    access.sign_in(login.as_str(), password(), None).await.unwrap().token.expose().to_owned()
}

fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0][..], &length.to_be_bytes(), message].concat()
}

fn request(path: &str, token: Option<&str>, body: Body) -> Request<Body> {
    let mut request = Request::post(path).header("content-type", "application/grpc");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(body).unwrap()
}

/// The message of an answer, or its status.
async fn answer(response: Response<Body>) -> Result<Bytes, Status> {
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("x-request-id"));
    if let Some(status) = Status::from_header_map(response.headers()) {
        return Err(status);
    }
    let body = response.into_body().collect().await.unwrap();
    let status = Status::from_header_map(body.trailers().unwrap()).unwrap();
    assert_eq!(status.code(), Code::Ok);
    Ok(body.to_bytes().slice(5..))
}

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info().expect("every refusal has its reason");
    assert_eq!(info.domain, "shelf");
    info.reason
}

const GET_PRODUCT: &str = "/shelf.catalog.v1.ProductService/GetProduct";
const CREATE_PRODUCT: &str = "/shelf.catalog.v1.ProductService/CreateProduct";
const GET_SHOP: &str = "/shelf.catalog.v1.ShopService/GetShop";

fn shop_request() -> catalog::GetShopRequest {
    catalog::GetShopRequest { name: "shop".to_owned() }
}

fn new_product(id: &str, title: &str) -> catalog::CreateProductRequest {
    catalog::CreateProductRequest {
        product_id: id.to_owned(),
        product: Some(catalog::Product { title: title.to_owned(), ..Default::default() }),
        ..Default::default()
    }
}

#[tokio::test]
async fn every_method_is_refused_below_its_role_and_answered_from_it_on() {
    let shop = Shop::open().await;
    let mut methods = 0;
    for service in proto::descriptor_pool().services() {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let required = roles::named(&path).unwrap().role.unwrap();
            for role in ROLES {
                // An empty message breaks the contract's rules; whoever learns that has been let in.
                let refused = match method.is_server_streaming() {
                    true => shop.begin(role, &path, &()).await.err(),
                    false => shop.call(role, &path, &()).await.err(),
                };
                let refused = refused.map(|status| (status.code(), reason(&status)));
                let let_in = match &refused {
                    Some((Code::Unauthenticated | Code::PermissionDenied, _)) => false,
                    Some((Code::Unimplemented | Code::Internal, _)) => {
                        panic!("{path}: {refused:?}")
                    }
                    Some(_) | None => true,
                };
                assert_eq!(let_in, role >= required, "{path} as {role:?}: {refused:?}");
                if !let_in {
                    let expected = match role {
                        Role::Anyone => (Code::Unauthenticated, "CREDENTIALS_INVALID".to_owned()),
                        _ => (Code::PermissionDenied, "ROLE_MISSING".to_owned()),
                    };
                    assert_eq!(refused, Some(expected), "{path} as {role:?}");
                }
            }
            methods += 1;
        }
    }
    assert_eq!(methods, 55);
}

#[tokio::test]
async fn permission_comes_before_existence_and_validation() {
    let shop = Shop::open().await;
    let path = "/shelf.catalog.v1.ProductService/DeleteProduct";
    let faulty =
        catalog::DeleteProductRequest { name: "nonsense".to_owned(), ..Default::default() };
    let refused = shop.call(Role::Viewer, path, &faulty).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let refused = shop.call(Role::Editor, path, &faulty).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_product_is_created_and_answered_to_those_who_may_see_it() {
    let shop = Shop::open().await;
    let created = shop.call(Role::Editor, CREATE_PRODUCT, &new_product("mug", "A mug")).await;
    let created = catalog::Product::decode(created.unwrap()).unwrap();
    assert_eq!((created.name.as_str(), created.slug.as_str()), ("products/mug", "a-mug"));
    assert_eq!(created.update_actor.unwrap().display_name, "emil");

    let get = catalog::GetProductRequest { name: "products/mug".to_owned(), view: 0 };
    let seen = shop.call(Role::Viewer, GET_PRODUCT, &get).await.unwrap();
    assert_eq!(catalog::Product::decode(seen).unwrap().title, "A mug");
    let refused = shop.call(Role::Anyone, GET_PRODUCT, &get).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::NotFound, "RESOURCE_NOT_FOUND"));
}

#[tokio::test]
async fn all_violations_are_told_at_once() {
    let shop = Shop::open().await;
    let mut request = new_product("NO", &"x".repeat(301));
    let product = request.product.as_mut().unwrap();
    product.slug = "No Slug".to_owned();
    product.tags = vec![String::new()];
    product.categories = vec!["categories/none".to_owned()];
    let image = |uri: &str| catalog::Image { uri: uri.to_owned(), ..Default::default() };
    product.images = vec![image("/elsewhere"), image("https://elsewhere.example/a.png")];
    let refused = shop.call(Role::Editor, CREATE_PRODUCT, &request).await.unwrap_err();
    let fields: Vec<_> = refusal::violations_of(&refused).into_iter().map(|v| v.field).collect();
    let within = ["title", "slug", "tags[0]", "images[0].uri", "images[1].uri", "categories[0]"]
        .map(|field| format!("product.{field}"));
    assert_eq!((fields[0].as_str(), &fields[1..]), ("product_id", &within[..]));
}

#[tokio::test]
async fn lists_go_on_by_their_tokens_and_only_for_the_same_query() {
    let shop = Shop::open().await;
    for id in ["a", "b", "c"] {
        shop.call(Role::Editor, CREATE_PRODUCT, &new_product(id, id)).await.unwrap();
    }
    let path = "/shelf.catalog.v1.ProductService/ListProducts";
    let mut request = catalog::ListProductsRequest {
        page_size: 2,
        order_by: "title".to_owned(),
        ..Default::default()
    };
    let list = async |request: &catalog::ListProductsRequest| {
        let answer = shop.call(Role::Viewer, path, request).await?;
        Ok::<_, Status>(catalog::ListProductsResponse::decode(answer).unwrap())
    };
    let first = list(&request).await.unwrap();
    assert_eq!((first.products.len(), first.total_size), (2, 3));
    request.page_token = first.next_page_token;
    request.page_size = 1;
    let second = list(&request).await.unwrap();
    assert_eq!(second.products[0].title, "c");
    assert_eq!(second.next_page_token, "");

    request.order_by = "title desc".to_owned();
    assert_eq!(reason(&list(&request).await.unwrap_err()), "PAGE_TOKEN_INVALID");
    request.page_token = "forged".to_owned();
    assert_eq!(reason(&list(&request).await.unwrap_err()), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn sessions_are_ones_own() {
    let shop = Shop::open().await;
    let get = wire::GetSessionRequest { name: "sessions/-".to_owned() };
    let path = "/shelf.access.v1.SessionService/GetSession";
    let session = shop.call(Role::Viewer, path, &get).await.unwrap();
    let session = wire::Session::decode(session).unwrap();
    assert_eq!(session.token, "");
    assert_eq!(session.user.unwrap().login, "vera@shop.example");

    let of_vera = wire::GetSessionRequest { name: session.name.clone() };
    assert!(shop.call(Role::Viewer, path, &of_vera).await.is_ok());
    let refused = shop.call(Role::Admin, path, &of_vera).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);

    let delete = wire::DeleteSessionRequest { name: "sessions/-".to_owned(), ..Default::default() };
    let sign_out = "/shelf.access.v1.SessionService/DeleteSession";
    shop.call(Role::Viewer, sign_out, &delete).await.unwrap();
    let ended = shop.call(Role::Viewer, path, &get).await.unwrap_err();
    assert_eq!((ended.code(), reason(&ended).as_str()), (Code::Unauthenticated, "SESSION_EXPIRED"));
}

#[tokio::test]
async fn a_session_list_is_paged() {
    let shop = Shop::open().await;
    shop.token(Role::Admin).await.unwrap();
    for _ in 0..2 {
        let password = SecretString::from(PASSWORD);
        shop.instance.access().sign_in("ada@shop.example", password, None).await.unwrap();
    }
    let path = "/shelf.access.v1.SessionService/ListSessions";
    let mut request = wire::ListSessionsRequest { page_size: 2, ..Default::default() };
    let mut names = Vec::new();
    loop {
        let page = shop.call(Role::Admin, path, &request).await.unwrap();
        let page = wire::ListSessionsResponse::decode(page).unwrap();
        names.extend(page.sessions.into_iter().map(|session| session.name));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(names.len(), 3);
    assert!(names.is_sorted_by(|newer, older| newer > older), "{names:?}");
}

#[tokio::test]
async fn dead_credentials_do_not_stop_anybody_from_signing_in() {
    let shop = Shop::open().await;
    shop.token(Role::Admin).await.unwrap();
    let sign_in = wire::CreateSessionRequest {
        login: "ada@shop.example".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let path = "/shelf.access.v1.SessionService/CreateSession";
    let body = Body::new(Full::from(frame(&sign_in.encode_to_vec())));
    let session = answer(shop.send(request(path, Some("dead"), body)).await).await.unwrap();
    let session = wire::Session::decode(session).unwrap();
    assert!(session.token.starts_with("shelf_s_"));

    let body = Body::new(Full::from(frame(&shop_request().encode_to_vec())));
    let refused = answer(shop.send(request(GET_SHOP, Some("dead"), body)).await).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated, "elsewhere they do");
}

#[tokio::test]
async fn one_message_is_expected_however_the_bytes_are_cut() {
    let shop = Shop::open().await;
    let one = frame(&shop_request().encode_to_vec());
    let two = [one.clone(), one.clone()].concat();
    for (bytes, expected) in [(one, None), (two, Some("METHOD_UNKNOWN"))] {
        for cut in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(cut);
            let pieces = [head, tail].map(|piece| {
                Ok::<_, Status>(http_body::Frame::data(Bytes::copy_from_slice(piece)))
            });
            let body = Body::new(StreamBody::new(futures_util::stream::iter(pieces)));
            let answered = shop.call_with(Role::Anyone, GET_SHOP, body).await;
            let refused = answered.err().map(|status| reason(&status));
            assert_eq!(refused.as_deref(), expected, "cut at {cut}");
        }
    }
}

#[tokio::test]
async fn faulty_messages_have_their_reasons() {
    let shop = Shop::open().await;
    let too_large = [&[0][..], &(4_u32 << 20).wrapping_add(1).to_be_bytes()].concat();
    for (body, code, expected) in [
        (Vec::new(), Code::Unimplemented, "METHOD_UNKNOWN"),
        (vec![0, 0, 0, 0, 9, 1], Code::InvalidArgument, "MESSAGE_INVALID"),
        (frame(&[0xff; 9]), Code::InvalidArgument, "MESSAGE_INVALID"),
        (too_large, Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
    ] {
        let body = Body::new(Full::from(body));
        let refused = shop.call_with(Role::Anyone, GET_SHOP, body).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (code, expected));
    }
}

#[tokio::test]
async fn a_panic_of_a_method_is_answered_and_the_service_goes_on() {
    let shop = Shop::open().await;
    let bursting = StreamBody::new(futures_util::stream::poll_fn(
        |_| -> Poll<Option<Result<http_body::Frame<Bytes>, Status>>> { panic!("planted") },
    ));
    let refused = shop.call_with(Role::Anyone, GET_SHOP, Body::new(bursting)).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Internal, "INTERNAL"));
    assert!(!refused.message().contains("planted"));
    shop.call(Role::Anyone, GET_SHOP, &shop_request()).await.unwrap();
}

#[tokio::test]
async fn a_watch_of_health_hears_of_the_end_and_ends() {
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };

    let shop = Shop::open().await;
    let mut health = HealthClient::new(shop.instance.service());
    let watch = health.watch(HealthCheckRequest::default()).await.unwrap();
    let mut watch = watch.into_inner();
    let first = watch.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);
    shop.instance.close().await;
    let last = watch.message().await.unwrap().unwrap();
    assert_eq!(last.status(), ServingStatus::NotServing);
    let end = watch.message().await.unwrap_err();
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
}

#[tokio::test]
async fn unknown_methods_are_unimplemented() {
    let shop = Shop::open().await;
    for path in [
        "/shelf.catalog.v1.ProductService/Nothing",
        "/shelf.catalog.v1.Nothing/GetProduct",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/",
        "/GetProduct",
    ] {
        let refused = shop.call(Role::Admin, path, &()).await.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unimplemented, "METHOD_UNKNOWN"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_request_that_never_comes_whole_ends_with_its_deadline() {
    let shop = Shop::open().await;
    let silent =
        StreamBody::new(futures_util::stream::pending::<Result<http_body::Frame<Bytes>, Status>>());
    let mut request = request(GET_SHOP, None, Body::new(silent));
    request.headers_mut().insert("grpc-timeout", "20m".parse().unwrap());
    let refused = answer(shop.send(request).await).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::DeadlineExceeded, "DEADLINE"));
}

#[tokio::test]
async fn a_faulty_timeout_is_refused() {
    let shop = Shop::open().await;
    let mut request = request(GET_SHOP, None, Body::empty());
    request.headers_mut().insert("grpc-timeout", "soon".parse().unwrap());
    let refused = answer(shop.send(request).await).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "FIELD_INVALID")
    );
}

#[tokio::test]
async fn what_there_is_no_room_for_is_turned_away_but_health_is_not() {
    let mut settings = Settings::new("sqlite::memory:");
    settings.limits.calls = 1;
    let shop = Shop::with(settings).await;
    let _taken = shop.instance.service().0.shed.place().await.unwrap();
    let refused = shop.call(Role::Anyone, GET_SHOP, &shop_request()).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, "OVERLOADED"));
    assert_eq!(refused.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_secs(1)));
    shop.call(Role::Anyone, "/grpc.health.v1.Health/Check", &()).await.unwrap();
}

#[tokio::test]
async fn a_closed_service_says_so() {
    let shop = Shop::open().await;
    shop.instance.close().await;
    let refused = shop.call(Role::Anyone, GET_SHOP, &shop_request()).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    let health = shop.call(Role::Anyone, "/grpc.health.v1.Health/Check", &()).await.unwrap();
    let health = tonic_health::pb::HealthCheckResponse::decode(health).unwrap();
    assert_eq!(health.status(), tonic_health::pb::health_check_response::ServingStatus::NotServing);
}

#[tokio::test]
async fn the_callers_request_id_comes_back() {
    let shop = Shop::open().await;
    let mut request = request(GET_SHOP, None, Body::empty());
    request.headers_mut().insert("x-request-id", "from-me".parse().unwrap());
    assert_eq!(shop.send(request).await.headers()["x-request-id"], "from-me");
}

#[tokio::test]
async fn generated_clients_call_the_service_in_process() {
    let shop = Shop::open().await;
    let service = shop.instance.service();
    let mut client = catalog::shop_service_client::ShopServiceClient::new(service);
    let shop = client.get_shop(shop_request()).await.unwrap().into_inner();
    assert_eq!((shop.name.as_str(), shop.default_currency.as_str()), ("shop", "EUR"));
}
