//! The rules of `buf.validate`, judged by the descriptors alone: what the service's generated checks have to agree with.
//!
//! A rule that is not known here fails the test, so that none goes untested.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage as _, Value};
use regex::Regex;

/// The paths of the fields that break a rule.
pub(super) fn broken(message: &DynamicMessage) -> BTreeSet<String> {
    let mut broken = BTreeSet::new();
    judge(message, "", &mut broken);
    broken
}

fn judge(message: &DynamicMessage, at: &str, broken: &mut BTreeSet<String>) {
    for field in message.descriptor().fields() {
        let within_oneof = field.containing_oneof().is_some();
        let path = below(at, field.name());
        let is_set = message.has_field(&field);
        let value = message.get_field(&field);
        let rules = of(&field);
        if within_oneof && !is_set {
            continue;
        }
        let bad = match value.as_ref() {
            Value::List(values) => judge_list(values, &rules, &path, broken),
            Value::Map(pairs) => {
                for (key, value) in pairs {
                    judge_pair(key, value, &rules, &path, broken);
                }
                rules.iter().any(|(name, rule)| name == "map.max_pairs" && pairs.len() > size(rule))
            }
            Value::Message(_) if !is_set => rules.iter().any(|(name, _)| name == "required"),
            Value::Message(inner) => {
                if inner.descriptor().package_name().starts_with("shelf.") {
                    judge(inner, &path, broken);
                }
                false
            }
            scalar => breaks(&field, scalar, &rules),
        };
        if bad {
            broken.insert(path);
        }
    }
    for oneof in message.descriptor().oneofs() {
        if oneof.fields().all(|field| !message.has_field(&field)) {
            broken.insert(below(at, oneof.name()));
        }
    }
}

fn judge_list(
    values: &[Value],
    rules: &[(String, Value)],
    path: &str,
    broken: &mut BTreeSet<String>,
) -> bool {
    let items = within(rules, "repeated.items.");
    for (index, value) in values.iter().enumerate() {
        let path = format!("{path}[{index}]");
        match value {
            Value::Message(inner) => judge(inner, &path, broken),
            value if items.iter().any(|(name, rule)| breaks_one(name, rule, value, None)) => {
                broken.insert(path);
            }
            _ => {}
        }
    }
    rules.iter().any(|(name, rule)| match name.as_str() {
        "repeated.min_items" => values.len() < size(rule),
        "repeated.max_items" => values.len() > size(rule),
        _ => false,
    })
}

fn judge_pair(
    key: &MapKey,
    value: &Value,
    rules: &[(String, Value)],
    path: &str,
    broken: &mut BTreeSet<String>,
) {
    let key = key.as_str().expect("the contract's maps have texts as keys");
    let path = format!("{path}[{key:?}]");
    if let Value::Message(inner) = value {
        judge(inner, &path, broken);
    }
    let key = Value::String(key.to_owned());
    let keys = within(rules, "map.keys.");
    if keys.iter().any(|(name, rule)| breaks_one(name, rule, &key, None)) {
        broken.insert(path);
    }
}

fn breaks(field: &FieldDescriptor, value: &Value, rules: &[(String, Value)]) -> bool {
    let ignored =
        rules.iter().any(|(name, _)| name == "ignore") && value.is_default_for_field(field);
    !ignored && rules.iter().any(|(name, rule)| breaks_one(name, rule, value, Some(&field.kind())))
}

/// Whether a value breaks one rule.
fn breaks_one(name: &str, rule: &Value, value: &Value, kind: Option<&Kind>) -> bool {
    match (name, value) {
        ("ignore", _) => false,
        ("string.min_len", Value::String(text)) => text.chars().count() < size(rule),
        ("string.max_len", Value::String(text)) => text.chars().count() > size(rule),
        ("string.max_bytes", Value::String(text)) => text.len() > size(rule),
        ("string.pattern", Value::String(text)) => {
            !matches(rule.as_str().expect("a pattern"), text)
        }
        ("int32.gte", Value::I32(number)) => *number < rule.as_i32().expect("a number"),
        ("double.finite", Value::F64(number)) => !number.is_finite(),
        ("enum.defined_only", Value::EnumNumber(number)) => {
            let known = kind.and_then(Kind::as_enum).expect("an enum");
            known.get_value(*number).is_none()
        }
        ("enum.in", Value::EnumNumber(number)) => {
            let all = rule.as_list().expect("a list");
            !all.contains(&Value::I32(*number))
        }
        (name, value) => panic!("no test knows the rule `{name}` of {value:?}"),
    }
}

/// Whether a text is of a pattern. Each is compiled once, for it is asked of thousands of texts.
fn matches(pattern: &str, text: &str) -> bool {
    static KNOWN: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap();
    let compiled = known.entry(pattern.to_owned());
    compiled.or_insert_with(|| Regex::new(pattern).expect("a pattern")).is_match(text)
}

/// The rules of a field, each by its path, such as `string.max_len`.
pub(super) fn of(field: &FieldDescriptor) -> Vec<(String, Value)> {
    let pool = proto::descriptor_pool();
    let extension = pool.get_extension_by_name("buf.validate.field").unwrap();
    let mut rules = Vec::new();
    if field.options().has_extension(&extension) {
        let options = field.options();
        let given = options.get_extension(&extension);
        leaves(given.as_message().unwrap(), "", &mut rules);
    }
    rules
}

fn leaves(rules: &DynamicMessage, at: &str, into: &mut Vec<(String, Value)>) {
    for (field, value) in rules.fields() {
        let path = below(at, field.name());
        match value {
            Value::Message(inner) => leaves(inner, &path, into),
            value => into.push((path, value.clone())),
        }
    }
}

/// The rules below a path, without it.
pub(super) fn within(rules: &[(String, Value)], path: &str) -> Vec<(String, Value)> {
    let below = |(name, rule): &(String, Value)| {
        name.strip_prefix(path).map(|name| (name.to_owned(), rule.clone()))
    };
    rules.iter().filter_map(below).collect()
}

/// A rule's number.
pub(super) fn size(rule: &Value) -> usize {
    usize::try_from(rule.as_u64().expect("a size")).unwrap()
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}
