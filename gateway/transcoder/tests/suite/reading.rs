//! ProtoJSON as it is read: names, oneofs, null, Any, texts, syntax, depth.

use rstest::rstest;
use transcoder::{FaultClass, ParseOptions};

use crate::library::{accepts, blame, book, hex, message, refuses, wire, wire_of, wire_with};

#[rstest]
#[case(r#"{"reader":"r","crate":{}}"#, "crate")]
#[case(r#"{"nobody":null,"reader":"r"}"#, "reader")]
#[case(r#"{"anything":null,"nobody":null}"#, "nobody")]
fn two_members_of_a_oneof_conflict(#[case] body: &str, #[case] field: &str) {
    refuses(body, "ONEOF_CONFLICT", field);
}

#[rstest]
#[case(r#"{"reader":null,"crate":{}}"#, r#"{"crate":{}}"#)]
#[case(r#"{"reader":"r","crate":null}"#, r#"{"reader":"r"}"#)]
#[case(r#"{"reader":""}"#, r#"{"reader":""}"#)]
#[case(r#"{"nobody":null}"#, r#"{"nobody":null}"#)]
#[case(r#"{"nobody":"NULL_VALUE"}"#, r#"{"nobody":null}"#)]
#[case(r#"{"anything":null}"#, r#"{"anything":null}"#)]
fn null_is_no_choice_except_where_it_is_a_value(#[case] body: &str, #[case] printed: &str) {
    accepts(body, printed);
}

#[rstest]
#[case(r#"{"title":null,"pages":null,"size":null,"authors":null,"labels":null,"note":null}"#, "{}")]
#[case(r#"{"value":null,"values":[null,1]}"#, r#"{"values":[null,1],"value":null}"#)]
#[case(r#"{"list":[null],"facts":{"a":null}}"#, r#"{"list":[null],"facts":{"a":null}}"#)]
fn null_leaves_a_field_unset(#[case] body: &str, #[case] printed: &str) {
    accepts(body, printed);
}

#[rstest]
#[case(r#"{"authors":[null]}"#, "authors[0]")]
#[case(r#"{"years":[1,null]}"#, "years[1]")]
#[case(r#"{"parts":[null]}"#, "parts[0]")]
#[case(r#"{"genres":[null]}"#, "genres[0]")]
#[case(r#"{"labels":{"a":null}}"#, "labels.a")]
#[case(r#"{"boxes":{"true":null}}"#, "boxes.true")]
fn null_inside_a_list_or_map_is_refused(#[case] body: &str, #[case] field: &str) {
    refuses(body, "FIELD_INVALID", field);
}

#[rstest]
#[case(r#"{"printTime":"2026-01-01T00:00:00Z"}"#)]
#[case(r#"{"print_time":"2026-01-01T00:00:00Z"}"#)]
#[case(r#"{"print\u0054ime":"2026-01-01T00:00:00Z"}"#)]
fn both_spellings_of_a_name_are_read_and_the_json_name_printed(#[case] body: &str) {
    accepts(body, r#"{"printTime":"2026-01-01T00:00:00Z"}"#);
}

#[test]
fn a_custom_json_name_is_escaped() {
    accepts(r#"{"stra\"nge":"x"}"#, r#"{"stra\"nge":"x"}"#);
    accepts(r#"{"strange":"x"}"#, r#"{"stra\"nge":"x"}"#);
}

#[rstest]
#[case(r#"{"title":"a","title":"a"}"#, "title")]
#[case(r#"{"printTime":null,"print_time":null}"#, "print_time")]
#[case(r#"{"title":"a","title":null}"#, "title")]
#[case(r#"{"size":{"width":1,"\u0077idth":1}}"#, "size.width")]
#[case(r#"{"labels":{"a":"1","a":"2"}}"#, "labels.a")]
#[case(r#"{"labels":{"a":"1","\u0061":"2"}}"#, "labels.a")]
#[case(r#"{"shelves":{"1":1,"1.0":1}}"#, "shelves[\"1.0\"]")]
#[case(r#"{"extra":{"a":1,"a":1}}"#, "extra.a")]
#[case(r#"{"title":"x","name":"n","etag":"e","title":"y"}"#, "title")]
#[case(r#"{"facts":{"x":{"a":1,"b":{"c":1,"c":2}}}}"#, "facts.x.b.c")]
fn a_name_given_twice_is_refused(#[case] body: &str, #[case] field: &str) {
    refuses(body, "FIELD_DUPLICATE", field);
}

#[rstest]
#[case(9)]
#[case(100)]
#[case(1_000)]
fn a_repeated_key_in_a_long_map_is_found(#[case] count: usize) {
    let keys: Vec<String> = (0..count).map(|key| format!("\"k{key}\":\"v\"")).collect();
    accepts(
        &format!("{{\"labels\":{{{}}}}}", keys.join(",")),
        &format!("{{\"labels\":{{{}}}}}", keys.join(",")),
    );
    refuses(
        &format!("{{\"labels\":{{{},\"k8\":\"\"}}}}", keys.join(",")),
        "FIELD_DUPLICATE",
        "labels.k8",
    );
}

#[test]
fn extension_keys_are_unknown() {
    refuses(r#"{"[pkg.ext]":1}"#, "FIELD_UNKNOWN", "[\"[pkg.ext]\"]");
}

const SIZE: &str = r#""@type":"x/library.v1.Size""#;

#[rstest]
#[case(&format!(r#"{{{SIZE},"width":1}}"#), &format!(r#"{{{SIZE},"width":1}}"#))]
#[case(&format!(r#"{{"width":1,{SIZE}}}"#), &format!(r#"{{{SIZE},"width":1}}"#))]
#[case(r#"{"width":1,"\u0040type":"x/library.v1.Size"}"#, &format!(r#"{{{SIZE},"width":1}}"#))]
#[case("{}", "{}")]
#[case(
    r#"{"@type":"x/google.protobuf.Duration","value":"1s"}"#,
    r#"{"@type":"x/google.protobuf.Duration","value":"1s"}"#
)]
#[case(
    r#"{"value":null,"@type":"x/google.protobuf.Value"}"#,
    r#"{"@type":"x/google.protobuf.Value","value":null}"#
)]
#[case(
    r#"{"@type":"x/google.protobuf.Empty","value":{}}"#,
    r#"{"@type":"x/google.protobuf.Empty","value":{}}"#
)]
#[case(
    r#"{"@type":"x/google.protobuf.Int32Value","value":0}"#,
    r#"{"@type":"x/google.protobuf.Int32Value","value":0}"#
)]
#[case(&format!(r#"{{"value":{{"height":2,{SIZE}}},"@type":"x/google.protobuf.Any"}}"#), &format!(r#"{{"@type":"x/google.protobuf.Any","value":{{{SIZE},"height":2}}}}"#))]
fn an_any_is_read_with_its_type_anywhere(#[case] any: &str, #[case] printed: &str) {
    accepts(&format!(r#"{{"origin":{any}}}"#), &format!(r#"{{"origin":{printed}}}"#));
}

#[rstest]
#[case(r#"{"width":1}"#, "FIELD_INVALID", "origin")]
#[case(&format!("{{{SIZE},{SIZE}}}"), "FIELD_DUPLICATE", "origin.@type")]
#[case(&format!(r#"{{{SIZE},"nope":1}}"#), "FIELD_UNKNOWN", "origin.nope")]
#[case(&format!(r#"{{{SIZE},"width":"x"}}"#), "FIELD_INVALID", "origin.width")]
#[case(r#"{"@type":"library.v1.Size"}"#, "FIELD_INVALID", "origin.@type")]
#[case(r#"{"@type":"x/library.v1.Nope"}"#, "FIELD_INVALID", "origin.@type")]
#[case(r#"{"@type":""}"#, "FIELD_INVALID", "origin.@type")]
#[case(r#"{"@type":1}"#, "FIELD_INVALID", "origin.@type")]
#[case(r#"{"@type":"x/google.protobuf.Duration"}"#, "FIELD_INVALID", "origin")]
#[case(r#"{"@type":"x/google.protobuf.Duration","value":"1s","a":1}"#, "FIELD_UNKNOWN", "origin.a")]
#[case(
    r#"{"@type":"x/google.protobuf.Duration","value":"1s","value":"1s"}"#,
    "FIELD_DUPLICATE",
    "origin.value"
)]
#[case(r#"{"@type":"x/google.protobuf.FileOptions"}"#, "TYPE_UNSUPPORTED", "origin.@type")]
#[case("null1", "JSON_SYNTAX", "")]
fn a_bad_any_is_refused(#[case] any: &str, #[case] reason: &str, #[case] field: &str) {
    refuses(&format!(r#"{{"origin":{any}}}"#), reason, field);
}

#[test]
fn lenient_reading_drops_what_it_does_not_know() {
    let options = ParseOptions { lenient_body: true, ..ParseOptions::default() };
    let body = r#"{"nope":{"a":[1]},"genre":"NO","genres":["NO",2],"shelves":{"1":"NO","2":1},"title":"T"}"#;
    let expected = wire(r#"{"genres":[2],"shelves":{"2":1},"title":"T"}"#).unwrap();
    assert_eq!(wire_with(body, &options).unwrap(), expected);
    assert_eq!(blame(wire_with(r#"{"pages":"x"}"#, &options)).0, "FIELD_INVALID");
    assert_eq!(blame(wire_with(r#"{"nope":{"a":tru}}"#, &options)).0, "JSON_SYNTAX");
}

#[test]
fn enum_names_in_any_case_are_an_option() {
    let options = ParseOptions { enums_in_any_case: true, ..ParseOptions::default() };
    assert_eq!(wire_with(r#"{"genre":"genre_Poetry"}"#, &options).unwrap(), hex("2802"));
}

#[rstest]
#[case(r#""é\ud83d\ude00\n\u0000\/""#, "\"é😀\\n\\u0000/\"")]
#[case(r#""\"\\\b\f\n\r\t""#, r#""\"\\\b\f\n\r\t""#)]
#[case("\"12345678\u{7f}\u{2028}\"", "\"12345678\u{7f}\u{2028}\"")]
#[case(r#""0123456789abcdef0123456789abcdef\t""#, r#""0123456789abcdef0123456789abcdef\t""#)]
fn texts_come_back(#[case] text: &str, #[case] printed: &str) {
    accepts(&format!(r#"{{"title":{text}}}"#), &format!(r#"{{"title":{printed}}}"#));
}

#[rstest]
#[case(r#""\ud83d""#)]
#[case(r#""\ude00""#)]
#[case(r#""\ud83d\ud83d""#)]
#[case(r#""\ud83dx""#)]
#[case(r#""\x""#)]
#[case(r#""\é""#)]
#[case(r#""\u12""#)]
#[case(r#""\u+123""#)]
#[case(r#""\""#)]
#[case("\"a\nb\"")]
#[case("\"\u{1f}\"")]
#[case("\"open")]
#[case("'x'")]
#[case("01")]
#[case("1.")]
#[case(".1")]
#[case("-")]
#[case("1e")]
#[case("+1")]
#[case("tru")]
#[case("NaN")]
#[case("{\"a\":1,}")]
#[case("[1,]")]
#[case("[,1]")]
#[case("[1 2]")]
#[case("{\"a\" 1}")]
#[case("{a:1}")]
#[case("{\"a\":}")]
#[case("{\"a\":1")]
#[case("[")]
#[case("[1}")]
#[case("")]
#[case("/* c */ 1")]
fn bad_syntax_is_refused_whether_the_field_is_known_or_not(#[case] text: &str) {
    let options = ParseOptions { lenient_body: true, ..ParseOptions::default() };
    for field in ["title", "price", "value", "nope"] {
        let fault = wire_with(&format!("{{\"{field}\":{text}}}"), &options).unwrap_err();
        assert!(matches!(fault.reason, "JSON_SYNTAX" | "FIELD_INVALID"), "{field} {text}: {fault}");
        assert!(
            field == "title" || field == "price" || fault.reason == "JSON_SYNTAX",
            "{text}: {fault}"
        );
    }
}

#[rstest]
#[case("")]
#[case("  ")]
#[case("{} {}")]
#[case("{}x")]
#[case("{},")]
#[case("\u{feff}{}")]
#[case("{}//")]
fn a_body_is_one_value_and_nothing_else(#[case] body: &str) {
    assert_eq!(blame(wire(body)).0, "JSON_SYNTAX");
}

#[test]
fn the_top_level_must_be_an_object() {
    for body in ["null", "[]", "1", "\"x\"", "true"] {
        assert_eq!(blame(wire(body)).0, "FIELD_INVALID", "{body}");
    }
    let null = wire_of(message("google.protobuf.Value"), b"null", &ParseOptions::default());
    assert_eq!(null.unwrap(), hex("0800"));
}

#[rstest]
#[case(b"{\"title\":\"\xff\"}")]
#[case(b"{\"title\":\"\xed\xa0\x80\"}")]
#[case(b"{\"title\":\"\xc0\x80\"}")]
#[case(b"{\"\xff\":1}")]
fn invalid_utf8_is_refused(#[case] body: &[u8]) {
    let fault = wire_of(book(), body, &ParseOptions::default()).unwrap_err();
    assert_eq!((fault.reason, fault.line.map(|line| line.0)), ("JSON_SYNTAX", Some(1)));
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[rstest]
#[case::messages(|depth| nested("{\"next\":", "{}", "}", depth - 1), 100)]
#[case::lists_of_messages(|depth| nested("{\"parts\":[", "{}", "]}", depth), 49)]
#[case::skipped(|depth| format!("{{\"nope\":{}}}", nested("[", "", "]", depth - 1)), 100)]
#[case::values(|depth| format!("{{\"value\":{}}}", nested("[", "", "]", depth)), 49)]
#[case::any(|depth| format!("{{\"origin\":{}}}", nested("{\"@type\":\"x/google.protobuf.Any\",\"value\":", "{}", "}", depth)), 98)]
#[case::structs(|depth| format!("{{\"value\":{}}}", nested("{\"a\":", "1", "}", depth)), 32)]
fn depth_is_bounded_in_json_and_in_messages(
    #[case] body: fn(usize) -> String,
    #[case] deepest: usize,
) {
    let options = ParseOptions { lenient_body: true, ..ParseOptions::default() };
    for depth in [deepest - 1, deepest] {
        assert!(wire_with(&body(depth), &options).is_ok(), "{depth}");
    }
    let fault = wire_with(&body(deepest + 1), &options).unwrap_err();
    assert_eq!(
        (fault.reason, fault.class, fault.status),
        ("DEPTH_EXCEEDED", FaultClass::Limit, 400)
    );
    assert!(wire_with(&body(100_000), &options).is_err());
}

/// So many members, written by their number.
fn members(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(",")
}

#[rstest]
#[case::message("", |keys| members(keys, |at| format!("\"nope{at}\":1")))]
#[case::skipped("nope", |keys| format!("\"nope\":{{{}}}", members(keys, |at| format!("\"{at}\":1"))))]
#[case::map("labels", |keys| format!("\"labels\":{{{}}}", members(keys, |at| format!("\"{at}\":\"\""))))]
#[case::structure("extra", |keys| format!("\"extra\":{{{}}}", members(keys, |at| format!("\"{at}\":1"))))]
#[case::within("values[1]", |keys| format!("\"values\":[1,{{{}}}]", members(keys, |at| format!("\"{at}\":1"))))]
#[case::any("origin", |keys| {
    let others = members(keys - 1, |at| format!("\"nope{at}\":1"));
    format!("\"origin\":{{\"@type\":\"x/library.v1.Size\",{others}}}")
})]
fn the_keys_of_an_object_are_bounded(#[case] field: &str, #[case] body: fn(usize) -> String) {
    let options = ParseOptions { lenient_body: true, ..ParseOptions::default() };
    let read = |keys| wire_with(&format!("{{{}}}", body(keys)), &options);
    for keys in [1_023, 1_024] {
        assert!(read(keys).is_ok(), "{keys}");
    }
    let fault = read(1_025).unwrap_err();
    assert_eq!(
        (fault.reason, fault.class, fault.status),
        ("KEYS_EXCEEDED", FaultClass::Limit, 400)
    );
    assert_eq!(fault.violations[0].field, field);
    assert_eq!(fault.violations[0].description, "has more than 1024 keys; send fewer at a time");
}

#[test]
fn late_types_and_moved_lengths_in_deep_nests_stay_cheap() {
    let text = "x".repeat(1 << 20);
    let kind = |name: &str| format!(r#""@type":"x/{name}""#);
    let size = format!(r#"{{"maker":"{text}",{}}}"#, kind("library.v1.Size"));
    let any = (0..48)
        .fold(size, |inner, _| format!(r#"{{"value":{inner},{}}}"#, kind("google.protobuf.Any")));
    assert!(wire(&format!(r#"{{"origin":{any}}}"#)).unwrap().len() > 1 << 20);
    let deep = nested("{\"next\":", &format!(r#"{{"title":"{text}"}}"#), "}", 98);
    assert!(wire(&deep).unwrap().len() > 1 << 20);
}

#[test]
fn the_size_limit_acts_before_reading() {
    let options = ParseOptions { max_bytes: 4, ..ParseOptions::default() };
    assert!(wire_with("{  }", &options).is_ok());
    assert_eq!(wire_with("{   x", &options).unwrap_err().status, 413);
}

#[test]
fn lengths_are_minimal_at_every_border() {
    for size in [0, 1, 126, 127, 128, 16_383, 16_384, 20_000] {
        let text = "x".repeat(size);
        let body = format!(
            r#"{{"next":{{"next":{{"title":"{text}"}}}},"parts":[{{"title":"{text}"}},{{}},{{"title":"{text}"}}]}}"#
        );
        let ours = wire(&body).unwrap();
        let pool = prost_reflect::DescriptorPool::decode(crate::library::SET.as_slice()).unwrap();
        let book = pool.get_message_by_name("library.v1.Book").unwrap();
        let message = prost_reflect::DynamicMessage::decode(book, ours.as_slice()).unwrap();
        let mut theirs = prost_reflect::prost::Message::encode_to_vec(&message);
        let mut sorted = ours.clone();
        theirs.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, theirs, "{size}");
    }
}
