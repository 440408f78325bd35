//! A description's Markdown: whatever is written, only what is listed comes out.

use super::markup::{Tag, tags};
use crate::pages::markdown::Prose;

/// The elements that a description may have, and those of them that hold nothing.
const ELEMENTS: [&str; 23] = [
    "p",
    "br",
    "hr",
    "strong",
    "em",
    "del",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "h4",
    "h5",
    "a",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
];
const VOID: [&str; 2] = ["br", "hr"];

/// What comes out is well-formed, has listed elements, attributes and schemes alone, and is the same when it is cleaned again.
///
/// # Panics
/// Where that does not hold.
pub fn markdown(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let prose = Prose::from_markdown(text);
    let made = prose.to_string();
    let mut open = Vec::new();
    for tag in tags(&made) {
        match tag {
            Tag::Start { name, attributes } => {
                assert!(ELEMENTS.contains(&name.as_str()), "<{name}> in {made}");
                attributes.iter().for_each(|(key, value)| assert_attribute(&name, key, value));
                if !VOID.contains(&name.as_str()) {
                    open.push(name);
                }
            }
            Tag::End { name } => assert_eq!(open.pop(), Some(name), "{made}"),
        }
    }
    assert!(open.is_empty(), "{open:?} in {made}");
    assert_eq!(prose.cleaned_again().to_string(), made);
}

fn assert_attribute(element: &str, key: &str, value: &str) {
    match (element, key) {
        ("a", "rel") => assert_eq!(value, "nofollow noopener"),
        ("a", "title") => {}
        ("a", "href") => assert!(is_web(value), "{value}"),
        ("ol", "start") => assert!(value.parse::<u64>().is_ok(), "{value}"),
        _ => panic!("<{element} {key}=\"{value}\">"),
    }
}

/// Whether a browser follows an address over http or https only: by its scheme, or relative to the page, which is.
fn is_web(address: &str) -> bool {
    // As the URL standard reads: control characters and spaces around are nothing, tabs and line ends anywhere neither.
    let address = address.trim_matches(|letter: char| letter <= ' ');
    let address: String = address.chars().filter(|letter| !"\t\n\r".contains(*letter)).collect();
    match address.split_once([':', '/', '?', '#', '\\']) {
        Some((scheme, _)) if address[scheme.len()..].starts_with(':') => {
            let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
            !is_scheme || ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
        }
        _ => true,
    }
}
