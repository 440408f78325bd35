//! Starting, answering and stopping over real sockets on free loopback ports.

mod browsers;
mod http2;
mod times;

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use proto::catalog::{GetShopRequest, shop_service_client::ShopServiceClient};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinHandle,
};
use tonic::transport::Channel;

use super::*;
use crate::domain::{Caller, Write};

/// A service that answers, and the way to stop it.
struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

impl Running {
    async fn start(settings: Settings) -> Self {
        Self::of(bind(settings).await.unwrap())
    }

    fn of(bound: Bound) -> Self {
        let (address, shutdown) = (bound.local_addr(), CancellationToken::new());
        let served = tokio::spawn(bound.serve(shutdown.clone()));
        Self { address, shutdown, served }
    }

    async fn client(&self) -> ShopServiceClient<Channel> {
        ShopServiceClient::connect(format!("http://{}", self.address)).await.unwrap()
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.served.await.unwrap();
    }
}

fn settings() -> Settings {
    Settings::new("sqlite::memory:")
}

fn shop() -> GetShopRequest {
    GetShopRequest { name: "shop".to_owned() }
}

#[tokio::test]
async fn a_call_is_answered_and_a_stop_lets_the_connection_go() {
    let running = Running::start(settings()).await;
    let mut client = running.client().await;
    assert_eq!(client.get_shop(shop()).await.unwrap().into_inner().name, "shop");
    let address = running.address;
    running.stop().await;
    assert!(client.get_shop(shop()).await.is_err());
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn an_address_in_use_is_told_with_what_to_do() {
    let first = bind(settings()).await.unwrap();
    let taken = Settings { listen: first.local_addr(), ..settings() };
    let error = bind(taken).await.unwrap_err();
    assert_eq!(error.exit_code(), 69);
    let text = error.to_string();
    assert!(text.contains(&first.local_addr().to_string()), "{text}");
    assert!(text.contains("SHELF_CATALOG_LISTEN"), "{text}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shelf.db");
    std::fs::write(&file, "certainly not a database, but long enough to look like one".repeat(99))
        .unwrap();
    let error = open(Settings::new(format!("sqlite:{}", file.display()))).await.unwrap_err();
    assert_eq!(error.exit_code(), 74);
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
}

#[tokio::test]
async fn a_socket_that_was_handed_over_is_served() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let bound = bind_handed_over(settings(), listener).await.unwrap();
    assert_eq!(bound.local_addr(), address);
}

#[tokio::test]
async fn what_is_kept_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("shelf.db").display());
    let token = {
        let instance = open(Settings::new(&url)).await.unwrap();
        let token = instance.access().setup_token().await.unwrap().unwrap();
        instance.close().await;
        token
    };
    let instance = open(Settings::new(&url)).await.unwrap();
    let login = crate::access::Login::parse("ada@shop.example").unwrap();
    let password = "cedar kettle on the hob".to_owned().into();
    let (access, write) = (instance.access(), Write::by(Caller::anyone()));
    access.redeem_setup_token(write, token.expose(), login, "Ada", password).await.unwrap();
}

#[tokio::test]
async fn no_more_connections_are_held_than_allowed() {
    let mut settings = settings();
    settings.limits.connections = 1;
    let running = Running::start(settings).await;
    let mut held = running.client().await;
    held.get_shop(shop()).await.unwrap();

    let mut refused = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(refused.read(&mut [0; 1]).await.unwrap_or(0), 0, "closed at once");

    drop(held);
    running.stop().await;
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut_off_after_the_drain() {
    let mut settings = settings();
    settings.limits.drain = Duration::from_millis(20);
    let running = Running::start(settings).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    let head = "POST /shelf.catalog.v1.ShopService/GetShop HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/grpc-web\r\ncontent-length: 11\r\n\r\n";
    slow.write_all(head.as_bytes()).await.unwrap();
    // An answered call on another connection shows that the slow one has been accepted before.
    running.client().await.get_shop(shop()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), running.stop()).await.unwrap();
}

#[tokio::test]
async fn who_sends_nothing_or_half_a_request_is_let_go() {
    let mut settings = settings();
    settings.limits.headers = Duration::from_millis(20);
    let running = Running::start(settings).await;
    for begun in
        ["", "PRI * HTTP/2", "POST / HTTP/1.1\r\nhost: loc", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest));
        assert!(closed.await.is_ok(), "`{begun}` is still held");
    }
    running.stop().await;
}

#[tokio::test]
async fn too_many_headers_are_refused() {
    let running = Running::start(settings()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let many: String = (0..101).map(|index| format!("x-{index}: y\r\n")).collect();
    let head = format!("POST / HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    running.stop().await;
}

/// An HTTP/2 connection that has made one call, driven by this task; what ends it.
async fn http2_after_a_call(running: &Running) -> tokio::task::JoinHandle<hyper::Result<()>> {
    let stream = TokioIo::new(TcpStream::connect(running.address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (mut client, connection) = handshake.await.unwrap();
    let connection = tokio::spawn(connection);
    let call = http::Request::post(format!("http://{}/a.B/C", running.address));
    let body = http_body_util::Empty::<bytes::Bytes>::new();
    client.send_request(call.body(body).unwrap()).await.unwrap();
    // The connection would end by itself once nobody can send on it.
    tokio::spawn(async move {
        let _kept = client;
        std::future::pending::<()>().await;
    });
    connection
}

#[tokio::test]
async fn an_idle_connection_is_let_go() {
    let mut settings = settings();
    settings.limits.times.idle = Duration::from_millis(20);
    let running = Running::start(settings).await;
    let ended = http2_after_a_call(&running).await;
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    ended.expect("HTTP/2 is told to go away").unwrap().unwrap();

    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer));
    closed.await.expect("HTTP/1.1 is closed").unwrap();
    assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
    running.stop().await;
}

#[tokio::test]
async fn an_old_connection_is_let_go() {
    let mut settings = settings();
    settings.limits.times.age = Duration::from_millis(20);
    let running = Running::start(settings).await;
    let ended = http2_after_a_call(&running).await;
    let ended = tokio::time::timeout(Duration::from_secs(5), ended).await;
    ended.expect("it is told to go away").unwrap().unwrap();
    running.stop().await;
}
