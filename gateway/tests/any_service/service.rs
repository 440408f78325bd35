//! The service: it echoes what it is asked, and describes itself as a test tells it to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::body::Body;
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::stream;
use gateway::{
    app::{App, Gateway},
    config::{Limits, Settings},
    service::{RuleFile, Service, Source},
    upstream::Upstream,
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use prost::Message;
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::Status;
use tonic_reflection::pb::v1::{
    ErrorResponse, FileDescriptorResponse, ListServiceResponse, ServerReflectionRequest,
    ServerReflectionResponse, ServiceResponse, server_reflection_request::MessageRequest,
    server_reflection_response::MessageResponse,
};

use crate::description::{ITEMS, files};

/// How long anything may take that has to happen.
const SOON_ENOUGH: Duration = Duration::from_secs(30);

/// How often the contract is read here.
pub(crate) const OFTEN: Duration = Duration::from_millis(20);

/// What the service says of itself.
#[derive(Debug)]
pub(crate) struct Told {
    /// The versions of reflection that it answers.
    pub(crate) versions: Vec<&'static str>,
    /// Its services, each with its file.
    pub(crate) services: BTreeMap<String, String>,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// It cannot be reached.
    pub(crate) away: bool,
    /// Every call that it got, by its path.
    pub(crate) calls: Vec<String>,
    /// The metadata of every call that was not for its description.
    pub(crate) heard: Vec<HeaderMap>,
    /// What it says before its messages, and behind them.
    pub(crate) metadata: [HeaderMap; 2],
    /// How it refuses, if it does.
    pub(crate) refusal: Option<Status>,
    /// What it says of its health, if it has a service for that.
    pub(crate) health: Option<i32>,
}

/// The service; its clones are one.
#[derive(Clone)]
pub(crate) struct Items {
    told: Arc<Mutex<Told>>,
    /// A stream sends its second message when there is a permit.
    pub(crate) go_on: Arc<Semaphore>,
}

impl Items {
    pub(crate) fn new() -> Self {
        let told = Told {
            versions: vec!["v1", "v1alpha"],
            services: [("items.v1.Items".to_owned(), "items.proto".to_owned())].into(),
            files: files(ITEMS),
            away: false,
            calls: Vec::new(),
            heard: Vec::new(),
            metadata: [HeaderMap::new(), HeaderMap::new()],
            refusal: None,
            health: None,
        };
        Self { told: Arc::new(Mutex::new(told)), go_on: Arc::new(Semaphore::new(0)) }
    }

    pub(crate) fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    /// Waits until it was asked so many times more what it offers.
    pub(crate) async fn is_read_again(&self, times: usize) {
        let reads = || {
            let told = self.told();
            told.calls.iter().filter(|path| path.contains("ServerReflection")).count()
        };
        let before = reads();
        until(|| reads() >= before + times).await;
    }

    /// The same on a socket: where, and its connections.
    pub(crate) async fn listen(&self) -> (Uri, Arc<Mutex<JoinSet<()>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let connections = Arc::new(Mutex::new(JoinSet::new()));
        let (items, held) = (self.clone(), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let items = items.clone();
                let answer = service_fn(move |request: Request<Incoming>| {
                    items.clone().call(request.map(tonic::body::Body::new))
                });
                held.lock().unwrap().spawn(async move {
                    let builder = auto::Builder::new(TokioExecutor::new());
                    // A connection that a test cuts off is no failure of it.
                    let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        (uri, connections)
    }

    async fn call(
        self,
        request: Request<tonic::body::Body>,
    ) -> Result<Response<tonic::body::Body>, Status> {
        let path = request.uri().path().to_owned();
        self.told().calls.push(path.clone());
        if !path.contains("Reflection") {
            self.told().heard.push(request.headers().clone());
        }
        if self.told().away {
            return Err(gateway::upstream::unreachable());
        }
        let body = request.into_body().collect().await?.to_bytes();
        if let Some((version, _)) =
            path.strip_prefix("/grpc.reflection.").and_then(|rest| rest.split_once('.'))
        {
            if !self.told().versions.contains(&version) {
                return Ok(Status::unimplemented("no such method").into_http());
            }
            return Ok(answer(self.reflect(&body), Default::default(), None));
        }
        let (metadata, refusal, health) = {
            let told = self.told();
            (told.metadata.clone(), told.refusal.clone(), told.health)
        };
        match (path.rsplit('/').next(), refusal) {
            (Some("Check"), _) => Ok(match health {
                None => Status::unimplemented("no health").into_http(),
                Some(status) => answer(vec![framed(&Health { status })], metadata, None),
            }),
            (_, Some(refusal)) => Ok(refusal.into_http()),
            (Some("WatchItem"), _) => {
                Ok(answer(vec![body.clone(), body], metadata, Some(self.go_on)))
            }
            (Some("TakeItems"), _) => Ok(answer(vec![framed(&noted(&body))], metadata, None)),
            _ => Ok(answer(vec![body], metadata, None)),
        }
    }

    /// The answers to the questions of a stream.
    fn reflect(&self, mut frames: &[u8]) -> Vec<Bytes> {
        let mut answers = Vec::new();
        while let Some((head, rest)) = frames.split_first_chunk::<5>() {
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let (question, rest) = rest.split_at(length);
            frames = rest;
            let question = ServerReflectionRequest::decode(question).unwrap();
            let response = ServerReflectionResponse {
                message_response: self.told().answer(&question.message_request.unwrap()),
                ..Default::default()
            };
            answers.push(framed(&response));
        }
        answers
    }
}

impl Told {
    fn answer(&self, question: &MessageRequest) -> Option<MessageResponse> {
        let file = match question {
            MessageRequest::ListServices(_) => {
                let own = "grpc.reflection.v1.ServerReflection".to_owned();
                let names = self.services.keys().cloned().chain([own]);
                let service = names.map(|name| ServiceResponse { name }).collect();
                let list = ListServiceResponse { service };
                return Some(MessageResponse::ListServicesResponse(list));
            }
            MessageRequest::FileContainingSymbol(symbol) => {
                self.services.get(symbol).and_then(|file| self.files.get(file))
            }
            MessageRequest::FileByFilename(name) => self.files.get(name),
            _ => None,
        };
        let not_found = ErrorResponse { error_code: 5, error_message: "not here".to_owned() };
        Some(match file {
            Some(file) => MessageResponse::FileDescriptorResponse(FileDescriptorResponse {
                file_descriptor_proto: vec![file.clone()],
            }),
            None => MessageResponse::ErrorResponse(not_found),
        })
    }
}

/// `grpc.health.v1.HealthCheckResponse`.
#[derive(Clone, PartialEq, prost::Message)]
struct Health {
    #[prost(int32, tag = "1")]
    status: i32,
}

/// An item, as far as it matters here.
#[derive(Clone, PartialEq, prost::Message)]
struct Item {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    short_note: String,
}

/// An item whose note is the notes of all items of a stream.
fn noted(mut frames: &[u8]) -> Item {
    let mut notes = Vec::new();
    while let Some((head, rest)) = frames.split_first_chunk::<5>() {
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let (item, rest) = rest.split_at(length);
        notes.push(Item::decode(item).unwrap().short_note);
        frames = rest;
    }
    Item { name: String::new(), short_note: notes.join("|") }
}

/// A message in its frame.
fn framed(message: &impl Message) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(message.encoded_len().try_into().unwrap());
    message.encode(&mut frame).unwrap();
    frame.freeze()
}

/// A stream of these frames; each but the first takes a permit, if there are any to take.
fn answer(
    frames: Vec<Bytes>,
    [head, mut trailers]: [HeaderMap; 2],
    go_on: Option<Arc<Semaphore>>,
) -> Response<tonic::body::Body> {
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = frames.into_iter().map(Frame::data).chain([Frame::trailers(trailers)]);
    let body = stream::unfold((frames, 0, go_on), |(mut frames, sent, go_on)| async move {
        let frame = frames.next()?;
        if let Some(go_on) = &go_on
            && sent > 0
            && frame.is_data()
        {
            go_on.acquire().await.unwrap().forget();
        }
        Some((Ok::<_, Status>(frame), (frames, sent + 1, go_on)))
    });
    let mut response = Response::new(tonic::body::Body::new(StreamBody::new(body)));
    *response.headers_mut() = head;
    let content_type = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", content_type);
    response
}

/// The gateway in front of the service.
pub(crate) struct Front {
    app: App,
    _watching: DropGuard,
}

/// What a gateway is told of a service that describes itself.
pub(crate) fn reflecting() -> Service {
    Service {
        source: Source::Reflection,
        every: OFTEN,
        skip_invalid: false,
        rules: RuleFile::default(),
        manner: Default::default(),
    }
}

impl Front {
    /// One that was told this.
    pub(crate) fn of(service: Service, items: &Items) -> Self {
        Self::on(service, way_to(items))
    }

    /// One that finds its service there.
    pub(crate) fn on(service: Service, upstream: Upstream) -> Self {
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            origin: "http://localhost:8080".parse().unwrap(),
            allowed_hosts: Vec::new(),
            picture_host: None,
            trusted_proxies: Vec::new(),
            form_key: gateway::session::FormKey::random(),
            limits: Limits::default(),
        };
        let (contract, watch) = service.begin().unwrap();
        let app = App::new(Gateway::following(contract, settings, upstream.clone()));
        let shutdown = CancellationToken::new();
        tokio::spawn(watch.run(upstream, shutdown.clone()));
        Self { app, _watching: shutdown.drop_guard() }
    }

    /// One whose contract is in force.
    pub(crate) async fn ready(service: Service, items: &Items) -> Self {
        let front = Self::of(service, items);
        front.until("/readyz", StatusCode::OK).await;
        front
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.app.clone().answer(None, request).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, "").await
    }

    pub(crate) async fn ask(&self, method: &str, target: &str, body: &str) -> Answer {
        Answer::of(self.send(request(method, target, body)).await).await
    }

    /// Asks until the status is this.
    pub(crate) async fn until(&self, target: &str, status: StatusCode) -> Answer {
        let asked = async {
            loop {
                let answer = self.get(target).await;
                if answer.status == status {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON_ENOUGH, asked).await.expect("it never answers so")
    }
}

/// The way to the service in this process.
pub(crate) fn way_to(items: &Items) -> Upstream {
    let items = items.clone();
    let call = move |request| items.clone().call(request);
    Upstream::in_process(tower::service_fn(call))
}

/// A request with these headers, and a body of this type unless it is empty.
pub(crate) fn with_headers(
    method: &str,
    target: &str,
    headers: &[(&str, &[u8])],
    body: &str,
) -> Request<Body> {
    let mut request = request(method, target, body);
    for (name, _) in headers {
        request.headers_mut().remove(*name);
    }
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
    }
    request
}

pub(crate) fn request(method: &str, target: &str, body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(target).header("host", "localhost");
    let request = match body {
        "" => request.body(Body::empty()),
        body => {
            request.header("content-type", "application/json").body(Body::from(body.to_owned()))
        }
    };
    request.unwrap()
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) trailers: HeaderMap,
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap();
        let trailers = body.trailers().cloned().unwrap_or_default();
        let text = String::from_utf8(body.to_bytes().to_vec()).unwrap();
        Self { status: head.status, headers: head.headers, text, trailers }
    }

    /// The values of a header.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The reason in an error.
    pub(crate) fn reason(&self) -> String {
        let json = self.json();
        let mut details = json["error"]["details"].as_array().unwrap().iter();
        details.find_map(|detail| detail["reason"].as_str()).unwrap().to_owned()
    }
}

/// Waits for something that only looking can tell.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    let waited = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON_ENOUGH, waited).await.expect("it never happens");
}
