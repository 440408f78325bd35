//! Forms, as clients of grpc-gateway send them.

use http::StatusCode;
use rstest::rstest;
use serde_json::json;

use crate::{
    grpc_gateway::{profiled, with_methods},
    service::{Answer, Front, Items, with_headers},
};

const FORM: &str = "application/x-www-form-urlencoded";

fn front(items: &Items) -> Front {
    let text = with_methods(
        r#"rpc Note(Item) returns (Item) { option (google.api.http) = {post: "/notes/{name}"}; }
        rpc Drop(Item) returns (Item) { option (google.api.http) = {delete: "/notes/{name}"}; }
        rpc Full(Item) returns (Item) { option (google.api.http) = {post: "/full" body: "*"}; }"#,
    );
    profiled(items, &text, |_| {})
}

async fn post(front: &Front, target: &str, headers: &[(&str, &[u8])], body: &str) -> Answer {
    let mut all: Vec<(&str, &[u8])> = vec![("content-type", FORM.as_bytes())];
    all.extend_from_slice(headers);
    Answer::of(front.send(with_headers("POST", target, &all, body)).await).await
}

#[rstest]
#[case("/notes/a", "shortNote=x+y%2B&weight=3", "a", "x y+", "3", "Note")]
#[case("/notes/a?weight=4", "short_note=%C3%A4", "a", "ä", "4", "Note")]
#[case("/notes/a?weight=4", "", "a", "", "4", "Note")]
#[case("/notes/a", "name=b&nothing=1", "a", "", "0", "Note")]
#[tokio::test]
async fn the_fields_of_a_form_are_parameters(
    #[case] target: &str,
    #[case] form: &str,
    #[case] name: &str,
    #[case] note: &str,
    #[case] weight: &str,
    #[case] method: &str,
) {
    let items = Items::new();
    let answer = post(&front(&items), target, &[], form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let json = answer.json();
    let found = (&json["name"], &json["shortNote"], &json["weight"]);
    assert_eq!(found, (&json!(name), &json!(note), &json!(weight)));
    assert_eq!(items.told().calls, [format!("/items.v1.Items/{method}")]);
}

#[tokio::test]
async fn a_form_asks_by_get_where_there_is_no_post_and_by_another_method_where_it_says_so() {
    let items = Items::new();
    let front = front(&items);
    let long = format!("view={}", "x".repeat(100_000));
    for (target, headers, form) in [
        ("/items/a", &[][..], long.as_str()),
        ("/items/a", &[("x-http-method-override", &b"get"[..])], "view=full"),
        ("/notes/a", &[("x-http-method-override", b"DELETE")], "shortNote=x"),
    ] {
        let answer = post(&front, target, headers, form).await;
        assert_eq!(answer.status, StatusCode::OK, "{target}: {}", answer.text);
    }
    let calls = items.told().calls.clone();
    assert_eq!(calls, ["GetItem", "GetItem", "Drop"].map(|it| format!("/items.v1.Items/{it}")));
    // Nothing is deleted that did not ask to be, and nothing is there that is not.
    for (target, headers, status) in [
        ("/nothing", &[][..], StatusCode::NOT_FOUND),
        ("/items/a", &[("x-http-method-override", &b"DELETE"[..])], StatusCode::METHOD_NOT_ALLOWED),
        ("/items/a", &[("x-http-method-override", b"a b")], StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(post(&front, target, headers, "").await.status, status, "{target}");
    }
    assert_eq!(items.told().calls.len(), 3);
}

#[tokio::test]
async fn a_rule_that_takes_a_body_reads_json_and_no_form() {
    let items = Items::new();
    let front = front(&items);
    let answer = post(&front, "/full", &[], "shortNote=x").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = post(&front, "/full", &[], r#"{"shortNote":"x"}"#).await;
    assert_eq!(answer.json()["shortNote"], "x", "whatever its type says");
    // A body that is no form has no place where the rule has none for it.
    for content_type in ["text/plain", "application/json"] {
        let headers = [("content-type", content_type.as_bytes())];
        let request = with_headers("POST", "/notes/a", &headers, "shortNote=x");
        let answer = Answer::of(front.send(request).await).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{content_type}");
        assert!(answer.text.contains("BODY_UNEXPECTED"), "{}", answer.text);
    }
}

#[tokio::test]
async fn the_longest_form_is_read_and_one_byte_more_is_not() {
    let front = front(&Items::new());
    let form = |length: usize| format!("view={}", "x".repeat(length - 5));
    let longest = 256 << 10;
    assert_eq!(post(&front, "/items/a", &[], &form(longest)).await.status, StatusCode::OK);
    let refused = post(&front, "/items/a", &[], &form(longest + 1)).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let packed = post(&front, "/items/a", &[("content-encoding", b"gzip")], "view=x").await;
    assert_eq!(packed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let pages = |count: usize| vec!["view=x"; count].join("&");
    // The limit of a query is that of a form.
    let many = post(&front, "/items/a", &[], &pages(1_025)).await;
    assert!(many.text.contains("QUERY_TOO_LONG"), "{}", many.text);
}

#[tokio::test]
async fn elsewhere_a_form_is_refused() {
    let own = crate::metadata::front(&Items::new(), |_| {});
    let answer = post(&own, "/items/a", &[], "view=full").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    let headers = [("content-type", FORM.as_bytes())];
    let request = with_headers("PUT", "/items/a", &headers, "shortNote=x");
    let answer = Answer::of(own.send(request).await).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
