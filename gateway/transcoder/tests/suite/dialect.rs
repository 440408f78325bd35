//! The dialect of grpc-gateway: what its rules, its requests and its streams may do that ours do not.

use bytes::{Bytes, BytesMut};
use rstest::rstest;
use transcoder::{
    BodyKind, Dialect, ErrorShape, Framing, Input, ParseOptions, Plan, PlanConfig, Routed,
};

use crate::library::{TERSE, hex, set_of};

const SOURCE: &str = r#"
    syntax = "proto3";
    package t;
    import "google/api/annotations.proto";
    message M { string a = 1; string b = 2; repeated int32 n = 3; M m = 4; repeated string list = 5; repeated M ms = 6; }
    message Gone { string error = 1; }
"#;

fn with(dialect: Dialect, methods: &str) -> Result<Plan, String> {
    let set = set_of(&format!("{SOURCE} service S {{ {methods} }}"));
    let config = PlanConfig { dialect, ..PlanConfig::default() };
    Plan::compile(&set, &[], &config).map_err(|errors| errors[0].to_string())
}

/// One method for each rule, `R0` being the first.
fn rules(rules: &[&str]) -> String {
    let method = |(at, rule): (usize, &&str)| {
        format!("rpc R{at}(M) returns (M) {{ option (google.api.http) = {{ {rule} }}; }}")
    };
    rules.iter().enumerate().map(method).collect()
}

fn compiled(all: &[&str]) -> Plan {
    with(Dialect::GrpcGateway, &rules(all)).unwrap()
}

fn lenient() -> ParseOptions {
    ParseOptions { lenient_body: true, lenient_query: true, ..ParseOptions::default() }
}

/// The request of a call in JSON, or its fault's reason.
fn sent(plan: &Plan, target: &str, body: &str, options: &ParseOptions) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Routed::Hit(call) = plan.route("POST", path) else { panic!("{target}") };
    let input = Input {
        query,
        content_type: "application/json",
        body: body.as_bytes(),
        ..Input::default()
    };
    let (mut wire, mut out) = (BytesMut::new(), BytesMut::new());
    if let Err(fault) = call.request(&input, options, &mut wire) {
        return fault.reason.to_owned();
    }
    plan.wire_to_json(call.rpc().input(), &wire, &TERSE, &mut out).unwrap();
    String::from_utf8(out.to_vec()).unwrap()
}

#[rstest]
#[case("/l/x,y%2Cz", "", r#"{"list":["x","y","z"]}"#)]
#[case("/l/x", "", r#"{"list":["x"]}"#)]
#[case("/n/1,-2,3/of/b", "", r#"{"b":"b","n":[1,-2,3]}"#)]
#[case("/n/1,x/of/b", "", "FIELD_INVALID")]
#[case("/n/1,,2/of/b", "", "FIELD_INVALID")]
#[case("/below/1,2", r#"{"a":"A"}"#, r#"{"a":"A","m":{"n":[1,2]}}"#)]
// The path wins, and no list grows.
#[case(
    "/n/1,2/of/b",
    r#"{"n":[7,8],"a":"A","list":["l"]}"#,
    r#"{"a":"A","b":"b","n":[1,2],"list":["l"]}"#
)]
#[case("/l/x?list=y&b=B", "", r#"{"b":"B","list":["x"]}"#)]
fn a_path_variable_fills_a_list_from_a_text_with_commas(
    #[case] target: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    let plan = compiled(&[
        r#"post: "/l/{list}""#,
        r#"post: "/n/{n}/of/{b}" body: "*""#,
        r#"post: "/below/{m.n}" body: "*""#,
    ]);
    assert_eq!(sent(&plan, target, body, &lenient()), expected);
}

#[test]
fn a_list_in_the_path_and_in_a_body_that_is_read_strictly_is_a_conflict() {
    let plan = compiled(&[r#"post: "/n/{n}" body: "*""#]);
    let strict = ParseOptions::default();
    assert_eq!(sent(&plan, "/n/1,2", r#"{"n":[1,2]}"#, &strict), "FIELD_CONFLICT");
    assert_eq!(sent(&plan, "/n/1,2", r#"{"n":[]}"#, &strict), r#"{"n":[1,2]}"#);
    // Below a message the list of a body could not be taken out.
    let plan = compiled(&[r#"post: "/n/{m.n}" body: "*""#]);
    assert_eq!(sent(&plan, "/n/1,2", r#"{"m":{"n":[3]}}"#, &lenient()), "FIELD_CONFLICT");
}

#[rstest]
#[case("ms", "is a message, not a single value")]
#[case("ms.a", "goes through a field that is no message")]
fn a_list_of_messages_is_no_path_variable_in_any_dialect(#[case] name: &str, #[case] why: &str) {
    let rule = format!(r#"get: "/v1/{{{name}}}""#);
    assert!(with(Dialect::GrpcGateway, &rules(&[&rule])).unwrap_err().ends_with(why));
    let strict = with(Dialect::Google, &rules(&[&rule])).unwrap_err();
    assert!(strict.ends_with("is a list or a map"), "{strict}");
}

fn routed(plan: &Plan, method: &str, path: &str) -> String {
    match plan.route(method, path) {
        Routed::Hit(call) => call.rule().to_owned(),
        Routed::WrongMethod { allow } => format!("405 {allow}"),
        Routed::LeftOut { error } => format!("501 {error}"),
        Routed::Miss => "404".to_owned(),
    }
}

#[test]
fn the_rule_that_comes_last_wins_however_little_it_says() {
    let all = [
        r#"get: "/v1/known""#,
        r#"get: "/v1/{a}""#,
        r#"get: "/v1/{a}:run""#,
        r#"get: "/v2/{a=**}""#,
        r#"get: "/v2/known""#,
        r#"get: "/v1/known/more" additional_bindings { post: "/v1/{a}" }"#,
    ];
    let plan = compiled(&all);
    assert_eq!(routed(&plan, "GET", "/v1/known"), "GET /v1/{a}");
    assert_eq!(routed(&plan, "GET", "/v1/x:run"), "GET /v1/{a}:run");
    assert_eq!(routed(&plan, "GET", "/v2/known"), "GET /v2/known");
    assert_eq!(routed(&plan, "GET", "/v2/known/more"), "GET /v2/{a=**}");
    assert_eq!(routed(&plan, "GET", "/v1/known/more"), "GET /v1/known/more");
    assert_eq!(routed(&plan, "POST", "/v1/known"), "POST /v1/{a}");
    assert_eq!(routed(&plan, "PUT", "/v1/known"), "405 GET, POST, HEAD, OPTIONS");
    let strict = with(Dialect::Google, &rules(&all)).unwrap();
    assert_eq!(routed(&strict, "GET", "/v1/known"), "GET /v1/known");
    // The other way round.
    let plan = compiled(&[all[1], all[0], r#"get: "/v1/{b}:run""#, r#"get: "/v1/{a}""#]);
    assert_eq!(routed(&plan, "GET", "/v1/known"), "GET /v1/{a}");
    assert_eq!(routed(&plan, "GET", "/v1/x:run"), "GET /v1/{a}");
}

#[test]
fn of_two_rules_with_one_pattern_the_last_is_served_and_described() {
    let plan = compiled(&[r#"get: "/v1/{a}""#, r#"get: "/v1/{b}""#]);
    let Routed::Hit(call) = plan.route("GET", "/v1/x") else { panic!("no rule") };
    assert_eq!(call.rpc().full_name(), "t.S.R1");
    let described = described(&plan);
    let paths = described["paths"].as_object().unwrap();
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/v1/{b}"]);
}

fn described(plan: &Plan) -> serde_json::Value {
    let info = transcoder::ApiInfo {
        title: "",
        version: "",
        description: "",
        server: "",
        credentials: "",
        access: &|_| transcoder::Access::Open(String::new()),
        errors: ErrorShape::Status,
        dialect: Dialect::GrpcGateway,
    };
    let described = plan.openapi(&info, &lenient(), &TERSE);
    serde_json::from_slice(&described).unwrap()
}

#[rstest]
#[case("/v1/{a}:b:c", "/v1/x:b:c", "x")]
#[case("/v1/{a}:b:c", "/v1/x:y:b:c", "x:y")]
#[case("/v1/{a=p/*}:b:c", "/v1/p/x:b:c", "p/x")]
#[case("/v1/q:r/{a}", "/v1/q:r/x", "x")]
#[case("/v1/{a}/q:r:s", "/v1/x/q:r:s", "x")]
fn literals_and_verbs_may_hold_colons(
    #[case] template: &str,
    #[case] path: &str,
    #[case] captured: &str,
) {
    let rule = format!(r#"post: "{template}""#);
    let plan = compiled(&[&rule]);
    assert_eq!(sent(&plan, path, "", &lenient()), format!(r#"{{"a":"{captured}"}}"#));
    assert!(with(Dialect::Google, &rules(&[&rule])).is_err());
}

#[test]
fn the_longest_verb_is_found_first_where_nothing_came_later() {
    let plan = compiled(&[r#"get: "/v1/{a}:c""#, r#"get: "/v1/{a}:b:c""#]);
    assert_eq!(routed(&plan, "GET", "/v1/x:b:c"), "GET /v1/{a}:b:c");
    assert_eq!(routed(&plan, "GET", "/v1/x:d:c"), "GET /v1/{a}:c");
    assert_eq!(routed(&plan, "GET", "/v1/x:d"), "404");
}

#[test]
fn any_content_type_is_read_as_json_where_that_is_allowed() {
    let plan = compiled(&[r#"post: "/v1/{a}" body: "*""#, r#"post: "/none/{a}""#]);
    let any = ParseOptions { any_content_type: true, ..lenient() };
    let Routed::Hit(call) = plan.route("POST", "/v1/x") else { panic!("no rule") };
    for content_type in ["", "text/plain", "application/octet-stream"] {
        assert_eq!(call.admit(content_type, true, &lenient()).unwrap_err().status, 415);
        assert!(call.admit(content_type, true, &any).is_ok(), "{content_type}");
    }
    // A body where there is no place for one is refused all the same.
    let Routed::Hit(call) = plan.route("POST", "/none/x") else { panic!("no rule") };
    assert_eq!(call.body(), BodyKind::None);
    assert_eq!(call.admit("text/plain", true, &any).unwrap_err().reason, "BODY_UNEXPECTED");
}

#[rstest]
#[case(None, Framing::Results, "application/json")]
#[case(Some("*/*"), Framing::Results, "application/json")]
#[case(Some("text/html"), Framing::Results, "application/json")]
#[case(Some("application/x-ndjson"), Framing::Results, "application/json")]
#[case(Some("text/event-stream"), Framing::Sse, "text/event-stream")]
fn streams_are_results_whatever_is_asked_for_but_events(
    #[case] accept: Option<&str>,
    #[case] framing: Framing,
    #[case] content_type: &str,
) {
    let methods = r#"rpc W(M) returns (stream M) { option (google.api.http) = {get: "/w"}; }
        rpc G(M) returns (M) { option (google.api.http) = {get: "/g"}; }"#;
    let plan = with(Dialect::GrpcGateway, methods).unwrap();
    let Routed::Hit(stream) = plan.route("GET", "/w") else { panic!("no rule") };
    let Routed::Hit(single) = plan.route("GET", "/g") else { panic!("no rule") };
    assert_eq!(stream.negotiate_results(accept), framing);
    assert_eq!(framing.content_type(), content_type);
    assert_eq!(single.negotiate_results(accept), Framing::Single);
}

#[test]
fn streams_are_described_as_they_are_sent_and_read() {
    let methods = r#"rpc W(M) returns (stream M) { option (google.api.http) = {get: "/w"}; }
        rpc T(stream M) returns (M) { option (google.api.http) = {post: "/t" body: "*"}; }"#;
    let plan = with(Dialect::GrpcGateway, methods).unwrap();
    let described = described(&plan);
    let answers = &described["paths"]["/w"]["get"]["responses"]["200"]["content"];
    let media: Vec<_> = answers.as_object().unwrap().keys().collect();
    assert_eq!(media, ["application/json", "text/event-stream"]);
    assert_eq!(answers["application/json"]["schema"]["required"], serde_json::json!(["result"]));
    let taken = &described["paths"]["/t"]["post"]["requestBody"]["content"];
    assert_eq!(taken.as_object().unwrap().keys().collect::<Vec<_>>(), ["application/json"]);
}

#[test]
fn each_line_of_results_has_its_key_and_so_has_the_error() {
    let methods = r#"rpc W(M) returns (stream M) { option (google.api.http) = {get: "/w"}; }
        rpc L(M) returns (stream Gone) { option (google.api.http) = {get: "/l" response_body: "error"}; }"#;
    let plan = with(Dialect::GrpcGateway, methods).unwrap();
    let told = |path: &str, wire: &str, failed: bool| {
        let Routed::Hit(call) = plan.route("GET", path) else { panic!("no rule") };
        let (mut frames, mut out) = (call.frames(Framing::Results, &TERSE), BytesMut::new());
        frames.message(&call, &Bytes::from(hex(wire)), &mut out).unwrap();
        match failed {
            true => frames.error(br#"{"code":5}"#, ErrorShape::Status, &mut out),
            false => frames.finish(&mut out),
        }
        String::from_utf8(out.to_vec()).unwrap()
    };
    assert_eq!(told("/w", "0a0178", false), "{\"result\":{\"a\":\"x\"}}\n");
    assert_eq!(told("/l", "0a0178", false), "{\"result\":\"x\"}\n");
    assert_eq!(told("/w", "", true), "{\"result\":{}}\n{\"error\":{\"code\":5}}\n");
}
