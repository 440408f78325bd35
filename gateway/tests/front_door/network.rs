//! Real sockets: the server's limits and its end, and a service that is somewhere else.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use gateway::{
    app::{App, Gateway},
    config::{Limits, Settings},
    server,
    upstream::Upstream,
};
use http::{Request, Uri};
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use proto::catalog::{GetProductRequest, Product, product_service_client::ProductServiceClient};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::fake::{Fake, get, request, send, settings};

/// The fake service on a socket of its own.
async fn listen(fake: Fake, listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let fake = fake.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                fake.clone().call(request)
            });
            let builder = auto::Builder::new(TokioExecutor::new());
            // A client that goes away is no failure of the test.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn somewhere() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn in_front_of(services: &[SocketAddr]) -> App {
    let uris: Vec<Uri> =
        services.iter().map(|at| format!("http://{at}").parse().unwrap()).collect();
    App::new(Gateway::new(settings("http://localhost:8080"), Upstream::connect(&uris)))
}

fn product() -> Product {
    Product { name: "products/a".into(), ..Default::default() }
}

#[tokio::test]
async fn a_service_that_is_away_is_503_and_works_again_by_itself() {
    let (listener, address) = somewhere().await;
    drop(listener);
    let app = in_front_of(&[address]);
    let answer = get(&app, "/v1/products/a").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    let listener = TcpListener::bind(address).await.unwrap();
    let service = tokio::spawn(listen(Fake::answering(&product()), listener));
    assert_eq!(get(&app, "/v1/products/a").await.status, 200);
    service.abort();
}

#[tokio::test]
async fn a_service_that_was_started_again_answers_the_next_call() {
    let (listener, address) = somewhere().await;
    let app = in_front_of(&[address]);
    let mut listener = Some(listener);
    for _ in 0..3 {
        let listening = match listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(address).await.unwrap(),
        };
        // Its connections end with it.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listening = listening.into_std().unwrap();
        runtime.spawn(async move {
            let listening = TcpListener::from_std(listening).unwrap();
            listen(Fake::answering(&product()), listening).await;
        });
        assert_eq!(get(&app, "/v1/products/a").await.status, 200);
        tokio::task::spawn_blocking(move || drop(runtime)).await.unwrap();
    }
}

#[tokio::test]
async fn a_second_instance_answers_for_the_first() {
    let (away, gone) = somewhere().await;
    drop(away);
    let (listener, address) = somewhere().await;
    let service = tokio::spawn(listen(Fake::answering(&product()), listener));
    let app = in_front_of(&[gone, address]);
    for _ in 0..4 {
        assert_eq!(get(&app, "/v1/products/a").await.status, 200);
    }
    service.abort();
}

/// A service that is unavailable a number of times, and then there.
async fn unsteady(failures: usize) -> (App, Fake, JoinHandle<()>) {
    let left = Arc::new(AtomicUsize::new(failures));
    let fake = Fake::new(move |_| {
        let fails =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        match fails {
            Ok(_) => Err(Status::unavailable("shutting down")),
            Err(_) => Ok((prost::Message::encode_to_vec(&product()).into(), Default::default())),
        }
    });
    let (listener, address) = somewhere().await;
    let service = tokio::spawn(listen(fake.clone(), listener));
    (in_front_of(&[address]), fake, service)
}

#[tokio::test]
async fn reads_and_named_writes_are_sent_again_and_other_writes_are_not() {
    let named = [("idempotency-key", "r-1")];
    for (method, headers, failures, status, sent) in [
        ("GET", &[][..], 2, 200, 3),
        ("GET", &[], 3, 503, 3),
        ("DELETE", &named, 2, 200, 3),
        ("DELETE", &[], 1, 503, 1),
    ] {
        let (app, fake, service) = unsteady(failures).await;
        let answer = send(&app, request(method, "/v1/products/a", headers, "")).await;
        let found = (answer.status.as_u16(), fake.asked().len());
        assert_eq!(found, (status, sent), "{method} {headers:?}");
        service.abort();
    }
}

/// A gateway on a socket, and what ends it.
async fn served(fake: &Fake) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    served_within(fake, Limits::default()).await
}

/// The same, with limits of its own.
pub(crate) async fn served_within(
    fake: &Fake,
    limits: Limits,
) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    let bound = server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = bound.address();
    let shutdown = CancellationToken::new();
    let gateway = fake.gateway(Settings { limits, ..settings("http://localhost:8080") });
    let serving = tokio::spawn(bound.serve(gateway, shutdown.clone()));
    (address, shutdown, serving)
}

/// Sends bytes and reads until the server closes.
async fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn raw_requests_are_answered_or_refused() {
    let (address, shutdown, serving) = served(&Fake::answering(&product())).await;
    let rest = "Host: localhost\r\nConnection: close\r\n";
    let (long, many) = ("a".repeat(17 << 10), "x: y\r\n".repeat(101));
    for (request, status) in [
        (format!("GET /v1/products/a HTTP/1.1\r\n{rest}\r\n"), "200 OK"),
        ("GET /v1/products/a HTTP/1.1\r\nConnection: close\r\n\r\n".into(), "400 Bad"),
        ("GET /v1/products/a HTTP/1.0\r\n\r\n".into(), "400 Bad"),
        (format!("GET /{long} HTTP/1.1\r\n{rest}\r\n"), "414 URI"),
        (format!("GET / HTTP/1.1\r\nx: {long}\r\n{rest}\r\n"), "431 Request"),
        (format!("GET / HTTP/1.1\r\n{many}{rest}\r\n"), "431 Request"),
        (
            "GET /v1/products/a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".into(),
            "421 Misdirected",
        ),
        (
            format!("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n{rest}\r\n"),
            "400 Bad",
        ),
        (format!("OPTIONS * HTTP/1.1\r\n{rest}\r\n"), "404 Not"),
        (format!("CONNECT localhost:80 HTTP/1.1\r\n{rest}\r\n"), "400 Bad"),
        (format!("GET / HTTP/1.1\r\nHost : localhost\r\n{rest}\r\n"), "400 Bad"),
    ] {
        let answer = raw(address, request.as_bytes()).await;
        let line = answer.lines().next().unwrap_or_default();
        let shown: String = request.chars().take(60).collect();
        assert!(line[9.min(line.len())..].starts_with(status), "{shown:?}: {line}");
    }
    shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn early_refusals_are_heard_by_a_client_that_is_still_writing() {
    let (address, shutdown, serving) = served(&Fake::answering(&product())).await;
    let length = 3 << 20;
    for (method, more, status) in
        [("PUT", "", "405"), ("PATCH", "Sec-Fetch-Site: cross-site\r\n", "403")]
    {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "{method} /v1/products/a HTTP/1.1\r\nHost: localhost\r\n{more}Content-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; length]).await.unwrap();
        // The connection goes on: the next request on it is answered too.
        let next = b"GET /v1/products/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(next).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.contains("HTTP/1.1 200 OK"), "{answer}");
    }
    shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_finishes_what_was_asked() {
    let (begun, begins) = tokio::sync::oneshot::channel();
    let (finish, finishes) = std::sync::mpsc::channel();
    let (begun, finishes) = (std::sync::Mutex::new(Some(begun)), std::sync::Mutex::new(finishes));
    let fake = Fake::new(move |_| {
        begun.lock().unwrap().take().unwrap().send(()).unwrap();
        tokio::task::block_in_place(|| finishes.lock().unwrap().recv().unwrap());
        Ok((prost::Message::encode_to_vec(&product()).into(), Default::default()))
    });
    let (address, shutdown, serving) = served(&fake).await;
    let asking = tokio::spawn(async move {
        raw(address, b"GET /v1/products/a HTTP/1.1\r\nHost: localhost\r\n\r\n").await
    });
    begins.await.unwrap();
    shutdown.cancel();
    finish.send(()).unwrap();
    let answer = asking.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    serving.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn http2_is_spoken_too() {
    let fake = Fake::answering(&product());
    let (address, shutdown, serving) = served(&fake).await;
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let target = format!("http://localhost:{}/v1/products/a", address.port());
    let request = Request::get(target).body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    // The client's address is told to the service.
    assert_eq!(fake.asked()[0].headers["x-forwarded-for"], "127.0.0.1");
    drop((client, answer));
    shutdown.cancel();
    serving.await.unwrap();
    let _: Result<(), hyper::Error> = connection.await.unwrap();
}

#[tokio::test]
async fn a_grpc_client_is_relayed_too() {
    let fake = Fake::answering(&product());
    let (address, shutdown, serving) = served(&fake).await;
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}")).unwrap();
    let mut client = ProductServiceClient::new(channel.connect().await.unwrap());
    let asking = GetProductRequest { name: "products/a".into(), ..Default::default() };
    assert_eq!(client.get_product(asking).await.unwrap().into_inner(), product());
    drop(client);
    shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn an_idle_or_old_http2_connection_is_told_to_go_away() {
    let soon = std::time::Duration::from_millis(20);
    let times = gateway::config::Times::default();
    for times in [
        gateway::config::Times { idle: soon, ..times },
        gateway::config::Times { age: soon, ..times },
    ] {
        let bound = server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = bound.address();
        let mut settings = settings("http://localhost:8080");
        settings.limits.times = times;
        let gateway = Fake::answering(&product()).gateway(settings);
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(bound.serve(gateway, shutdown.clone()));

        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
        let (mut client, connection) = handshake.await.unwrap();
        let connection = tokio::spawn(connection);
        let request = Request::get(format!("http://localhost:{}/v1/products/a", address.port()));
        let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
        assert_eq!(client.send_request(request).await.unwrap().status(), 200);
        let ended = tokio::time::timeout(std::time::Duration::from_secs(5), connection).await;
        ended.unwrap_or_else(|_| panic!("{times:?}: it is still held")).unwrap().unwrap();
        drop(client);
        shutdown.cancel();
        serving.await.unwrap();
    }
}
