//! The routing trie: one walk over the raw, still encoded path, without allocation.
//!
//! Each node has literal children, one `*` child and one `**` leaf, tried in this order with
//! backtracking; on demand the rule that was registered last wins instead. Every node has one depth, so a walk visits it at most once. Nothing is cleaned:
//! `//`, a trailing slash, `.` and `..` are what they are.

use std::collections::BTreeSet;

use crate::percent;
use crate::template::{Segment, Template};

/// The trie of all rules.
#[derive(Debug)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    wins: Wins,
    /// The most colons that a verb has, with the one before it.
    colons: usize,
}

/// Which of several rules that match is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wins {
    /// The one whose template says more, in whatever order they came. Two of one pattern are a fault.
    #[default]
    Narrowest,
    /// The one that was registered last.
    Last,
}

#[derive(Debug, Default)]
struct Node {
    /// Sorted by text.
    literals: Vec<(Box<str>, usize)>,
    one: Option<usize>,
    rest: Option<usize>,
    leaves: Vec<Leaf>,
}

/// The rules that end at a node with the same verb.
#[derive(Debug)]
struct Leaf {
    verb: Option<Box<str>>,
    /// HTTP method and rule.
    methods: Vec<(Box<str>, usize)>,
    allow: Box<str>,
}

/// The outcome of a walk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<'p> {
    /// A rule; the path ends before `end`, where a verb starts. HEAD may run a GET rule.
    Rule {
        rule: usize,
        end: usize,
        head: bool,
    },
    WrongMethod(&'p str),
    Miss,
}

impl Default for Trie {
    fn default() -> Self {
        Self::new(Wins::default())
    }
}

impl Trie {
    pub(crate) fn new(wins: Wins) -> Self {
        Self { nodes: vec![Node::default()], wins, colons: 0 }
    }

    /// Adds a rule, and tells the one that it takes the place of. `Err` is the rule that has this pattern already.
    pub(crate) fn insert(
        &mut self,
        template: &Template,
        method: &str,
        rule: usize,
    ) -> Result<Option<usize>, usize> {
        let mut node = 0;
        for segment in &template.segments {
            node = self.child(node, segment);
        }
        let colons = template.verb.as_ref().map_or(0, |verb| 1 + verb.matches(':').count());
        self.colons = self.colons.max(colons);
        let leaves = &mut self.nodes[node].leaves;
        let verb = template.verb.as_deref();
        let at = leaves.iter().position(|leaf| leaf.verb.as_deref() == verb).unwrap_or_else(|| {
            leaves.push(Leaf { verb: verb.map(Into::into), methods: Vec::new(), allow: "".into() });
            leaves.len() - 1
        });
        let leaf = &mut leaves[at];
        if let Some((_, other)) = leaf.methods.iter_mut().find(|(known, _)| **known == *method) {
            return match self.wins {
                Wins::Narrowest => Err(*other),
                Wins::Last => Ok(Some(std::mem::replace(other, rule))),
            };
        }
        leaf.methods.push((method.into(), rule));
        leaf.methods.sort_unstable();
        Ok(None)
    }

    /// Writes down which methods each leaf's path takes, also by way of wider patterns.
    pub(crate) fn finish(&mut self) {
        let leaves = self.nodes.iter().flat_map(|node| &node.leaves);
        let methods = leaves.flat_map(|leaf| &leaf.methods).map(|(method, _)| method.clone());
        let methods: BTreeSet<Box<str>> = methods.filter(|method| **method != *"*").collect();
        let mut open = vec![(0, String::new())];
        while let Some((at, path)) = open.pop() {
            let node = &self.nodes[at];
            for (text, child) in &node.literals {
                open.push((*child, format!("{path}/{}", escaped(text))));
            }
            // No literal is a control character, so that only wildcards match this segment.
            open.extend(node.one.map(|child| (child, format!("{path}/\u{1}"))));
            open.extend(node.rest.map(|child| (child, format!("{path}/\u{1}/\u{1}"))));
            for leaf in 0..self.nodes[at].leaves.len() {
                let verb = self.nodes[at].leaves[leaf].verb.as_deref();
                let sample = verb.map_or(path.clone(), |verb| format!("{path}:{verb}"));
                let taken = |method: &&str| {
                    matches!(self.find(method, &sample), Found::Rule { head: false, .. })
                };
                let allow = allow(methods.iter().map(|method| &**method).filter(taken).collect());
                self.nodes[at].leaves[leaf].allow = allow;
            }
        }
    }

    fn child(&mut self, node: usize, segment: &Segment) -> usize {
        let new = self.nodes.len();
        let parent = &mut self.nodes[node];
        let child = match segment {
            Segment::One => *parent.one.get_or_insert(new),
            Segment::Rest => *parent.rest.get_or_insert(new),
            Segment::Literal(text) => {
                match parent.literals.binary_search_by(|(known, _)| (**known).cmp(text)) {
                    Ok(at) => parent.literals[at].1,
                    Err(at) => {
                        parent.literals.insert(at, (text.as_str().into(), new));
                        new
                    }
                }
            }
        };
        if child == new {
            self.nodes.push(Node::default());
        }
        child
    }

    /// Finds the rule of a raw path.
    pub(crate) fn find(&self, method: &str, path: &str) -> Found<'_> {
        let Some(rest) = path.strip_prefix('/') else { return Found::Miss };
        // A verb is what follows the last colon of the last segment, if it is registered there.
        let last = path.rfind('/').unwrap_or(0);
        let mut known = Found::Miss;
        for nth in (0..self.colons).rev() {
            let colon = path[last..].rmatch_indices(':').nth(nth).map(|(at, _)| at + last);
            let Some(colon) = colon else { continue };
            let walk = Walk { trie: self, method, verb: Some(&path[colon + 1..]), end: colon };
            match walk.node(0, Some(&path[1..colon])) {
                Found::Miss => {}
                found if self.wins == Wins::Narrowest => return found,
                found => known = self.better(known, found),
            }
        }
        let whole = Walk { trie: self, method, verb: None, end: path.len() };
        self.better(known, whole.node(0, Some(rest)))
    }

    /// The better of two outcomes, the first of which was found by what a template says more exactly.
    fn better<'p>(&self, known: Found<'p>, found: Found<'p>) -> Found<'p> {
        match (&known, &found) {
            (Found::Rule { rule: before, .. }, Found::Rule { rule, .. })
                if self.wins == Wins::Last && rule > before =>
            {
                found
            }
            (Found::Rule { .. }, _) => known,
            (_, Found::Rule { .. }) | (Found::Miss, _) => found,
            (Found::WrongMethod(_), _) => known,
        }
    }

    /// Whether nothing can be better.
    fn is_best(&self, found: &Found<'_>) -> bool {
        self.wins == Wins::Narrowest && matches!(found, Found::Rule { .. })
    }
}

/// A literal as it stands in a path.
fn escaped(literal: &str) -> String {
    literal.replace('%', "%25").replace('/', "%2F").replace(':', "%3A")
}

#[derive(Clone, Copy)]
struct Walk<'p, 'u> {
    trie: &'p Trie,
    method: &'u str,
    verb: Option<&'u str>,
    end: usize,
}

impl<'p> Walk<'p, '_> {
    /// Matches what is left of the path; `None` behind the last segment.
    fn node(self, node: usize, rest: Option<&str>) -> Found<'p> {
        let node = &self.trie.nodes[node];
        let Some(rest) = rest else {
            return self.or_rest(self.leaf(&node.leaves), node);
        };
        let (segment, tail) = match rest.split_once('/') {
            Some((segment, tail)) => (segment, Some(tail)),
            None => (rest, None),
        };
        let mut known = Found::Miss;
        for child in [literal(node, segment), node.one.filter(|_| !segment.is_empty())] {
            let Some(child) = child else { continue };
            known = self.trie.better(known, self.node(child, tail));
            if self.trie.is_best(&known) {
                return known;
            }
        }
        self.or_rest(known, node)
    }

    /// What is known, or what takes the rest of the path whatever it is.
    fn or_rest(self, known: Found<'p>, node: &'p Node) -> Found<'p> {
        match node.rest {
            Some(child) if !self.trie.is_best(&known) => {
                self.trie.better(known, self.leaf(&self.trie.nodes[child].leaves))
            }
            _ => known,
        }
    }

    /// The rule of these leaves.
    fn leaf(self, leaves: &'p [Leaf]) -> Found<'p> {
        let leaf = leaves.iter().find(|leaf| leaf.verb.as_deref() == self.verb);
        let Some(leaf) = leaf else { return Found::Miss };
        let by = |method: &str| leaf.methods.iter().find(|(known, _)| **known == *method);
        let own = by(self.method).map(|found| (found, false));
        let head = || by("GET").filter(|_| self.method == "HEAD").map(|found| (found, true));
        match own.or_else(head).or_else(|| by("*").map(|found| (found, false))) {
            Some(((_, rule), head)) => Found::Rule { rule: *rule, end: self.end, head },
            None => Found::WrongMethod(&leaf.allow),
        }
    }
}

fn literal(node: &Node, segment: &str) -> Option<usize> {
    if node.literals.is_empty() {
        return None;
    }
    // Literals compare after decoding.
    let segment = percent::decode(segment)?;
    let at = node.literals.binary_search_by(|(known, _)| (**known).cmp(&segment)).ok()?;
    Some(node.literals[at].1)
}

/// The registered methods, HEAD where GET is, and OPTIONS.
fn allow(mut names: Vec<&str>) -> Box<str> {
    for (extra, wanted) in [("HEAD", names.contains(&"GET")), ("OPTIONS", true)] {
        if wanted && !names.contains(&extra) {
            names.push(extra);
        }
    }
    names.join(", ").into()
}

/// The raw text of the segments `start..end` of a path; without `end`, everything from `start`.
pub(crate) fn capture(path: &str, start: usize, end: Option<usize>) -> &str {
    let from = nth_segment(path, start);
    let to = match end {
        Some(end) => nth_segment(path, end).saturating_sub(1),
        None => path.len(),
    };
    // `**` that matched no segment ends where the slash before it would stand.
    path.get(from.min(to)..to).unwrap_or_default()
}

/// The offset of a segment; behind the end of the path for those it does not have.
fn nth_segment(path: &str, number: usize) -> usize {
    let slash = path.bytes().enumerate().filter(|(_, b)| *b == b'/').nth(number);
    slash.map_or(path.len() + 1, |(at, _)| at + 1)
}
