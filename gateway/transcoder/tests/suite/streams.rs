//! Streams both ways: framings, late errors, resuming, and client streams line by line.

use bytes::{Bytes, BytesMut};
use rstest::rstest;
use transcoder::{
    ErrorShape, Framing, HeaderFields, Input, ParseOptions, Plan, PlanConfig, PrintOptions,
    ResumeRule,
};

use crate::library::{SET, TERSE, blame, call, hex, json_of, plan};

const ERROR: &[u8] = br#"{"error":{"code":503}}"#;

/// What a stream of these messages becomes, ended or failed.
fn frames(path: &str, framing: Framing, wires: &[&str], failed: bool) -> String {
    let mut out = BytesMut::new();
    let call = call("GET", path);
    let mut frames = call.frames(framing, &TERSE);
    for wire in wires {
        frames.message(&call, &Bytes::from(hex(wire)), &mut out).unwrap();
    }
    match failed {
        true => frames.error(ERROR, ErrorShape::Envelope, &mut out),
        false => frames.finish(&mut out),
    }
    String::from_utf8(out.to_vec()).unwrap()
}

const A: &str = "1a0161";
const B: &str = "1a0162";

#[rstest]
#[case(Framing::Array, &[A, B], false, r#"[{"title":"a"},{"title":"b"}]"#)]
#[case(Framing::Array, &[], false, "[]")]
#[case(Framing::Array, &[A], true, r#"[{"title":"a"},{"error":{"code":503}}]"#)]
#[case(Framing::Array, &[], true, r#"[{"error":{"code":503}}]"#)]
#[case(Framing::Ndjson, &[A, B], false, "{\"title\":\"a\"}\n{\"title\":\"b\"}\n")]
#[case(Framing::Ndjson, &[], false, "")]
#[case(Framing::Ndjson, &[A], true, "{\"title\":\"a\"}\n{\"error\":{\"code\":503}}\n")]
#[case(Framing::Sse, &[A], false, "data: {\"title\":\"a\"}\n\nevent: end\ndata: {}\n\n")]
#[case(Framing::Sse, &[], true, "event: error\ndata: {\"error\":{\"code\":503}}\n\n")]
fn each_framing_tells_its_messages_and_its_end(
    #[case] framing: Framing,
    #[case] wires: &[&str],
    #[case] failed: bool,
    #[case] expected: &str,
) {
    assert_eq!(frames("/v1/books:watch", framing, wires, failed), expected);
}

#[rstest]
#[case(Framing::Array, "[{\"error\":{\"code\":5}}]")]
#[case(Framing::Ndjson, "{\"error\":{\"code\":5}}\n")]
#[case(Framing::Sse, "event: error\ndata: {\"error\":{\"code\":5}}\n\n")]
fn an_error_without_its_envelope_has_its_key_all_the_same(
    #[case] framing: Framing,
    #[case] expected: &str,
) {
    let mut out = BytesMut::new();
    let frames = call("GET", "/v1/books:watch").frames(framing, &TERSE);
    frames.error(br#"{"code":5}"#, ErrorShape::Status, &mut out);
    assert_eq!(out, expected);
}

#[test]
fn messages_with_a_key_error_are_wrapped_where_they_could_be_taken_for_one() {
    let loss = "0a046c6f7374";
    let wrapped = r#"{"result":{"error":"lost"}}"#;
    let path = "/v1/losses:watch";
    assert_eq!(frames(path, Framing::Array, &[loss], false), format!("[{wrapped}]"));
    assert_eq!(frames(path, Framing::Ndjson, &[loss], false), format!("{wrapped}\n"));
    let event = "data: {\"error\":\"lost\"}\n\nevent: end\ndata: {}\n\n";
    assert_eq!(frames(path, Framing::Sse, &[loss], false), event);
}

#[test]
fn the_response_body_is_taken_of_each_message() {
    let path = "/v1/titles:watch";
    assert_eq!(frames(path, Framing::Array, &[A, "", B], false), r#"["a","","b"]"#);
}

#[test]
fn raw_bytes_are_joined_and_have_no_place_for_an_error() {
    let path = "/v1/shelves/1/books/2:download";
    let chunk = "0a0a746578742f706c61696e 12026869";
    let chunk = &hex(chunk)[..];
    let call = call("GET", path);
    let (mut out, mut frames) =
        (BytesMut::new(), call.frames(Framing::Raw, &PrintOptions::default()));
    frames.message(&call, &Bytes::copy_from_slice(chunk), &mut out).unwrap();
    frames.message(&call, &Bytes::new(), &mut out).unwrap();
    frames.message(&call, &Bytes::copy_from_slice(chunk), &mut out).unwrap();
    frames.error(ERROR, ErrorShape::Envelope, &mut out);
    assert_eq!(&out[..], b"hihi");
}

#[test]
fn a_message_that_cannot_be_printed_leaves_the_stream_whole() {
    let mut out = BytesMut::new();
    let call = call("GET", "/v1/books:watch");
    let mut frames = call.frames(Framing::Array, &TERSE);
    frames.message(&call, &Bytes::from(hex(A)), &mut out).unwrap();
    assert_eq!(
        frames.message(&call, &Bytes::from_static(b"\x1a\x05a"), &mut out).unwrap_err().status,
        500
    );
    frames.error(ERROR, ErrorShape::Envelope, &mut out);
    assert_eq!(&out[..], br#"[{"title":"a"},{"error":{"code":503}}]"#);
}

#[test]
fn a_rule_prints_its_stream_after_the_request_is_gone() {
    let (rule, mut frames) = {
        let path = "/v1/titles:watch".to_owned();
        let call = call("GET", &path);
        (call.rule_id(), call.frames(Framing::Array, &TERSE))
    };
    let mut out = BytesMut::new();
    frames.message(&plan().call_of(rule), &Bytes::from(hex(A)), &mut out).unwrap();
    frames.finish(&mut out);
    assert_eq!(&out[..], br#"["a"]"#);
}

#[test]
fn only_events_show_that_an_idle_stream_lives() {
    for (framing, beat) in [(Framing::Sse, ":\n\n"), (Framing::Array, ""), (Framing::Ndjson, "")] {
        let mut out = BytesMut::new();
        call("GET", "/v1/books:watch").frames(framing, &TERSE).heartbeat(&mut out);
        assert_eq!(&out[..], beat.as_bytes());
    }
}

#[rstest]
#[case("/v1/books:watch", None, Some(Framing::Array))]
#[case("/v1/books:watch", Some("*/*"), Some(Framing::Array))]
#[case("/v1/books:watch", Some("text/event-stream"), Some(Framing::Sse))]
#[case(
    "/v1/books:watch",
    Some("application/x-ndjson, application/json;q=0.5"),
    Some(Framing::Ndjson)
)]
#[case("/v1/books:watch", Some("image/png"), None)]
#[case("/v1/books", Some("application/json"), Some(Framing::Single))]
#[case("/v1/books", Some("text/event-stream"), None)]
#[case("/v1/shelves/1/books/2:download", Some("image/png"), Some(Framing::Raw))]
fn accept_chooses_the_framing(
    #[case] path: &str,
    #[case] accept: Option<&str>,
    #[case] framing: Option<Framing>,
) {
    assert_eq!(call("GET", path).negotiate(accept), framing);
}

#[test]
fn events_carry_the_id_that_takes_the_stream_up_again() {
    let token = |token: &str| {
        let mut wire = vec![0x12, u8::try_from(token.len()).unwrap()];
        wire.extend(token.as_bytes());
        wire
    };
    let event = |id: &str| {
        let mut out = BytesMut::new();
        let call = call("GET", "/v1/losses:watch");
        let mut frames = call.frames(Framing::Sse, &TERSE);
        frames.message(&call, &Bytes::from(token(id)), &mut out).unwrap();
        String::from_utf8(out.to_vec()).unwrap()
    };
    assert_eq!(event("t7"), "id: t7\ndata: {\"token\":\"t7\"}\n\n");
    assert_eq!(event(""), "data: {}\n\n");
    // What would end the line, or the browser would not send back, is no id.
    assert_eq!(event("a\nb"), "data: {\"token\":\"a\\nb\"}\n\n");
    assert!(!event("a\0").contains("id:"));
}

#[test]
fn the_last_event_id_beats_the_query_of_the_old_address() {
    let call = call("GET", "/v1/losses:watch");
    let headers = HeaderFields { last_event_id: Some("t9"), ..HeaderFields::default() };
    let input = Input { query: "after=t1", headers, ..Input::default() };
    let mut out = BytesMut::new();
    call.request(&input, &ParseOptions::default(), &mut out).unwrap();
    assert_eq!(json_of(call.rpc().input(), &out, &TERSE).unwrap(), r#"{"after":"t9"}"#);
    // A method without a rule for it takes no notice.
    let other = crate::library::call("GET", "/v1/books:watch");
    let mut out = BytesMut::new();
    other
        .request(&Input { headers, ..Input::default() }, &ParseOptions::default(), &mut out)
        .unwrap();
    assert!(out.is_empty());
}

#[test]
fn a_resume_rule_names_string_fields_that_exist() {
    for (selector, event_id, request) in [
        ("library.v1.Library.WatchAnything", "token", "after"),
        ("library.v1.Library.WatchLosses", "tokens", "after"),
        ("library.v1.Library.WatchLosses", "token", "before"),
        ("library.v1.Library.Watch", "pages", "page_token"),
    ] {
        let (selector, event_id, request) = (selector.into(), event_id.into(), request.into());
        let resumes = vec![ResumeRule { selector, event_id, request }];
        let config = PlanConfig { resumes, ..PlanConfig::default() };
        assert_eq!(Plan::compile(&SET, &[], &config).unwrap_err().len(), 1, "{config:?}");
    }
}

/// The messages of a client stream, as JSON, or the first fault.
fn sent(target: &str, lines: &[&str]) -> Result<Vec<String>, transcoder::Fault> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let call = call("POST", path);
    let input = Input { query, content_type: "application/x-ndjson", ..Input::default() };
    let mut writer = call.messages(&input, &ParseOptions::default());
    let mut messages = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut out = BytesMut::from("kept");
        let written = writer.message(index + 1, line.as_bytes(), &mut out);
        assert!(written.is_ok() || &out[..] == b"kept");
        written?;
        messages.push(json_of(call.rpc().input(), &out[4..], &TERSE).unwrap());
    }
    Ok(messages)
}

#[test]
fn path_and_query_go_into_the_first_message_of_a_client_stream() {
    let target = "/v1/shelves/7/books:import?requestId=r1";
    let sent = sent(target, &[r#"{"title":"a"}"#, r#"{"title":"b"}"#]).unwrap();
    let first = r#"{"parent":"shelves/7","book":{"title":"a"},"requestId":"r1"}"#;
    assert_eq!(sent, [first, r#"{"book":{"title":"b"}}"#]);
}

#[test]
fn a_bad_line_is_named_with_its_column() {
    let fault = sent("/v1/books:import", &["{}", "{\"title\":1}"]).unwrap_err();
    assert_eq!((fault.status, fault.line.unwrap().0), (400, 2));
    assert_eq!(blame(sent("/v1/books:import", &["{\"nothing\":1}"])).0, "FIELD_UNKNOWN");
    let fault = sent("/v1/books:import", &["{}", "{}", "{\"title\" 1}"]).unwrap_err();
    assert_eq!(fault.line, Some((3, 10)));
    // The query is at fault in the first message.
    assert_eq!(blame(sent("/v1/shelves/7/books:import?no=1", &["{}"])).0, "FIELD_UNKNOWN");
}

#[test]
fn the_keys_of_an_object_are_bounded_in_each_message_by_itself() {
    let call = call("POST", "/v1/books:import");
    let mut writer = call.messages(&Input::default(), &ParseOptions::default());
    let line = |keys: usize| {
        let labels: Vec<String> = (0..keys).map(|at| format!("\"{at}\":\"\"")).collect();
        format!("{{\"labels\":{{{}}}}}", labels.join(","))
    };
    let mut send = |number: usize, keys: usize| {
        let mut out = BytesMut::new();
        writer.message(number, line(keys).as_bytes(), &mut out)
    };
    // However many there are in all of them.
    for number in 1..4 {
        assert!(send(number, 1_024).is_ok());
    }
    let fault = send(4, 1_025).unwrap_err();
    assert_eq!((fault.reason, fault.status), ("KEYS_EXCEEDED", 400));
    assert_eq!(fault.line.map(|(line, _)| line), Some(4));
    assert!(send(5, 1_023).is_ok());
}

#[test]
fn a_fault_within_a_message_of_several_lines_is_counted_from_where_it_begins() {
    let call = call("POST", "/v1/books:import");
    let mut writer = call.messages(&Input::default(), &ParseOptions::default());
    let fault = writer.message(7, b"{\n\"title\": 1,\n x}", &mut BytesMut::new()).unwrap_err();
    assert!(matches!(fault.line, Some((8 | 9, _))), "{fault:?}");
}

#[test]
fn chunks_of_an_upload_are_messages_and_the_first_tells_their_type() {
    let call = call("POST", "/v1/parts/a/b");
    let input = Input { content_type: "image/png", ..Input::default() };
    let mut writer = call.messages(&input, &ParseOptions::default());
    let mut message = |chunk: &[u8]| {
        let mut out = BytesMut::new();
        writer.message(1, chunk, &mut out).unwrap();
        json_of(call.rpc().input(), &out, &TERSE).unwrap()
    };
    let first = r#"{"path":"a/b","file":{"contentType":"image/png","data":"aGk="}}"#;
    assert_eq!(message(b"hi"), first);
    assert_eq!(message(b"hi"), r#"{"file":{"data":"aGk="}}"#);
}

#[rstest]
#[case("application/x-ndjson", true)]
#[case("application/x-ndjson; charset=UTF-8", true)]
#[case("application/json", false)]
#[case("text/plain", false)]
#[case("", false)]
fn a_client_stream_comes_as_lines(#[case] content_type: &str, #[case] taken: bool) {
    let admitted =
        call("POST", "/v1/books:import").admit(content_type, true, &ParseOptions::default());
    assert_eq!(admitted.map_err(|fault| fault.status), if taken { Ok(()) } else { Err(415) });
}
