//! kill -9 under 16 writers: whatever was acknowledged is there afterwards, as it was acknowledged.
//!
//! The ledger is kept by the writers, in this process, which nobody kills. A write without an answer may be there or not.

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{goods::fresh, pair::Pair, web::Web};
use tokio::{sync::mpsc, task::JoinSet};

const ROUNDS: usize = 20;
const WRITERS: usize = 16;

/// What one writer did to its product.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// The last acknowledged answer.
    acknowledged: Option<Value>,
    /// The key and body of the last acknowledged request.
    request: Option<(String, Value)>,
    /// The title of a later write that was not answered.
    unknown: Option<String>,
}

type Ledger = BTreeMap<String, Entry>;

/// Creates a product and renames it, again and again, until no answer comes.
async fn write(web: Web, acknowledged: mpsc::UnboundedSender<()>) -> Ledger {
    let mut ledger = Ledger::new();
    loop {
        let id = fresh("w");
        for step in 0..3 {
            let key = fresh("key");
            let title = format!("{id} step {step}");
            let ask = match step {
                0 => web.ask(Method::POST, &format!("/v1/products?productId={id}")),
                _ => web.ask(Method::PATCH, &format!("/v1/products/{id}")),
            };
            let body = json!({ "title": title });
            let sent = ask.header("idempotency-key", &key).json(&body).try_send().await;
            let entry = ledger.entry(id.clone()).or_default();
            match sent {
                Ok(answer) if answer.status == StatusCode::OK => {
                    entry.acknowledged = Some(answer.json());
                    entry.request = (step > 0).then_some((key, body));
                    let _ = acknowledged.send(());
                }
                Ok(answer) if answer.status.is_server_error() => {
                    entry.unknown = Some(title);
                    return ledger;
                }
                Ok(answer) => panic!("{}: {}", answer.status, answer.text()),
                Err(_) => {
                    entry.unknown = Some(title);
                    return ledger;
                }
            }
        }
    }
}

/// What is wrong with a product as it is found, against what was acknowledged.
fn fault(id: &str, entry: &Entry, found: Option<&Value>) -> Option<String> {
    let Some(acknowledged) = &entry.acknowledged else {
        return None;
    };
    let Some(found) = found else { return Some(format!("{id} was acknowledged and is lost")) };
    let later = entry.unknown.as_deref();
    let same = found["title"] == acknowledged["title"] && found["etag"] == acknowledged["etag"];
    let same = same || later.is_some_and(|title| found["title"] == title);
    (!same).then(|| format!("{id}: acknowledged {acknowledged}, found {found}"))
}

async fn check(web: &Web, ledger: &Ledger) -> usize {
    let mut acknowledged = 0;
    for (id, entry) in ledger {
        let answer = web.get(&format!("/v1/products/{id}")).await;
        let found = (answer.status == StatusCode::OK).then(|| answer.json());
        if let Some(fault) = fault(id, entry, found.as_ref()) {
            panic!("{fault}");
        }
        acknowledged += usize::from(entry.acknowledged.is_some());
        let revisions = web.get(&format!("/v1/products/{id}/revisions")).await;
        if let Some(found) = &found {
            let newest = &revisions.json()["productRevisions"][0]["product"];
            assert_eq!(newest["title"], found["title"], "the revision came with the product");
        }
        if let (Some((key, body)), None) = (&entry.request, &entry.unknown) {
            let again = web.ask(Method::PATCH, &format!("/v1/products/{id}"));
            let again = again.header("idempotency-key", key).json(body).send().await;
            assert_eq!(
                Some(again.json()["etag"].clone()),
                entry.acknowledged.as_ref().map(|answer| answer["etag"].clone()),
                "{id}: replayed, not done twice"
            );
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let mut pair = Pair::start().await;
    let web = pair.web().with_token(pair.people.editor.token());
    let mut ledger = Ledger::new();
    for round in 0..ROUNDS {
        let (sender, mut acknowledged) = mpsc::unbounded_channel();
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            writers.spawn(write(web.clone(), sender.clone()));
        }
        drop(sender);
        // A different moment in each round, told by the writes themselves.
        for _ in 0..20 + (round * 37) % 200 {
            acknowledged.recv().await.expect("writers that write");
        }
        pair.kill_catalog().await;
        let mut written = Ledger::new();
        while let Some(part) = writers.join_next().await {
            written.extend(part.expect("a writer"));
        }
        pair.start_catalog().await;
        web.until("/readyz", StatusCode::OK).await;
        check(&web, &written).await;
        ledger.extend(written);
    }
    // A later kill may not take what an earlier one left.
    let all = check(&web, &ledger).await;
    assert!(all >= ROUNDS * 10, "{all} acknowledged writes in {ROUNDS} rounds");
}

#[test]
fn a_loss_would_be_noticed() {
    let acknowledged = json!({ "title": "a", "etag": "\"1\"" });
    let entry = Entry { acknowledged: Some(acknowledged.clone()), ..Entry::default() };
    assert!(fault("p", &entry, None).is_some());
    assert!(fault("p", &entry, Some(&json!({ "title": "older", "etag": "\"0\"" }))).is_some());
    assert!(fault("p", &entry, Some(&acknowledged)).is_none());
    let unknown = Entry { unknown: Some("b".into()), ..entry };
    assert!(fault("p", &unknown, Some(&json!({ "title": "b", "etag": "\"2\"" }))).is_none());
    assert!(fault("p", &Entry::default(), None).is_none());
}
