//! Requests that are sent again, and those that only validate.

use super::*;

async fn create(bench: &Bench, write: Write, id: &str) -> Result<Wire, Error> {
    let created = bench.store.create_products(write, vec![new(id)], View::Full).await?;
    Ok(wire(&created[0]))
}

pub(crate) async fn a_repeated_request_is_answered_the_same_and_done_once(bench: &Bench) {
    let first = create(bench, requested("ada", "one", 1), "kettle").await.unwrap();
    bench.change("kettle", "", ProductAction::Publish).await.unwrap();
    // A second less than a day.
    bench.wait(24 * 3_600 - 1);
    let again = create(bench, requested("ada", "one", 1), "kettle").await.unwrap();
    assert_eq!(first, again);
    assert_eq!(bench.history("kettle").await, 2);
}

pub(crate) async fn a_request_id_is_its_callers_own(bench: &Bench) {
    create(bench, requested("ada", "one", 1), "kettle").await.unwrap();
    create(bench, requested("bob", "one", 2), "pot").await.unwrap();
}

pub(crate) async fn another_request_under_the_same_id_is_refused(bench: &Bench) {
    create(bench, requested("ada", "one", 1), "kettle").await.unwrap();
    let other = create(bench, requested("ada", "one", 2), "pot").await;
    assert!(matches!(other, Err(Error::RequestIdReused { id }) if id == "one"));
    assert_eq!(bench.get("pot", Audience::Staff).await, None);
}

pub(crate) async fn a_refused_request_may_be_corrected_under_its_id(bench: &Bench) {
    bench.create(new("kettle")).await.unwrap();
    refusal(create(bench, requested("ada", "one", 1), "kettle").await);
    create(bench, requested("ada", "one", 2), "pot").await.unwrap();
}

pub(crate) async fn a_request_is_forgotten_after_a_day(bench: &Bench) {
    create(bench, requested("ada", "one", 1), "kettle").await.unwrap();
    bench.wait(24 * 3_600);
    create(bench, requested("ada", "one", 2), "pot").await.unwrap();
}

pub(crate) async fn a_dry_run_answers_and_leaves_nothing(bench: &Bench) {
    let dry = |digest| Write { validate_only: true, ..requested("ada", "one", digest) };
    let answer = create(bench, dry(1), "kettle").await.unwrap();
    assert_eq!(answer.title, "Kettle");
    assert_eq!(bench.get("kettle", Audience::Staff).await, None);
    assert!(bench.store.is_empty().await.unwrap());
    create(bench, requested("ada", "one", 2), "kettle").await.unwrap();
    let refused = refusal(create(bench, dry(1), "kettle").await);
    assert!(matches!(refused, Refusal::IdTaken { .. }));
}

pub(crate) async fn repeats_at_the_same_time_have_one_effect(bench: &Bench) {
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let store = Arc::clone(&bench.store);
        callers.spawn(async move {
            let write = requested("ada", "one", 1);
            let created = store.create_products(write, vec![new("kettle")], View::Full).await;
            wire(&created.unwrap()[0])
        });
    }
    let answers = callers.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(bench.history("kettle").await, 1);
}
