//! Markup as a serializer prints it, read strictly: what is not exactly a tag, an attribute in double quotes or text panics.

/// A tag of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// `<a href="…">`, with its attributes, unescaped.
    Start { name: String, attributes: Vec<(String, String)> },
    /// `</a>`
    End { name: String },
}

/// The tags of a document, in their order.
pub(super) fn tags(document: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut parts = document.split('<');
    assert_text(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find('>').unwrap_or_else(|| panic!("a tag does not end: <{part}"));
        let (tag, text) = part.split_at(end);
        tags.push(parsed(tag));
        assert_text(&text[1..]);
    }
    tags
}

fn assert_text(text: &str) {
    assert!(!text.contains('>'), "a bare `>` in {text}");
    unescaped(text);
}

fn parsed(tag: &str) -> Tag {
    let name_of = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        assert!(plain && !text.is_empty(), "`{text}` is no name");
        text.to_owned()
    };
    if let Some(name) = tag.strip_prefix('/') {
        return Tag::End { name: name_of(name) };
    }
    let (name, mut rest) = tag.split_at(tag.find(' ').unwrap_or(tag.len()));
    let mut attributes = Vec::new();
    while let Some(attribute) = rest.strip_prefix(' ') {
        let (key, behind) = attribute.split_once("=\"").expect("a value in quotes");
        let (value, behind) = behind.split_once('"').expect("a closing quote");
        attributes.push((name_of(key), unescaped(value)));
        rest = behind;
    }
    assert!(rest.is_empty(), "`{rest}` in <{tag}>");
    Tag::Start { name: name_of(name), attributes }
}

/// A text behind its references; any other `&` panics.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("a reference ends");
        plain.push_str(match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "nbsp" => "\u{a0}",
            other => panic!("`&{other};` is not printed"),
        });
        plain.push_str(rest);
    }
    plain
}
