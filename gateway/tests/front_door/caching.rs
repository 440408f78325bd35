//! ETags, 304 and compression of JSON.

use std::io::Read as _;

use proto::catalog::{ListProductsResponse, Product};

use crate::fake::{Fake, get, request, send};

fn page(products: usize) -> ListProductsResponse {
    let product = |number| Product {
        name: format!("products/p{number}"),
        title: "A product of some length".into(),
        ..Default::default()
    };
    ListProductsResponse { products: (0..products).map(product).collect(), ..Default::default() }
}

#[tokio::test]
async fn what_the_client_has_already_is_not_sent_again() {
    let app = Fake::answering(&page(3)).app();
    let first = get(&app, "/v1/products").await;
    let etag = first.header("etag");
    assert!(etag.starts_with("\"t1."), "{etag}");
    for tags in [etag, "*", &format!("\"other\", W/{etag}")] {
        let headers = [("if-none-match", tags)];
        let again = send(&app, request("GET", "/v1/products", &headers, "")).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{tags}");
        let head = send(&app, request("HEAD", "/v1/products", &headers, "")).await;
        assert_eq!((head.status.as_u16(), head.body.len()), (304, 0), "{tags}");
        for name in ["etag", "vary", "cache-control"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
            assert_eq!(head.header(name), first.header(name), "{name}");
        }
    }
    let headers = [("if-none-match", "\"other\"")];
    let again = send(&app, request("GET", "/v1/products", &headers, "")).await;
    assert_eq!((again.status.as_u16(), again.body), (200, first.body));
}

#[tokio::test]
async fn a_write_has_no_etag_and_no_304() {
    let app = Fake::answering(&Product::default()).app();
    let headers = [("if-none-match", "*"), ("content-type", "application/json")];
    let answer = send(&app, request("POST", "/v1/products/a:publish", &headers, "{}")).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, ""));
}

#[tokio::test]
async fn each_coding_has_its_own_etag_and_unpacks_to_the_same() {
    let app = Fake::answering(&page(100)).app();
    let plain = get(&app, "/v1/products").await;
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "br", "zstd"] {
        let headers = [("accept-encoding", coding)];
        let packed = send(&app, request("GET", "/v1/products", &headers, "")).await;
        assert_eq!(packed.header("content-encoding"), coding);
        assert_eq!(packed.header("vary"), "Accept, Accept-Encoding");
        assert!(packed.body.len() < plain.body.len() / 5);
        let mut unpacked = Vec::new();
        match coding {
            "gzip" => flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked),
            "zstd" => {
                unpacked = zstd::stream::decode_all(&packed.body[..]).unwrap();
                Ok(unpacked.len())
            }
            _ => brotli::Decompressor::new(&packed.body[..], 4096).read_to_end(&mut unpacked),
        }
        .unwrap();
        assert!(unpacked == plain.body);

        let etag = packed.header("etag").to_owned();
        let headers = [("accept-encoding", coding), ("if-none-match", etag.as_str())];
        let again = send(&app, request("GET", "/v1/products", &headers, "")).await;
        assert_eq!((again.status.as_u16(), again.header("content-encoding")), (304, ""));
        tags.push(etag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn a_small_body_is_left_alone() {
    let app = Fake::answering(&page(2)).app();
    let headers = [("accept-encoding", "gzip, br")];
    let answer = send(&app, request("GET", "/v1/products", &headers, "")).await;
    assert_eq!(answer.header("content-encoding"), "");
}
