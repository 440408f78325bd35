//! buf curl: gRPC and gRPC-Web at the service, gRPC-Web through the gateway's relay.

use std::process::Command;

use tests::process::tool;

use super::{run, shop};

async fn buf_curl(arguments: &[&str], url: &str) -> (bool, String) {
    let mut command = Command::new(tool("tests/browser/node_modules/.bin/buf"));
    command.current_dir(tool("proto/..")).arg("curl").args(arguments).arg(url);
    let (output, text) = run(command).await;
    (output.status.success(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn speaks_both_protocols_by_reflection() {
    let shop = shop().await;
    let url = format!("http://{}/shelf.catalog.v1.ProductService", shop.grpc_address());
    let bearer = format!("authorization: Bearer {}", shop.people.editor.token());
    for protocol in [
        &["--protocol", "grpc", "--http2-prior-knowledge"][..],
        &["--protocol", "grpcweb", "--http2-prior-knowledge"],
    ] {
        let list = format!("{url}/ListProducts");
        let (ok, public) = buf_curl(&[protocol, &["-d", "{}"]].concat(), &list).await;
        assert!(ok && public.contains("Enamel mug") && !public.contains("Secret pot"), "{public}");
        let (ok, all) = buf_curl(&[protocol, &["-d", "{}", "-H", &bearer]].concat(), &list).await;
        assert!(ok && all.contains("Secret pot"), "{all}");
        let missing = "{\"name\":\"products/nothing\"}";
        let (ok, missing) =
            buf_curl(&[protocol, &["-d", missing]].concat(), &format!("{url}/GetProduct")).await;
        assert!(
            !ok && missing.contains("not_found") && missing.contains("google.rpc.ErrorInfo"),
            "{missing}"
        );
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn speaks_grpc_web_over_http_1_at_the_service_and_through_the_relay() {
    let shop = shop().await;
    for address in [shop.grpc_address(), shop.http_address()] {
        let url = format!("http://{address}/shelf.catalog.v1.ProductService/ListProducts");
        let arguments = ["--protocol", "grpcweb", "--schema", "proto", "-d", "{}"];
        let (ok, public) = buf_curl(&arguments, &url).await;
        assert!(
            ok && public.contains("Enamel mug") && !public.contains("Secret pot"),
            "{address}: {public}"
        );
    }
    shop.close().await;
}
