//! Python's grpcio, which asks reflection in v1alpha and builds its messages from what it hears.

use std::process::Command;

use tests::process::tool;

use super::{run, shop};

#[tokio::test(flavor = "multi_thread")]
async fn reflects_checks_health_reads_and_writes() {
    let shop = shop().await;
    let mut command = Command::new(tool("target/tools/python/bin/python"));
    command
        .arg(tool("tests/clients/story.py"))
        .arg(shop.grpc_address().to_string())
        .env("SHELF_TOKEN", shop.people.editor.token());
    let (output, text) = run(command).await;
    assert!(output.status.success() && text.ends_with("all is well\n"), "{text}");
    shop.close().await;
}
