//! Path templates, against their grammar as `google/api/http.proto` has it.

use crate::template::{Colons, Segment, Template};

/// A template is taken exactly if it follows the grammar, reads the same when printed, and covers its segments with its variables; an
/// error lies within the text.
///
/// # Panics
/// Where that does not hold.
pub fn template(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Template::parse(text, Colons::Verb) {
        Ok(template) => {
            assert!(follows_grammar(text), "{text}");
            assert_eq!(
                Template::parse(&printed(&template), Colons::Verb).map(bare),
                Ok(bare(template)),
                "{text}"
            );
        }
        Err(fault) => {
            assert!((1..=text.chars().count() + 1).contains(&fault.column), "{fault:?}");
            assert!(!follows_grammar(text), "{text}: {fault:?}");
        }
    }
}

/// A template without the columns of its variables.
fn bare(mut template: Template) -> Template {
    for variable in &mut template.variables {
        assert!(variable.start < variable.end && variable.end <= template.segments.len());
        variable.column = 0;
    }
    assert!(template.variables.windows(2).all(|pair| pair[0].end <= pair[1].start));
    template
}

fn printed(template: &Template) -> String {
    let mut text = String::new();
    for (at, segment) in template.segments.iter().enumerate() {
        text.push('/');
        if let Some(variable) = template.variables.iter().find(|variable| variable.start == at) {
            text.extend(["{", &variable.path, "="]);
        }
        match segment {
            Segment::One => text.push('*'),
            Segment::Rest => text.push_str("**"),
            Segment::Literal(literal) => {
                text.extend(literal.bytes().map(|byte| format!("%{byte:02X}")));
            }
        }
        if template.variables.iter().any(|variable| variable.end == at + 1) {
            text.push('}');
        }
    }
    text.extend(template.verb.iter().map(|verb| format!(":{verb}")));
    text
}

/// `"/" Segments [ ":" Verb ]`, with `**` at the end alone and no name twice.
fn follows_grammar(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('/') else { return false };
    let (path, verb) = match rest.rsplit_once(':') {
        Some((path, verb)) => (path, Some(verb)),
        None => (rest, None),
    };
    let mut names = Vec::new();
    let mut kinds = Vec::new();
    let mut open = path;
    let whole = loop {
        let (segment, next) = match open.strip_prefix('{').and_then(|_| open.find('}')) {
            Some(end) => open.split_at(end + 1),
            None => open.split_at(open.find('/').unwrap_or(open.len())),
        };
        match segment.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            Some(inner) => {
                let (name, inner) = inner.split_once('=').unwrap_or((inner, "*"));
                names.push(name);
                kinds.extend(inner.split('/'));
            }
            None => kinds.push(segment),
        }
        match next.strip_prefix('/') {
            Some(next) => open = next,
            None => break next.is_empty(),
        }
    };
    let last = kinds.len() - 1;
    let fits = |(at, kind): (usize, &&str)| match *kind {
        "*" => true,
        "**" => at == last,
        literal => is_word(literal) && is_decodable(literal),
    };
    let unique = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    whole
        && verb.is_none_or(is_word)
        && unique
        && names.iter().all(|name| is_field_path(name))
        && kinds.iter().enumerate().all(fits)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', ':', '{', '}', '*', '=', '?', '#'])
}

fn is_field_path(text: &str) -> bool {
    text.split('.').all(|name| {
        let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        letters && name.bytes().next().is_some_and(|first| !first.is_ascii_digit())
    })
}

/// Whether every `%` begins an escape, and the whole is UTF-8 without them.
fn is_decodable(text: &str) -> bool {
    super::query::decoded(text, |_| false).is_some()
}
