//! Descriptions that cannot be used: each ends in an error that says what to do, and never in a panic.

use gateway::service::{RuleFile, Service, Source};
use http::StatusCode;
use prost::Message as _;
use prost_types::FileDescriptorProto;

use crate::{
    description::{ITEMS, broken, compiled},
    service::{Front, Items, reflecting, until},
};

fn file(name: &str, imports: &[&str]) -> Vec<u8> {
    let dependency = imports.iter().map(|&import| import.to_owned()).collect();
    FileDescriptorProto { name: Some(name.to_owned()), dependency, ..Default::default() }
        .encode_to_vec()
}

#[tokio::test]
async fn imports_may_go_round_in_a_circle_and_those_of_google_may_be_missing() {
    let items = Items::new();
    {
        let mut told = items.told();
        told.services.insert("other.v1.Other".to_owned(), "other.proto".to_owned());
        told.files.insert("other.proto".to_owned(), file("other.proto", &["another.proto"]));
        told.files.insert("another.proto".to_owned(), file("another.proto", &["other.proto"]));
        told.files.retain(|name, _| !name.starts_with("google/"));
    }
    let front = Front::ready(reflecting(), &items).await;
    assert_eq!(front.get("/items/a").await.status, StatusCode::OK);
}

#[tokio::test]
async fn hostile_descriptions_are_refused_and_asked_for_again() {
    let many: Vec<String> = (0..4_096).map(|number| format!("{number}.proto")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (what, name, hostile) in [
        ("a missing import", "parts.proto", None),
        ("no file", "items.proto", Some(vec![0xff; 100])),
        ("another name", "parts.proto", Some(file("items.proto", &[]))),
        ("too many imports", "parts.proto", Some(file("parts.proto", &many))),
        ("too much", "parts.proto", Some(file(&"x".repeat(16 << 20), &[]))),
        ("no types", "parts.proto", Some(file("parts.proto", &[]))),
    ] {
        let items = Items::new();
        let good = items.told().files.clone();
        match hostile {
            None => drop(items.told().files.remove(name)),
            Some(file) => drop(items.told().files.insert(name.to_owned(), file)),
        }
        let front = Front::of(reflecting(), &items);
        items.is_read_again(6).await;
        let answer = front.get("/items/a").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{what}");
        items.told().files = good;
        front.until("/items/a", StatusCode::OK).await;
    }
}

#[tokio::test]
async fn a_service_without_reflection_is_not_ready_and_goes_on_being_asked() {
    let items = Items::new();
    items.told().versions.clear();
    let front = Front::of(reflecting(), &items);
    until(|| items.told().calls.len() >= 6).await;
    assert_eq!(front.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    items.told().versions = vec!["v1"];
    front.until("/readyz", StatusCode::OK).await;
}

/// What begins with a file of this set.
pub(crate) fn from_file(set: &[u8]) -> (tempfile::NamedTempFile, Service) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), set).unwrap();
    let service = Service { source: Source::File(file.path().to_owned()), ..reflecting() };
    (file, service)
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_by_method_rule_and_column() {
    let text = broken().replace("/{name=items/*}:watch", "/{name=items/*:watch");
    let (_file, service) = from_file(&compiled(&text));
    let errors = service.begin().unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(
        errors[0].contains("`items.v1.Items.WatchItem`") && errors[0].contains("column "),
        "{errors:?}"
    );
    assert!(
        errors[1].contains("`items.v1.Items.Bare`") && errors[1].contains("GET /{name=items/*}"),
        "{errors:?}"
    );

    let (_file, service) = from_file(b"no set");
    assert_eq!(service.begin().unwrap_err().len(), 1);
    let service = Service { source: Source::File("/nowhere/api.binpb".into()), ..reflecting() };
    assert!(service.begin().unwrap_err()[0].contains("`/nowhere/api.binpb` cannot be read"));
}

#[tokio::test]
async fn methods_with_faulty_rules_can_be_left_out() {
    let (_file, mut service) = from_file(&compiled(&broken()));
    service.skip_invalid = true;
    let front = Front::of(service, &Items::new());
    assert_eq!(front.get("/items/a").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_address_of_a_method_that_was_left_out_says_why() {
    let bidirectional = ITEMS.replace(
        "rpc Bare(Item) returns (Item);",
        "rpc Talk(stream Item) returns (stream Item) { option (google.api.http) = {post: \"/items:talk\" body: \"*\"}; }",
    );
    let (_file, service) = from_file(&compiled(&bidirectional));
    let refused = service.begin().unwrap_err();
    assert!(refused[0].contains("bidirectional streams have no HTTP form"), "{refused:?}");

    let (_file, mut service) = from_file(&compiled(&bidirectional));
    service.skip_invalid = true;
    let items = Items::new();
    let front = Front::of(service, &items);
    let answer = front.ask("POST", "/items:talk", "{}").await;
    assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED);
    let error = &answer.json()["error"];
    assert_eq!(
        (&error["status"], answer.reason().as_str()),
        (&"UNIMPLEMENTED".into(), "METHOD_LEFT_OUT")
    );
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("`items.v1.Items.Talk`") && message.contains("bidirectional"),
        "{message}"
    );
    assert!(items.told().calls.is_empty(), "the service is not asked");
    // Another method there is a wrong address, as it always was.
    assert_eq!(front.get("/items:talk").await.status, StatusCode::NOT_FOUND);
    assert_eq!(front.ask("POST", "/items:sing", "{}").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rules_from_a_file_replace_those_of_the_contract_and_their_faults_have_a_line() {
    let rules = tempfile::NamedTempFile::new().unwrap();
    let text = "\
http:
  rules:
    - selector: items.v1.Items.Bare
      post: /bare
      body: '*'
    - selector: items.v1.Items.GetItem
      get: /things/{name}
";
    std::fs::write(rules.path(), text).unwrap();
    let (_file, mut service) = from_file(&compiled(ITEMS));
    service.rules = RuleFile::read(rules.path()).unwrap();
    let front = Front::of(service, &Items::new());
    assert_eq!(front.ask("POST", "/bare", "{}").await.status, StatusCode::OK);
    assert_eq!(front.get("/things/a").await.json()["name"], "a");
    assert_eq!(front.get("/items/a").await.status, StatusCode::METHOD_NOT_ALLOWED);

    let text =
        text.replace("/things/{name}", "/things/{nothing}").replace("Items.Bare", "Items.Bear");
    std::fs::write(rules.path(), text).unwrap();
    let (_file, mut service) = from_file(&compiled(ITEMS));
    service.rules = RuleFile::read(rules.path()).unwrap();
    let errors = service.begin().unwrap_err();
    let place = |line: usize| format!("`{}:{line}`: `items.v1.Items.", rules.path().display());
    assert_eq!(errors.len(), 2, "{errors:?}");
    for (line, why) in [(6, "column "), (3, "no such method")] {
        let told =
            errors.iter().any(|error| error.starts_with(&place(line)) && error.contains(why));
        assert!(told, "{errors:?}");
    }
}
