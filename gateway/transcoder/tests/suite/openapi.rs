//! The OpenAPI document: every route is in it, its references lead somewhere, and what is printed and read agrees
//! with its schemas.

use std::sync::LazyLock;

use rstest::rstest;
use serde_json::{Value, json};
use transcoder::{Access, ApiInfo, Dialect, ErrorShape, ParseOptions, PrintOptions, Routed};

use crate::library::{book, compile, json_of, plan, wire};
use crate::schema::Schemas;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let access = |rpc: &str| match rpc.ends_with("Book") {
        true => Access::Needed("Needs a librarian.".to_owned()),
        false if rpc.ends_with("Scan") => Access::Optional(String::new()),
        false => Access::Open(String::new()),
    };
    let info = ApiInfo {
        title: "Library",
        version: "1",
        description: "",
        server: "/",
        credentials: "A library card.",
        access: &access,
        errors: ErrorShape::Envelope,
        dialect: Dialect::Google,
    };
    document(&info)
});

fn document(info: &ApiInfo<'_>) -> Value {
    let bytes = plan().openapi(info, &ParseOptions::default(), &PrintOptions::default());
    serde_json::from_slice(&bytes).unwrap()
}

/// Why a value does not fit one schema of the document.
fn misfit(name: &str, value: &Value) -> Option<String> {
    let schema = &DOCUMENT["components"]["schemas"][name];
    assert!(schema.is_object(), "no schema `{name}`");
    Schemas(&DOCUMENT).fault(schema, value)
}

fn operations() -> impl Iterator<Item = (&'static String, &'static String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
    })
}

#[test]
fn every_route_of_the_document_is_one_of_the_plan() {
    let mut found = std::collections::BTreeSet::new();
    for (path, method, operation) in operations() {
        if method.starts_with("x-") {
            continue;
        }
        let path: String = path
            .split('/')
            .map(|part| match part.split_once('}') {
                Some((_, verb)) => format!("7{verb}"),
                None => part.to_owned(),
            })
            .collect::<Vec<_>>()
            .join("/");
        let Routed::Hit(call) = plan().route(&method.to_uppercase(), &path) else {
            panic!("{method} {path}");
        };
        let id = operation["operationId"].as_str().unwrap();
        let name = call.rpc().full_name().rsplit('.').next().unwrap();
        assert!(id.starts_with(&format!("Library_{name}")), "{path}: {id}");
        found.insert(call.rpc().full_name().to_owned());
    }
    let all: std::collections::BTreeSet<String> =
        plan().rpcs().iter().map(|rpc| rpc.full_name().to_owned()).collect();
    assert_eq!(found, all);
}

#[test]
fn other_kinds_of_methods_stand_beside_the_known_ones() {
    let others = &DOCUMENT["paths"]["/v1/scan"]["x-other-operations"];
    assert!(others["PURGE /v1/scan"]["operationId"].as_str().unwrap().starts_with("Library_Scan"));
}

#[test]
fn references_lead_somewhere_and_ids_are_unique() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&DOCUMENT, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(DOCUMENT.pointer(&reference[1..]).is_some(), "{reference}");
    }
    let mut ids: Vec<&str> =
        operations().filter_map(|(_, _, operation)| operation["operationId"].as_str()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn templates_become_parameters_named_after_their_collections() {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    for path in [
        "/v1/shelves/{shelf}/books/{book}",
        "/v1/books/{book}",
        "/v1/files/{path}:raw",
        "/v1/shelves/{shelf}/books/{book}:lend",
    ] {
        assert!(paths.contains_key(path), "{path} in {:?}", paths.keys().collect::<Vec<_>>());
    }
    let get = &DOCUMENT["paths"]["/v1/shelves/{shelf}/books/{book}"]["get"];
    let names: Vec<(&str, &str)> = get["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap()))
        .collect();
    assert_eq!(names, [("path", "shelf"), ("path", "book"), ("header", "If-None-Match")]);
    let rest = &DOCUMENT["paths"]["/v1/files/{path}"]["post"]["parameters"][0];
    assert!(rest["description"].as_str().unwrap().contains("slashes"));
}

#[test]
fn the_query_is_written_out_with_dots() {
    let list = &DOCUMENT["paths"]["/v1/books"]["get"]["parameters"];
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    for name in ["pageSize", "pageToken", "filter.title", "filter.minYear", "ratings", "choice"] {
        assert_eq!(names.contains(&name), name != "choice", "{name} in {names:?}");
    }
    assert!(!names.contains(&"examples") && !names.contains(&"filter.inner.inner.title"));
}

#[test]
fn what_headers_fill_stands_nowhere_else() {
    let patch = &DOCUMENT["paths"]["/v1/shelves/{shelf}/books/{book}"]["patch"];
    let names: Vec<&str> = patch["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["shelf", "book", "updateMask", "If-Match", "Idempotency-Key"]);
    let body = &patch["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["properties"], json!({"name": false, "etag": false}));
    assert!(patch["responses"]["412"].is_object());
}

#[test]
fn credentials_are_asked_where_the_api_says_so() {
    let get = &DOCUMENT["paths"]["/v1/shelves/{shelf}/books/{book}"]["get"];
    assert_eq!(get["security"], json!([{"bearer": []}]));
    assert!(get["description"].as_str().unwrap().ends_with("Needs a librarian."));
    assert!(get["responses"]["401"].is_object());
    let list = &DOCUMENT["paths"]["/v1/books"]["get"];
    assert!(list["security"].is_null());
    let schemes = &DOCUMENT["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["description"], "A library card.");
    assert_eq!(DOCUMENT["servers"], json!([{"url": "/"}]));
}

#[test]
fn comments_become_descriptions() {
    let import = &DOCUMENT["paths"]["/v1/shelves/{shelf}/books:import"]["post"];
    assert_eq!(import["summary"], "Puts books onto one shelf");
    let loss = &DOCUMENT["components"]["schemas"]["library.v1.Loss"];
    assert_eq!(loss["description"], "A book that is gone.");
    assert_eq!(loss["properties"]["error"]["description"], "Why it is gone.");
}

#[test]
fn streams_list_their_media_types() {
    let content = |path: &str| {
        let answer = &DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"];
        answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let all = ["application/json", "application/x-ndjson", "text/event-stream"];
    assert_eq!(content("/v1/books:watch"), all);
    assert_eq!(content("/v1/shelves/{shelf}/books/{book}:download"), ["*/*"]);
    let import = &DOCUMENT["paths"]["/v1/books:import"]["post"]["requestBody"]["content"];
    assert!(import["application/x-ndjson"].is_object());
}

#[rstest]
#[case("{}")]
#[case(r#"{"title":"a","pages":"9007199254740993","genre":"GENRE_POETRY","years":[1,2],"labels":{"a":"b"}}"#)]
#[case(r#"{"size":{"width":1},"createTime":"2026-01-31T12:00:00Z","extra":{"a":[null,1,"x"]},"note":"n"}"#)]
#[case(r#"{"price":"NaN","ratio":1.5,"cover":"aGk=","loan":"1.5s","mask":"a.b,c","empty":{},"flag":true,"big":"7"}"#)]
#[case(r#"{"shelves":{"-7":"GENRE_NOVEL"},"boxes":{"true":{}},"parts":[{"title":"p"}],"values":[null,1],"next":{"next":{}}}"#)]
#[case(r#"{"origin":{"@type":"type.googleapis.com/library.v1.Size","width":3},"nobody":null}"#)]
fn what_is_printed_and_what_is_read_fit_their_schemas(#[case] text: &str) {
    let body: Value = serde_json::from_str(text).unwrap();
    assert_eq!(misfit("library.v1.Book-input", &body), None);
    let wire = wire(text).unwrap();
    for omit_defaults in [false, true] {
        let options = PrintOptions { omit_defaults, ..PrintOptions::default() };
        let answer = json_of(book(), &wire, &options).unwrap();
        let answer = serde_json::from_str(&answer).unwrap();
        assert_eq!(misfit("library.v1.Book", &answer), None);
    }
}

#[rstest]
#[case(r#"{"title":null,"pages":7,"genre":2,"years":["1"],"lent":null,"size":null}"#, true)]
#[case(r#"{"unknown":1}"#, false)]
#[case(r#"{"title":1}"#, false)]
#[case(r#"{"lent":"true"}"#, false)]
#[case(r#"{"years":[1.5]}"#, false)]
#[case(r#"{"years":[2147483648]}"#, false)]
#[case(r#"{"u32":-1}"#, false)]
#[case(r#"{"genre":"GENRE_WESTERN"}"#, false)]
#[case(r#"{"reader":"a","crate":{}}"#, false)]
#[case(r#"{"cover":"a"}"#, false)]
#[case(r#"{"shelves":{"x":"GENRE_NOVEL"}}"#, false)]
#[case(r#"{"loan":"1"}"#, false)]
fn the_document_refuses_what_the_reader_refuses(#[case] text: &str, #[case] taken: bool) {
    let body: Value = serde_json::from_str(text).unwrap();
    assert_eq!(wire(text).is_ok(), taken, "read: {text}");
    assert_eq!(misfit("library.v1.Book-input", &body).is_none(), taken, "schema: {text}");
}

#[test]
fn rules_of_the_contract_become_keywords() {
    let plan = compile(
        r#"syntax = "proto3"; package t;
        import "google/api/annotations.proto"; import "buf/validate/validate.proto";
        service S { rpc Put(R) returns (R) { option (google.api.http) = {post: "/r" body: "*"}; } }
        message R {
          string name = 1 [(buf.validate.field).string = {min_len: 2, max_len: 5, pattern: "^[a-z]*$"}];
          repeated string tags = 2 [(buf.validate.field).repeated = {max_items: 3, items: {string: {max_len: 4}}}];
          int32 size = 3 [(buf.validate.field).int32.gte = 0];
          string slug = 4 [(buf.validate.field) = {string: {pattern: "^s$"}, ignore: IGNORE_IF_ZERO_VALUE}];
          string must = 5 [(buf.validate.field).required = true];
          map<string, string> labels = 6 [(buf.validate.field).map = {max_pairs: 2, keys: {string: {max_len: 1}}}];
        }"#,
    )
    .unwrap();
    let info = ApiInfo {
        title: "",
        version: "",
        description: "",
        server: "",
        credentials: "",
        access: &|_| Access::Open(String::new()),
        errors: ErrorShape::Status,
        dialect: Dialect::Google,
    };
    let bytes = plan.openapi(&info, &ParseOptions::default(), &PrintOptions::default());
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    let body = &document["paths"]["/r"]["post"]["requestBody"];
    assert_eq!(body["required"], true);
    let read = &body["content"]["application/json"]["schema"];
    let schemas = Schemas(&document);
    for (taken, value) in [
        (
            true,
            json!({"must": "m", "name": "ab", "tags": ["abcd"], "size": 0, "slug": "", "labels": {"a": "b"}}),
        ),
        (false, json!({})),
        (false, json!({"must": ""})),
        (false, json!({"must": "m", "name": "a"})),
        (false, json!({"must": "m", "name": "abcdef"})),
        (false, json!({"must": "m", "name": "AB"})),
        (false, json!({"must": "m", "tags": ["abcde"]})),
        (false, json!({"must": "m", "tags": ["", "", "", ""]})),
        (false, json!({"must": "m", "size": -1})),
        (false, json!({"must": "m", "slug": "t"})),
        (false, json!({"must": "m", "labels": {"ab": ""}})),
    ] {
        assert_eq!(schemas.fault(read, &value).is_none(), taken, "{value}");
    }
    let printed = &document["components"]["schemas"]["t.R"];
    assert!(printed["required"].is_null() && printed["properties"]["name"]["maxLength"].is_null());
}

#[test]
fn error_bodies_fit_their_schema_in_both_shapes() {
    for errors in [ErrorShape::Envelope, ErrorShape::Status] {
        let info = ApiInfo {
            title: "",
            version: "",
            description: "",
            server: "",
            credentials: "",
            access: &|_| Access::Open(String::new()),
            errors,
            dialect: Dialect::Google,
        };
        let document = document(&info);
        let error = &document["components"]["schemas"]["Error"];
        let fits = |body: &Value| Schemas(&document).fault(error, body).is_none();
        let mut out = bytes::BytesMut::new();
        let mut options = transcoder::ErrorOptions::new("library");
        options.shape = errors;
        let failed = transcoder::RpcError { code: 5, message: "no such book", details: &[] };
        plan().error_body(&failed, &options, &mut out);
        assert!(fits(&serde_json::from_slice(&out).unwrap()), "{out:?}");
        assert!(!fits(&json!({})));
    }
}

/// A service of one resource, as the AIPs have it.
const NOTES: &str = r#"syntax = "proto3"; package t;
    import "google/api/annotations.proto"; import "google/api/field_behavior.proto";
    import "google/protobuf/field_mask.proto"; import "google/type/money.proto"; import "buf/validate/validate.proto";
    service S {
      rpc CreateNote(Create) returns (Note) { option (google.api.http) = {post: "/notes" body: "note"}; }
      rpc GetNote(Get) returns (Note) { option (google.api.http) = {get: "/{name=notes/*}"}; }
      rpc UpdateNote(Update) returns (Note) { option (google.api.http) = {patch: "/{note.name=notes/*}" body: "note"}; }
      rpc UpdateNotes(Updates) returns (Note) { option (google.api.http) = {post: "/notes:update" body: "*"}; }
      rpc ListNotes(List) returns (Page) { option (google.api.http) = {get: "/notes"}; }
    }
    message Note {
      string name = 1 [(google.api.field_behavior) = IDENTIFIER];
      string etag = 2;
      string title = 3 [(google.api.field_behavior) = REQUIRED];
      Kind kind = 4 [(google.api.field_behavior) = REQUIRED, (buf.validate.field).enum = {in: [0, 2]}];
      google.type.Money price = 5;
      Part part = 6;
      repeated string tags = 7 [(buf.validate.field).repeated.unique = true];
    }
    message Part { oneof is { option (buf.validate.oneof).required = true; string text = 1; double number = 2 [(buf.validate.field).double.finite = true]; } }
    enum Kind { KIND_UNSPECIFIED = 0; KIND_ONE = 1; KIND_TWO = 2; }
    message Create { string note_id = 1; Note note = 2 [(google.api.field_behavior) = REQUIRED]; }
    message Get { string name = 1; }
    message Update { Note note = 1 [(google.api.field_behavior) = REQUIRED]; google.protobuf.FieldMask update_mask = 2; }
    message Updates { repeated Update requests = 1 [(buf.validate.field).repeated.min_items = 1]; }
    message List { string page_token = 1; }
    message Page { repeated Note notes = 1; string next_page_token = 2; }"#;

fn notes() -> Value {
    let info = ApiInfo {
        title: "",
        version: "",
        description: "",
        server: "",
        credentials: "",
        access: &|_| Access::Open(String::new()),
        errors: ErrorShape::Envelope,
        dialect: Dialect::Google,
    };
    let plan = compile(NOTES).unwrap();
    let bytes = plan.openapi(&info, &ParseOptions::default(), &PrintOptions::default());
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_stream_whose_messages_have_a_key_error_is_described_as_it_is_sent() {
    let schema = |path: &str, media: &str| {
        DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"][media]["schema"].clone()
    };
    let array = schema("/v1/losses:watch", "application/json");
    let line = schema("/v1/losses:watch", "application/x-ndjson");
    assert_eq!(array["items"], line);
    let schemas = Schemas(&DOCUMENT);
    assert_eq!(schemas.fault(&line, &json!({"result": {"error": "lost", "token": ""}})), None);
    assert!(schemas.fault(&line, &json!({"error": "lost", "token": ""})).is_some());
    let plain = schema("/v1/books:watch", "application/x-ndjson");
    assert!(plain.get("required").is_none_or(|all| all[0] != "result"), "{plain}");
}

#[test]
fn links_lead_from_what_was_created_or_read() {
    let document = notes();
    let links = |path: &str, method: &str| {
        document["paths"][path][method]["responses"]["200"]["links"].clone()
    };
    let created = json!({"note": "$request.query.noteId"});
    let read = json!({"note": "$request.path.note"});
    let with_tag = json!({"note": "$request.path.note", "header.If-Match": "$response.body#/etag"});
    assert_eq!(
        links("/notes", "post"),
        json!({
            "S_GetNote": {"operationId": "S_GetNote", "parameters": created},
            "S_UpdateNote": {"operationId": "S_UpdateNote", "parameters": created},
        })
    );
    let update = json!({"S_UpdateNote": {"operationId": "S_UpdateNote", "parameters": with_tag}});
    assert_eq!(links("/notes/{note}", "get"), update);
    let get = json!({"S_GetNote": {"operationId": "S_GetNote", "parameters": read}});
    assert_eq!(links("/notes/{note}", "patch"), get);
    let next = json!({"pageToken": "$response.body#/nextPageToken"});
    let page = json!({"S_ListNotes": {"operationId": "S_ListNotes", "parameters": next}});
    assert_eq!(links("/notes", "get"), page);
}

#[test]
fn an_operation_names_the_refusals_that_it_can_answer_with() {
    let document = notes();
    let has = |path: &str, method: &str, status: &str| {
        let answers = &document["paths"][path][method]["responses"];
        let reference = format!("#/components/responses/{status}");
        answers[status]["$ref"] == reference && document.pointer(&reference[1..]).is_some()
    };
    for status in ["400", "401", "403", "404", "406", "429", "500", "503", "504"] {
        assert!(has("/notes", "get", status) && has("/notes", "post", status), "{status}");
    }
    for status in ["409", "413", "415"] {
        assert!(!has("/notes", "get", status) && has("/notes", "post", status), "{status}");
    }
    assert!(has("/notes/{note}", "patch", "412") && !has("/notes/{note}", "get", "412"));
}

#[rstest]
#[case("/notes", json!({"title": "a", "kind": "KIND_TWO"}), true)]
#[case("/notes", json!({"title": "a"}), false)]
#[case("/notes", json!({"title": "", "kind": 2}), false)]
#[case("/notes", json!({"title": "a", "kind": 0}), false)]
#[case("/notes", json!({"title": "a", "kind": "KIND_UNSPECIFIED"}), false)]
#[case("/notes", json!({"title": "a", "kind": "KIND_ONE"}), false)]
#[case("/notes", json!({"title": "a", "kind": 2, "tags": ["b", "b"]}), false)]
#[case("/notes", json!({"title": "a", "kind": 2, "price": {"currencyCode": "EUR", "nanos": 5}}), true)]
#[case("/notes", json!({"title": "a", "kind": 2, "price": {"currencyCode": "Euro"}}), false)]
#[case("/notes", json!({"title": "a", "kind": 2, "price": {"units": "5"}}), false)]
#[case("/notes", json!({"title": "a", "kind": 2, "part": {"text": "t"}}), true)]
#[case("/notes", json!({"title": "a", "kind": 2, "part": {"number": "1.5"}}), true)]
#[case("/notes", json!({"title": "a", "kind": 2, "part": {"number": "NaN"}}), false)]
#[case("/notes", json!({"title": "a", "kind": 2, "part": {}}), false)]
#[case("/notes:update", json!({"requests": []}), false)]
#[case("/notes:update", json!({}), false)]
#[case("/notes:update", json!({"requests": [{"note": {"name": "notes/1"}, "updateMask": "title,part"}]}), true)]
#[case("/notes:update", json!({"requests": [{"note": {"title": "a"}}]}), false)]
#[case("/notes:update", json!({"requests": [{"note": {"name": "notes/1"}, "updateMask": "titel"}]}), false)]
fn bodies_are_held_to_the_rules(#[case] path: &str, #[case] body: Value, #[case] taken: bool) {
    let document = notes();
    let content = &document["paths"][path]["post"]["requestBody"]["content"];
    let schema = &content["application/json"]["schema"];
    let fault = Schemas(&document).fault(schema, &body);
    assert_eq!(fault.is_none(), taken, "{body}: {fault:?}");
}

#[test]
fn a_change_needs_no_more_than_what_changes() {
    let document = notes();
    let body = &document["paths"]["/notes/{note}"]["patch"]["requestBody"];
    assert_eq!(body["required"], false, "the path sets the name");
    let schema = &body["content"]["application/json"]["schema"];
    let fits = |body: Value| Schemas(&document).fault(schema, &body).is_none();
    assert!(fits(json!({})) && fits(json!({"title": "b"})));
    assert!(!fits(json!({"title": null})) && !fits(json!({"name": "notes/1"})));
}
