//! The gateway on a socket, in front of the service on another, and clients of both versions of HTTP.

use std::{future::Future, net::SocketAddr, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use gateway::{
    app::Gateway,
    config::{Limits, Settings},
    server,
    upstream::Upstream,
};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;

use crate::{
    messages::plan,
    service::{Call, Service},
};

/// Longer than anything here takes, and shorter than every default that it must not wait for.
const SOON_ENOUGH: Duration = Duration::from_secs(8);

/// How long nothing may happen before it is said that nothing does.
pub(crate) const A_WHILE: Duration = Duration::from_millis(300);

/// What comes soon.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(SOON_ENOUGH, future).await.expect("it is still waited for")
}

/// The gateway and the calls that its service gets.
pub(crate) struct House {
    address: SocketAddr,
    calls: mpsc::UnboundedReceiver<Call>,
    pub(crate) shutdown: CancellationToken,
}

impl House {
    /// Both on sockets.
    pub(crate) async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other limits.
    pub(crate) async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let (service, calls) = Service::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(listen(service, listener));
        Self::in_front_of(Upstream::connect(&[uri]), calls, change).await
    }

    /// The service in the gateway's own process.
    pub(crate) async fn in_process() -> Self {
        let (service, calls) = Service::new();
        let service = tower::service_fn(move |request: Request<tonic::body::Body>| {
            service.clone().call(request)
        });
        Self::in_front_of(Upstream::in_process(service), calls, |_| {}).await
    }

    async fn in_front_of(
        upstream: Upstream,
        calls: mpsc::UnboundedReceiver<Call>,
        change: impl FnOnce(&mut Limits),
    ) -> Self {
        let mut limits = Limits::default();
        change(&mut limits);
        let settings = Settings {
            listen: "127.0.0.1:0".parse().unwrap(),
            origin: "http://localhost:8080".parse().unwrap(),
            allowed_hosts: Vec::new(),
            picture_host: None,
            trusted_proxies: Vec::new(),
            form_key: gateway::session::FormKey::random(),
            limits,
        };
        let bound = server::bind(settings.listen).await.unwrap();
        let (address, shutdown) = (bound.address(), CancellationToken::new());
        let gateway = Gateway::speaking(plan(), settings, upstream);
        tokio::spawn(bound.serve(gateway, shutdown.clone()));
        Self { address, calls, shutdown }
    }

    /// The next call that reaches the service.
    pub(crate) async fn call(&mut self) -> Call {
        soon(self.calls.recv()).await.unwrap()
    }

    /// Whether no call has reached the service.
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.calls.try_recv().is_err()
    }

    /// Sends a request over a connection of its own; its answer's head comes later.
    pub(crate) fn ask(&self, request: Request<Body>) -> Asking {
        let address = self.address;
        Asking(tokio::spawn(async move {
            let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
            let (mut client, connection) =
                hyper::client::conn::http1::handshake(stream).await.unwrap();
            // It ends with its client.
            tokio::spawn(connection);
            client.send_request(request).await
        }))
    }

    /// The same over HTTP/2, with a window of 64 KiB.
    pub(crate) fn ask_by_http2(&self, mut request: Request<Body>) -> Asking {
        let target = format!("http://localhost{}", request.uri());
        *request.uri_mut() = target.parse().unwrap();
        request.headers_mut().remove("host");
        let address = self.address;
        Asking(tokio::spawn(async move {
            let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
            let (mut client, connection) =
                hyper::client::conn::http2::Builder::new(TokioExecutor::new())
                    .initial_stream_window_size(64 << 10)
                    .handshake(stream)
                    .await
                    .unwrap();
            tokio::spawn(connection);
            client.send_request(request).await
        }))
    }

    /// A connection on which a test writes by itself.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// A request under way.
pub(crate) struct Asking(tokio::task::JoinHandle<hyper::Result<Response<Incoming>>>);

impl Asking {
    /// Its answer, once the head is there.
    pub(crate) async fn answer(self) -> Answer {
        let (head, body) = soon(self.0).await.unwrap().unwrap().into_parts();
        Answer { status: head.status, headers: head.headers, body, seen: String::new() }
    }

    /// Whether there is no head yet, and none for a while.
    pub(crate) async fn waits(&mut self) -> bool {
        tokio::time::timeout(A_WHILE, &mut self.0).await.is_err()
    }

    /// Goes away before there is an answer.
    pub(crate) fn give_up(self) {
        self.0.abort();
    }
}

/// An answer whose body comes by and by.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Incoming,
    seen: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Reads until this has come.
    pub(crate) async fn until(&mut self, wanted: &str) {
        while !self.seen.contains(wanted) {
            let frame = soon(self.body.frame()).await.expect("it ends too early").unwrap();
            let Ok(data) = frame.into_data() else { panic!("no `{wanted}`: {}", self.seen) };
            self.seen.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// The whole body.
    pub(crate) async fn text(self) -> String {
        self.whole().await.0
    }

    /// The whole body, and its trailers.
    pub(crate) async fn whole(mut self) -> (String, HeaderMap) {
        let rest = soon(self.body.collect()).await.unwrap();
        let trailers = rest.trailers().cloned().unwrap_or_default();
        self.seen.push_str(std::str::from_utf8(&rest.to_bytes()).unwrap());
        (self.seen, trailers)
    }

    /// The whole body, which is JSON.
    pub(crate) async fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.text().await).unwrap()
    }

    /// Whether the transfer is broken off, after what has come of it.
    pub(crate) async fn breaks_off(self) -> bool {
        soon(self.body.collect()).await.is_err()
    }
}

/// The reason in an error's ErrorInfo.
pub(crate) fn reason(json: &serde_json::Value) -> &str {
    let details = json["error"]["details"].as_array().unwrap();
    details.iter().find_map(|detail| detail["reason"].as_str()).unwrap()
}

/// A request of this page's own.
pub(crate) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", "localhost")
        .header("sec-fetch-site", "same-origin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub(crate) fn get(target: &str, headers: &[(&str, &str)]) -> Request<Body> {
    request("GET", target, headers, Body::empty())
}

/// A body that a test sends piece by piece.
pub(crate) fn trickle() -> (mpsc::Sender<Result<Bytes, std::io::Error>>, Body) {
    let (more, coming) = mpsc::channel(1);
    (more, Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(coming)))
}

/// A body of these chunks, each sent by itself.
pub(crate) fn chunks(chunks: impl IntoIterator<Item = Bytes>) -> Body {
    let chunks: Vec<_> = chunks.into_iter().map(Ok::<_, std::io::Error>).collect();
    Body::from_stream(futures_util::stream::iter(chunks))
}

async fn listen(service: Service, listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let service = service.clone();
        tokio::spawn(async move {
            let service =
                service_fn(move |request: Request<Incoming>| service.clone().call(request));
            let mut builder = auto::Builder::new(TokioExecutor::new());
            builder.http2().initial_stream_window_size(64 << 10);
            // A gateway that goes away is no failure of the test.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
