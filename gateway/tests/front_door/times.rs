//! How long a client may take, on a running gateway: the gateway's own limit is what each test waits for.

use std::time::Duration;

use gateway::config::{Limits, Times};
use proto::catalog::Product;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::{fake::Fake, network::served_within};

/// Longer than any limit of these tests, and shorter than the defaults.
const SOON_ENOUGH: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_millis(20);
const NEVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_body_that_does_not_come_or_pauses_is_refused() {
    let times = Times::default();
    for times in [
        Times { body_slow: SOON, body_pause: NEVER, ..times },
        Times { body_slow: NEVER, body_pause: SOON, ..times },
    ] {
        let limits = Limits { times, ..Limits::default() };
        let (address, shutdown, serving) =
            served_within(&Fake::answering(&Product::default()), limits).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let half = "POST /v1/products HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
                    Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"tit";
        stream.write_all(half.as_bytes()).await.unwrap();
        let answer = tokio::time::timeout(SOON_ENOUGH, until(&mut stream, "BODY_TOO_SLOW")).await;
        let answer = answer.unwrap_or_else(|_| panic!("{times:?}: it is still waited for"));
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        drop(stream);
        shutdown.cancel();
        serving.await.unwrap();
    }
}

/// What comes until `wanted` has come.
async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut answer = String::new();
    let mut piece = [0; 1024];
    while !answer.contains(wanted) {
        let length = stream.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "it ends too early: {answer}");
        answer.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    answer
}

#[tokio::test]
async fn who_sends_half_a_head_is_let_go() {
    let times = Times { head: SOON, ..Times::default() };
    let limits = Limits { times, ..Limits::default() };
    let (address, shutdown, serving) =
        served_within(&Fake::answering(&Product::default()), limits).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").await.unwrap();
    let closed = tokio::time::timeout(SOON_ENOUGH, stream.read_to_end(&mut Vec::new())).await;
    assert!(closed.is_ok(), "it is still held");
    shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn who_asks_and_does_not_read_is_let_go() {
    let times = Times { write_stall: SOON, ..Times::default() };
    let limits = Limits { times, ..Limits::default() };
    let description = "y".repeat(64 << 10);
    let product = Product { name: "products/a".into(), description, ..Default::default() };
    let (address, shutdown, serving) = served_within(&Fake::answering(&product), limits).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let requests = "GET /v1/products/a HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
    let asking = async { while stream.write_all(requests.as_bytes()).await.is_ok() {} };
    let closed = tokio::time::timeout(SOON_ENOUGH, asking).await;
    assert!(closed.is_ok(), "it is still held");
    shutdown.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn a_connection_that_is_quiet_or_old_is_let_go() {
    let times = Times::default();
    for times in
        [Times { idle: SOON, age: NEVER, ..times }, Times { idle: NEVER, age: SOON, ..times }]
    {
        let limits = Limits { times, ..Limits::default() };
        let (address, shutdown, serving) =
            served_within(&Fake::answering(&Product::default()), limits).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        let closed = tokio::time::timeout(SOON_ENOUGH, stream.read_to_string(&mut answer)).await;
        assert!(closed.is_ok(), "{times:?}: it is still held");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        shutdown.cancel();
        serving.await.unwrap();
    }
}
