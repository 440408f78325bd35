//! Routing over a set of rules made for it, in every order of registration.

use std::sync::LazyLock;

use proptest::prelude::*;
use rstest::rstest;
use transcoder::{Plan, PlanConfig, Routed, RuleOverride};

use crate::library::{compile, set_of};

const RULES: [(&str, &str); 17] = [
    ("GET", "/v1/things"),
    ("POST", "/v1/things"),
    ("GET", "/v1/things/{a}"),
    ("DELETE", "/v1/{a=things/*}"),
    ("GET", "/v1/things/first"),
    ("POST", "/v1/things/{a}:run"),
    ("GET", "/v1/things/{a}:run"),
    ("GET", "/v1/things/first/parts/{a}"),
    ("GET", "/v1/things/{a}/parts/{b}/more"),
    ("GET", "/v1/{a=deep/**}"),
    ("GET", "/v1/deep/known"),
    ("POST", "/v1/{a=deep/**}:sweep"),
    ("PURGE", "/v1/custom"),
    ("*", "/v1/custom/any"),
    ("HEAD", "/v1/heads"),
    ("GET", "/v1/heads"),
    ("GET", "/v1/a b/{a}"),
];

const SOURCE: &str = r#"
    syntax = "proto3";
    package t;
    message M { string a = 1; string b = 2; int32 n = 3; M m = 4; repeated string list = 5; }
"#;

/// A service with one method for each rule, `R0` being the first.
static SET: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let methods: String =
        (0..RULES.len()).map(|index| format!("rpc R{index}(M) returns (M);")).collect();
    set_of(&format!("{SOURCE} service S {{ {methods} }}"))
});

fn rules(order: impl Iterator<Item = usize>) -> Vec<RuleOverride> {
    order
        .map(|index| RuleOverride {
            selector: format!("t.S.R{index}"),
            method: RULES[index].0.to_owned(),
            template: RULES[index].1.to_owned(),
            ..RuleOverride::default()
        })
        .collect()
}

fn routed(plan: &Plan, method: &str, path: &str) -> String {
    match plan.route(method, path) {
        Routed::Hit(call) if call.is_head() => format!("HEAD of {}", call.rule()),
        Routed::Hit(call) => call.rule().to_owned(),
        Routed::WrongMethod { allow } => format!("405 {allow}"),
        Routed::LeftOut { error } => format!("501 {error}"),
        Routed::Miss => "404".to_owned(),
    }
}

#[rstest]
#[case("GET", "/v1/things", "GET /v1/things")]
#[case("HEAD", "/v1/things", "HEAD of GET /v1/things")]
#[case("HEAD", "/v1/heads", "HEAD /v1/heads")]
#[case("PUT", "/v1/things", "405 GET, POST, HEAD, OPTIONS")]
#[case("PUT", "/v1/things/first", "405 DELETE, GET, HEAD, OPTIONS")]
#[case("GET", "/v1/things/", "404")]
#[case("GET", "/v1//things", "404")]
#[case("GET", "/v1/./things", "404")]
#[case("GET", "v1/things", "404")]
#[case("GET", "", "404")]
#[case("GET", "/", "404")]
#[case("GET", "/v1/things/x", "GET /v1/things/{a}")]
#[case("DELETE", "/v1/things/x", "DELETE /v1/{a=things/*}")]
#[case("GET", "/v1/things/first", "GET /v1/things/first")]
#[case("DELETE", "/v1/things/first", "DELETE /v1/{a=things/*}")]
#[case("GET", "/v1/things/firs%74", "GET /v1/things/first")]
#[case("PATCH", "/v1/things/x", "405 DELETE, GET, HEAD, OPTIONS")]
#[case("POST", "/v1/things/x:run", "POST /v1/things/{a}:run")]
#[case("GET", "/v1/things/x:y:run", "GET /v1/things/{a}:run")]
#[case("PUT", "/v1/things/x:run", "405 GET, POST, HEAD, OPTIONS")]
#[case("GET", "/v1/things/x:walk", "GET /v1/things/{a}")]
#[case("GET", "/v1/things/x%3Arun", "GET /v1/things/{a}")]
#[case("GET", "/v1/things/x%2Frun", "GET /v1/things/{a}")]
#[case("GET", "/v1/things:run", "404")]
#[case("GET", "/v1/things/first/parts/p", "GET /v1/things/first/parts/{a}")]
#[case("GET", "/v1/things/first/parts/p/more", "GET /v1/things/{a}/parts/{b}/more")]
#[case("GET", "/v1/deep", "GET /v1/{a=deep/**}")]
#[case("GET", "/v1/deep/known", "GET /v1/deep/known")]
#[case("GET", "/v1/deep/known/x", "GET /v1/{a=deep/**}")]
#[case("GET", "/v1/deep/a//b/", "GET /v1/{a=deep/**}")]
#[case("POST", "/v1/deep/a/b:sweep", "POST /v1/{a=deep/**}:sweep")]
#[case("POST", "/v1/deep:sweep", "POST /v1/{a=deep/**}:sweep")]
#[case("POST", "/v1/deep/a", "405 GET, HEAD, OPTIONS")]
#[case("PURGE", "/v1/custom", "PURGE /v1/custom")]
#[case("GET", "/v1/custom", "405 PURGE, OPTIONS")]
#[case("BREW", "/v1/custom/any", "* /v1/custom/any")]
#[case("GET", "/v1/a%20b/x", "GET /v1/a b/{a}")]
fn a_path_finds_its_rule(#[case] method: &str, #[case] path: &str, #[case] expected: &str) {
    let forward = rules(0..RULES.len());
    let backward = rules((0..RULES.len()).rev());
    for rules in [forward, backward] {
        let plan = Plan::compile(&SET, &rules, &PlanConfig::default()).unwrap();
        assert_eq!(routed(&plan, method, path), expected);
    }
}

const SEGMENTS: [&str; 4] = ["a", "b", "*", "**"];

/// Segments and verb of a template or path from a small alphabet.
fn some_path(kinds: usize) -> impl Strategy<Value = (Vec<&'static str>, Option<&'static str>)> {
    let segment = prop::sample::select(&SEGMENTS[..kinds]);
    (prop::collection::vec(segment, 1..4), prop::sample::select(vec![None, None, Some("v")]))
}

fn text((segments, verb): &(Vec<&str>, Option<&str>)) -> String {
    let verb = verb.map(|verb| format!(":{verb}")).unwrap_or_default();
    format!("/{}{verb}", segments.join("/"))
}

/// The ranks of the template's segments, if it matches: lower ranks are better.
fn rank(template: &[&str], path: &[&str]) -> Option<Vec<u8>> {
    match (template, path) {
        ([], []) => Some(vec![0]),
        (["**"], _) => Some(vec![3]),
        ([segment, template @ ..], [found, path @ ..]) if segment == found || *segment == "*" => {
            let mut ranks = rank(template, path)?;
            ranks.insert(0, if *segment == "*" { 2 } else { 1 });
            Some(ranks)
        }
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_template_and_no_path_panics(
        template in "/?([ab/{}*=:.%é]|.){0,24}",
        paths in prop::collection::vec("/?([ab/:%é]|.){0,24}", 1..8),
    ) {
        let mut rules = rules(0..3);
        rules[0].template = template;
        let plan = Plan::compile(&SET, &rules, &PlanConfig { skip_invalid: true, ..PlanConfig::default() }).unwrap();
        for path in paths {
            routed(&plan, "GET", &path);
        }
    }

    #[test]
    fn routing_agrees_with_a_naive_matcher(
        templates in prop::collection::vec(some_path(4), 1..8),
        paths in prop::collection::vec(some_path(2), 1..20),
    ) {
        let mut known = Vec::new();
        for template in templates {
            let (segments, _) = &template;
            let inner = segments.iter().rposition(|segment| *segment == "**");
            let last = inner.is_none_or(|at| at + 1 == segments.len() && segments.iter().position(|s| *s == "**") == Some(at));
            if last && !known.contains(&template) {
                known.push(template);
            }
        }
        let mut rules = rules(0..known.len().min(RULES.len()));
        for (rule, template) in rules.iter_mut().zip(&known) {
            rule.method = "GET".to_owned();
            rule.template = text(template);
        }
        let plan = Plan::compile(&SET, &rules, &PlanConfig::default()).unwrap();
        for path in paths {
            let matching = |wanted: Option<&str>, path: &[&str]| {
                let ranked = known.iter().filter(|(_, verb)| *verb == wanted);
                let ranked = ranked.filter_map(|template| Some((rank(&template.0, path)?, text(template))));
                ranked.min().map(|(_, text)| format!("GET {text}"))
            };
            // Without a rule for the verb, the colon belongs to the last segment.
            let whole = text(&path);
            let literal: Vec<&str> = whole[1..].split('/').collect();
            let found = path.1.and_then(|verb| matching(Some(verb), &path.0));
            let expected = found.or_else(|| matching(None, &literal));
            prop_assert_eq!(routed(&plan, "GET", &whole), expected.unwrap_or("404".to_owned()));
        }
    }
}

fn with_rule(rule: &str) -> Result<Plan, String> {
    with_method(&format!("rpc Get(M) returns (M) {{ option (google.api.http) = {{ {rule} }}; }}"))
}

fn with_method(methods: &str) -> Result<Plan, String> {
    let source =
        format!(r#"{SOURCE} import "google/api/annotations.proto"; service S {{ {methods} }}"#);
    let errors = |errors: Vec<transcoder::PlanError>| {
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    compile(&source).map_err(errors)
}

#[rstest]
#[case("v1", 1, "a template starts with `/`")]
#[case("/", 2, "a segment was expected")]
#[case("/v1/", 5, "a segment was expected")]
#[case("/v1//x", 5, "a segment was expected")]
#[case("/v1/**/x", 5, "`**` must be the last segment")]
#[case("/v1/{a=**}/x", 8, "`**` must be the last segment")]
#[case("/v1/{a={b}}", 8, "a variable cannot hold a variable")]
#[case("/v1/{a", 7, "a closing brace was expected")]
#[case("/v1/{}", 6, "a field name was expected")]
#[case("/v1/{1a}", 6, "a field name was expected")]
#[case("/v1/{a}x", 8, "a variable is a whole segment")]
#[case("/v1/x*", 6, "the template should end here")]
#[case("/v1/*x", 6, "a wildcard is a whole segment")]
#[case("/v1/x:", 7, "a verb was expected")]
#[case("/v1/x:a:b", 8, "the template should end here")]
#[case("/v1/%zz", 5, "this escape is not valid")]
#[case("/v1/{a}/{a}", 10, "this variable stands twice")]
#[case("/v1/{nope}", 6, "`nope` is not a field of the request")]
#[case("/v1/{list}", 6, "`list` is a list or a map")]
#[case("/v1/{m}", 6, "`m` is a message, not a single value")]
#[case("/v1/{a.b}", 6, "`a.b` goes through a field that is no message")]
fn a_bad_template_is_refused_with_its_column(
    #[case] template: &str,
    #[case] column: usize,
    #[case] message: &str,
) {
    let error = with_rule(&format!(r#"get: "{template}""#)).unwrap_err();
    assert_eq!(error, format!("`t.S.Get`, rule `GET {template}`, column {column}: {message}"));
}

#[rstest]
#[case(r#"post: "/v1/x" body: "nope""#, "`nope` is not a top-level field of the request")]
#[case(r#"post: "/v1/x" body: "m.a""#, "`m.a` is not a top-level field of the request")]
#[case(r#"get: "/v1/x" response_body: "nope""#, "`nope` is not a top-level field of the reply")]
#[case(r#"put: "/v1/{a}" body: "a""#, "`a` is both body and path variable")]
#[case(r#"body: "*""#, "the rule names no HTTP method")]
#[case(r#"custom { kind: "A B" path: "/v1/x" }"#, "the rule names no HTTP method")]
#[case(
    r#"get: "/v1/x" additional_bindings { get: "/v1/y" additional_bindings { get: "/v1/z" } }"#,
    "additional bindings cannot be nested"
)]
#[case(
    r#"get: "/v1/{a=x/*}" additional_bindings { get: "/v1/x/{b}" }"#,
    "`t.S.Get` has the same pattern: GET /v1/{a=x/*}"
)]
fn a_bad_rule_is_refused_by_name(#[case] rule: &str, #[case] message: &str) {
    let error = with_rule(rule).unwrap_err();
    assert!(error.starts_with("`t.S.Get`, rule `") && error.ends_with(message), "{error}");
}

#[test]
fn two_methods_on_one_pattern_are_refused_and_both_named() {
    let error = with_method(
        r#"rpc A(M) returns (M) { option (google.api.http) = { get: "/v1/{a}" }; }
           rpc B(M) returns (M) { option (google.api.http) = { get: "/v1/{b}" }; }"#,
    );
    let expected = "`t.S.B`, rule `GET /v1/{b}`: `t.S.A` has the same pattern: GET /v1/{a}";
    assert_eq!(error.unwrap_err(), expected);
}

#[test]
fn bidirectional_methods_may_exist_but_have_no_rule() {
    assert!(with_method("rpc A(stream M) returns (stream M);").is_ok());
    let ruled =
        r#"rpc A(stream M) returns (stream M) { option (google.api.http) = { post: "/v1/x" }; }"#;
    assert!(with_method(ruled).unwrap_err().ends_with("bidirectional streams have no HTTP form"));
}

#[test]
fn faulty_methods_can_be_left_out_and_are_listed() {
    let mut rules = rules(0..2);
    rules[1].template = "/v1/{nope}".to_owned();
    let config = PlanConfig { skip_invalid: true, ..PlanConfig::default() };
    let plan = Plan::compile(&SET, &rules, &config).unwrap();
    assert_eq!(plan.skipped().len(), 1);
    assert_eq!(plan.skipped()[0].method, "t.S.R1");
    assert_eq!(plan.rpcs().len(), 1);
    assert_eq!(routed(&plan, "GET", "/v1/things"), "GET /v1/things");
}

#[test]
fn the_address_of_a_method_that_was_left_out_tells_why() {
    let source = format!(
        r#"{SOURCE} import "google/api/annotations.proto"; service S {{
            rpc A(M) returns (M) {{ option (google.api.http) = {{ get: "/v1/a" }}; }}
            rpc B(stream M) returns (stream M) {{
                option (google.api.http) = {{ post: "/v1/a" body: "*" additional_bindings {{ post: "/v1/{{b}}/c" body: "*" }} }};
            }}
        }}"#
    );
    let config = PlanConfig { skip_invalid: true, ..PlanConfig::default() };
    let plan = Plan::compile(&set_of(&source), &[], &config).unwrap();
    assert_eq!(plan.rpcs().len(), 1);
    let why = "bidirectional streams have no HTTP form";
    for (path, rule) in [("/v1/a", "POST /v1/a"), ("/v1/x/c", "POST /v1/{b}/c")] {
        let told = format!("501 `t.S.B`, rule `{rule}`: {why}");
        assert_eq!(routed(&plan, "POST", path), told);
    }
    assert_eq!(routed(&plan, "GET", "/v1/a"), "GET /v1/a");
    assert_eq!(routed(&plan, "PUT", "/v1/a"), "405 GET, HEAD, OPTIONS");
    assert_eq!(routed(&plan, "GET", "/v1/x/c"), "404");
}

#[test]
fn a_rule_for_no_method_is_refused() {
    let mut rules = rules(0..1);
    rules[0].selector = "t.S.Nope".to_owned();
    let errors = Plan::compile(&SET, &rules, &PlanConfig::default()).unwrap_err();
    assert_eq!(errors[0].to_string(), "`t.S.Nope`, rule `GET /v1/things`: no such method");
}

#[test]
fn the_fingerprint_follows_set_and_rules() {
    let config = PlanConfig::default();
    let print = |rules: &[RuleOverride]| Plan::compile(&SET, rules, &config).unwrap().fingerprint();
    assert_eq!(print(&rules(0..3)), print(&rules(0..3)));
    assert_ne!(print(&rules(0..3)), print(&rules(0..2)));
}
