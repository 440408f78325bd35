//! The routing trie, against a matcher that looks at every rule.

use std::collections::BTreeMap;

use crate::{
    percent,
    route::{Found, Trie},
    template::{Colons, Segment, Template},
};

/// The most rules of one input: the naive matcher looks at all of them.
const MOST: usize = 16;

/// A path finds the rule that looking at every rule finds, whatever the order in which they were registered.
///
/// Lines are `METHOD template`, then an empty one, then `METHOD path`.
///
/// # Panics
/// Where that does not hold.
pub fn route(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Some((rules, paths)) = text.split_once("\n\n") else { return };
    let mut known = Vec::new();
    let mut trie = Trie::default();
    for (method, template) in rules.lines().filter_map(|line| line.split_once(' ')).take(MOST) {
        // Control characters stand for wildcards when a leaf's methods are listed; plans refuse them.
        let Ok(template) = Template::parse(template, Colons::Verb) else { continue };
        if method.is_empty() || template.segments.iter().any(has_control) {
            continue;
        }
        if trie.insert(&template, method, known.len()).is_ok() {
            known.push((method, template));
        }
    }
    let mut turned = Trie::default();
    for (rule, (method, template)) in known.iter().enumerate().rev() {
        assert_eq!(turned.insert(template, method, rule), Ok(None));
    }
    trie.finish();
    turned.finish();
    for (method, path) in paths.lines().filter_map(|line| line.split_once(' ')) {
        let found = trie.find(method, path);
        assert_eq!(found, turned.find(method, path), "{method} {path}");
        assert_eq!(kind(&found), naive(&known, method, path), "{method} {path}");
        if let Found::WrongMethod(allow) = found {
            for allowed in allow.split(", ").filter(|allowed| *allowed != "OPTIONS") {
                let found = trie.find(allowed, path);
                assert!(!matches!(found, Found::Miss), "{allowed} {path}");
            }
        }
    }
}

fn has_control(segment: &Segment) -> bool {
    matches!(segment, Segment::Literal(text) if text.contains(|letter: char| letter.is_control()))
}

/// What was found; of a refusal only that it is one.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Rule { rule: usize, end: usize, head: bool },
    WrongMethod,
    Miss,
}

fn kind(found: &Found<'_>) -> Kind {
    match *found {
        Found::Rule { rule, end, head } => Kind::Rule { rule, end, head },
        Found::WrongMethod(_) => Kind::WrongMethod,
        Found::Miss => Kind::Miss,
    }
}

/// A path with a verb that is known there is a path with a verb; any other colon belongs to the path.
fn naive(rules: &[(&str, Template)], method: &str, path: &str) -> Kind {
    let last = path.rfind('/').unwrap_or(0);
    if let Some(colon) = path[last..].rfind(':').map(|at| at + last) {
        let verb = Some(&path[colon + 1..]);
        match among(rules, method, &path[..colon], verb) {
            Kind::Miss => {}
            found => return found,
        }
    }
    among(rules, method, path, None)
}

fn among(rules: &[(&str, Template)], method: &str, path: &str, verb: Option<&str>) -> Kind {
    let Some(rest) = path.strip_prefix('/') else { return Kind::Miss };
    let segments: Vec<_> = rest.split('/').collect();
    // Literals before `*` before `**` at the first segment where two templates differ, and none before `**`.
    let mut leaves: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
    for (rule, (_, template)) in rules.iter().enumerate() {
        if template.verb.as_deref() == verb && matches(&template.segments, &segments) {
            let rank = |segment: &Segment| match segment {
                Segment::Literal(_) => 0,
                Segment::One => 1,
                Segment::Rest => 2,
            };
            leaves.entry(template.segments.iter().map(rank).collect()).or_default().push(rule);
        }
    }
    for leaf in leaves.values() {
        let by = |wanted: &str| leaf.iter().copied().find(|rule| rules[*rule].0 == wanted);
        let head = || by("GET").filter(|_| method == "HEAD").map(|rule| (rule, true));
        let own = by(method).map(|rule| (rule, false));
        if let Some((rule, head)) = own.or_else(head).or_else(|| by("*").map(|rule| (rule, false)))
        {
            return Kind::Rule { rule, end: path.len(), head };
        }
    }
    if leaves.is_empty() { Kind::Miss } else { Kind::WrongMethod }
}

fn matches(template: &[Segment], path: &[&str]) -> bool {
    match (template, path) {
        ([], []) | ([Segment::Rest], _) => true,
        ([Segment::One, template @ ..], [segment, path @ ..]) => {
            !segment.is_empty() && matches(template, path)
        }
        ([Segment::Literal(text), template @ ..], [segment, path @ ..]) => {
            percent::decode(segment).as_deref() == Some(text) && matches(template, path)
        }
        _ => false,
    }
}
