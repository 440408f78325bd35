//! The manners in which JSON can be read and written, one by one.

use gateway::{contract::Manner, service::Source};
use http::StatusCode;
use serde_json::{Value, json};
use transcoder::ErrorShape;

use crate::{
    description::{ITEMS, compiled},
    service::{Answer, Front, Items, reflecting},
};

/// What a gateway of this manner answers.
async fn ask(change: impl FnOnce(&mut Manner), method: &str, target: &str, body: &Value) -> Answer {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), compiled(ITEMS)).unwrap();
    let mut service = reflecting();
    service.source = Source::File(file.path().to_owned());
    change(&mut service.manner);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Front::of(service, &Items::new()).ask(method, target, &body).await
}

fn full() -> Value {
    json!({"shortNote": "a", "weight": "9007199254740993", "colour": "COLOUR_RED"})
}

async fn printed(change: impl FnOnce(&mut Manner)) -> Value {
    ask(change, "PUT", "/items/a", &full()).await.json()
}

#[tokio::test]
async fn what_nobody_says_is_as_proto_json_has_it() {
    let mut wanted = full();
    wanted["name"] = "items/a".into();
    wanted["part"] = Value::Null;
    let mut found = printed(|_| {}).await;
    found["part"].take();
    assert_eq!(found, wanted);
}

#[tokio::test]
async fn a_lenient_body_may_hold_what_is_unknown_and_the_path_wins() {
    let odd = json!({"name": "items/b", "colour": "COLOUR_BLUE", "nothing": 1});
    assert_eq!(ask(|_| {}, "PUT", "/items/a", &odd).await.status, StatusCode::BAD_REQUEST);
    let lenient = |manner: &mut Manner| manner.parse.lenient_body = true;
    let answer = ask(lenient, "PUT", "/items/a", &odd).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(
        (&answer.json()["name"], &answer.json()["colour"]),
        (&json!("items/a"), &json!("COLOUR_UNSPECIFIED"))
    );
}

#[tokio::test]
async fn a_lenient_query_may_hold_what_is_unknown_or_in_the_path() {
    let target = "/items/a?nothing=1&name=items/b";
    assert_eq!(ask(|_| {}, "GET", target, &Value::Null).await.status, StatusCode::BAD_REQUEST);
    let lenient = |manner: &mut Manner| manner.parse.lenient_query = true;
    assert_eq!(ask(lenient, "GET", target, &Value::Null).await.json()["name"], "items/a");
}

#[tokio::test]
async fn defaults_can_be_left_out() {
    let omit = |manner: &mut Manner| manner.print.omit_defaults = true;
    let answer = ask(omit, "GET", "/items/a", &Value::Null).await;
    assert_eq!(answer.json(), json!({"name": "items/a"}));
}

#[tokio::test]
async fn long_integers_can_be_numbers() {
    let numbers = |manner: &mut Manner| manner.print.int64_as_numbers = true;
    assert_eq!(printed(numbers).await["weight"], json!(9_007_199_254_740_993_u64));
}

#[tokio::test]
async fn enums_can_be_numbers() {
    let numbers = |manner: &mut Manner| manner.print.enums_as_ints = true;
    assert_eq!(printed(numbers).await["colour"], json!(1));
}

#[tokio::test]
async fn names_can_be_those_of_the_contract() {
    let names = |manner: &mut Manner| manner.print.proto_names = true;
    let found = printed(names).await;
    assert_eq!((&found["short_note"], found.get("shortNote")), (&json!("a"), None));
}

#[tokio::test]
async fn errors_can_be_a_plain_status_wherever_they_come_from() {
    let status = |manner: &mut Manner| manner.errors = ErrorShape::Status;
    for target in ["/nothing", "/items/a?nothing=1"] {
        let answer = ask(status, "GET", target, &Value::Null).await.json();
        assert!(answer["code"].is_u64() && answer.get("error").is_none(), "{answer}");
        assert_eq!(answer["details"][0]["domain"], "gateway");
    }
}
