//! Streams of the client: lines of JSON, each a message as it comes, and one answer.

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt as _;
use rstest::rstest;
use tonic::Status;

use crate::{
    house::{House, chunks, reason, request, trickle},
    messages::{ImportRequest, Imported},
};

const IMPORT: &str = "/v1/topics/t/events:import";
const LINES: [(&str, &str); 1] = [("content-type", "application/x-ndjson")];

/// All that the service got, as its texts.
async fn texts(call: &mut crate::service::Call) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(message) = call.asked::<ImportRequest>().await {
        texts.push(message.event.unwrap_or_default().text);
    }
    texts
}

#[tokio::test]
async fn a_line_is_a_message_wherever_its_chunks_are_cut() {
    let lines = "{\"text\":\"a\"}\n\n  \r\n{\"text\":\"\u{e4}\"}\r\n{}\n{\"text\":\"last\"}";
    for mut house in [House::open().await, House::in_process().await] {
        for length in [1, 2, 3, 7, lines.len()] {
            let cut = lines.as_bytes().chunks(length).map(Bytes::copy_from_slice);
            let asking = house.ask(request("POST", IMPORT, &LINES, chunks(cut)));
            let mut call = house.call().await;
            assert_eq!(call.method, "Import");
            assert_eq!(texts(&mut call).await, ["a", "\u{e4}", "", "last"], "{length}");
            call.answer(&Imported { count: 4 }).await;
            let answer = asking.answer().await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("content-type")),
                (200, "application/json")
            );
            assert_eq!(answer.text().await, r#"{"count":4}"#);
        }
    }
}

#[tokio::test]
async fn path_and_query_go_into_the_first_message() {
    let mut house = House::open().await;
    let target = format!("{IMPORT}?label=l");
    let asking =
        house.ask(request("POST", &target, &LINES, "{\"text\":\"a\"}\n{\"text\":\"b\"}\n"));
    let mut call = house.call().await;
    let first: ImportRequest = call.asked().await.unwrap();
    assert_eq!((first.topic.as_str(), first.label.as_str()), ("topics/t", "l"));
    let second: ImportRequest = call.asked().await.unwrap();
    assert_eq!((second.topic.as_str(), second.label.as_str()), ("", ""));
    call.answer(&Imported { count: 2 }).await;
    assert_eq!(asking.answer().await.status, 200);
}

#[tokio::test]
async fn a_line_is_sent_before_the_next_has_come() {
    let mut house = House::open().await;
    let (more, body) = trickle();
    let asking = house.ask(request("POST", IMPORT, &LINES, body));
    more.send(Ok("{\"text\":\"a\"}\n{\"te".into())).await.unwrap();
    let mut call = house.call().await;
    assert_eq!(call.asked::<ImportRequest>().await.unwrap().event.unwrap().text, "a");
    more.send(Ok("xt\":\"b\"}".into())).await.unwrap();
    drop(more);
    assert_eq!(texts(&mut call).await, ["b"]);
    call.answer(&Imported { count: 2 }).await;
    assert_eq!(asking.answer().await.status, 200);
}

#[rstest]
#[case("{\"text\":1}", "FIELD_INVALID")]
#[case("{\"txt\":\"a\"}", "FIELD_UNKNOWN")]
#[case("{\"text\"", "JSON_SYNTAX")]
#[tokio::test]
async fn a_bad_line_takes_the_call_back_and_is_named(#[case] bad: &str, #[case] why: &str) {
    for mut house in [House::open().await, House::in_process().await] {
        let (more, body) = trickle();
        let asking = house.ask(request("POST", IMPORT, &LINES, body));
        more.send(Ok("{\"text\":\"a\"}\n\n".into())).await.unwrap();
        let mut call = house.call().await;
        assert_eq!(call.asked::<ImportRequest>().await.unwrap().event.unwrap().text, "a");
        more.send(Ok(format!("{bad}\n{{}}\n").into())).await.unwrap();
        drop(more);
        let answer = asking.answer().await;
        assert_eq!(answer.status, 400);
        let json = answer.json().await;
        assert_eq!(reason(&json), why);
        assert_eq!(json["error"]["details"][0]["metadata"]["line"], "3");
        // The service never hears of an end, and does not take the part for the whole.
        assert!(call.heard::<ImportRequest>().await.is_err());
    }
}

#[tokio::test]
async fn the_longest_line_is_taken_and_one_byte_more_is_not() {
    let mut house = House::with(|limits| limits.sizes.body = 100).await;
    let line = |length: usize| {
        let text = "x".repeat(length - "{\"text\":\"\"}".len());
        format!("{{\"text\":\"{text}\"}}\n")
    };
    // However long they are together.
    let longest = line(100).repeat(10);
    let asking = house.ask(request("POST", IMPORT, &LINES, longest));
    let mut call = house.call().await;
    assert_eq!(texts(&mut call).await.len(), 10);
    call.answer(&Imported { count: 10 }).await;
    assert_eq!(asking.answer().await.status, 200);

    let (more, body) = trickle();
    let asking = house.ask(request("POST", IMPORT, &LINES, body));
    more.send(Ok(line(100).into())).await.unwrap();
    let call = house.call().await;
    // It is told before all of it has come.
    more.send(Ok("x".repeat(102).into())).await.unwrap();
    let answer = asking.answer().await;
    assert_eq!(answer.status, 413);
    let json = answer.json().await;
    assert_eq!(
        (reason(&json), &json["error"]["details"][0]["metadata"]["line"]),
        ("LINE_TOO_LONG", &"2".into())
    );
    call.taken_back().await;
}

#[tokio::test]
async fn an_upload_that_goes_away_takes_the_call_back() {
    for mut house in [House::open().await, House::in_process().await] {
        let first = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from("{}\n"))]);
        let body = Body::from_stream(first.chain(futures_util::stream::pending()));
        let asking = house.ask(request("POST", IMPORT, &LINES, body));
        let mut call = house.call().await;
        assert!(call.asked::<ImportRequest>().await.is_some());
        asking.give_up();
        assert!(call.heard::<ImportRequest>().await.is_err());
        call.taken_back().await;
    }
}

#[tokio::test]
async fn an_answer_before_the_end_ends_the_upload() {
    for mut house in [House::open().await, House::in_process().await] {
        for status in [None, Some(Status::resource_exhausted("enough"))] {
            let line = format!("{{\"text\":\"{}\"}}\n", "x".repeat(10_000));
            let endless =
                futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(line.clone()));
            let body = Body::from_stream(endless);
            let asking = house.ask_by_http2(request("POST", IMPORT, &LINES, body));
            let mut call = house.call().await;
            assert!(call.asked::<ImportRequest>().await.is_some());
            let expected = if status.is_none() { 200 } else { 429 };
            match status {
                None => call.answer(&Imported { count: 1 }).await,
                Some(status) => call.fail(status).await,
            }
            assert_eq!(asking.answer().await.status, expected);
        }
    }
}

#[rstest]
#[case("application/json", "", 415, "CONTENT_TYPE_UNSUPPORTED")]
#[case("text/plain", "", 415, "CONTENT_TYPE_UNSUPPORTED")]
#[case("application/x-ndjson", "br", 415, "CODING_UNSUPPORTED")]
#[case("application/x-ndjson", "gzip, gzip", 415, "CODING_UNSUPPORTED")]
#[case("application/x-ndjson", "gzip", 400, "BODY_INVALID")]
#[case("application/x-ndjson", "zstd", 400, "BODY_INVALID")]
#[tokio::test]
async fn what_is_no_stream_of_lines_is_refused(
    #[case] content_type: &str,
    #[case] coding: &str,
    #[case] status: u16,
    #[case] why: &str,
) {
    let mut house = House::open().await;
    let mut headers = vec![("content-type", content_type)];
    headers.extend((!coding.is_empty()).then_some(("content-encoding", coding)));
    let answer = house.ask(request("POST", IMPORT, &headers, "{}\n")).answer().await;
    assert_eq!(answer.status, status);
    assert_eq!(reason(&answer.json().await), why);
    assert!(status != 415 || house.is_quiet());
}

fn gzip(text: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(text, 3).unwrap()
}

#[rstest]
#[case("gzip", gzip)]
#[case("zstd", zstd)]
#[tokio::test]
async fn a_packed_stream_is_unpacked_as_it_comes(
    #[case] coding: &str,
    #[case] pack: fn(&[u8]) -> Vec<u8>,
) {
    let mut house = House::open().await;
    let (more, body) = trickle();
    let headers = [LINES[0], ("content-encoding", coding)];
    let asking = house.ask(request("POST", IMPORT, &headers, body));
    more.send(Ok(pack(b"{\"text\":\"a\"}\n{\"te").into())).await.unwrap();
    let mut call = house.call().await;
    assert_eq!(call.asked::<ImportRequest>().await.unwrap().event.unwrap().text, "a");
    for byte in pack(b"xt\":\"b\"}\n\n{}") {
        more.send(Ok(vec![byte].into())).await.unwrap();
    }
    drop(more);
    assert_eq!(texts(&mut call).await, ["b", ""]);
    call.answer(&Imported { count: 3 }).await;
    assert_eq!(asking.answer().await.text().await, r#"{"count":3}"#);
}

#[rstest]
#[case("gzip", gzip)]
#[case("zstd", zstd)]
#[tokio::test]
async fn a_packed_stream_has_the_limits_of_a_plain_one_and_that_of_its_ratio(
    #[case] coding: &str,
    #[case] pack: fn(&[u8]) -> Vec<u8>,
) {
    let mut house = House::with(|limits| limits.sizes.body = 300_000).await;
    let headers = [LINES[0], ("content-encoding", coding)];
    let line = |length: usize, from: usize| -> String {
        let length = length - "{\"text\":\"\"}".len();
        let text: String = (from..from + length).map(|at| at.to_string()).collect();
        let text = &text[..length];
        format!("{{\"text\":\"{text}\"}}\n")
    };
    // However long they are together.
    let lines = [1, 1_000_000, 2_000_000].map(|from| line(300_000, from)).concat();
    let packed = pack(lines.as_bytes());
    let asking = house.ask(request("POST", IMPORT, &headers, packed));
    let mut call = house.call().await;
    assert_eq!(texts(&mut call).await.len(), 3);
    call.answer(&Imported { count: 3 }).await;
    assert_eq!(asking.answer().await.status, 200);

    for (bad, status, why) in [
        (pack(line(300_001, 0).as_bytes()), 413, "LINE_TOO_LONG"),
        (pack("\n".repeat(200_000).as_bytes()), 413, "MESSAGE_TOO_LARGE"),
        (pack(b"{}\n").split_last().unwrap().1.to_vec(), 400, "BODY_INVALID"),
    ] {
        let answer = house.ask(request("POST", IMPORT, &headers, bad)).answer().await;
        assert_eq!(answer.status, status, "{why}");
        assert_eq!(reason(&answer.json().await), why);
    }
}

#[tokio::test]
async fn no_line_is_an_empty_stream_whose_query_is_read_all_the_same() {
    let mut house = House::open().await;
    let asking = house.ask(request("POST", IMPORT, &LINES, "\n \n"));
    let mut call = house.call().await;
    assert!(call.asked::<ImportRequest>().await.is_none());
    call.answer(&Imported { count: 0 }).await;
    assert_eq!(asking.answer().await.text().await, r#"{"count":0}"#);
    let wrong = format!("{IMPORT}?nothing=1");
    let answer = house.ask(request("POST", &wrong, &LINES, "\n")).answer().await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn an_upload_has_the_deadline_that_was_asked_for() {
    let mut house = House::open().await;
    let body = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    let headers = [LINES[0], ("grpc-timeout", "50m")];
    let asking = house.ask(request("POST", IMPORT, &headers, body));
    let call = house.call().await;
    assert!(call.metadata.get("grpc-timeout").is_some());
    let answer = asking.answer().await;
    assert_eq!(answer.status, 504);
    assert_eq!(reason(&answer.json().await), "DEADLINE");
    call.taken_back().await;
}
