//! Pages as documents: ETag, 304, compression.

use std::io::Read as _;

use crate::fake::{Fake, get, request, send};

/// A page that needs nothing of the service but an empty answer.
const PAGE: &str = "/styleguide";

#[tokio::test]
async fn a_page_that_the_browser_has_is_not_sent_again() {
    let app = Fake::answering(&()).app();
    let first = get(&app, PAGE).await;
    assert_eq!((first.status.as_u16(), first.header("cache-control")), (200, "no-cache"));
    let etag = first.header("etag");
    assert!(etag.starts_with('"') && etag.len() > 20, "{etag}");
    for tags in [etag, "*", &format!("\"other\", W/{etag}")] {
        let again = send(&app, request("GET", PAGE, &[("if-none-match", tags)], "")).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{tags}");
        for name in ["etag", "vary", "cache-control", "content-security-policy"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn each_coding_of_a_page_has_its_own_etag() {
    let app = Fake::answering(&()).app();
    let plain = get(&app, PAGE).await;
    let mut tags = vec![plain.header("etag").to_owned()];
    for coding in ["gzip", "br"] {
        let headers = [("accept-encoding", coding)];
        let packed = send(&app, request("GET", PAGE, &headers, "")).await;
        assert_eq!(packed.header("content-encoding"), coding);
        let mut unpacked = Vec::new();
        match coding {
            "gzip" => flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked),
            _ => brotli::Decompressor::new(&packed.body[..], 4096).read_to_end(&mut unpacked),
        }
        .unwrap();
        assert!(unpacked == plain.body && packed.body.len() < plain.body.len() / 2);
        tags.push(packed.header("etag").to_owned());
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3);
}

#[tokio::test]
async fn head_of_a_page_is_its_headers() {
    let app = Fake::answering(&()).app();
    let got = get(&app, PAGE).await;
    let head = send(&app, request("HEAD", PAGE, &[], "")).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    for name in ["content-type", "content-length", "etag"] {
        assert_eq!(head.header(name), got.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_page_takes_its_own_methods_and_no_others() {
    let app = Fake::answering(&()).app();
    let ours = [("sec-fetch-site", "same-origin")];
    let answer = send(&app, request("DELETE", PAGE, &ours, "")).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET,HEAD"));
    assert!(answer.header("content-type").starts_with("text/html"));
    assert_eq!(answer.header("etag"), "");
}

#[tokio::test]
async fn an_error_page_is_no_document_to_keep() {
    let app = Fake::answering(&()).app();
    let answer = send(&app, request("GET", "/nothing", &[("if-none-match", "*")], "")).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (404, ""));
}
