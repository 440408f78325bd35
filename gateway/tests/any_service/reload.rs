//! How the gateway learns a contract, and how it comes to another.

use std::time::Duration;

use gateway::{
    service::{Service, Source},
    upstream::Upstream,
};
use http::StatusCode;
use http_body_util::BodyExt as _;

use crate::{
    description::{ITEMS, broken, compiled, files, next},
    service::{Front, Items, OFTEN, reflecting, request},
};

/// Whether the next version is served, whose method has an address.
async fn has_changed(front: &Front) -> bool {
    // Nothing here waits for anything else, and the watch has to get its turn.
    tokio::task::yield_now().await;
    front.ask("POST", "/bare", "{}").await.status != StatusCode::NOT_FOUND
}

#[tokio::test]
async fn until_there_is_a_contract_all_is_503_and_the_gateway_is_not_ready() {
    let items = Items::new();
    items.told().away = true;
    let front = Front::of(reflecting(), &items);
    items.is_read_again(2).await;
    let answer = front.get("/items/a").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        (answer.reason().as_str(), &answer.headers["retry-after"]),
        ("CONTRACT_UNKNOWN", &"1".parse().unwrap())
    );
    for target in ["/readyz", "/openapi.json"] {
        assert_eq!(front.get(target).await.status, StatusCode::SERVICE_UNAVAILABLE, "{target}");
    }
    assert_eq!(front.get("/healthz").await.status, StatusCode::OK);

    items.told().away = false;
    front.until("/readyz", StatusCode::OK).await;
    assert_eq!(front.get("/items/a").await.json()["name"], "items/a");
}

#[tokio::test]
async fn reflection_is_asked_in_v1_and_then_in_v1alpha() {
    for (versions, wanted) in
        [(vec!["v1", "v1alpha"], ["v1", "v1"]), (vec!["v1alpha"], ["v1", "v1alpha"])]
    {
        let items = Items::new();
        items.told().versions = versions;
        let front = Front::ready(reflecting(), &items).await;
        assert_eq!(front.get("/items/a").await.status, StatusCode::OK);
        let told = items.told();
        for (path, version) in told.calls.iter().zip(wanted) {
            let method =
                format!("/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo");
            assert_eq!(path, &method);
        }
    }
}

#[tokio::test]
async fn a_change_is_served_without_a_refused_request_and_a_broken_one_is_not_taken() {
    let items = Items::new();
    let front = Front::ready(reflecting(), &items).await;
    assert_eq!(front.ask("POST", "/bare", "{}").await.status, StatusCode::NOT_FOUND);

    let described = front.get("/openapi.json").await.json();
    assert!(described["paths"].get("/bare").is_none(), "{described}");

    items.told().files = files(&next());
    while !has_changed(&front).await {
        assert_eq!(front.get("/items/a").await.status, StatusCode::OK);
    }
    let answer = front.ask("POST", "/bare", r#"{"longNote": "new"}"#).await;
    assert_eq!(answer.json()["longNote"], "new");

    let described = front.get("/openapi.json").await.json();
    assert!(described["paths"]["/bare"]["post"].is_object(), "{described}");

    items.told().files = files(&broken());
    items.is_read_again(20).await;
    assert_eq!(front.ask("POST", "/bare", "{}").await.status, StatusCode::OK);
    assert_eq!(front.get("/readyz").await.status, StatusCode::OK);

    items.told().files = files(ITEMS);
    while has_changed(&front).await {
        assert_eq!(front.get("/items/a").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_contract_that_it_began_with() {
    let items = Items::new();
    let front = Front::ready(reflecting(), &items).await;
    let mut watched = request("GET", "/items/a:watch?view=full", "");
    watched.headers_mut().insert("accept", "application/x-ndjson".parse().unwrap());
    let mut stream = front.send(watched).await.into_body();
    let first = stream.frame().await.unwrap().unwrap().into_data().unwrap();

    items.told().files = files(&next());
    while !has_changed(&front).await {}
    let now = front.get("/items/a?view=full").await.json();
    assert_eq!((&now["longNote"], now.get("shortNote")), (&"full".into(), None));

    items.go_on.add_permits(1);
    let second = stream.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, second);
    let second: serde_json::Value = serde_json::from_slice(&second).unwrap();
    assert_eq!(second["shortNote"], "full");
    assert!(stream.frame().await.is_none_or(|end| end.is_ok()));
}

#[tokio::test]
async fn a_file_that_changes_is_read_again_and_a_broken_one_is_not_taken() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), compiled(ITEMS)).unwrap();
    let items = Items::new();
    items.told().versions.clear();
    let mut service = reflecting();
    service.source = Source::File(file.path().to_owned());
    let front = Front::of(service, &items);
    assert_eq!(front.get("/items/a").await.status, StatusCode::OK);

    std::fs::write(file.path(), compiled(&next())).unwrap();
    while !has_changed(&front).await {}
    std::fs::write(file.path(), "this is no descriptor set").unwrap();
    let mut readings = tokio::time::interval(OFTEN);
    for _ in 0..20 {
        readings.tick().await;
        assert_eq!(front.ask("POST", "/bare", "{}").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn after_a_reconnect_the_contract_is_read_again() {
    let items = Items::new();
    let (uri, connections) = items.listen().await;
    let service = Service { every: Duration::from_secs(3_600), ..reflecting() };
    let front = Front::on(service, Upstream::connect(&[uri]));
    front.until("/items/a", StatusCode::OK).await;
    items.is_read_again(1).await;

    connections.lock().unwrap().abort_all();
    front.until("/items/a", StatusCode::OK).await;
    items.is_read_again(1).await;
}
