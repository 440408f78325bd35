//! A service that dies, and a contract that changes, while much is under way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use gateway::upstream::Upstream;
use http::StatusCode;
use http_body_util::BodyExt as _;
use rstest::rstest;

use crate::{
    description::{ITEMS, files, next},
    service::{Answer, Front, Items, reflecting, request},
};

fn watching(accept: &str) -> http::Request<axum::body::Body> {
    let mut watched = request("GET", "/items/a:watch?view=full", "");
    watched.headers_mut().insert("accept", accept.parse().unwrap());
    watched
}

#[rstest]
#[case("application/json", "[{\"name\"", ",", "]")]
#[case("application/x-ndjson", "{\"name\"", "", "\n")]
#[case("text/event-stream", "data: {\"name\"", "event: error\ndata: ", "\n\n")]
#[tokio::test]
async fn a_service_that_dies_in_the_middle_of_a_stream_is_told_in_its_last_frame(
    #[case] accept: &str,
    #[case] first: &str,
    #[case] before: &str,
    #[case] behind: &str,
) {
    let items = Items::new();
    let (uri, connections) = items.listen().await;
    let front = Front::on(reflecting(), Upstream::connect(&[uri]));
    front.until("/readyz", StatusCode::OK).await;
    let mut stream = front.send(watching(accept)).await.into_body();
    let begun = stream.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(begun.starts_with(first.as_bytes()), "{begun:?}");

    connections.lock().unwrap().abort_all();
    let last = stream.collect().await.unwrap().to_bytes();
    let last = String::from_utf8(last.to_vec()).unwrap();
    let error = last.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
    let error: serde_json::Value = serde_json::from_str(error.expect(&last)).unwrap();
    assert_eq!(error["error"]["code"], 503, "{last}");
    assert_eq!(error["error"]["status"], "UNAVAILABLE");
    // And the next one begins anew.
    front.until("/items/a", StatusCode::OK).await;
}

/// Asks again and again for what both versions have, and watches it; how many answers there were.
async fn ask_until(front: &Front, items: &Items, over: &AtomicBool, count: &AtomicUsize) {
    while !over.load(Ordering::Relaxed) {
        let answer = front.get("/items/a?view=full").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let keys = answer.json();
        assert!(keys.get("shortNote").is_some() != keys.get("longNote").is_some(), "{keys}");

        items.go_on.add_permits(1);
        let watched = Answer::of(front.send(watching("application/x-ndjson")).await).await;
        let lines: Vec<&str> = watched.text.lines().collect();
        assert_eq!((watched.status, lines.len()), (StatusCode::OK, 2), "{}", watched.text);
        assert_eq!(lines[0], lines[1], "a stream speaks by one contract");
        count.fetch_add(2, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_changes_under_load_without_a_request_that_fails() {
    let items = Items::new();
    let front = Arc::new(Front::ready(reflecting(), &items).await);
    let (over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let (front, items, over, count) =
                (Arc::clone(&front), items.clone(), Arc::clone(&over), Arc::clone(&count));
            tokio::spawn(async move { ask_until(&front, &items, &over, &count).await })
        })
        .collect();
    for change in 0..6 {
        let text = if change % 2 == 0 { next() } else { ITEMS.to_owned() };
        items.told().files = files(&text);
        let wanted = change % 2 == 0;
        let changed = async {
            while (front.ask("POST", "/bare", "{}").await.status != StatusCode::NOT_FOUND) != wanted
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), changed).await.expect("it never changes");
    }
    over.store(true, Ordering::Relaxed);
    for asking in asking {
        asking.await.unwrap();
    }
    assert!(count.load(Ordering::Relaxed) > 50, "{count:?}");
}
