//! Clients that others wrote, as the README shows them: curl, grpcurl, buf curl, Python's grpcio. None of them has our .proto files.
//!
//! A tool that is missing fails its tests, and says how to install it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod breaking;
mod buf;
mod depot;
mod grpcurl;
mod python;
mod readme;
mod walk;

use std::process::{Command, Output};

use tests::{goods::create, shop::Shop};

/// A shop with one public product and one draft.
async fn shop() -> Shop {
    let shop = Shop::open().await;
    let editor = &shop.people.editor;
    for (id, title) in [("mug", "Enamel mug"), ("pot", "Secret pot")] {
        editor.products().create_product(create(id, title)).await.expect("a product");
    }
    let publish =
        proto::catalog::PublishProductRequest { name: "products/mug".into(), ..Default::default() };
    editor.products().publish_product(publish).await.expect("a public product");
    shop
}

/// Runs a command to its end, on a thread where waiting is allowed.
async fn run(mut command: Command) -> (Output, String) {
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
    let output = output.expect("a program that starts");
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output, text)
}
