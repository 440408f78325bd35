//! A catalog that holds one product and says what it is told: raw gRPC, so that nothing of the service is needed.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{body::Body, response::Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt as _, StreamBody};
use prost::Message;
use proto::{
    access::{Role, Session, User},
    catalog::{
        self, Category, CompareProductRevisionsResponse, FieldDifference, FoundProduct,
        ListCategoriesResponse, ListChangesResponse, ListProductRevisionsResponse,
        ListProductsResponse, Product, ProductRevision, SearchProductsResponse,
        Shop as ShopSettings, TextSegment, change::Kind, product_revision::Change,
    },
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{
    app::{App, Gateway, Peer},
    config::Settings,
    session::FormKey,
    upstream::Upstream,
};

/// What a method answers.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Message(Vec<u8>),
    Refused(Status),
}

#[derive(Debug, Default)]
struct Told {
    answers: HashMap<String, Answer>,
    once: HashMap<String, Answer>,
    calls: Vec<String>,
}

/// One front door for all tests, since each would compress all assets again. Its catalog tells the tests apart by the address
/// that their requests come from.
static APP: LazyLock<App> = LazyLock::new(|| {
    let service = tower::service_fn(|request: Request<tonic::body::Body>| {
        let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
        let address = request.headers()["x-forwarded-for"].to_str().unwrap().parse().unwrap();
        let told = Arc::clone(&SHOPS.lock().unwrap()[&address]);
        let answer = hear(&told, method);
        async move { Ok::<_, Infallible>(reply(answer)) }
    });
    let settings = Settings {
        listen: ([127, 0, 0, 1], 8080).into(),
        origin: "http://localhost:8080".parse().unwrap(),
        allowed_hosts: Vec::new(),
        picture_host: None,
        trusted_proxies: Vec::new(),
        form_key: form_key(),
        limits: crate::config::Limits::default(),
    };
    App::new(Gateway::new(settings, Upstream::in_process(service)))
});

/// What waiting forms are sealed with in these tests.
pub(super) fn form_key() -> FormKey {
    FormKey::of(b"the tests of the pages")
}

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
static SHOPS: LazyLock<Mutex<HashMap<IpAddr, Arc<Mutex<Told>>>>> = LazyLock::new(Mutex::default);
static NEXT: AtomicU32 = AtomicU32::new(1);

/// The shop in front of that catalog.
#[derive(Clone)]
pub(super) struct Shop {
    address: IpAddr,
    told: Arc<Mutex<Told>>,
}

impl Shop {
    /// A shop with one product, which stands in every list, seen by an editor.
    pub(super) fn with(product: Product) -> Self {
        let address = Ipv4Addr::from_bits(NEXT.fetch_add(1, Ordering::Relaxed)).into();
        let told = Arc::new(Mutex::new(Told::default()));
        SHOPS.lock().unwrap().insert(address, Arc::clone(&told));
        let shop = Self { address, told };
        shop.tell("GetShop", &settings_of_the_shop());
        shop.tell("ListCategories", &categories());
        shop.tell("CreateSession", &session(Role::Editor));
        for method in
            ["GetProduct", "UpdateProduct", "DeleteProduct", "PublishProduct", "CreateProduct"]
        {
            shop.tell(method, &product);
        }
        shop.tell("RollbackProduct", &product);
        shop.tell("ListChanges", &changes_of(&product));
        let revision = revision_of(&product);
        shop.tell("GetProductRevision", &revision);
        shop.tell("CompareProductRevisions", &comparison_of(&product));
        let shop = shop.with_history(vec![revision]);
        shop.tell("SearchProducts", &found(&product));
        let page =
            ListProductsResponse { products: vec![product], total_size: 1, ..Default::default() };
        shop.tell("ListProducts", &page);
        shop.seen_by(Role::Editor)
    }

    pub(super) fn seen_by(self, role: Role) -> Self {
        self.tell("GetSession", &session(role));
        self
    }

    pub(super) fn with_history(self, product_revisions: Vec<ProductRevision>) -> Self {
        self.tell(
            "ListProductRevisions",
            &ListProductRevisionsResponse { product_revisions, ..Default::default() },
        );
        self
    }

    pub(super) fn refusing(self, method: &str, status: Status) -> Self {
        self.told.lock().unwrap().answers.insert(method.into(), Answer::Refused(status));
        self
    }

    /// The next call alone is answered so.
    pub(super) fn once(&self, method: &str, answer: Answer) {
        self.told.lock().unwrap().once.insert(method.into(), answer);
    }

    pub(super) fn was_called(&self, method: &str) -> bool {
        self.calls(method) > 0
    }

    pub(super) fn calls(&self, method: &str) -> usize {
        self.told.lock().unwrap().calls.iter().filter(|call| *call == method).count()
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.get_with(path, "x=y").await
    }

    pub(super) async fn get_with(&self, path: &str, cookie: &str) -> Response {
        let cookie = format!("__Host-sid=secret-token; {cookie}");
        let request = request("GET", path).header(header::COOKIE, cookie);
        self.answer(request.body(Body::empty()).unwrap()).await
    }

    pub(super) async fn anonymous_get(&self, path: &str) -> Response {
        self.answer(request("GET", path).body(Body::empty()).unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(form).finish();
        let request = request("POST", path)
            .header(header::COOKIE, "__Host-sid=secret-token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.answer(request.body(Body::from(body)).unwrap()).await
    }

    async fn answer(&self, request: Request<Body>) -> Response {
        APP.clone().answer(Some(Peer::new(self.address, LOCAL)), request).await
    }

    /// From now on a method answers so.
    pub(super) fn tell(&self, method: &str, message: &impl Message) {
        let answer = Answer::Message(message.encode_to_vec());
        self.told.lock().unwrap().answers.insert(method.into(), answer);
    }
}

fn request(method: &str, path: &str) -> http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080")
}

/// The status and the text of an answer.
pub(super) async fn body(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(bytes.into()).unwrap())
}

/// A refusal with a reason of the contract.
pub(super) fn refusal(code: Code, reason: &str) -> Status {
    let details = ErrorDetails::with_error_info(reason, "shelf", HashMap::new());
    Status::with_error_details(code, "refused", details)
}

/// A refusal that names fields.
pub(super) fn violations(fields: &[(&str, &str)]) -> Status {
    let mut details = ErrorDetails::with_error_info("FIELD_INVALID", "shelf", HashMap::new());
    for (field, text) in fields {
        details.add_bad_request_violation(*field, *text);
    }
    Status::with_error_details(Code::InvalidArgument, "refused", details)
}

fn hear(told: &Mutex<Told>, method: String) -> Answer {
    let mut told = told.lock().unwrap();
    let answer = told.once.remove(&method).or_else(|| told.answers.get(&method).cloned());
    let unknown = || Answer::Refused(Status::unimplemented(method.clone()));
    let answer = answer.unwrap_or_else(unknown);
    told.calls.push(method);
    answer
}

fn reply(answer: Answer) -> http::Response<Body> {
    let message = match answer {
        Answer::Refused(status) => return status.into_http(),
        Answer::Message(message) => message,
    };
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).unwrap());
    frame.extend_from_slice(&message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().unwrap());
    let frames = [http_body::Frame::data(Bytes::from(frame)), http_body::Frame::trailers(trailers)];
    let body = StreamBody::new(futures_util::stream::iter(frames.map(Ok::<_, Infallible>)));
    http::Response::builder()
        .header(header::CONTENT_TYPE, "application/grpc")
        .body(Body::new(body))
        .unwrap()
}

/// The newest revision of a product: the fourth, which went back to the second.
pub(super) fn revision_of(product: &Product) -> ProductRevision {
    ProductRevision {
        name: format!("{}/revisions/4", product.name),
        change: Change::RolledBack.into(),
        restored_revision: format!("{}/revisions/2", product.name),
        actor: product.update_actor.clone(),
        product: Some(product.clone()),
        ..Default::default()
    }
}

/// The feed of changes, with the newest revision of a product.
fn changes_of(product: &Product) -> ListChangesResponse {
    let change = catalog::Change {
        number: 7,
        kind: Kind::RolledBack.into(),
        resource: product.name.clone(),
        title: product.title.clone(),
        revision: format!("{}/revisions/4", product.name),
        actor: product.update_actor.clone(),
        ..Default::default()
    };
    ListChangesResponse { changes: vec![change], total_size: 1, ..Default::default() }
}

/// A comparison in which the product's own texts are old and new.
fn comparison_of(product: &Product) -> CompareProductRevisionsResponse {
    let text = &product.title;
    let fields = ["title".to_owned(), format!("attributes.{text}"), "tags".to_owned()];
    let differences = fields.map(|field| FieldDifference {
        field,
        old_values: vec![text.clone()],
        new_values: vec![format!("new {text}"), text.clone()],
    });
    CompareProductRevisionsResponse {
        base_revision: format!("{}/revisions/3", product.name),
        name: format!("{}/revisions/4", product.name),
        differences: differences.into(),
    }
}

/// A search that found the product by its whole title, spelt otherwise.
fn found(product: &Product) -> SearchProductsResponse {
    let marked = vec![TextSegment { text: product.title.clone(), matched: true }];
    let result = FoundProduct {
        product: Some(product.clone()),
        title_segments: marked,
        ..FoundProduct::default()
    };
    SearchProductsResponse {
        results: vec![result],
        total_size: 1,
        corrected_query: product.title.clone(),
        ..SearchProductsResponse::default()
    }
}

fn settings_of_the_shop() -> ShopSettings {
    ShopSettings {
        name: "shop".into(),
        display_name: "Shelf".into(),
        default_currency: "EUR".into(),
        default_language: "en".into(),
        price_rounding: proto::catalog::shop::PriceRounding::Ending99.into(),
        ..Default::default()
    }
}

fn categories() -> ListCategoriesResponse {
    let kitchen = Category {
        name: "categories/kitchen".into(),
        title: "Kitchen & table".into(),
        slug: "kitchen".into(),
        ..Default::default()
    };
    ListCategoriesResponse { categories: vec![kitchen], ..Default::default() }
}

fn session(role: Role) -> Session {
    let user = User { display_name: "Ada".into(), role: role.into(), ..Default::default() };
    Session { token: "secret-token".into(), user: Some(user), ..Default::default() }
}
