//! How long a client may take, on a running service: the service's own limit is what each test waits for.

use tokio::net::TcpSocket;

use super::*;
use crate::config::Times;

/// Longer than any limit of these tests, and shorter than the defaults.
const SOON_ENOUGH: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_millis(20);
const NEVER: Duration = Duration::from_secs(3600);

async fn running_with(times: Times) -> Running {
    let mut settings = settings();
    settings.limits.times = times;
    Running::start(settings).await
}

#[tokio::test]
async fn a_message_that_does_not_come_or_pauses_is_refused() {
    let times = Times::default();
    for (times, sent) in [
        (Times { message_slow: SOON, message_pause: NEVER, ..times }, &b""[..]),
        (Times { message_slow: NEVER, message_pause: SOON, ..times }, &[0, 0]),
    ] {
        let running = running_with(times).await;
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let head = "POST /shelf.catalog.v1.ShopService/GetShop HTTP/1.1\r\nhost: localhost\r\n\
                    content-type: application/grpc-web\r\ncontent-length: 11\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let answer = tokio::time::timeout(SOON_ENOUGH, until(&mut stream, "grpc-status:")).await;
        let answer = answer.unwrap_or_else(|_| panic!("{times:?}: it is still waited for"));
        let status = answer.split("grpc-status:").nth(1).unwrap().trim_start();
        assert!(status.starts_with("4\r\n"), "DEADLINE_EXCEEDED: {answer}");
        drop(stream);
        running.stop().await;
    }
}

/// What comes until a line with `wanted` in it has come.
async fn until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut answer = String::new();
    let mut piece = [0; 1024];
    while !answer.split_once(wanted).is_some_and(|(_, rest)| rest.contains('\n')) {
        let length = stream.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "it ends too early: {answer}");
        answer.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    answer
}

#[tokio::test]
async fn who_asks_and_does_not_read_is_let_go() {
    let running = running_with(Times { write_stall: SOON, ..Times::default() }).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(running.address).await.unwrap();
    let requests = "POST / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
    let asking = async { while stream.write_all(requests.as_bytes()).await.is_ok() {} };
    let closed = tokio::time::timeout(SOON_ENOUGH, asking).await;
    assert!(closed.is_ok(), "it is still held");
    running.stop().await;
}
