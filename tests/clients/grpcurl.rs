//! grpcurl, by reflection.

use std::process::Command;

use serde_json::{Value, json};
use tests::{process::tool, shop::Shop};

use super::{run, shop};

/// Runs grpcurl against the service, and answers whether it succeeded and what it printed.
async fn grpcurl(shop: &Shop, before: &[&str], after: &[&str]) -> (bool, String) {
    let mut command = Command::new(tool("target/tools/bin/grpcurl"));
    command.arg("-plaintext").args(before).arg(shop.grpc_address().to_string()).args(after);
    let (output, text) = run(command).await;
    (output.status.success(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_describes_by_reflection() {
    let shop = shop().await;
    let (ok, services) = grpcurl(&shop, &[], &["list"]).await;
    assert!(ok, "{services}");
    for service in
        proto::descriptor_pool().services().filter(|it| it.package_name().starts_with("shelf."))
    {
        assert!(services.lines().any(|line| line == service.full_name()), "{services}");
    }
    assert!(services.contains("grpc.health.v1.Health"), "{services}");
    let (ok, method) =
        grpcurl(&shop, &[], &["describe", "shelf.catalog.v1.ProductService.GetProduct"]).await;
    assert!(
        ok && method.contains("GetProductRequest") && method.contains("/v1/{name=products/*}"),
        "{method}"
    );
    let (ok, message) = grpcurl(&shop, &[], &["describe", "shelf.catalog.v1.Product"]).await;
    assert!(ok && message.contains("string title = 5"), "{message}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_with_and_without_a_token() {
    let shop = shop().await;
    let list = "shelf.catalog.v1.ProductService/ListProducts";
    let (ok, public) = grpcurl(&shop, &[], &[list]).await;
    assert!(ok && public.contains("Enamel mug") && !public.contains("Secret pot"), "{public}");
    let bearer = format!("authorization: Bearer {}", shop.people.editor.token());
    let (ok, all) = grpcurl(&shop, &["-H", &bearer], &[list]).await;
    assert!(ok && all.contains("Secret pot"), "{all}");

    let create = "shelf.catalog.v1.ProductService/CreateProduct";
    let wish = "{\"product_id\":\"jug\",\"product\":{\"title\":\"Jug\",\"variants\":[{\"prices\":[{\"amount\":{\"currency_code\":\"EUR\",\"units\":\"9\"}}]}]}}";
    let (ok, refused) = grpcurl(&shop, &["-d", wish], &[create]).await;
    assert!(!ok && refused.contains("Unauthenticated"), "{refused}");
    let (ok, made) = grpcurl(&shop, &["-H", &bearer, "-d", wish], &[create]).await;
    assert!(ok && made.contains("products/jug"), "{made}");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_edited_deleted_and_restored_by_its_etags() {
    let shop = shop().await;
    let bearer = format!("authorization: Bearer {}", shop.people.editor.token());
    let call = async |method: &str, request: Value| {
        let method = format!("shelf.catalog.v1.ProductService/{method}");
        grpcurl(&shop, &["-H", &bearer, "-d", &request.to_string()], &[&method]).await
    };
    let name = "products/mug";
    let before = told(call("GetProduct", json!({ "name": name })).await);
    let wish =
        json!({ "name": name, "etag": before["etag"], "brand": "Kilnside", "title": "Not it" });
    let update = json!({ "product": wish, "update_mask": { "paths": ["brand"] } });
    let edited = told(call("UpdateProduct", update.clone()).await);
    assert_eq!((&edited["brand"], &edited["title"]), (&json!("Kilnside"), &before["title"]));
    assert_ne!(edited["etag"], before["etag"]);
    let (ok, stale) = call("UpdateProduct", update).await;
    assert!(!ok && stale.contains("Aborted") && stale.contains("ETAG_MISMATCH"), "{stale}");

    let deleted =
        told(call("DeleteProduct", json!({ "name": name, "etag": edited["etag"] })).await);
    assert!(deleted["deleteTime"].is_string(), "{deleted}");
    let restore = json!({ "name": name, "etag": deleted["etag"] });
    let restored = told(call("UndeleteProduct", restore).await);
    assert_eq!((&restored["deleteTime"], &restored["brand"]), (&Value::Null, &edited["brand"]));
    shop.close().await;
}

/// What a call that has to succeed answers.
#[track_caller]
fn told((ok, text): (bool, String)) -> Value {
    assert!(ok, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_watched_from_a_token_on() {
    let shop = shop().await;
    let bearer = format!("authorization: Bearer {}", shop.people.viewer.token());
    let watch = "shelf.catalog.v1.ProductService/WatchProducts";
    let read = ["-H", &bearer, "-max-time", "5", "-d", "{}"];
    let (ok, begun) = grpcurl(&shop, &read, &[watch]).await;
    assert!(
        !ok && begun.contains("DeadlineExceeded"),
        "it goes on until its time is over: {begun}"
    );
    let token = begun.split('"').nth(3).expect("a token").to_owned();
    let name =
        proto::catalog::DeleteProductRequest { name: "products/mug".into(), ..Default::default() };
    shop.people.editor.products().delete_product(name).await.unwrap();
    let from = json!({ "resume_token": token }).to_string();
    let read = ["-H", &bearer, "-max-time", "5", "-d", &from];
    let (_, told) = grpcurl(&shop, &read, &[watch]).await;
    assert!(told.contains("KIND_DELETED") && told.contains("\"deleteTime\""), "{told}");
    assert_eq!(told.matches("\"change\"").count(), 1, "{told}");
    let read = ["-H", &bearer, "-d", "{\"resume_token\":\"nonsense\"}"];
    let (ok, refused) = grpcurl(&shop, &read, &[watch]).await;
    assert!(
        !ok && refused.contains("InvalidArgument") && refused.contains("FIELD_INVALID"),
        "{refused}"
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_arrive_with_their_details() {
    let shop = shop().await;
    let get = "shelf.catalog.v1.ProductService/GetProduct";
    let (ok, missing) = grpcurl(&shop, &["-d", "{\"name\":\"products/nothing\"}"], &[get]).await;
    assert!(
        !ok && missing.contains("NotFound") && missing.contains("RESOURCE_NOT_FOUND"),
        "{missing}"
    );
    let (ok, invalid) = grpcurl(&shop, &["-d", "{\"name\":\"nothing\"}"], &[get]).await;
    assert!(
        !ok && invalid.contains("InvalidArgument")
            && invalid.contains("must be `products/{product}`"),
        "{invalid}"
    );
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_of_the_whole_and_of_each_service() {
    let shop = shop().await;
    for service in ["", "shelf.catalog.v1.ProductService", "shelf.access.v1.SessionService"] {
        let wish = format!("{{\"service\":\"{service}\"}}");
        let (ok, health) = grpcurl(&shop, &["-d", &wish], &["grpc.health.v1.Health/Check"]).await;
        assert!(
            ok && health.contains("SERVING") && !health.contains("NOT_SERVING"),
            "{service}: {health}"
        );
    }
    shop.close().await;
}
