//! gRPC-Web through the relay, in binary and as text: out and back is the identity, and where the bytes are cut means nothing.

use std::{
    cell::RefCell,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::body::Body;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Full};
use tokio::runtime::{Builder, Runtime};
use tonic::body::Body as GrpcBody;

use crate::{relay::relayed, upstream::Upstream};

/// The longest message that is passed on.
const MOST: usize = 64;

/// What came of a call.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// What the service got, if it was asked.
    asked: Option<Bytes>,
    status: u16,
    /// The headers that say how it went.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Outcome {
    /// Whether it was refused as too large (8), or as no call at all (3), before the service saw anything.
    fn is_refused(&self) -> bool {
        let refusal = |(name, value): &(String, String)| {
            name == "grpc-status" && ["3", "8"].contains(&value.as_str())
        };
        self.asked.is_none() && self.headers.iter().any(refusal)
    }
}

/// A message comes back as it was sent, in both codings; any bytes at all come to the same end however they are cut, and the service is
/// never handed more than the limit.
///
/// A body that is too large and broken besides is refused for what is seen first.
///
/// The lowest bit of the first byte chooses the coding, the others how the body is cut; the rest is the message, and the body.
///
/// # Panics
/// Where that does not hold.
pub fn relay(input: &[u8]) {
    thread_local! {
        static RUNTIME: RefCell<Runtime> =
            RefCell::new(Builder::new_current_thread().enable_all().build().expect("a runtime"));
    }
    let Some((choice, rest)) = input.split_first() else { return };
    let (text, step) = (choice & 1 != 0, usize::from(choice >> 1) + 1);
    RUNTIME.with_borrow(|runtime| {
        runtime.block_on(async {
            out_and_back(rest, text, step).await;
            let whole = send(rest, rest.len(), text).await;
            for step in [step, 1] {
                let cut = send(rest, step, text).await;
                assert!(
                    cut == whole || (cut.is_refused() && whole.is_refused()),
                    "{cut:?}, {whole:?}"
                );
            }
            let held = whole.asked.map_or(0, |asked| asked.len());
            assert!(held <= 5 + MOST, "{held}");
        });
    });
}

async fn out_and_back(message: &[u8], text: bool, step: usize) {
    let sent = frame(0, message);
    let body = if text { BASE64_STANDARD.encode(&sent).into_bytes() } else { sent.clone() };
    let outcome = send(&body, step, text).await;
    if message.len() > MOST {
        assert_eq!(outcome.asked, None, "a message beyond the limit is passed on");
        return;
    }
    assert_eq!(outcome.asked.as_deref(), Some(&sent[..]));
    let body = if text { quads(&outcome.body) } else { outcome.body };
    let trailers = body.strip_prefix(&sent[..]).expect("the message comes back first");
    let (head, trailers) = trailers.split_at(5);
    assert_eq!(head[0], 0x80, "a frame of trailers follows");
    assert_eq!(head[1..], u32::try_from(trailers.len()).expect("short").to_be_bytes());
    assert_eq!(trailers, b"grpc-status:0\r\n");
}

/// Texts in base64, each of which may be padded, one after another.
fn quads(text: &[u8]) -> Vec<u8> {
    let decode = |quad| BASE64_STANDARD.decode(quad).expect("base64");
    text.chunks(4).flat_map(decode).collect()
}

fn frame(flag: u8, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    [&[flag][..], &length, message].concat()
}

/// Relays a body that comes in pieces of `step` bytes to a service that answers what it is asked.
async fn send(body: &[u8], step: usize, text: bool) -> Outcome {
    let asked = Arc::new(Mutex::new(None));
    let told = Arc::clone(&asked);
    let upstream = Upstream::in_process(tower::service_fn(move |request: Request<GrpcBody>| {
        let told = Arc::clone(&told);
        async move { Ok::<_, Infallible>(echo(request, &told).await) }
    }));
    let pieces: Vec<_> = body.chunks(step.max(1)).map(Bytes::copy_from_slice).collect();
    let body = Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)));
    let kind = if text { "application/grpc-web-text" } else { "application/grpc-web" };
    let mut request = Request::new(body);
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = "/shelf.catalog.v1.ShopService/GetShop".parse().expect("a path");
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let (head, body) = relayed(upstream, MOST, false, None, request).await.into_parts();
    let body = body.collect().await.expect("the answer ends").to_bytes().to_vec();
    let told = |(name, value): (&http::HeaderName, &HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let headers = head.headers.iter().map(told).collect();
    let asked = asked.lock().expect("nobody panicked").take();
    Outcome { asked, status: head.status.as_u16(), headers, body }
}

async fn echo(request: Request<GrpcBody>, told: &Mutex<Option<Bytes>>) -> http::Response<GrpcBody> {
    let framed = request.into_body().collect().await.expect("a request ends").to_bytes();
    *told.lock().expect("nobody panicked") = Some(framed.clone());
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let body = Full::new(framed).with_trailers(async { Some(Ok(trailers)) });
    let mut response = http::Response::new(GrpcBody::new(body));
    let kind = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
