//! A catalog-service that answers what a test tells it to, and remembers what it was asked.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::body::Body;
use bytes::{BufMut as _, Bytes, BytesMut};
use gateway::{
    app::{App, Gateway},
    config::Settings,
    upstream::Upstream,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use prost::Message;
use tonic::{Status, body::Body as GrpcBody};

/// One call that the service got.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) message: Bytes,
}

/// What it answers: a message with metadata, or a status.
pub(crate) type Answer = Result<(Bytes, HeaderMap), Status>;

type Script = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// The service.
#[derive(Clone)]
pub(crate) struct Fake {
    script: Script,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    pub(crate) fn new(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default() }
    }

    /// One that answers every call with this message.
    pub(crate) fn answering(message: &(impl Message + Clone + 'static)) -> Self {
        let message = message.encode_to_vec();
        Self::new(move |_| Ok((message.clone().into(), HeaderMap::new())))
    }

    /// One that refuses every call.
    pub(crate) fn refusing(status: Status) -> Self {
        Self::new(move |_| Err(status.clone()))
    }

    /// All calls that it got so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The last call's message.
    pub(crate) fn last<M: Message + Default>(&self) -> M {
        M::decode(self.asked().last().expect("a call").message.clone()).unwrap()
    }

    /// Answers one gRPC call, whichever way it came.
    pub(crate) async fn call<B>(self, request: Request<B>) -> Result<Response<GrpcBody>, Infallible>
    where
        B: http_body::Body,
        B::Error: std::fmt::Debug,
    {
        let (head, body) = request.into_parts();
        let framed = body.collect().await.unwrap().to_bytes();
        let asked = Asked {
            path: head.uri.path().to_owned(),
            headers: head.headers,
            message: framed.slice(5..),
        };
        let answer = (self.script)(&asked);
        self.asked.lock().unwrap().push(asked);
        Ok(match answer {
            Err(status) => status.into_http(),
            Ok((message, metadata)) => {
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", HeaderValue::from_static("0"));
                let body = Full::new(frame(&message)).with_trailers(async { Some(Ok(trailers)) });
                let mut response = Response::new(GrpcBody::new(body));
                *response.headers_mut() = metadata;
                let grpc = HeaderValue::from_static("application/grpc");
                response.headers_mut().insert(http::header::CONTENT_TYPE, grpc);
                response
            }
        })
    }

    /// A gateway in front of it, within the process.
    pub(crate) fn gateway(&self, settings: Settings) -> Gateway {
        let fake = self.clone();
        let service =
            tower::service_fn(move |request: Request<GrpcBody>| fake.clone().call(request));
        Gateway::new(settings, Upstream::in_process(service))
    }

    /// The whole front door of such a gateway.
    pub(crate) fn behind(&self, settings: Settings) -> App {
        App::new(self.gateway(settings))
    }

    /// The same with the settings of a shop on this machine.
    pub(crate) fn app(&self) -> App {
        self.behind(settings("http://localhost:8080"))
    }
}

pub(crate) fn settings(origin: &str) -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        origin: origin.parse().unwrap(),
        allowed_hosts: Vec::new(),
        picture_host: None,
        trusted_proxies: Vec::new(),
        form_key: gateway::session::FormKey::random(),
        limits: gateway::config::Limits::default(),
    }
}

/// A gRPC message in its frame.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(5 + message.len());
    framed.put_u8(0);
    framed.put_u32(message.len() as u32);
    framed.put_slice(message);
    framed.freeze()
}

/// A request as it reaches the app, with a Host of this machine unless the headers name one.
pub(crate) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(target).body(body.into()).unwrap();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    if !request.headers().contains_key("host") {
        request.headers_mut().insert("host", HeaderValue::from_static("localhost:8080"));
    }
    request
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answered {
    /// A header's text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The reason in the body's ErrorInfo.
    pub(crate) fn reason(&self) -> String {
        let json = self.json();
        let details = json["error"]["details"].as_array().unwrap();
        details.iter().find_map(|detail| detail["reason"].as_str()).unwrap().to_owned()
    }
}

pub(crate) async fn send(app: &App, request: Request<Body>) -> Answered {
    let (head, body) = app.clone().answer(None, request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answered { status: head.status, headers: head.headers, body }
}

/// A GET without further ado.
pub(crate) async fn get(app: &App, target: &str) -> Answered {
    send(app, request("GET", target, &[], Body::empty())).await
}
