//! Who waits for whom: nothing is taken from the service, or from the client, that the other side has no room for.

use rstest::rstest;
use tokio::io::AsyncWriteExt as _;

use crate::{
    framings::EVENTS,
    house::{A_WHILE, House, get, reason, request, soon},
    messages::{ImportRequest, Imported, event},
};

const WATCH: &str = "/v1/events:watch";

#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn a_client_that_goes_away_takes_the_call_back(#[case] http2: bool) {
    for mut house in [House::open().await, House::in_process().await] {
        let ask = |house: &House| match http2 {
            true => house.ask_by_http2(get(WATCH, &[("accept", EVENTS)])),
            false => house.ask(get(WATCH, &[("accept", EVENTS)])),
        };
        // In the middle of a stream that is quiet.
        let asking = ask(&house);
        let mut call = house.call().await;
        call.say(&event("a")).await;
        let mut answer = asking.answer().await;
        answer.until("data: ").await;
        drop(answer);
        call.taken_back().await;
        // Before there is any answer.
        let asking = ask(&house);
        let call = house.call().await;
        asking.give_up();
        call.taken_back().await;
    }
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_call_back_where_the_answer_is_no_stream() {
    for mut house in [House::open().await, House::in_process().await] {
        for http2 in [false, true] {
            let asking = match http2 {
                true => house.ask_by_http2(get("/v1/event", &[])),
                false => house.ask(get("/v1/event", &[])),
            };
            let call = house.call().await;
            asking.give_up();
            call.taken_back().await;
        }
    }
}

/// What fits between a service and a client that reads nothing: windows, and what sockets hold.
const BETWEEN: usize = 16 << 20;

#[rstest]
#[case(false)]
#[case(true)]
#[tokio::test]
async fn a_reader_that_takes_nothing_holds_the_service_back(#[case] http2: bool) {
    let mut house = House::open().await;
    let asking = match http2 {
        true => house.ask_by_http2(get(WATCH, &[])),
        false => house.ask(get(WATCH, &[])),
    };
    let mut call = house.call().await;
    let large = event(&"x".repeat(32 << 10));
    call.say(&large).await;
    let answer = asking.answer().await;
    let held_back = call.say_until_held_back(&large).await;
    assert!(held_back * (32 << 10) < BETWEEN, "{held_back} messages");
    if http2 {
        // The client's window, the gateway's two, and a message in each hand.
        assert!(held_back < 20, "{held_back} messages");
    }
    // Reading sets it free.
    let reading = tokio::spawn(answer.text());
    for _ in 0..3 {
        call.say(&large).await;
    }
    drop(call);
    assert_eq!(soon(reading).await.unwrap().matches("text").count(), held_back + 4);
}

#[tokio::test]
async fn readers_that_take_nothing_hold_no_call_up() {
    let mut house = House::open().await;
    let mut held = Vec::new();
    // Together more than the window that all answers of a connection share.
    for _ in 0..16 {
        let asking = house.ask_by_http2(get(WATCH, &[]));
        let mut call = house.call().await;
        let large = event(&"x".repeat(2 << 20));
        call.say(&large).await;
        call.say(&large).await;
        held.push((asking.answer().await, call));
    }
    let asking = house.ask(get("/v1/event", &[]));
    house.call().await.answer(&event("a")).await;
    assert_eq!(asking.answer().await.status, 200);
    let asking = house.ask(get(WATCH, &[]));
    house.call().await.answer(&event("a")).await;
    assert_eq!(asking.answer().await.text().await, r#"[{"text":"a","token":""}]"#);
}

#[tokio::test]
async fn one_stream_too_many_is_refused_and_the_next_is_not() {
    let mut house = House::with(|limits| limits.streams = 1).await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let mut call = house.call().await;
    call.begin();
    let answer = asking.answer().await;
    let refused = house.ask(get(WATCH, &[])).answer().await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (503, "1"));
    assert_eq!(reason(&refused.json().await), "OVERLOADED");
    drop(answer);
    call.taken_back().await;
    let asking = house.ask(get(WATCH, &[]));
    house.call().await.begin();
    assert_eq!(asking.answer().await.status, 200);
}

#[tokio::test]
async fn events_end_without_a_word_when_the_gateway_stops() {
    let mut house = House::open().await;
    let asking = house.ask(get(WATCH, &[("accept", EVENTS)]));
    let mut call = house.call().await;
    call.say(&event("a")).await;
    let answer = asking.answer().await;
    house.shutdown.cancel();
    call.taken_back().await;
    assert_eq!(answer.text().await, "data: {\"text\":\"a\",\"token\":\"\"}\n\n");
}

#[tokio::test]
async fn a_service_that_takes_nothing_holds_the_upload_back() {
    let mut house = House::open().await;
    let mut stream = house.connect().await;
    let head = "POST /v1/topics/t/events:import HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
                Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let line = format!("{{\"text\":\"{}\"}}\n", "x".repeat(32 << 10));
    let chunk = format!("{:x}\r\n{line}\r\n", line.len());
    let mut call = house.call().await;
    let mut sent = 0;
    while let Ok(written) = tokio::time::timeout(A_WHILE, stream.write_all(chunk.as_bytes())).await
    {
        written.unwrap();
        sent += chunk.len();
        assert!(sent < BETWEEN, "nothing holds it back");
    }
    // What was cut off in the middle of a chunk is no line.
    let mut taken = 0;
    while taken + 1 < sent / chunk.len() {
        assert!(call.asked::<ImportRequest>().await.is_some());
        taken += 1;
    }
}

#[tokio::test]
async fn an_upload_goes_on_while_its_service_reads_and_ends_with_its_answer() {
    let mut house = House::open().await;
    let lines = "{\"text\":\"x\"}\n".repeat(10_000);
    let headers = [("content-type", "application/x-ndjson")];
    let asking = house.ask(request("POST", "/v1/topics/t/events:import", &headers, lines));
    let mut call = house.call().await;
    let mut count = 0;
    while call.asked::<ImportRequest>().await.is_some() {
        count += 1;
    }
    call.answer(&Imported { count }).await;
    assert_eq!(asking.answer().await.text().await, r#"{"count":10000}"#);
}
