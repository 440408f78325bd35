//! `--profile grpc-gateway`: what clients of that project rely on, one by one.

use gateway::{
    contract::{Manner, Profile},
    service::{RuleFile, Service, Source},
};
use http::{HeaderMap, StatusCode};
use rstest::rstest;
use serde_json::json;
use tonic::Status;
use transcoder::ErrorShape;

use crate::{
    description::{ITEMS, compiled},
    metadata::{heard, metadata},
    service::{Answer, Front, Items, reflecting, with_headers},
};

/// A gateway of that profile in front of a service with this text.
pub(crate) fn profiled(items: &Items, text: &str, change: impl FnOnce(&mut Service)) -> Front {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), compiled(text)).unwrap();
    let mut manner =
        Manner { profile: Profile::GrpcGateway, errors: ErrorShape::Status, ..Manner::default() };
    (manner.parse.lenient_body, manner.parse.lenient_query) = (true, true);
    manner.parse.any_content_type = true;
    let mut service =
        Service { source: Source::File(file.path().to_owned()), manner, ..reflecting() };
    change(&mut service);
    Front::of(service, items)
}

fn usual(items: &Items) -> Front {
    profiled(items, ITEMS, |_| {})
}

/// The text with other methods in place of the one without a rule.
pub(crate) fn with_methods(methods: &str) -> String {
    ITEMS.replace("rpc Bare(Item) returns (Item);", methods)
}

async fn send(
    front: &Front,
    method: &str,
    target: &str,
    headers: &[(&str, &[u8])],
    body: &str,
) -> Answer {
    Answer::of(front.send(with_headers(method, target, headers, body)).await).await
}

#[tokio::test]
async fn errors_are_plain_and_what_is_unknown_is_dropped_while_defaults_are_printed() {
    let front = usual(&Items::new());
    let odd = r#"{"name": "items/b", "nothing": 1, "colour": "COLOUR_BLUE"}"#;
    let answer = front.ask("PUT", "/items/a?name=items/c&nothing=1", odd).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let wanted =
        json!({"name": "items/a", "shortNote": "", "weight": "0", "colour": "COLOUR_UNSPECIFIED"});
    assert_eq!(answer.json(), wanted);
    let error = front.get("/nothing").await.json();
    assert_eq!((&error["code"], error.get("error")), (&json!(5), None));
}

#[rstest]
#[case("application/json")]
#[case("*/*")]
#[case("text/html")]
#[tokio::test]
async fn a_stream_is_lines_of_results(#[case] accept: &str) {
    let items = Items::new();
    items.go_on.add_permits(1);
    let front = usual(&items);
    let headers = [("accept", accept.as_bytes())];
    let answer = send(&front, "GET", "/items/a:watch?view=full", &headers, "").await;
    assert_eq!(answer.all("content-type"), ["application/json"]);
    let lines: Vec<serde_json::Value> =
        answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    for line in lines {
        assert_eq!(
            (&line["result"]["name"], line.as_object().unwrap().len()),
            (&json!("items/a"), 1)
        );
    }
}

#[tokio::test]
async fn a_stream_that_fails_has_a_line_that_says_so_and_one_that_never_began_a_status() {
    let items = Items::new();
    let (uri, connections) = items.listen().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), compiled(ITEMS)).unwrap();
    let mut service = reflecting();
    service.source = Source::File(file.path().to_owned());
    (service.manner.profile, service.manner.errors) = (Profile::GrpcGateway, ErrorShape::Status);
    let front = Front::on(service, gateway::upstream::Upstream::connect(&[uri]));
    let mut stream = front.send(with_headers("GET", "/items/a:watch", &[], "")).await.into_body();
    use http_body_util::BodyExt as _;
    stream.frame().await.unwrap().unwrap();
    connections.lock().unwrap().abort_all();
    let last = stream.collect().await.unwrap().to_bytes();
    let last: serde_json::Value = serde_json::from_slice(&last).unwrap();
    assert_eq!(
        (&last["error"]["code"], last.as_object().unwrap().len()),
        (&json!(14), 1),
        "{last}"
    );

    items.told().refusal = Some(Status::not_found("no such item"));
    let refused = send(&usual(&items), "GET", "/items/a:watch", &[], "").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (404, &json!(5)));
}

#[rstest]
#[case("application/json", r#"{"shortNote":"a"}{"shortNote":"}{"}"#, "a|}{")]
#[case("application/json", "{\"shortNote\":\"a\"}\n\n{\n\"shortNote\":\n\"b\"} {}", "a|b|")]
#[case("application/x-ndjson", "{\"shortNote\":\"a\"}\n{\"shortNote\":\"b\"}\n", "a|b")]
#[case("text/plain", r#"{"shortNote":"a"}"#, "a")]
#[case("application/json", " ", "")]
#[tokio::test]
async fn a_stream_of_requests_is_one_value_behind_the_other(
    #[case] content_type: &str,
    #[case] body: &str,
    #[case] notes: &str,
) {
    let front = usual(&Items::new());
    let headers = [("content-type", content_type.as_bytes())];
    let answer = send(&front, "POST", "/items:take", &headers, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["shortNote"], notes);
}

#[tokio::test]
async fn a_bad_value_of_a_stream_is_named_by_its_own_line() {
    let front = usual(&Items::new());
    let body = "{\"shortNote\":\"a\"}\n{\n\"shortNote\":\"b\",\n\"weight\": x}";
    let answer = front.ask("POST", "/items:take", body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["details"][0]["metadata"]["line"], "4", "{}", answer.text);
    // Elsewhere a stream is lines, and nothing else.
    let own = crate::metadata::front(&Items::new(), |_| {});
    assert_eq!(
        own.ask("POST", "/items:take", "{}{}").await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
}

#[tokio::test]
async fn prefixed_headers_are_metadata_and_those_of_http_get_a_prefix() {
    let items = Items::new();
    let front = usual(&items);
    let headers: [(&str, &[u8]); 12] = [
        ("grpc-metadata-x-tenant", b"a"),
        ("grpc-metadata-x-tenant", b"b"),
        ("grpc-metadata-x-trace-bin", b"-_8="),
        ("grpc-metadata-x-odd", "ä".as_bytes()),
        ("grpc-metadata-x-bad-bin", b"!"),
        ("grpc-metadata-grpc-timeout", b"1S"),
        ("grpc-metadata-host", b"elsewhere"),
        ("authorization", b"Bearer t"),
        ("user-agent", b"client/1"),
        ("cookie", b"a=b"),
        ("x-other", b"no"),
        ("accept-language", "dé".as_bytes()),
    ];
    let answer = send(&front, "GET", "/items/a", &headers, "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(heard(&items, "x-tenant"), ["a", "b"]);
    assert_eq!(heard(&items, "x-trace-bin"), ["+/8"]);
    assert_eq!(heard(&items, "authorization"), ["Bearer t"]);
    for (name, value) in [
        ("authorization", "Bearer t"),
        ("user-agent", "client/1"),
        ("cookie", "a=b"),
        ("host", "localhost"),
    ] {
        assert_eq!(heard(&items, &format!("grpcgateway-{name}")), [value], "{name}");
    }
    for absent in
        ["x-odd", "x-bad-bin", "x-other", "accept-language", "grpcgateway-accept-language", "host"]
    {
        assert!(heard(&items, absent).is_empty(), "{absent}");
    }
    assert_ne!(heard(&items, "grpc-timeout"), ["1S"]);
}

#[tokio::test]
async fn metadata_comes_back_with_its_prefix_and_behind_the_answer_for_those_who_read_trailers() {
    let items = Items::new();
    let front = usual(&items);
    items.told().metadata = [
        metadata(&[("x-cost", "1"), ("x-cost", "2"), ("x-sum-bin", "AAE"), ("x-http-code", "201")]),
        metadata(&[("x-behind", "3"), ("x-more-bin", "AAE")]),
    ];
    let plain = send(&front, "GET", "/items/a", &[], "").await;
    assert_eq!(plain.status, StatusCode::CREATED);
    assert_eq!(plain.all("grpc-metadata-x-cost"), ["1", "2"]);
    assert_eq!(plain.all("grpc-metadata-x-sum-bin"), ["AAE="]);
    let prefixed = plain.headers.keys().filter(|name| name.as_str().starts_with("grpc-"));
    assert_eq!(prefixed.count(), 2, "{:?}", plain.headers);
    assert!(plain.trailers.is_empty() && plain.all("trailer").is_empty());
    assert_eq!(plain.all("content-length"), [plain.text.len().to_string()]);

    let read = send(&front, "GET", "/items/a", &[("te", b"trailers")], "").await;
    assert_eq!(read.text, plain.text);
    assert!(read.all("content-length").is_empty());
    let mut announced: Vec<_> = read.all("trailer")[0].split(", ").collect();
    announced.sort_unstable();
    assert_eq!(announced, ["grpc-trailer-x-behind", "grpc-trailer-x-more-bin"]);
    assert_eq!(
        read.trailers,
        metadata(&[("grpc-trailer-x-behind", "3"), ("grpc-trailer-x-more-bin", "AAE=")])
    );

    // A call that fails has all of its metadata behind the message that is not there.
    let mut refusal = Status::not_found("no such item");
    refusal.metadata_mut().insert("x-behind", "4".parse().unwrap());
    items.told().refusal = Some(refusal);
    let failed = send(&front, "GET", "/items/a", &[("te", b"trailers")], "").await;
    assert_eq!((failed.status.as_u16(), &failed.json()["code"]), (404, &json!(5)));
    assert_eq!(failed.trailers, metadata(&[("grpc-trailer-x-behind", "4")]));
}

#[tokio::test]
async fn a_deadline_is_grpc_timeout_as_everywhere() {
    let items = Items::new();
    let front = usual(&items);
    let answer = send(&front, "GET", "/items/a", &[("Grpc-Timeout", b"2S")], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let told = heard(&items, "grpc-timeout").remove(0);
    assert!(told.starts_with('1') && told.ends_with("00m"), "{told}");
}

#[rstest]
#[case("", Some(1), 200, "{\"status\":\"SERVING\"}")]
#[case("?service=items.v1.Items", Some(1), 200, "{\"status\":\"SERVING\"}")]
#[case("", Some(2), 503, "14")]
#[case("", Some(0), 503, "14")]
#[case("?service=nothing", Some(3), 404, "5")]
#[case("", None, 501, "12")]
#[tokio::test]
async fn healthz_is_what_the_service_says_of_its_health(
    #[case] query: &str,
    #[case] says: Option<i32>,
    #[case] status: u16,
    #[case] told: &str,
) {
    let items = Items::new();
    items.told().health = says;
    let answer = usual(&items).get(&format!("/healthz{query}")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.all("content-type")),
        (status, vec!["application/json"])
    );
    match status {
        200 => assert_eq!(answer.text, told),
        _ => assert_eq!(answer.json()["code"].to_string(), told),
    }
    assert_eq!(items.told().calls, ["/grpc.health.v1.Health/Check"]);
    // Elsewhere it says that the gateway lives.
    let own = crate::metadata::front(&items, |_| {});
    assert_eq!(own.get("/healthz").await.text, "ok\n");
}

#[tokio::test]
async fn the_rule_that_comes_last_wins_from_a_file_too() {
    let rules = tempfile::NamedTempFile::new().unwrap();
    let text = "\
http:
  rules:
    - selector: items.v1.Items.GetItem
      get: /things/{name}
    - selector: items.v1.Items.Bare
      get: /{name=**}
      additional_bindings:
        - get: /things/{short_note}
";
    std::fs::write(rules.path(), text).unwrap();
    let front = profiled(&Items::new(), ITEMS, |service| {
        service.rules = RuleFile::read(rules.path()).unwrap();
    });
    let answer = front.get("/things/a").await.json();
    assert_eq!((&answer["name"], &answer["shortNote"]), (&json!(""), &json!("a")));
    assert_eq!(front.get("/items/a").await.json()["name"], "items/a");
}

#[tokio::test]
async fn custom_methods_are_rules_even_those_that_http_gives_a_meaning() {
    let text = with_methods(
        r#"rpc Ask(GetItemRequest) returns (Item) { option (google.api.http) = {
            custom: {kind: "OPTIONS" path: "/{name=asked/*}"}
            additional_bindings {custom: {kind: "TRACE" path: "/{name=asked/*}"}}
            additional_bindings {custom: {kind: "HEAD" path: "/{name=asked/*}"}}
        }; }"#,
    );
    let items = Items::new();
    let front = profiled(&items, &text, |_| {});
    for (method, has_text) in [("OPTIONS", true), ("TRACE", true), ("HEAD", true)] {
        let answer = front.ask(method, "/asked/a", "").await;
        assert_eq!(answer.status, StatusCode::OK, "{method}");
        assert_eq!(answer.text.contains("asked/a"), has_text, "{method}: {}", answer.text);
    }
    assert_eq!(items.told().calls.len(), 3);
    assert_eq!(front.ask("OPTIONS", "/items/a", "").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_list_comes_with_commas_in_a_path_and_a_map_in_a_query() {
    let text = with_methods(
        "rpc Many(Names) returns (Names) { option (google.api.http) = {get: \"/many/{names}\"}; }",
    ) + "message Names { repeated string names = 1; map<string, int32> counts = 2; }";
    let front = profiled(&Items::new(), &text, |_| {});
    let answer = front.get("/many/a,b%2Cc?counts[x]=1&counts[y]=2").await.json();
    assert_eq!(answer, json!({"names": ["a", "b", "c"], "counts": {"x": 1, "y": 2}}));
}

#[tokio::test]
async fn a_patch_has_its_mask_from_its_body() {
    let text = with_methods(
        "rpc Change(ChangeRequest) returns (ChangeRequest) { option (google.api.http) = {patch: \"/{item.name=items/*}\" body: \"item\"}; }",
    ) + "message ChangeRequest { Item item = 1; google.protobuf.FieldMask update_mask = 2; }";
    let text = text.replace(
        "import \"parts.proto\";",
        "import \"parts.proto\";\nimport \"google/protobuf/field_mask.proto\";",
    );
    let front = profiled(&Items::new(), &text, |_| {});
    let answer = front.ask("PATCH", "/items/a", r#"{"shortNote":"n","part":{"id":"p"}}"#).await;
    assert_eq!(answer.json()["updateMask"], "shortNote,part.id", "{}", answer.text);
}

#[tokio::test]
async fn no_metadata_of_that_kind_passes_elsewhere() {
    let items = Items::new();
    let own = crate::metadata::front(&items, |_| {});
    items.told().metadata = [metadata(&[("x-cost", "1")]), HeaderMap::new()];
    let headers: [(&str, &[u8]); 2] =
        [("grpc-metadata-x-tenant", b"a"), ("user-agent", b"client/1")];
    let answer = send(&own, "GET", "/items/a", &headers, "").await;
    assert!(answer.all("grpc-metadata-x-cost").is_empty());
    assert!(
        heard(&items, "x-tenant").is_empty() && heard(&items, "grpcgateway-user-agent").is_empty()
    );
}
