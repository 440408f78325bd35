//! What the contract promises about itself: nothing that the `.proto` files say is lost on the way into the program.
//!
//! The counts come from the source text and from the embedded descriptors, by two different ways.

use std::{collections::BTreeSet, fs, path::Path};

use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, FileDescriptor,
    MessageDescriptor, MethodDescriptor, Value,
};
use regex::Regex;

/// The source of every file of our own packages, without comments.
fn sources() -> String {
    let comment = Regex::new(r"(?m)//.*$").unwrap();
    let mut text = String::new();
    for folder in ["shelf/access/v1", "shelf/catalog/v1"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().unwrap(), "proto", "only contract files: {path:?}");
            text.push_str(&comment.replace_all(&fs::read_to_string(path).unwrap(), ""));
        }
    }
    text
}

fn occurrences(pattern: &str) -> usize {
    Regex::new(pattern).unwrap().find_iter(&sources()).count()
}

fn methods() -> Vec<MethodDescriptor> {
    proto::descriptor_pool()
        .services()
        .filter(|service| service.package_name().starts_with("shelf."))
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .collect()
}

fn messages() -> Vec<MessageDescriptor> {
    proto::descriptor_pool()
        .all_messages()
        .filter(|message| message.package_name().starts_with("shelf."))
        .collect()
}

fn fields() -> Vec<FieldDescriptor> {
    messages().iter().flat_map(|message| message.fields().collect::<Vec<_>>()).collect()
}

fn extension(name: &str) -> ExtensionDescriptor {
    proto::descriptor_pool().get_extension_by_name(name).expect("the option is embedded")
}

fn rules(field: &FieldDescriptor) -> Option<DynamicMessage> {
    let extension = extension("buf.validate.field");
    let options = field.options();
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).as_message().unwrap().clone())
}

/// How many single rules a set of rules holds, those of list items and map keys included.
fn leaves(rules: &DynamicMessage) -> usize {
    rules
        .fields()
        .filter(|(field, _)| field.name() != "ignore")
        .map(|(_, value)| match value {
            Value::Message(message) => leaves(message),
            _ => 1,
        })
        .sum()
}

#[test]
fn every_method_keeps_its_http_rule() {
    let http = extension("google.api.http");
    for method in methods() {
        let options = method.options();
        assert!(options.has_extension(&http), "{} has no HTTP rule", method.full_name());
        let rule = options.get_extension(&http).as_message().unwrap().clone();
        let verbs = ["get", "put", "post", "delete", "patch"];
        let paths: Vec<String> = verbs
            .iter()
            .filter(|verb| rule.has_field_by_name(verb))
            .map(|verb| rule.get_field_by_name(verb).unwrap().as_str().unwrap().to_owned())
            .collect();
        assert_eq!(paths.len(), 1, "{} has one verb", method.full_name());
        assert!(paths[0].starts_with("/v1/"), "{} is at `{}`", method.full_name(), paths[0]);
    }
    assert_eq!(methods().len(), occurrences(r"\brpc \w+\("));
    assert_eq!(methods().len(), occurrences(r"option \(google\.api\.http\)"));
}

/// The ways to call each method by HTTP: verb, path and what the body is.
fn addresses(pool: &DescriptorPool) -> BTreeSet<String> {
    let http = pool.get_extension_by_name("google.api.http").expect("the option is embedded");
    let text = |rule: &DynamicMessage, field: &str| {
        rule.get_field_by_name(field).and_then(|value| value.as_str().map(str::to_owned))
    };
    let mut found = BTreeSet::new();
    for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let rule = method.options().get_extension(&http).as_message().unwrap().clone();
        let more = rule.get_field_by_name("additional_bindings").unwrap().into_owned();
        let more = more.as_list().unwrap().iter().map(|rule| rule.as_message().unwrap().clone());
        for rule in [rule.clone()].into_iter().chain(more) {
            for verb in ["get", "put", "post", "delete", "patch"] {
                if rule.has_field_by_name(verb) {
                    let (path, body) = (text(&rule, verb), text(&rule, "body"));
                    found.insert(format!("{} {verb} {path:?} {body:?}", method.full_name()));
                }
            }
        }
    }
    found
}

/// What `buf breaking` does not look at: the addresses that JSON is called by.
#[test]
fn every_http_address_that_was_released_is_still_answered() {
    let image = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/released.binpb")).unwrap();
    let released = addresses(&DescriptorPool::decode(image.as_slice()).unwrap());
    let now = addresses(proto::descriptor_pool());
    assert!(released.len() > 40, "{released:?}");
    assert_eq!(released.difference(&now).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn every_method_names_the_role_it_needs() {
    let role = extension("shelf.access.v1.required_role");
    for method in methods() {
        let options = method.options();
        let needed = options.get_extension(&role).as_enum_number().unwrap();
        assert!((1..=4).contains(&needed), "{} is refused to everybody", method.full_name());
    }
    assert_eq!(
        methods().len(),
        occurrences(r"option \(shelf\.access\.v1\.required_role\) = ROLE_[A-Z]+;")
    );
}

#[test]
fn every_method_message_and_field_is_documented() {
    let pool = proto::descriptor_pool();
    let mut bare = Vec::new();
    for file in pool.files().filter(|file| file.package_name().starts_with("shelf.")) {
        let proto = file.file_descriptor_proto();
        let info = proto.source_code_info.as_ref().expect("comments are embedded");
        let documented = |path: &[i32]| {
            info.location.iter().any(|location| {
                location.path == path && !location.leading_comments().trim().is_empty()
            })
        };
        for (at, service) in (0..).zip(&proto.service) {
            for (index, method) in (0..).zip(&service.method) {
                if !documented(&[6, at, 2, index]) {
                    bare.push(format!("{}.{}", service.name(), method.name()));
                }
            }
        }
        for (at, message) in (0..).zip(&proto.message_type) {
            if !documented(&[4, at]) {
                bare.push(message.name().to_owned());
            }
            for (index, field) in (0..).zip(&message.field) {
                if !documented(&[4, at, 2, index]) {
                    bare.push(format!("{}.{}", message.name(), field.name()));
                }
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new(), "these have no comment");
}

#[test]
fn every_validation_rule_is_embedded() {
    let embedded: Vec<DynamicMessage> = fields().iter().filter_map(rules).collect();
    assert_eq!(embedded.len(), occurrences(r"\(buf\.validate\.field\)"), "fields with rules");

    let oneof = extension("buf.validate.oneof");
    let oneofs = messages()
        .iter()
        .flat_map(|message| message.oneofs().collect::<Vec<_>>())
        .filter(|candidate| candidate.options().has_extension(&oneof))
        .count();
    assert_eq!(oneofs, occurrences(r"\(buf\.validate\.oneof\)"), "oneofs with rules");

    let names = "min_len|max_len|max_bytes|pattern|min_items|max_items|max_pairs|gte|finite|\
                 defined_only|in|required|unique";
    let single = r"\b(?:NAMES)\s*(?:[:=]|\{)".replace("NAMES", names);
    let resource_patterns =
        occurrences(r#"^\s*pattern: "[a-zA-Z]+(/\{|")"#.replace('^', "(?m)^").as_str());
    let written = occurrences(&single) - resource_patterns - oneofs;
    let kept: usize = embedded.iter().map(leaves).sum();
    assert_eq!(kept, written, "single rules");
}

#[test]
fn the_numbers_of_a_oneof_follow_each_other() {
    for message in messages() {
        for oneof in message.oneofs() {
            let numbers: Vec<u32> = oneof.fields().map(|field| field.number()).collect();
            let first = numbers[0];
            let expected: Vec<u32> = (first..).take(numbers.len()).collect();
            assert_eq!(numbers, expected, "{}", oneof.full_name());
        }
    }
}

/// Fields that a write goes without; the comment of each of these methods says why.
const EXCEPTIONS: [(&str, &str); 3] = [
    ("CreateSession", "request_id"),
    ("CreateSession", "validate_only"),
    ("RedeemSetupToken", "request_id"),
];

/// The comment of a method or message, in one line.
fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let file = file.file_descriptor_proto().clone();
    let info = file.source_code_info.expect("comments are embedded");
    let location = info.location.iter().find(|location| location.path == path);
    let words = location.expect("a place in its file").leading_comments().split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_write_can_be_repeated_and_tried_except_those_that_say_why_not() {
    for method in methods() {
        let input = method.input();
        let reads = ["Get", "List", "BatchGet", "Resolve", "Search", "Suggest", "Compare", "Watch"];
        let write = !reads.iter().any(|verb| method.name().starts_with(verb));
        for field in ["request_id", "validate_only"] {
            let excepted = EXCEPTIONS.contains(&(method.name(), field));
            let has = input.get_field_by_name(field).is_some();
            assert_eq!(has, write && !excepted, "{}.{field}", input.full_name());
            let comment = comment(&method.parent_file(), method.path());
            let says_so = comment.contains(&format!("no `{field}`"));
            assert_eq!(says_so, excepted, "the comment of {} on {field}", method.full_name());
        }
    }
}

/// Resources that nobody changes; the comment of each says why it has none.
const WITHOUT_ETAG: [&str; 2] = ["Session", "ProductRevision"];

#[test]
fn every_resource_has_an_etag_except_those_that_say_why_not() {
    let resource = extension("google.api.resource");
    let resources: Vec<_> =
        messages().into_iter().filter(|one| one.options().has_extension(&resource)).collect();
    assert!(resources.len() > WITHOUT_ETAG.len());
    for message in resources {
        let excepted = WITHOUT_ETAG.contains(&message.name());
        let has = message.get_field_by_name("etag").is_some();
        assert_eq!(has, !excepted, "{}.etag", message.full_name());
        let says_so = comment(&message.parent_file(), message.path()).contains("no `etag`");
        assert_eq!(says_so, excepted, "the comment of {}", message.full_name());
    }
}
