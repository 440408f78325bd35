//! What a peer may do over HTTP/2, and how long: asked by clients that grant no window, and frame by frame.

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_request::MessageRequest,
};

use super::*;
use crate::config::Limits;

/// Longer than any limit of these tests, and shorter than every default.
const SOON_ENOUGH: Duration = Duration::from_secs(5);

const SHOP: &str = "/shelf.catalog.v1.ShopService/GetShop";
const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

/// A gRPC message in its frame.
fn framed(message: &impl Message) -> Bytes {
    let mut framed = vec![0];
    framed.extend_from_slice(&(message.encoded_len() as u32).to_be_bytes());
    message.encode(&mut framed).unwrap();
    framed.into()
}

/// A file of the contract, which is far too much for a small window.
fn much() -> Bytes {
    let symbol = MessageRequest::FileContainingSymbol("shelf.catalog.v1.ProductService".to_owned());
    let host = String::new();
    framed(&ServerReflectionRequest { host, message_request: Some(symbol) })
}

/// Calls over a connection that answers PINGs but takes only `window` bytes of an answer; whether the service lets it go.
async fn is_let_go(limits: Limits, window: u32, path: &str, message: Bytes) -> bool {
    let running = Running::start(Settings { limits, reflection: true, ..settings() }).await;
    let stream = TcpStream::connect(running.address).await.unwrap();
    let mut client = h2::client::Builder::new();
    client.initial_window_size(window);
    let (client, connection) = client.handshake::<_, Bytes>(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let call = http::Request::post(format!("http://{}{path}", running.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let (answer, mut sending) = client.send_request(call.body(()).unwrap(), false).unwrap();
    sending.send_data(message, true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.headers().get("grpc-status"), None, "it is answered");
    let ended = tokio::time::timeout(SOON_ENOUGH, connection).await;
    drop((client, answer));
    running.shutdown.cancel();
    running.served.abort();
    ended.is_ok()
}

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let stall = limits(|limits| limits.times.write_stall = Duration::from_millis(20));
    assert!(is_let_go(stall.clone(), 0, SHOP, framed(&shop())).await, "no window");
    assert!(is_let_go(stall, 1, REFLECTION, much()).await, "a window of one byte");
}

#[tokio::test]
async fn an_answer_that_is_not_taken_does_not_outlive_the_drain() {
    let soon = Duration::from_millis(20);
    let old = limits(|limits| (limits.times.age, limits.drain) = (soon, soon));
    assert!(is_let_go(old, 0, SHOP, framed(&shop())).await, "old, with no window");
    let idle = limits(|limits| (limits.times.idle, limits.drain) = (soon, soon));
    assert!(is_let_go(idle, 1, SHOP, framed(&shop())).await, "idle, the answer in the buffer");
}

#[tokio::test]
async fn the_headers_of_a_request_are_limited_together() {
    let running = Running::start(settings()).await;
    let stream = TcpStream::connect(running.address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let host = running.address.to_string();
    let others: usize =
        [":method", "POST", ":scheme", "http", ":authority", &host, ":path", "/", "x"]
            .map(str::len)
            .iter()
            .sum();
    // h2 takes what is less than the limit.
    let room = (32 << 10) - others - 5 * 32;
    for (length, status) in [(room - 2, 415), (room - 1, 415), (room, 431)] {
        let request =
            http::Request::post(format!("http://{host}/")).header("x", "y".repeat(length));
        let (answer, _) = client.send_request(request.body(()).unwrap(), true).unwrap();
        assert_eq!(answer.await.unwrap().status(), status, "{length}");
    }
    drop(client);
    running.stop().await;
    connection.abort();
}

/// An HTTP/2 client that writes and reads frames by itself, and answers nothing that it is not told to.
struct Frames(TcpStream);

impl Frames {
    async fn connect(address: SocketAddr) -> Self {
        let mut frames = Self(TcpStream::connect(address).await.unwrap());
        frames.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        frames.0.write_all(&frame(SETTINGS, 0, 0, &[])).await.unwrap();
        frames
    }

    /// The kind, the stream and the content of the next frame.
    async fn next(&mut self) -> (u8, u32, Vec<u8>) {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut content = vec![0; length as usize];
        self.0.read_exact(&mut content).await.unwrap();
        (head[3], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), content)
    }

    /// The content of the next frame of a kind.
    async fn next_of(&mut self, wanted: &[u8]) -> (u8, Vec<u8>) {
        loop {
            let (kind, _, content) = self.next().await;
            if wanted.contains(&kind) {
                return (kind, content);
            }
        }
    }
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let mut frame = (content.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend_from_slice(&[kind, flags]);
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(content);
    frame
}

#[tokio::test]
async fn a_client_is_told_what_it_may_have_at_a_time() {
    let running = Running::start(settings()).await;
    let mut frames = Frames::connect(running.address).await;
    let (_, settings) = frames.next_of(&[SETTINGS]).await;
    let settings: HashMap<u16, u32> = settings
        .chunks_exact(6)
        .map(|each| {
            let value = u32::from_be_bytes([each[2], each[3], each[4], each[5]]);
            (u16::from_be_bytes([each[0], each[1]]), value)
        })
        .collect();
    for (name, setting, expected) in [
        ("MAX_CONCURRENT_STREAMS", 3, 100),
        ("INITIAL_WINDOW_SIZE", 4, 64 << 10),
        ("MAX_FRAME_SIZE", 5, 16 << 10),
        ("MAX_HEADER_LIST_SIZE", 6, 32 << 10),
    ] {
        assert_eq!(settings.get(&setting), Some(&expected), "{name}");
    }
    let (_, more) = frames.next_of(&[WINDOW_UPDATE]).await;
    let more = u32::from_be_bytes([more[0], more[1], more[2], more[3]]);
    assert_eq!(more, (1 << 20) - 65_535, "beyond what a connection begins with");
    drop(frames);
    running.stop().await;
}

#[tokio::test]
async fn who_takes_back_request_after_request_is_let_go() {
    // POST http://localhost/, in HPACK (RFC 7541, appendix A).
    let request = [&[0x83, 0x86, 0x84, 0x41, 9][..], b"localhost"].concat();
    let running = Running::start(settings()).await;
    for (taken_back, expected) in [(20, PING), (21, GOAWAY)] {
        let mut frames = Frames::connect(running.address).await;
        frames.next_of(&[SETTINGS]).await;
        let mut at_once = Vec::new();
        for stream in (1..).step_by(2).take(taken_back) {
            at_once.extend(frame(HEADERS, 0b100, stream, &request));
            at_once.extend(frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()));
        }
        at_once.extend(frame(PING, 0, 0, b"still on"));
        frames.0.write_all(&at_once).await.unwrap();
        let (answer, _) = frames.next_of(&[PING, GOAWAY]).await;
        assert_eq!(answer, expected, "after {taken_back}");
    }
    running.stop().await;
}
