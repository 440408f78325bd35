//! Who wins where path, query and body speak of one field: the path over the body over the query, and never in silence.

use bytes::BytesMut;
use rstest::rstest;
use transcoder::{Input, ParseOptions, Plan, Routed};

use crate::library::{TERSE, compile};

const SOURCE: &str = r#"
    syntax = "proto3";
    package t;
    import "google/api/annotations.proto";
    message M {
      string plain = 1;
      int32 number = 2;
      optional int32 optional = 3;
      bytes seal = 4;
      M inner = 5;
      oneof choice { string left = 6; int32 right = 7; }
      M other = 8;
    }
    service S {
      rpc A(M) returns (M) { option (google.api.http) = { post: "/plain/{plain}" body: "*" }; }
      rpc B(M) returns (M) { option (google.api.http) = { post: "/number/{number}" body: "*" }; }
      rpc C(M) returns (M) { option (google.api.http) = { post: "/optional/{optional}" body: "*" }; }
      rpc D(M) returns (M) { option (google.api.http) = { post: "/inner/{inner.number}" body: "*" }; }
      rpc E(M) returns (M) { option (google.api.http) = { post: "/left/{left}" body: "*" }; }
      rpc F(M) returns (M) { option (google.api.http) = { post: "/seal/{seal}" body: "*" }; }
      rpc G(M) returns (M) { option (google.api.http) = { post: "/part/{inner.plain}" body: "inner" }; }
    }
"#;

fn plan() -> Plan {
    compile(SOURCE).unwrap()
}

/// The request as JSON, or the reason of its fault and the field that is blamed.
fn sent(plan: &Plan, target: &str, body: &str, lenient: bool) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Routed::Hit(call) = plan.route("POST", path) else { panic!("{target}") };
    let input = Input {
        query,
        content_type: "application/json",
        body: body.as_bytes(),
        ..Input::default()
    };
    let options = ParseOptions { lenient_body: lenient, ..ParseOptions::default() };
    let (mut wire, mut out) = (BytesMut::new(), BytesMut::new());
    if let Err(fault) = call.request(&input, &options, &mut wire) {
        return format!("{} {}", fault.reason, fault.violations[0].field);
    }
    plan.wire_to_json(call.rpc().input(), &wire, &TERSE, &mut out).unwrap();
    String::from_utf8(out.to_vec()).unwrap()
}

#[rstest]
#[case::scalar("/plain/x", r#"{"plain":"y"}"#, "plain", r#"{"plain":"x"}"#)]
#[case::number("/number/1", r#"{"number":2}"#, "number", r#"{"number":1}"#)]
#[case::zero("/number/0", r#"{"number":2}"#, "number", "{}")]
#[case::optional("/optional/1", r#"{"optional":2}"#, "optional", r#"{"optional":1}"#)]
#[case::optional_zero("/optional/0", r#"{"optional":2}"#, "optional", r#"{"optional":0}"#)]
#[case::optional_zero_in_the_body(
    "/optional/1",
    r#"{"optional":0}"#,
    "optional",
    r#"{"optional":1}"#
)]
#[case::nested(
    "/inner/1",
    r#"{"inner":{"number":2,"plain":"p"}}"#,
    "inner.number",
    r#"{"inner":{"plain":"p","number":1}}"#
)]
#[case::nested_zero("/inner/0", r#"{"inner":{"number":2}}"#, "inner.number", r#"{"inner":{}}"#)]
#[case::member("/left/x", r#"{"left":"y"}"#, "left", r#"{"left":"x"}"#)]
#[case::empty_member("/left/x", r#"{"left":""}"#, "left", r#"{"left":"x"}"#)]
#[case::bytes("/seal/-_8", r#"{"seal":"AA=="}"#, "seal", r#"{"seal":"+/8="}"#)]
#[case::of_a_part("/part/x", r#"{"plain":"y"}"#, "inner.plain", r#"{"inner":{"plain":"x"}}"#)]
fn a_body_that_says_otherwise_is_a_conflict_or_loses(
    #[case] target: &str,
    #[case] body: &str,
    #[case] field: &str,
    #[case] lenient: &str,
) {
    let plan = plan();
    assert_eq!(sent(&plan, target, body, false), format!("FIELD_CONFLICT {field}"));
    assert_eq!(sent(&plan, target, body, true), lenient);
}

#[rstest]
#[case::scalar("/plain/x", r#"{"plain":"x"}"#, r#"{"plain":"x"}"#)]
#[case::zero("/number/0", r#"{"number":0}"#, "{}")]
#[case::optional("/optional/0", r#"{"optional":0}"#, r#"{"optional":0}"#)]
#[case::nested("/inner/1", r#"{"inner":{"number":1}}"#, r#"{"inner":{"number":1}}"#)]
#[case::member("/left/x", r#"{"left":"x"}"#, r#"{"left":"x"}"#)]
#[case::null("/left/x", r#"{"left":null}"#, r#"{"left":"x"}"#)]
#[case::absent("/left/x", "{}", r#"{"left":"x"}"#)]
#[case::bytes("/seal/+_8=", r#"{"seal":"-_8"}"#, r#"{"seal":"+/8="}"#)]
#[case::beside("/part/x", r#"{"number":1}"#, r#"{"inner":{"plain":"x","number":1}}"#)]
fn a_body_that_says_the_same_or_nothing_agrees(
    #[case] target: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    for lenient in [false, true] {
        assert_eq!(sent(&plan(), target, body, lenient), expected);
    }
}

#[rstest]
#[case("/seal/A", "FIELD_INVALID seal")]
#[case("/seal/AA=", "FIELD_INVALID seal")]
#[case("/seal/A%20A=", "FIELD_INVALID seal")]
#[case("/number/1.5", "FIELD_INVALID number")]
#[case("/number/", "404")]
fn a_path_is_read_as_strictly_as_a_body(#[case] target: &str, #[case] expected: &str) {
    let plan = plan();
    if expected == "404" {
        assert!(matches!(plan.route("POST", target), Routed::Miss));
        return;
    }
    assert_eq!(sent(&plan, target, "", false), expected);
}

#[test]
fn another_member_of_a_oneof_clashes_wherever_it_stands() {
    let plan = plan();
    for lenient in [false, true] {
        assert_eq!(sent(&plan, "/left/x", r#"{"right":1}"#, lenient), "ONEOF_CONFLICT left");
        // The body is one source, the query another.
        let both = sent(&plan, "/part/x?left=l", r#"{"left":"l"}"#, lenient);
        assert_eq!(both, r#"{"inner":{"plain":"x","left":"l"},"left":"l"}"#);
    }
}

#[test]
fn what_the_body_may_say_is_no_parameter() {
    let plan = plan();
    for (target, field) in [
        ("/part/x?inner.number=1", "inner.number"),
        ("/part/x?inner.plain=y", "inner.plain"),
        ("/plain/x?number=1", "number"),
    ] {
        assert_eq!(sent(&plan, target, "{}", false), format!("FIELD_UNKNOWN {field}"));
    }
    assert_eq!(
        sent(&plan, "/part/x?other.plain=o", "", false),
        r#"{"inner":{"plain":"x"},"other":{"plain":"o"}}"#
    );
}
