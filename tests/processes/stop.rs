//! SIGTERM: what was asked is answered, nothing new is taken, the exit code is 0.

use http::StatusCode;
use proto::catalog::BatchGetProductsRequest;
use tests::{
    goods::{create, fresh},
    pair::Pair,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::mpsc,
};

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
