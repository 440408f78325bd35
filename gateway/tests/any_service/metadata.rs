//! What passes beside the messages: headers as metadata, and metadata as headers.

use gateway::service::{Service, Source};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use rstest::rstest;
use tonic::Status;

use crate::{
    description::{ITEMS, compiled},
    service::{Answer, Front, Items, reflecting, with_headers},
};

/// A gateway that passes these, in front of the service.
pub(crate) fn front(items: &Items, change: impl FnOnce(&mut Service)) -> Front {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), compiled(ITEMS)).unwrap();
    let mut service = reflecting();
    service.source = Source::File(file.path().to_owned());
    change(&mut service);
    Front::of(service, items)
}

fn names(names: &[&str]) -> Vec<HeaderName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

fn passing(items: &Items, on: &[&str], back: &[&str]) -> Front {
    front(items, |service| {
        (service.manner.passed.on, service.manner.passed.back) = (names(on), names(back));
    })
}

async fn ask(front: &Front, headers: &[(&str, &[u8])]) -> Answer {
    Answer::of(front.send(with_headers("GET", "/items/a", headers, "")).await).await
}

/// The values that the service heard last.
pub(crate) fn heard(items: &Items, name: &str) -> Vec<String> {
    let told = items.told();
    let values = told.heard.last().unwrap().get_all(name);
    values.iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

pub(crate) fn metadata(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut all = HeaderMap::new();
    for (name, value) in pairs {
        all.append(*name, HeaderValue::from_static(value));
    }
    all
}

#[tokio::test]
async fn headers_pass_by_their_names_with_every_value_and_no_others_do() {
    let items = Items::new();
    let front = passing(&items, &["x-tenant", "cookie"], &[]);
    let headers: [(&str, &[u8]); 8] = [
        ("x-tenant", b"a"),
        ("x-tenant", b"b, c"),
        ("cookie", b"theme=dark"),
        ("authorization", b"Bearer t"),
        ("accept-language", b"de"),
        ("tracestate", b"k=v"),
        ("x-other", b"no"),
        ("x-http-method-override", b"DELETE"),
    ];
    assert_eq!(ask(&front, &headers).await.status, StatusCode::OK);
    assert_eq!(heard(&items, "x-tenant"), ["a", "b, c"]);
    let mut told: Vec<_> =
        items.told().heard[0].keys().map(|name| name.as_str().to_owned()).collect();
    told.sort_unstable();
    let wanted = [
        "accept-language",
        "authorization",
        "content-type",
        "cookie",
        "grpc-timeout",
        "te",
        "tracestate",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-request-id",
        "x-tenant",
    ];
    assert_eq!(told, wanted);
    assert_eq!(heard(&items, "x-forwarded-host"), ["localhost"]);
    assert_eq!(heard(&items, "x-forwarded-proto"), ["http"]);
}

#[rstest]
#[case("AAEC", &["AAEC"])]
#[case("AAE=", &["AAE"])]
#[case("AAE", &["AAE"])]
#[case("AA==", &["AA"])]
#[case("-_8=", &["+/8"])]
#[case("+/8", &["+/8"])]
#[case("AAE=, AAEC", &["AAE", "AAEC"])]
#[case("", &[""])]
#[tokio::test]
async fn binary_headers_are_base64_in_either_alphabet_padded_or_not(
    #[case] sent: &str,
    #[case] wanted: &[&str],
) {
    let items = Items::new();
    let front = passing(&items, &["x-trace-bin"], &[]);
    let answer = ask(&front, &[("x-trace-bin", sent.as_bytes())]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(heard(&items, "x-trace-bin"), wanted);
}

#[rstest]
#[case("x-trace-bin", b"A")]
#[case("x-trace-bin", b"AA=")]
#[case("x-trace-bin", b"AA E")]
#[case("x-trace-bin", b"AAEC!")]
#[case("x-trace-bin", b"AAEC,A")]
#[case("x-tenant", "ä".as_bytes())]
#[case("x-tenant", b"a\tb")]
#[case("accept-language", b"d\xff")]
#[case("traceparent", b"\xf0\x9f")]
#[tokio::test]
async fn what_metadata_cannot_carry_is_refused_and_not_dropped(
    #[case] name: &str,
    #[case] value: &[u8],
) {
    let items = Items::new();
    let front = passing(&items, &["x-tenant", "x-trace-bin"], &[]);
    let answer = ask(&front, &[(name, value)]).await;
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (StatusCode::BAD_REQUEST, "HEADER_INVALID")
    );
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains(&format!("`{name}`")), "{message}");
    assert!(items.told().heard.is_empty(), "the service is not asked");
}

#[tokio::test]
async fn metadata_comes_back_by_its_names_from_before_and_behind_the_message() {
    let items = Items::new();
    let front = passing(&items, &[], &["x-cost", "x-sum-bin"]);
    items.told().metadata = [
        metadata(&[
            ("x-cost", "1"),
            ("x-cost", "2"),
            ("x-sum-bin", "AAE"),
            ("x-internal", "secret"),
            ("cache-control", "max-age=60"),
            ("www-authenticate", "Bearer"),
        ]),
        metadata(&[("x-cost", "3"), ("x-sum-bin", "+/8="), ("x-behind", "secret")]),
    ];
    let answer = ask(&front, &[("te", b"trailers")]).await;
    assert_eq!(answer.all("x-cost"), ["1", "2", "3"]);
    assert_eq!(answer.all("x-sum-bin"), ["AAE=", "+/8="]);
    assert_eq!(answer.all("cache-control"), ["max-age=60"]);
    assert_eq!(answer.all("www-authenticate"), ["Bearer"]);
    let names: Vec<_> = answer.headers.keys().map(HeaderName::as_str).collect();
    let hidden = ["x-internal", "x-behind", "grpc-status", "grpc-message", "trailer"];
    assert!(hidden.iter().all(|name| !names.contains(name)), "{names:?}");
    assert!(answer.trailers.is_empty());

    // A stream's answer has those that came before its messages.
    items.go_on.add_permits(1);
    let request = with_headers("GET", "/items/a:watch", &[], "");
    let stream = Answer::of(front.send(request).await).await;
    assert_eq!((stream.all("x-cost"), stream.all("x-internal")), (vec!["1", "2"], vec![]));
}

#[tokio::test]
async fn metadata_that_is_no_text_does_not_come_back() {
    let items = Items::new();
    let front = passing(&items, &[], &["x-cost", "x-sum-bin"]);
    let mut head = metadata(&[("x-cost", "1"), ("x-sum-bin", "no base64!")]);
    head.append("x-cost", HeaderValue::from_bytes(b"\xe4").unwrap());
    items.told().metadata = [head, HeaderMap::new()];
    let answer = ask(&front, &[]).await;
    assert_eq!((answer.all("x-cost"), answer.all("x-sum-bin")), (vec!["1"], vec![]));
}

#[rstest]
#[case("200", 200)]
#[case("201", 201)]
#[case("299", 299)]
#[case("199", 200)]
#[case("300", 200)]
#[case("404", 200)]
#[case("abc", 200)]
#[case("", 200)]
#[tokio::test]
async fn the_service_may_choose_the_status_of_a_success(
    #[case] code: &'static str,
    #[case] status: u16,
) {
    let items = Items::new();
    let front = passing(&items, &[], &[]);
    for behind in [false, true] {
        let chosen = metadata(&[("x-http-code", code)]);
        items.told().metadata = match behind {
            false => [chosen, HeaderMap::new()],
            true => [HeaderMap::new(), chosen],
        };
        let answer = ask(&front, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{code}");
        assert_eq!(answer.json()["name"], "items/a");
        assert!(answer.all("x-http-code").is_empty());
    }
}

#[rstest]
#[case("204")]
#[case("205")]
#[tokio::test]
async fn an_answer_without_content_has_none(#[case] code: &'static str) {
    let items = Items::new();
    let front = passing(&items, &[], &[]);
    items.told().metadata = [metadata(&[("x-http-code", code)]), HeaderMap::new()];
    let answer = ask(&front, &[]).await;
    assert_eq!((answer.status.as_str(), answer.text.as_str()), (code, ""));
    assert!(answer.all("content-type").is_empty() && answer.all("content-length").is_empty());
}

#[tokio::test]
async fn a_challenge_is_that_of_the_service_where_it_has_one() {
    let items = Items::new();
    let front = passing(&items, &[], &["x-cost"]);
    let mut refusal = Status::unauthenticated("who are you");
    refusal.metadata_mut().insert("x-cost", "1".parse().unwrap());
    refusal.metadata_mut().insert("x-internal", "secret".parse().unwrap());
    items.told().refusal = Some(refusal.clone());
    let answer = ask(&front, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.all("www-authenticate")), (401, vec!["Bearer"]));
    assert_eq!((answer.all("x-cost"), answer.all("x-internal")), (vec!["1"], vec![]));

    refusal.metadata_mut().insert("www-authenticate", "Basic realm=\"items\"".parse().unwrap());
    items.told().refusal = Some(refusal);
    assert_eq!(ask(&front, &[]).await.all("www-authenticate"), ["Basic realm=\"items\""]);
}
