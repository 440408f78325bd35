//! How body, query, path and header fields become one request message.

use bytes::{Bytes, BytesMut};
use rstest::rstest;
use transcoder::{BodyKind, FaultClass, HeaderFields, Input, ParseOptions, Reply};

use crate::library::{
    Request, TERSE, blame, call, get, hex, message, plan, reply, send, to_hex, wire_of,
};

const BOOK: &str = "/v1/shelves/1/books/2";

#[test]
fn a_capture_fills_its_field() {
    assert_eq!(get(BOOK).unwrap(), r#"{"name":"shelves/1/books/2"}"#);
    assert_eq!(get("/v1/books/x%2Fy%20z+").unwrap(), r#"{"name":"x/y z+"}"#);
}

#[test]
fn a_capture_of_several_segments_keeps_encoded_slashes() {
    assert_eq!(
        get("/v1/shelves/a%2Fb/books/c%20d").unwrap(),
        r#"{"name":"shelves/a%2Fb/books/c d"}"#
    );
}

#[rstest]
#[case("/v1/books/%zz")]
#[case("/v1/books/%")]
#[case("/v1/books/%ff")]
fn a_bad_escape_in_the_path_is_refused(#[case] path: &str) {
    assert_eq!(blame(get(path)), ("FIELD_INVALID", "name".to_owned()));
}

#[test]
fn numbers_in_the_path_are_read_and_zero_is_written() {
    let request = Request { method: "GET", target: "/v1/scan/0/b", ..Request::default() };
    assert_eq!(request.wire().unwrap(), hex("0800 1203 0a0162"));
    assert_eq!(blame(get("/v1/scan/x/b")), ("FIELD_INVALID", "number".to_owned()));
}

#[test]
fn the_body_fills_its_field_or_the_whole_request() {
    assert_eq!(
        send("POST", "/v1/shelves/1/books", r#"{"title":"T"}"#).unwrap(),
        r#"{"parent":"shelves/1","book":{"title":"T"}}"#
    );
    assert_eq!(
        send("POST", "/v1/shelves/1/books/2:lend", r#"{"reader":"R"}"#).unwrap(),
        r#"{"name":"shelves/1/books/2","reader":"R"}"#
    );
    assert_eq!(
        send("POST", "/v1/shelves/1/books/2/tags", r#"["a","b"]"#).unwrap(),
        r#"{"name":"shelves/1/books/2","tags":["a","b"]}"#
    );
    assert_eq!(send("PUT", "/v1/weight/n", "7").unwrap(), r#"{"name":"n","weight":7}"#);
}

#[test]
fn an_empty_body_leaves_the_field_unset_and_braces_set_it() {
    let target = "/v1/shelves/1/books";
    assert_eq!(send("POST", target, "").unwrap(), r#"{"parent":"shelves/1"}"#);
    assert_eq!(send("POST", target, "{}").unwrap(), r#"{"parent":"shelves/1","book":{}}"#);
}

#[test]
fn a_body_without_a_place_is_refused() {
    let fault = send("GET", BOOK, "{}").unwrap_err();
    assert_eq!((fault.reason, fault.status), ("BODY_UNEXPECTED", 400));
    assert_eq!(call("GET", BOOK).body(), BodyKind::None);
}

#[rstest]
#[case("application/json", true)]
#[case("Application/JSON; charset=UTF-8", true)]
#[case("application/merge-patch+json", true)]
#[case("application/json; charset=latin1", false)]
#[case("text/plain", false)]
#[case("text/json", false)]
#[case("", false)]
fn only_json_may_be_posted(#[case] content_type: &str, #[case] admitted: bool) {
    let result =
        call("POST", "/v1/shelves/1/books").admit(content_type, true, &ParseOptions::default());
    assert_eq!(result.is_ok(), admitted);
    if let Err(fault) = result {
        assert_eq!((fault.class, fault.status), (FaultClass::MediaType, 415));
    }
}

#[test]
fn the_path_wins_over_an_equal_or_absent_body_value_and_refuses_another() {
    let target = "/v1/shelves/1/books/2:lend";
    let expected = r#"{"name":"shelves/1/books/2"}"#;
    assert_eq!(send("POST", target, r#"{"name":"shelves/1/books/2"}"#).unwrap(), expected);
    assert_eq!(send("POST", target, r#"{"name":""}"#).unwrap(), expected);
    let other = r#"{"name":"shelves/1/books/3"}"#;
    assert_eq!(blame(send("POST", target, other)), ("FIELD_CONFLICT", "name".to_owned()));
    let options = ParseOptions { lenient_body: true, ..ParseOptions::default() };
    let lenient = Request { method: "POST", target, body: other, options, ..Request::default() };
    assert_eq!(lenient.json().unwrap(), expected);
}

#[test]
fn a_nested_capture_joins_the_body_message() {
    let body = r#"{"title":"T","size":{"width":1}}"#;
    let request = Request { method: "PATCH", target: BOOK, body, ..Request::default() };
    assert_eq!(
        request.json().unwrap(),
        r#"{"book":{"name":"shelves/1/books/2","title":"T","size":{"width":1}},"updateMask":"title,size.width"}"#
    );
    let other = r#"{"name":"shelves/9/books/9"}"#;
    assert_eq!(blame(send("PATCH", BOOK, other)), ("FIELD_CONFLICT", "book.name".to_owned()));
}

#[rstest]
#[case(
    r#"{"size":{},"extra":{"a":1},"labels":{"k":"v"},"authors":["a"]}"#,
    "size,extra,labels,authors"
)]
#[case(
    r#"{"size":null,"title":null,"note":"n","printTime":"2026-01-01T00:00:00Z"}"#,
    "size,title,note,printTime"
)]
#[case(
    r#"{"next":{"next":{"title":"x","size":{"height":2}}},"origin":{}}"#,
    "next.next.title,next.next.size.height,origin"
)]
#[case(
    r#"{"createTime":"2026-01-01T00:00:00Z","name":"shelves/1/books/2","etag":"e","pages":3}"#,
    "pages"
)]
#[case(r#"{"parts":[{"title":"x"}],"subtitle":""}"#, "parts,subtitle")]
fn a_patch_lists_the_leaves_of_its_body(#[case] body: &str, #[case] mask: &str) {
    let json = send("PATCH", BOOK, body).unwrap();
    let (_, found) = json.rsplit_once(r#""updateMask":""#).unwrap();
    assert_eq!(found.trim_end_matches("\"}"), mask);
}

#[test]
fn an_explicit_mask_wins() {
    let target = "/v1/shelves/1/books/2?updateMask=title,print_time";
    let json = send("PATCH", target, r#"{"pages":3}"#).unwrap();
    assert!(json.ends_with(r#""updateMask":"title,printTime"}"#), "{json}");
    assert!(send("PATCH", "/v1/shelves/1/books/2?update_mask=*", "{}").unwrap().contains(r#""*""#));
}

#[test]
fn what_a_lenient_patch_drops_is_not_in_its_mask() {
    let options = ParseOptions { lenient_body: true, ..ParseOptions::default() };
    let body = r#"{"genre":"NO_SUCH","nope":1,"genres":["NO_SUCH","GENRE_POETRY"],"title":"T"}"#;
    let request = Request { method: "PATCH", target: BOOK, body, options, ..Request::default() };
    let json = request.json().unwrap();
    assert!(json.ends_with(r#""genres":["GENRE_POETRY"]},"updateMask":"genres,title"}"#), "{json}");
}

#[rstest]
#[case("pageSize=3&page_token=a%2Bb+c", r#"{"pageSize":3,"pageToken":"a+b c"}"#)]
#[case("authors=a&authors=b&years=1&years=-2", r#"{"authors":["a","b"],"years":[1,-2]}"#)]
#[case(
    "filter.minYear=5&pageToken=t&filter.title=x",
    r#"{"pageToken":"t","filter":{"title":"x","minYear":"5"}}"#
)]
#[case("filter.inner.inner.title=d", r#"{"filter":{"inner":{"inner":{"title":"d"}}}}"#)]
#[case("ratings[a]=1&ratings%5Bb.c%5D=2", r#"{"ratings":{"a":1,"b.c":2}}"#)]
#[case(
    "since=2026-01-01T00:00:00Z&within=1.5s",
    r#"{"since":"2026-01-01T00:00:00Z","within":"1.500s"}"#
)]
#[case("readMask=a.bC,d_e&hint=", r#"{"readMask":"a.bC,dE","hint":""}"#)]
#[case(
    "genre=GENRE_POETRY&deleted=true&weight=-0.5",
    r#"{"genre":"GENRE_POETRY","deleted":true,"weight":-0.5}"#
)]
#[case("genre=2&seal=-_8&pageToken=", r#"{"genre":"GENRE_POETRY","seal":"+/8="}"#)]
#[case("left=&&", r#"{"left":""}"#)]
fn query_parameters_fill_fields(#[case] query: &str, #[case] expected: &str) {
    assert_eq!(get(&format!("/v1/books?{query}")).unwrap(), expected);
}

#[rstest]
#[case("authors=a&years=1&authors=b&years=2", r#"{"authors":["a","b"],"years":[1,2]}"#)]
#[case(
    "filter.title=x&pageSize=1&filter.min_year=2",
    r#"{"pageSize":1,"filter":{"title":"x","minYear":2}}"#
)]
fn a_query_gives_the_bytes_of_a_body(#[case] query: &str, #[case] body: &str) {
    let target = format!("/v1/books?{query}");
    let request = Request { method: "GET", target: &target, ..Request::default() };
    let id = message("library.v1.ListBooksRequest");
    let expected = wire_of(id, body.as_bytes(), &ParseOptions::default()).unwrap();
    assert_eq!(to_hex(&request.wire().unwrap()), to_hex(&expected));
}

#[rstest]
#[case("nope=1", "FIELD_UNKNOWN", "nope")]
#[case("pageSize.x=1", "FIELD_UNKNOWN", "pageSize.x")]
#[case("since.seconds=1", "FIELD_UNKNOWN", "since.seconds")]
#[case("authors[0]=1", "FIELD_UNKNOWN", "authors[0]")]
#[case("pageSize=", "FIELD_INVALID", "pageSize")]
#[case("pageSize=1.5", "FIELD_INVALID", "pageSize")]
#[case("deleted=1", "FIELD_INVALID", "deleted")]
#[case("deleted=True", "FIELD_INVALID", "deleted")]
#[case("deleted=", "FIELD_INVALID", "deleted")]
#[case("genre=poetry", "FIELD_INVALID", "genre")]
#[case("seal=*", "FIELD_INVALID", "seal")]
#[case("weight=nan", "FIELD_INVALID", "weight")]
#[case("examples=x", "FIELD_INVALID", "examples")]
#[case("filter=x", "FIELD_INVALID", "filter")]
#[case("extra=x", "FIELD_INVALID", "extra")]
#[case("any=x", "FIELD_INVALID", "any")]
#[case("ratings=1", "FIELD_INVALID", "ratings")]
#[case("pageSize=1&page_size=2", "FIELD_DUPLICATE", "pageSize")]
#[case("ratings[a]=1&ratings[a]=2", "FIELD_DUPLICATE", "ratings[a]")]
#[case("left=1&right=2", "ONEOF_CONFLICT", "right")]
#[case("pageToken=%f", "FIELD_INVALID", "pageToken")]
fn a_bad_parameter_is_named(
    #[case] query: &str,
    #[case] reason: &'static str,
    #[case] field: &str,
) {
    assert_eq!(blame(get(&format!("/v1/books?{query}"))), (reason, field.to_owned()));
}

#[test]
fn a_parameter_bound_by_the_path_or_the_body_is_unknown() {
    for target in ["/v1/books/x?name=y", "/v1/scan/1/b?book.name=c"] {
        assert_eq!(blame(get(target)).0, "FIELD_UNKNOWN");
    }
    assert_eq!(blame(send("POST", "/v1/shelves/1/books?book.title=T", "{}")).0, "FIELD_UNKNOWN");
    assert_eq!(blame(send("POST", "/v1/shelves/1/books/2:lend?reader=R", "{}")).0, "FIELD_UNKNOWN");
    let options = ParseOptions { lenient_query: true, ..ParseOptions::default() };
    let target = "/v1/books/x?name=y&nope=1&etag=e";
    let request = Request { method: "GET", target, options, ..Request::default() };
    assert_eq!(request.json().unwrap(), r#"{"name":"x","etag":"e"}"#);
}

#[test]
fn a_oneof_member_in_the_query_clashes_with_one_in_the_path() {
    assert_eq!(get("/v1/choice/x").unwrap(), r#"{"left":"x"}"#);
    assert_eq!(blame(get("/v1/choice/x?right=y")).0, "ONEOF_CONFLICT");
}

#[test]
fn the_query_has_limits() {
    let query = |count: usize| format!("/v1/books?{}", vec!["authors=a"; count].join("&"));
    assert!(get(&query(1_024)).is_ok());
    assert_eq!(get(&query(1_025)).unwrap_err().reason, "QUERY_TOO_LONG");
    let path = |depth: usize| format!("/v1/books?filter.{}title=x", "inner.".repeat(depth - 2));
    assert!(get(&path(32)).is_ok());
    assert_eq!(get(&path(33)).unwrap_err().reason, "FIELD_INVALID");
}

fn with_headers(method: &str, target: &str, body: &str, headers: HeaderFields<'_>) -> String {
    let request = Request { method, target, body, headers, ..Request::default() };
    match request.json() {
        Ok(json) => json,
        Err(fault) => format!("{} {}", fault.status, fault.reason),
    }
}

#[rstest]
#[case("*", "", r#"{"name":"shelves/1/books/2"}"#)]
#[case("\"abc\"", "", r#"{"name":"shelves/1/books/2","etag":"\"abc\""}"#)]
#[case("\"abc\" , \"abc\"", "", r#"{"name":"shelves/1/books/2","etag":"\"abc\""}"#)]
#[case("\"abc\"", "?etag=%22abc%22", r#"{"name":"shelves/1/books/2","etag":"\"abc\""}"#)]
#[case("\"abc\"", "?etag=x", "400 ETAG_CONFLICT")]
#[case("\"a\", \"b\"", "", "400 ETAG_INVALID")]
#[case("W/\"a\"", "", "412 ETAG_WEAK")]
#[case("abc", "", "400 ETAG_INVALID")]
#[case("", "", "400 ETAG_INVALID")]
fn if_match_fills_the_etag(#[case] header: &str, #[case] query: &str, #[case] expected: &str) {
    let headers = HeaderFields { if_match: Some(header), ..HeaderFields::default() };
    assert_eq!(with_headers("DELETE", &format!("{BOOK}{query}"), "", headers), expected);
}

#[test]
fn if_match_fills_the_etag_of_the_body_field_and_is_never_ignored() {
    let headers = HeaderFields { if_match: Some("\"e\""), ..HeaderFields::default() };
    let json = with_headers("PATCH", BOOK, r#"{"title":"T"}"#, headers);
    assert_eq!(
        json,
        r#"{"book":{"name":"shelves/1/books/2","etag":"\"e\"","title":"T"},"updateMask":"title"}"#
    );
    assert_eq!(with_headers("PATCH", BOOK, r#"{"etag":"f"}"#, headers), "400 ETAG_CONFLICT");
    assert_eq!(with_headers("GET", "/v1/books", "", headers), "400 ETAG_INVALID");
}

#[test]
fn a_tag_of_ours_yields_the_etag_of_the_resource() {
    let book =
        wire_of(message("library.v1.Book"), br#"{"etag":"\"v7\""}"#, &ParseOptions::default());
    let tag = call("GET", BOOK).etag(&book.unwrap(), &TERSE, transcoder::Coding::Gzip);
    let headers = HeaderFields { if_match: Some(tag.as_str()), ..HeaderFields::default() };
    let json = with_headers("DELETE", BOOK, "", headers);
    assert_eq!(json, r#"{"name":"shelves/1/books/2","etag":"\"v7\""}"#);
    let bare = call("GET", BOOK).etag(&[], &TERSE, transcoder::Coding::Gzip);
    let headers = HeaderFields { if_match: Some(bare.as_str()), ..HeaderFields::default() };
    assert_eq!(with_headers("DELETE", BOOK, "", headers), "400 ETAG_INVALID");
}

#[test]
fn the_idempotency_key_fills_the_request_id() {
    let key = |key| HeaderFields { idempotency_key: Some(key), ..HeaderFields::default() };
    let lend = "/v1/shelves/1/books/2:lend";
    let expected = r#"{"name":"shelves/1/books/2","requestId":"k1"}"#;
    assert_eq!(with_headers("POST", lend, "", key("k1")), expected);
    assert_eq!(with_headers("POST", lend, "", key("\"k1\"")), expected);
    assert_eq!(with_headers("POST", lend, r#"{"requestId":"k1"}"#, key("k1")), expected);
    let other = r#"{"request_id":"k2"}"#;
    assert_eq!(with_headers("POST", lend, other, key("k1")), "400 REQUEST_ID_CONFLICT");
    let quoted = r#"{"name":"shelves/1/books/2","requestId":"a \"b\\"}"#;
    assert_eq!(with_headers("POST", lend, "", key(r#" "a \"b\\" "#)), quoted);
    for bad in ["", "\"\"", "k1, k2", "\"k1", "k\"1", "\"k\"1\"", r#""k\1""#, "k 1", "\"k\t1\""] {
        assert_eq!(with_headers("POST", lend, "", key(bad)), "400 REQUEST_ID_INVALID", "{bad}");
    }
    assert_eq!(with_headers("DELETE", BOOK, "", key("k1")), "400 REQUEST_ID_INVALID");
    assert_eq!(with_headers("GET", BOOK, "", key("k1")), r#"{"name":"shelves/1/books/2"}"#);
}

#[test]
fn an_http_body_takes_any_content_and_gives_it_back() {
    let upload = call("POST", "/v1/files/a/b");
    let (mut out, options) = (BytesMut::new(), ParseOptions::default());
    let input = Input { content_type: "image/png", body: b"\x89P", ..Input::default() };
    upload.request(&input, &options, &mut out).unwrap();
    assert_eq!(out[..], hex("120f 0a09 696d6167652f706e67 1202 8950 0a03 612f62"));
    let reply = Bytes::from(hex("0a09 696d6167652f706e67 1202 8950"));
    let raw = call("GET", "/v1/files/a/b:raw").response(&reply, &TERSE, &mut out).unwrap();
    let data = Bytes::from_static(b"\x89P");
    assert_eq!(raw, Reply::Raw { content_type: "image/png".to_owned(), data });
    let empty = upload.response(&Bytes::new(), &TERSE, &mut out).unwrap();
    assert_eq!(empty, Reply::Raw { content_type: String::new(), data: Bytes::new() });
}

#[test]
fn a_response_body_is_the_whole_reply() {
    let full = hex("0a0161 0a0162 1007 1a06 0a016b 120176 2203 1a0154");
    assert_eq!(reply("/v1/count/n", full.clone()).unwrap(), r#""7""#);
    assert_eq!(reply("/v1/labels/n", full.clone()).unwrap(), r#"{"k":"v"}"#);
    assert_eq!(reply("/v1/best/n", full).unwrap(), r#"{"title":"T"}"#);
    assert_eq!(reply("/v1/count/n", Vec::new()).unwrap(), r#""0""#);
    assert_eq!(reply("/v1/labels/n", Vec::new()).unwrap(), "{}");
    assert_eq!(reply("/v1/best/n", Vec::new()).unwrap(), "null");
    let tags = call("POST", "/v1/shelves/1/books/2/tags");
    let mut out = BytesMut::new();
    tags.response(&Bytes::new(), &TERSE, &mut out).unwrap();
    assert_eq!(&out[..], b"[]");
}

#[test]
fn a_client_stream_is_told_apart_and_refused() {
    let import = call("POST", "/v1/books:import");
    assert!(import.rpc().client_streaming() && !import.rpc().server_streaming());
    assert!(call("GET", "/v1/books:watch").rpc().server_streaming());
    assert_eq!(import.rpc().grpc_path(), "/library.v1.Library/Import");
    let mut out = BytesMut::new();
    let refused = import.request(&Input::default(), &ParseOptions::default(), &mut out);
    assert_eq!(refused.unwrap_err().class, FaultClass::Unsupported);
}

#[test]
fn bodies_of_one_and_four_mebibytes_fit_and_more_does_not() {
    for (size, fits) in [(1 << 20, true), (4 << 20, true), ((4 << 20) + 1, false)] {
        let body = format!(r#"{{"title":"{}"}}"#, "x".repeat(size - 12));
        let result = Request {
            method: "POST",
            target: "/v1/shelves/1/books",
            body: &body,
            ..Request::default()
        }
        .wire();
        assert_eq!(result.is_ok(), fits);
        assert!(result.err().is_none_or(|fault| fault.status == 413));
    }
    assert!(plan().skipped().is_empty());
}
