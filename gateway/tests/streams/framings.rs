//! The messages of a stream as an array, as lines and as events.

use std::time::Duration;

use rstest::rstest;
use tonic::Status;

use crate::{
    house::{House, get, request},
    messages::{Event, Loss, WatchRequest, event},
};

const WATCH: &str = "/v1/events:watch";
pub(crate) const ARRAY: &str = "application/json";
pub(crate) const LINES: &str = "application/x-ndjson";
pub(crate) const EVENTS: &str = "text/event-stream";

#[rstest]
#[case(ARRAY, r#"[{"text":"a","token":""}"#, r#",{"text":"b","token":""}]"#)]
#[case(LINES, "{\"text\":\"a\",\"token\":\"\"}\n", "{\"text\":\"b\",\"token\":\"\"}\n")]
#[case(
    EVENTS,
    "data: {\"text\":\"a\",\"token\":\"\"}\n\n",
    "data: {\"text\":\"b\",\"token\":\"\"}\n\nevent: end\ndata: {}\n\n"
)]
#[tokio::test]
async fn each_message_comes_as_soon_as_the_service_has_sent_it(
    #[case] accept: &str,
    #[case] first: &str,
    #[case] rest: &str,
) {
    for mut house in [House::open().await, House::in_process().await] {
        let asking = house.ask(get(WATCH, &[("accept", accept)]));
        let mut call = house.call().await;
        assert_eq!((call.method.as_str(), call.metadata.get("grpc-timeout")), ("Watch", None));
        call.say(&event("a")).await;
        let mut answer = asking.answer().await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, accept));
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert!(!answer.headers.contains_key("content-length"));
        answer.until(first).await;
        call.say(&event("b")).await;
        drop(call);
        assert_eq!(answer.text().await, format!("{first}{rest}"));
    }
}

#[rstest]
#[case(ARRAY, "[]")]
#[case(LINES, "")]
#[case(EVENTS, "event: end\ndata: {}\n\n")]
#[tokio::test]
async fn an_empty_stream_ends_as_a_whole_one(#[case] accept: &str, #[case] body: &str) {
    let mut house = House::open().await;
    let asking = house.ask(get(WATCH, &[("accept", accept)]));
    house.call().await.begin();
    let answer = asking.answer().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, accept));
    assert_eq!(answer.text().await, body);
}

#[rstest]
#[case(None, ARRAY)]
#[case(Some("*/*"), ARRAY)]
#[case(Some("text/*"), EVENTS)]
#[case(Some("application/json;q=0.4, application/x-ndjson;q=0.5"), LINES)]
#[case(Some("application/json;q=0, */*"), LINES)]
#[case(Some("text/event-stream;q=0.2, */*;q=0.1"), EVENTS)]
#[tokio::test]
async fn weights_choose_the_framing(#[case] accept: Option<&str>, #[case] chosen: &str) {
    let mut house = House::open().await;
    let headers: Vec<_> = accept.map(|accept| ("accept", accept)).into_iter().collect();
    let asking = house.ask(get(WATCH, &headers));
    house.call().await.say(&event("a")).await;
    assert_eq!(asking.answer().await.header("content-type"), chosen);
}

#[tokio::test]
async fn what_accept_leaves_out_is_406_and_the_service_is_not_asked() {
    let mut house = House::open().await;
    for accept in ["image/png", "application/json;q=0", "application/x-ndjson;q=2"] {
        let answer = house.ask(get(WATCH, &[("accept", accept)])).answer().await;
        assert_eq!(answer.status, 406, "{accept}");
        let json = answer.json().await;
        assert_eq!(crate::house::reason(&json), "ACCEPT_UNSUPPORTED");
        assert!(json["error"]["message"].as_str().unwrap().contains("text/event-stream"));
    }
    assert!(house.is_quiet());
}

#[tokio::test]
async fn a_message_with_a_key_error_is_not_taken_for_a_failure() {
    let mut house = House::open().await;
    let wrapped = r#"{"result":{"error":"lost"}}"#;
    for (accept, body) in [
        (ARRAY, format!("[{wrapped}]")),
        (LINES, format!("{wrapped}\n")),
        (EVENTS, "data: {\"error\":\"lost\"}\n\nevent: end\ndata: {}\n\n".to_owned()),
    ] {
        let asking = house.ask(get("/v1/losses:watch", &[("accept", accept)]));
        house.call().await.answer(&Loss { error: "lost".to_owned() }).await;
        assert_eq!(asking.answer().await.text().await, body);
    }
}

#[tokio::test]
async fn the_response_body_is_taken_of_each_message_and_path_and_query_are_asked() {
    let mut house = House::open().await;
    let asking = house.ask(get("/v1/topics/t/texts:watch?after=x", &[]));
    let mut call = house.call().await;
    let asked: WatchRequest = call.asked().await.unwrap();
    assert_eq!((asked.topic.as_str(), asked.after.as_str()), ("topics/t", "x"));
    for text in ["a", "", "b"] {
        call.say(&event(text)).await;
    }
    drop(call);
    assert_eq!(asking.answer().await.text().await, r#"["a","","b"]"#);
}

#[tokio::test]
async fn head_is_answered_like_get_and_takes_the_call_back() {
    let mut house = House::open().await;
    let asking = house.ask(request("HEAD", WATCH, &[], ""));
    let mut call = house.call().await;
    call.say(&event("a")).await;
    let answer = asking.answer().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, ARRAY));
    call.taken_back().await;
    assert_eq!(answer.text().await, "");
    // What fails before its first message has the status of the failure here, too.
    let asking = house.ask(request("HEAD", WATCH, &[], ""));
    house.call().await.fail(Status::not_found("gone")).await;
    assert_eq!(asking.answer().await.status, 404);
}

#[tokio::test]
async fn a_stream_of_events_is_taken_up_again_where_it_broke_off() {
    let mut house = House::open().await;
    let events = [("accept", EVENTS)];
    let asking = house.ask(get(WATCH, &events));
    let mut call = house.call().await;
    assert_eq!(call.asked::<WatchRequest>().await.unwrap().after, "");
    call.say(&Event { text: "a".to_owned(), token: "t7".to_owned() }).await;
    let mut answer = asking.answer().await;
    answer.until("id: t7\ndata: {").await;
    // A browser repeats the old address.
    let again = [("accept", EVENTS), ("last-event-id", "t7")];
    let _again = house.ask(get(&format!("{WATCH}?after=t1"), &again));
    let mut call = house.call().await;
    assert_eq!(call.asked::<WatchRequest>().await.unwrap().after, "t7");
}

#[tokio::test]
async fn events_have_their_head_at_once_and_other_framings_wait_a_moment_for_a_message() {
    let mut house = House::with(|limits| limits.deadlines.first = Duration::from_secs(3600)).await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    house.call().await.begin();
    assert_eq!(asking.answer().await.status, 200);
    let mut asking = house.ask(get(WATCH, &[]));
    let mut call = house.call().await;
    call.begin();
    assert!(asking.waits().await);
    call.say(&event("a")).await;
    assert_eq!(asking.answer().await.status, 200);

    let mut house = House::with(|limits| limits.deadlines.first = Duration::from_millis(1)).await;
    let asking = house.ask(get(WATCH, &[]));
    let mut call = house.call().await;
    call.begin();
    assert_eq!(asking.answer().await.status, 200);
}

#[tokio::test]
async fn events_show_that_they_live_while_the_service_has_not_answered() {
    let mut house = House::with(|limits| limits.times.beat = Duration::from_millis(10)).await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let mut call = house.call().await;
    let mut answer = asking.answer().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, EVENTS));
    answer.until(":\n\n:\n\n:\n\n").await;
    call.say(&event("a")).await;
    answer.until("data: {\"text\":\"a\"").await;
    drop(call);
    assert!(answer.text().await.ends_with("event: end\ndata: {}\n\n"));

    // Another framing has no such sign, and waits.
    let mut asking = house.ask(get(WATCH, &[("accept", LINES)]));
    let mut call = house.call().await;
    assert!(asking.waits().await);
    call.say(&event("a")).await;
    assert_eq!(asking.answer().await.status, 200);
}

#[tokio::test]
async fn what_ends_a_stream_of_events_before_the_service_answers_takes_the_call_back() {
    let mut house = House::with(|limits| limits.times.beat = Duration::from_millis(10)).await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let call = house.call().await;
    drop(asking.answer().await);
    call.taken_back().await;

    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let call = house.call().await;
    let answer = asking.answer().await;
    house.shutdown.cancel();
    call.taken_back().await;
    let body = answer.text().await;
    assert!(body.replace(":\n\n", "").is_empty(), "{body}");
}

#[tokio::test]
async fn a_quiet_stream_of_events_shows_that_it_lives() {
    let mut house = House::with(|limits| limits.times.beat = Duration::from_millis(10)).await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let mut call = house.call().await;
    call.begin();
    let mut answer = asking.answer().await;
    answer.until(":\n\n:\n\n").await;
    call.say(&event("a")).await;
    answer.until("data: {\"text\":\"a\"").await;
}

#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn who_reads_trailers_is_told_the_status_in_them(#[case] http2: bool) {
    let mut house = House::open().await;
    let ask = |house: &House, headers: &[(&str, &str)]| match http2 {
        true => house.ask_by_http2(get(WATCH, headers)),
        false => house.ask(get(WATCH, headers)),
    };
    let asking = ask(&house, &[("te", "trailers")]);
    house.call().await.answer(&event("a")).await;
    let (body, trailers) = asking.answer().await.whole().await;
    assert_eq!(body, r#"[{"text":"a","token":""}]"#);
    assert_eq!(trailers["grpc-status"], "0");

    let asking = ask(&house, &[("te", "trailers")]);
    let mut call = house.call().await;
    call.say(&event("a")).await;
    call.fail(Status::aborted("a, b")).await;
    let (_, trailers) = asking.answer().await.whole().await;
    assert_eq!(trailers["grpc-status"], "10");
    assert_eq!(trailers["grpc-message"], "a,%20b");

    let asking = ask(&house, &[]);
    house.call().await.answer(&event("a")).await;
    assert!(asking.answer().await.whole().await.1.is_empty());
}
