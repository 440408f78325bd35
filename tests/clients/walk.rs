//! The walk through all products, over few: so that it still walks when it is needed.

use std::{fmt::Write as _, fs, process::Command};

use serde_json::json;
use tests::process::{binary, tool};

use super::run;

/// More than a page of the list would need, less than takes long.
const PRODUCTS: usize = 20;

fn lines() -> String {
    let mut lines = String::new();
    for number in 0..PRODUCTS {
        let price =
            json!({ "currencyCode": "EUR", "units": number.to_string(), "nanos": 500_000_000 });
        let product = json!({
            "title": format!("Lamp & shade {number}"),
            "description": "Bright *and* warm\n\n\"quoted\" <b>",
            "brand": "Lumo",
            "attributes": { "weight": { "number": 1.5 }, "colour": { "text": "white" } },
            "variants": [{ "sku": format!("LU {number}"), "prices": [{ "amount": price }] }],
        });
        let line = json!({ "productId": format!("lamp-{number}"), "product": product });
        writeln!(lines, "{line}").expect("a text takes everything");
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn every_product_is_walked_through_by_pages_by_json_and_by_grpc() {
    let folder = tempfile::tempdir().expect("a folder");
    let products = folder.path().join("products.jsonl");
    fs::write(&products, lines()).expect("a file");
    tool("target/tools/bin/grpcurl");
    let mut command = Command::new("python3");
    command.arg(tool("tests/bench/walk.py")).args(["--every", "1", "--grpc-every", "1"]);
    command.arg(&products).env("SHELF_BIN", binary("shelf"));
    let (output, text) = run(command).await;
    assert!(output.status.success(), "{text}");
    for sentence in [
        "20 products on 1 pages of the list",
        "20 products edited, deleted and restored by pages and by JSON, nothing else changed",
        "20 of them by gRPC too",
    ] {
        assert!(text.lines().any(|line| line == sentence), "`{sentence}`: {text}");
    }
}
