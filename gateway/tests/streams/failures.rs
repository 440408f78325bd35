//! Streams that fail, before their first message, after some and after all of them.

use std::{collections::HashMap, time::Duration};

use rstest::rstest;
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{
    framings::{ARRAY, EVENTS, LINES},
    house::{House, get, reason},
    messages::event,
};

const WATCH: &str = "/v1/events:watch";

fn refused() -> Status {
    let details = ErrorDetails::with_error_info("TOPIC_CLOSED", "feed", HashMap::new());
    Status::with_error_details(tonic::Code::NotFound, "the topic is closed", details)
}

#[rstest]
#[case(ARRAY)]
#[case(LINES)]
#[case(EVENTS)]
#[tokio::test]
async fn a_failure_instead_of_a_stream_is_a_plain_answer(#[case] accept: &str) {
    let mut house = House::open().await;
    let asking = house.ask(get(WATCH, &[("accept", accept)]));
    house.call().await.fail(refused()).await;
    let answer = asking.answer().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (404, ARRAY));
    assert_eq!(reason(&answer.json().await), "TOPIC_CLOSED");
}

#[rstest]
#[case(ARRAY)]
#[case(LINES)]
#[tokio::test]
async fn a_failure_soon_after_the_head_of_the_service_is_a_plain_answer(#[case] accept: &str) {
    let mut house = House::with(|limits| limits.deadlines.first = Duration::from_secs(3600)).await;
    let asking = house.ask(get(WATCH, &[("accept", accept)]));
    let mut call = house.call().await;
    call.begin();
    call.fail(refused()).await;
    let answer = asking.answer().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (404, ARRAY));
    assert_eq!(reason(&answer.json().await), "TOPIC_CLOSED");
}

#[tokio::test]
async fn a_failure_that_comes_late_is_an_event_and_one_that_comes_soon_a_plain_answer() {
    let mut house = House::with(|limits| limits.times.beat = Duration::from_millis(10)).await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let call = house.call().await;
    let mut answer = asking.answer().await;
    answer.until(":\n\n").await;
    call.fail(refused()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(reason(&told(EVENTS, &answer.text().await)), "TOPIC_CLOSED");

    let mut house = House::with(|limits| limits.times.beat = Duration::from_secs(3600)).await;
    let mut asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let call = house.call().await;
    assert!(asking.waits().await);
    call.fail(refused()).await;
    assert_eq!(asking.answer().await.status, 404);
}

/// The error in the last frame of a body.
fn told(accept: &str, body: &str) -> serde_json::Value {
    let json = match accept {
        ARRAY => {
            let all: serde_json::Value = serde_json::from_str(body).unwrap();
            return all.as_array().unwrap().last().unwrap().clone();
        }
        LINES => body.strip_suffix('\n').unwrap().rsplit('\n').next().unwrap(),
        _ => {
            let last = body.strip_suffix("\n\n").unwrap().rsplit("\n\n").next().unwrap();
            last.strip_prefix("event: error\ndata: ").unwrap()
        }
    };
    serde_json::from_str(json).unwrap()
}

#[rstest]
#[case(ARRAY)]
#[case(LINES)]
#[case(EVENTS)]
#[tokio::test]
async fn a_failure_after_some_messages_is_the_last_frame(#[case] accept: &str) {
    let mut house = House::open().await;
    for count in [1, 2] {
        let asking = house.ask(get(WATCH, &[("accept", accept)]));
        let mut call = house.call().await;
        for _ in 0..count {
            call.say(&event("a")).await;
        }
        call.fail(refused()).await;
        let answer = asking.answer().await;
        assert_eq!(answer.status, 200);
        let body = answer.text().await;
        assert_eq!(body.matches("\"text\"").count(), count);
        let told = told(accept, &body);
        assert_eq!((&told["error"]["code"], reason(&told)), (&404.into(), "TOPIC_CLOSED"));
    }
}

#[rstest]
#[case(ARRAY)]
#[case(LINES)]
#[case(EVENTS)]
#[tokio::test]
async fn a_failure_that_comes_late_instead_of_a_message_is_no_empty_stream(#[case] accept: &str) {
    let mut house = House::with(|limits| limits.deadlines.first = Duration::ZERO).await;
    let asking = house.ask(get(WATCH, &[("accept", accept)]));
    let mut call = house.call().await;
    call.begin();
    let answer = asking.answer().await;
    assert_eq!(answer.status, 200);
    call.fail(refused()).await;
    assert_eq!(reason(&told(accept, &answer.text().await)), "TOPIC_CLOSED");
}

#[tokio::test]
async fn a_message_that_cannot_be_printed_ends_the_stream_and_takes_the_call_back() {
    let mut house = House::open().await;
    // A file's bytes are no text.
    let broken = crate::messages::FileRequest { name: String::new() };
    let not_utf8 = crate::messages::file("", b"\xff");
    let asking = house.ask(get(WATCH, &[]));
    let mut call = house.call().await;
    call.say(&broken).await;
    call.say(&not_utf8).await;
    call.taken_back().await;
    let told = told(ARRAY, &asking.answer().await.text().await);
    assert_eq!(told["error"]["code"], 500);
    // As the first message it is no stream at all.
    let asking = house.ask(get(WATCH, &[]));
    house.call().await.answer(&not_utf8).await;
    assert_eq!(asking.answer().await.status, 500);
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_a_fault_of_ours() {
    let mut house = House::with(|limits| limits.sizes.message = 10).await;
    let asking = house.ask(get(WATCH, &[]));
    let mut call = house.call().await;
    call.say(&event("12345678")).await;
    call.say(&event("123456789")).await;
    let body = asking.answer().await.text().await;
    assert_eq!(body.matches("\"text\"").count(), 1);
    let told = told(ARRAY, &body);
    assert_eq!((&told["error"]["code"], reason(&told)), (&500.into(), "RESPONSE_TOO_LARGE"));
}

#[tokio::test]
async fn a_reply_beyond_the_limit_is_a_fault_of_ours() {
    let mut house = House::with(|limits| limits.sizes.message = 10).await;
    for (text, status) in [("1234567", 200), ("12345678", 200), ("123456789", 500)] {
        let asking = house.ask(get("/v1/event", &[]));
        house.call().await.answer(&event(text)).await;
        let answer = asking.answer().await;
        assert_eq!(answer.status, status, "{text}");
        if status == 500 {
            assert_eq!(reason(&answer.json().await), "RESPONSE_TOO_LARGE");
        }
    }
}

#[tokio::test]
async fn a_deadline_that_was_asked_for_ends_a_stream_and_there_is_no_other() {
    let mut house = House::with(|limits| {
        limits.deadlines.call = Duration::from_millis(1);
        limits.deadlines.first = Duration::ZERO;
    })
    .await;
    let asking = house.ask(get(WATCH, &[]));
    let mut call = house.call().await;
    call.begin();
    let mut endless = asking.answer().await;

    let asking = house.ask(get(WATCH, &[("grpc-timeout", "300m")]));
    let mut late = house.call().await;
    assert!(late.metadata.get("grpc-timeout").is_some());
    late.begin();
    let told = told(ARRAY, &asking.answer().await.text().await);
    assert_eq!((&told["error"]["code"], reason(&told)), (&504.into(), "DEADLINE"));
    late.taken_back().await;

    call.say(&event("a")).await;
    endless.until("\"a\"").await;

    let asking = house.ask(get(WATCH, &[("grpc-timeout", "50m")]));
    let late = house.call().await;
    assert_eq!(asking.answer().await.status, 504);
    late.taken_back().await;
}
