//! gRPC-Web at the service's own port: what a browser is told, and what it cannot lend its credentials to.

use std::convert::Infallible;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Body, Frame};

use super::*;
use crate::access::Login;

const PASSWORD: &str = "cedar kettle on the hob";

/// A browser's call of a method over a connection of its own.
fn call(running: &Running, path: &str) -> http::request::Builder {
    http::Request::post(format!("http://{}{path}", running.address))
        .header("content-type", "application/grpc-web+proto")
}

async fn ask<B>(running: &Running, request: http::Request<B>) -> (HeaderMap, Bytes)
where
    B: Body<Data = Bytes, Error = Infallible> + Send + Unpin + 'static,
{
    let stream = TokioIo::new(TcpStream::connect(running.address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (mut client, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    let (head, body) = answer.into_parts();
    (head.headers, body.collect().await.unwrap().to_bytes())
}

/// The status, which stands in the headers or in the last frame of the body.
fn status((headers, body): &(HeaderMap, Bytes)) -> String {
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    let stated = headers.get("grpc-status").map(|value| value.to_str().unwrap().to_owned());
    let last = String::from_utf8_lossy(body);
    let told = || last.split("grpc-status:").nth(1)?.split("\r\n").next().map(str::to_owned);
    stated.or_else(told).unwrap_or_else(|| panic!("no status: {headers:?} {last}"))
}

#[tokio::test]
async fn a_cookie_is_no_credential_at_the_services_own_port() {
    let bound = bind(settings()).await.unwrap();
    let access = bound.instance().access().clone();
    let token = access.setup_token().await.unwrap().unwrap();
    let login = Login::parse("ada@shop.example").unwrap();
    let write = Write::by(Caller::anyone());
    let made = access.redeem_setup_token(write, token.expose(), login, "", PASSWORD.into()).await;
    made.unwrap();
    let session = access.sign_in("ada@shop.example", PASSWORD.into(), None).await.unwrap();
    let running = Running::of(bound);
    let token = session.token.expose();

    let list = || call(&running, "/shelf.access.v1.UserService/ListUsers");
    let empty = || Full::from(&[0_u8; 5][..]);
    let by_header = list().header("authorization", format!("Bearer {token}"));
    let answer = ask(&running, by_header.body(empty()).unwrap()).await;
    assert_eq!(status(&answer), "0");
    for name in ["__Host-sid", "sid", "authorization", "token"] {
        let by_cookie = list().header("cookie", format!("{name}={token}"));
        let answer = ask(&running, by_cookie.body(empty()).unwrap()).await;
        assert_eq!(status(&answer), "16", "{name}: UNAUTHENTICATED");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_browser_reads_that_its_deadline_has_passed() {
    let running = Running::start(settings()).await;
    let never =
        StreamBody::new(futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>());
    let late =
        call(&running, "/shelf.catalog.v1.ShopService/GetShop").header("grpc-timeout", "20m");
    let answer = ask(&running, late.body(never).unwrap()).await;
    assert_eq!(status(&answer), "4", "DEADLINE_EXCEEDED");
    running.stop().await;
}
