//! SIGTERM: what was asked is answered, nothing new is taken, the exit code is 0.

use std::{net::SocketAddr, time::Instant};

use http::StatusCode;
use prost::Message as _;
use proto::catalog::{BatchGetProductsRequest, WatchProductsRequest};
use tests::{
    errors::reason,
    events::Events,
    goods::{create, fresh},
    pair::Pair,
    process::PATIENCE,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
    time::timeout,
};
use tonic::Code;

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_finishes_what_it_began() {
    let mut pair = Pair::start().await;
    let body = "{\"title\":\"Enamel mug\"}";
    let (first, rest) = body.split_at(5);
    let mut stream = TcpStream::connect(pair.gateway_address).await.unwrap();
    let head = format!(
        "POST /v1/products?productId=mug HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{first}",
        pair.gateway_address,
        pair.people.editor.token(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // An answer on another connection shows that the first one was taken.
    assert_eq!(pair.web().get("/healthz").await.status, StatusCode::OK);
    pair.gateway.terminate().await;
    pair.gateway.line("the gateway stops").await;
    stream.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Enamel mug"), "{answer}");
    assert!(TcpStream::connect(pair.gateway_address).await.is_err(), "nothing new is taken");
    let (status, output) = pair.gateway.ended().await;
    assert!(status.success(), "{status}: {output}");
}

/// Waits until nobody listens at an address any more; nothing else tells that a service has begun to stop.
async fn until_closed(address: SocketAddr) {
    let closed = timeout(PATIENCE, async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    closed.await.unwrap_or_else(|_| panic!("{address} goes on listening"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_service_finishes_what_it_began() {
    let mut pair = Pair::start().await;
    let message = create("mug", "Enamel mug").encode_to_vec();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    let body = [&[0_u8][..], &length[..], &message[..]].concat();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut stream = TcpStream::connect(pair.catalog_address).await.unwrap();
    let head = format!(
        "POST /shelf.catalog.v1.ProductService/CreateProduct HTTP/1.1\r\nhost: {}\r\n\
         authorization: Bearer {}\r\ncontent-type: application/grpc-web+proto\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        pair.catalog_address,
        pair.people.editor.token(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Being asked for the body shows that the call is taken.
    let mut asked = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut asked).await.unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&asked));
    stream.write_all(first).await.unwrap();
    let catalog = pair.catalog.take().unwrap();
    catalog.terminate().await;
    until_closed(pair.catalog_address).await;
    stream.write_all(rest).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("Enamel mug"), "{answer}");
    assert!(answer.contains("grpc-status:0"), "{answer}");
    let (status, output) = catalog.ended().await;
    assert!(status.success() && !output.contains("cut off"), "{status}: {output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_at_once_and_hold_nothing_up() {
    let mut pair = Pair::start().await;
    let web = pair.web().with_token(pair.people.viewer.token());
    let mut events = Events::open(&web, "/v1/products:watch", "").await.unwrap();
    events.next().await.expect("where it begins");
    let since = Instant::now();
    pair.gateway.terminate().await;
    // Without a word: a browser comes back by itself, and goes on where it was.
    assert_eq!(events.next().await, None);
    let (status, output) = pair.gateway.ended().await;
    assert!(status.success() && !output.contains("cut off"), "{status}: {output}");

    let request = WatchProductsRequest::default();
    let stream = pair.people.viewer.products().watch_products(request).await.unwrap();
    let mut stream = stream.into_inner();
    let first = stream.message().await.unwrap().expect("where it begins");
    assert!(!first.resume_token.is_empty());
    let catalog = pair.catalog.take().unwrap();
    catalog.terminate().await;
    let end = stream.message().await.unwrap_err();
    assert_eq!((end.code(), reason(&end).as_str()), (Code::Unavailable, "SHUTTING_DOWN"));
    let (status, output) = catalog.ended().await;
    assert!(status.success() && !output.contains("cut off"), "{status}: {output}");
    assert!(since.elapsed().as_secs() < 10, "{:?}", since.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalog_service_loses_nothing_that_it_acknowledged() {
    let mut pair = Pair::start().await;
    let (acknowledged, mut names) = mpsc::unbounded_channel();
    for _ in 0..8 {
        let (mut client, acknowledged) = (pair.people.editor.products(), acknowledged.clone());
        tokio::spawn(async move {
            while let Ok(created) = client.create_product(create(&fresh("w"), "Mug")).await {
                if acknowledged.send(created.into_inner().name).is_err() {
                    break;
                }
            }
        });
    }
    drop(acknowledged);
    let mut written = Vec::new();
    let catalog = pair.catalog.take().unwrap();
    while let Some(name) = names.recv().await {
        written.push(name);
        if written.len() == 100 {
            catalog.terminate().await;
        }
    }
    assert!(written.len() >= 100);
    let (status, output) = catalog.ended().await;
    assert!(status.success(), "{status}: {output}");
    pair.start_catalog().await;
    for names in written.chunks(500) {
        let all = BatchGetProductsRequest { names: names.to_vec(), ..Default::default() };
        let viewer = pair.people.again(&pair.channel()).viewer;
        let found = viewer.products().batch_get_products(all).await.unwrap().into_inner();
        assert_eq!(found.products.len(), names.len());
    }
}
