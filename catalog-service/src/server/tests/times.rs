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

/// The status of a call whose message does not come whole.
async fn status_of_half(running: &Running, half: &'static [u8]) -> String {
    let stream = TcpStream::connect(running.address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let path = "/shelf.catalog.v1.ShopService/GetShop";
    let call = http::Request::post(format!("http://{}{path}", running.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    let (answer, mut sending) = client.send_request(call.body(()).unwrap(), false).unwrap();
    sending.send_data(half.into(), false).unwrap();
    let answer = answer.await.unwrap();
    connection.abort();
    answer.headers()["grpc-status"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_message_that_does_not_come_or_pauses_is_refused() {
    let times = Times::default();
    for (times, half) in [
        (Times { message_slow: SOON, message_pause: NEVER, ..times }, &b""[..]),
        (Times { message_slow: NEVER, message_pause: SOON, ..times }, &[0, 0]),
    ] {
        let running = running_with(times).await;
        let status = tokio::time::timeout(SOON_ENOUGH, status_of_half(&running, half)).await;
        let status = status.unwrap_or_else(|_| panic!("{times:?}: it is still waited for"));
        assert_eq!(status, "4", "DEADLINE_EXCEEDED");
        running.stop().await;
    }
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
