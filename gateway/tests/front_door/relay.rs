//! gRPC-Web through the gateway.

use std::convert::Infallible;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};
use bytes::Bytes;
use prost::Message as _;
use proto::{
    access::{CreateSessionRequest, Session},
    catalog::{GetProductRequest, Product},
};
use tonic::Status;

use crate::fake::{Answered, Fake, frame, request, send};

const GET: &str = "/shelf.catalog.v1.ProductService/GetProduct";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

fn mug() -> Product {
    Product { name: "products/mug".into(), title: "Enamel mug".into(), ..Default::default() }
}

fn asking() -> Bytes {
    frame(&GetProductRequest { name: "products/mug".into(), view: 0 }.encode_to_vec())
}

async fn call(
    fake: &Fake,
    target: &str,
    content_type: &str,
    body: impl Into<axum::body::Body>,
) -> Answered {
    let headers = [("content-type", content_type), OURS];
    send(&fake.app(), request("POST", target, &headers, body)).await
}

/// The message and the trailers of a gRPC-Web answer.
fn parts(body: &[u8]) -> (Vec<u8>, String) {
    let (mut message, mut trailers, mut rest) = (Vec::new(), String::new(), body);
    while let Some((head, more)) = rest.split_first_chunk::<5>() {
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let (frame, more) = more.split_at(length);
        match head[0] {
            0 => message = frame.to_vec(),
            _ => trailers = String::from_utf8(frame.to_vec()).unwrap(),
        }
        rest = more;
    }
    (message, trailers)
}

#[tokio::test]
async fn binary_calls_go_through_as_they_are() {
    for content_type in ["application/grpc-web", "application/grpc-web+proto"] {
        let fake = Fake::answering(&mug());
        let answer = call(&fake, GET, content_type, asking()).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("application/grpc-web"));
        let (message, trailers) = parts(&answer.body);
        assert_eq!(Product::decode(&message[..]).unwrap(), mug());
        assert!(trailers.contains("grpc-status:0"), "{trailers}");
        assert_eq!(fake.last::<GetProductRequest>().name, "products/mug");
    }
}

#[tokio::test]
async fn text_calls_are_unpacked_and_packed() {
    let fake = Fake::answering(&mug());
    let body = BASE64_STANDARD.encode(asking());
    let answer = call(&fake, GET, "application/grpc-web-text", body).await;
    assert!(answer.header("content-type").starts_with("application/grpc-web-text"));
    // Each chunk is padded on its own.
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let chunks = text.as_bytes().chunk_by(|a, b| !(*a == b'=' && *b != b'='));
    let bytes: Vec<u8> = chunks.flat_map(|chunk| BASE64_STANDARD.decode(chunk).unwrap()).collect();
    assert_eq!(Product::decode(&parts(&bytes).0[..]).unwrap(), mug());
}

#[tokio::test]
async fn a_refusal_of_the_service_is_a_status_with_its_details() {
    let details = Bytes::from_static(b"details");
    let fake =
        Fake::refusing(Status::with_details(tonic::Code::NotFound, "no such product", details));
    let answer = call(&fake, GET, "application/grpc-web+proto", asking()).await;
    assert_eq!((answer.status.as_u16(), answer.header("grpc-status")), (200, "5"));
    assert!(!answer.header("grpc-status-details-bin").is_empty());
}

#[tokio::test]
async fn what_is_no_call_is_refused_before_the_service() {
    let fake = Fake::answering(&mug());
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json",
        "application/grpc-web+json",
        "application/grpc",
        "application/grpcish",
    ] {
        let answer = call(&fake, GET, content_type, asking()).await;
        assert_eq!(answer.status, 415, "{content_type}");
    }
    let headers = [("content-type", "application/grpc-web"), OURS];
    for method in ["GET", "DELETE", "PUT"] {
        let answer = send(&fake.app(), request(method, GET, &headers, "")).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"), "{method}");
    }
    for service in
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/other.Service/Method"]
    {
        let answer = call(&fake, service, "application/grpc-web", asking()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("grpc-status")),
            (200, "12"),
            "{service}"
        );
    }
    assert!(fake.asked().is_empty());
}

#[test]
fn every_method_that_is_relayed_takes_one_message() {
    // The relay reads it whole before it asks the service; a stream of them would wait for its end.
    let pool = proto::descriptor_pool();
    let methods: Vec<_> = pool.services().flat_map(|it| it.methods().collect::<Vec<_>>()).collect();
    assert!(methods.len() > 50);
    for method in methods {
        assert!(!method.is_client_streaming(), "{}", method.full_name());
    }
}

#[tokio::test]
async fn an_answer_of_several_messages_is_passed_on_as_it_comes() {
    let (more, coming) = tokio::sync::mpsc::channel::<Result<http_body::Frame<Bytes>, Status>>(1);
    let coming = std::sync::Arc::new(std::sync::Mutex::new(Some(coming)));
    let watch = tower::service_fn(move |_: http::Request<tonic::body::Body>| {
        let coming = coming.lock().unwrap().take().unwrap();
        let frames = tokio_stream::wrappers::ReceiverStream::new(coming);
        let body = tonic::body::Body::new(http_body_util::StreamBody::new(frames));
        let answer =
            http::Response::builder().header("content-type", "application/grpc").body(body);
        std::future::ready(Ok::<_, Status>(answer.unwrap()))
    });
    let upstream = gateway::upstream::Upstream::in_process(watch);
    let settings = crate::fake::settings("http://localhost:8080");
    let app = gateway::app::App::new(gateway::app::Gateway::new(settings, upstream));
    let headers = [("content-type", "application/grpc-web+proto"), OURS];
    let asked = request("POST", "/grpc.health.v1.Health/Watch", &headers, frame(b""));
    let answering = tokio::spawn(async move { app.answer(None, asked).await });
    let mut body = answering.await.unwrap().into_body();
    for message in [&b"\x08\x01"[..], b"\x08\x02", b"\x08\x01"] {
        more.send(Ok(http_body::Frame::data(frame(message)))).await.unwrap();
        let piece = http_body_util::BodyExt::frame(&mut body).await.unwrap().unwrap();
        assert_eq!(piece.into_data().unwrap(), frame(message));
    }
    let trailers =
        http::HeaderMap::from_iter([("grpc-status".parse().unwrap(), "0".parse().unwrap())]);
    more.send(Ok(http_body::Frame::trailers(trailers))).await.unwrap();
    drop(more);
    let last = http_body_util::BodyExt::collect(body).await.unwrap().to_bytes();
    assert!(parts(&last).1.contains("grpc-status:0"));
}

#[tokio::test]
async fn broken_base64_is_refused_in_the_same_words_however_it_is_cut() {
    for step in [1, 3, 64] {
        let pieces: Vec<_> = b"AAAAAAAcKB*hlbGxv".chunks(step).map(Ok::<_, Infallible>).collect();
        let body = axum::body::Body::from_stream(futures_util::stream::iter(pieces));
        let fake = Fake::answering(&mug());
        let answer = call(&fake, GET, "application/grpc-web-text", body).await;
        assert_eq!((answer.status.as_u16(), answer.header("grpc-status")), (200, "3"), "{step}");
        assert!(answer.header("grpc-message").starts_with("the%20body%20is%20not%20a%20call"));
        assert!(fake.asked().is_empty(), "{step}");
    }
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_before_the_service() {
    let framed = |length| frame(&vec![0; length]);
    let announced = framed((4 << 20) + 1).slice(..5);
    for body in [framed((4 << 20) + 1), announced] {
        for content_type in ["application/grpc-web+proto", "application/grpc-web-text"] {
            let body = match content_type {
                "application/grpc-web-text" => BASE64_STANDARD.encode(&body).into(),
                _ => body.clone(),
            };
            let fake = Fake::answering(&mug());
            let answer = call(&fake, GET, content_type, body).await;
            assert_eq!((answer.status.as_u16(), answer.header("grpc-status")), (200, "8"));
            let details = BASE64_STANDARD_NO_PAD
                .decode(answer.header("grpc-status-details-bin").trim_end_matches('='))
                .unwrap();
            assert!(String::from_utf8_lossy(&details).contains("MESSAGE_TOO_LARGE"));
            assert!(fake.asked().is_empty(), "{content_type}");
        }
    }
}

#[tokio::test]
async fn a_call_carries_the_list_and_the_cookies_token() {
    let fake = Fake::answering(&mug());
    let headers = [
        ("content-type", "application/grpc-web+proto"),
        OURS,
        ("cookie", "__Host-sid=t0ken"),
        ("x-forwarded-for", "192.0.2.7"),
        ("x-role", "admin"),
        ("grpc-timeout", "5S"),
    ];
    send(&fake.app(), request("POST", GET, &headers, asking())).await;
    let asked = fake.asked().remove(0).headers;
    assert_eq!(asked["authorization"], "Bearer t0ken");
    assert!(asked["grpc-timeout"].to_str().unwrap().starts_with("49"));
    for absent in ["cookie", "x-forwarded-for", "x-role", "sec-fetch-site", "host"] {
        assert!(!asked.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn a_browser_that_signs_in_gets_the_cookie_and_no_token() {
    let token = "t0ken".to_owned();
    let fake =
        Fake::answering(&Session { name: "sessions/s1".into(), token, ..Default::default() });
    let body = frame(&CreateSessionRequest::default().encode_to_vec());
    let target = "/shelf.access.v1.SessionService/CreateSession";
    let answer = call(&fake, target, "application/grpc-web+proto", body.clone()).await;
    assert!(answer.header("set-cookie").starts_with("__Host-sid=t0ken;"));
    let (message, trailers) = parts(&answer.body);
    let session = Session::decode(&message[..]).unwrap();
    assert_eq!((session.name.as_str(), session.token.as_str()), ("sessions/s1", ""));
    assert!(trailers.contains("grpc-status:0"));

    let headers = [("content-type", "application/grpc-web+proto")];
    let answer = send(&fake.app(), request("POST", target, &headers, body)).await;
    let session = Session::decode(&parts(&answer.body).0[..]).unwrap();
    assert_eq!((session.token.as_str(), answer.header("set-cookie")), ("t0ken", ""));
}

#[tokio::test]
async fn a_sign_in_of_a_browser_is_never_packed() {
    let fake = Fake::answering(&Session { token: "t0ken".into(), ..Default::default() });
    let body = frame(&CreateSessionRequest::default().encode_to_vec());
    let headers =
        [("content-type", "application/grpc-web+proto"), ("grpc-accept-encoding", "gzip"), OURS];
    for (target, passed_on) in
        [("/shelf.access.v1.SessionService/CreateSession", false), (GET, true)]
    {
        send(&fake.app(), request("POST", target, &headers, body.clone())).await;
        let asked = fake.asked().pop().unwrap().headers;
        assert_eq!(asked.contains_key("grpc-accept-encoding"), passed_on, "{target}");
    }
}
