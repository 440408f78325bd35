//! A description's Markdown as HTML: the only text of a product that becomes markup, and only through here.
//!
//! Raw HTML and pictures are dropped, then what is left passes a short list of elements, attributes and schemes.

use std::{collections::HashSet, fmt, sync::LazyLock};

use ammonia::Builder;
use askama::filters::HtmlSafe;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// HTML that was made here and is safe to print.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prose(String);

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .add_tags([
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
        ])
        .add_tag_attributes("a", ["href", "title"])
        .add_tag_attributes("ol", ["start"])
        .url_schemes(HashSet::from(["http", "https"]))
        // By itself it would take `lang` and `title` anywhere.
        .generic_attributes(HashSet::new())
        .link_rel(Some("nofollow noopener"));
    cleaner
});

impl Prose {
    /// Renders Markdown.
    pub(crate) fn from_markdown(text: &str) -> Self {
        let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
        let mut pictures = 0_u32;
        let events = Parser::new_ext(text, options).filter_map(|event| match event {
            Event::Start(Tag::Image { .. }) => {
                pictures += 1;
                None
            }
            Event::End(TagEnd::Image) => {
                pictures -= 1;
                None
            }
            _ if pictures > 0 => None,
            Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
            Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(heading(level))),
            Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
            other => Some(other),
        });
        let mut made = String::new();
        html::push_html(&mut made, events);
        Self(CLEANER.clean(&made).to_string())
    }

    /// The same, cleaned once more.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn cleaned_again(&self) -> Self {
        Self(CLEANER.clean(&self.0).to_string())
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Prose {}

fn heading(level: HeadingLevel) -> Tag<'static> {
    Tag::Heading { level: below(level), id: None, classes: Vec::new(), attrs: Vec::new() }
}

/// The page has its own `h1` and `h2`, so a description's headings start below them.
fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        _ => HeadingLevel::H5,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("**bold** and _soft_", "<strong>bold</strong>")]
    #[case("# Big", "<h3>Big</h3>")]
    #[case("- one\n- two", "<li>one</li>")]
    #[case("[shop](https://example.org/a?b=1)", "href=\"https://example.org/a?b=1\"")]
    fn markdown_becomes_markup(#[case] text: &str, #[case] expected: &str) {
        let made = Prose::from_markdown(text).to_string();
        assert!(made.contains(expected), "{made}");
    }

    #[rstest]
    #[case("<script>alert(1)</script>")]
    #[case("a <img src=x onerror=alert(1)> b")]
    #[case("[x](javascript:alert(1))")]
    #[case("[x](JaVaScRiPt:alert(1))")]
    #[case("[x](data:text/html,<script>alert(1)</script>)")]
    #[case("<a href=\"vbscript:x\" onclick=\"y\">z</a>")]
    #[case("[x](mailto:ada@example.org) <ada@example.org> [y](tel:1) [z](ftp://a.example)")]
    #[case("![x](https://evil.example/track.gif)")]
    #[case("<svg><style><img src=x onerror=alert(1)></style></svg>")]
    #[case("<iframe srcdoc='<script>alert(1)</script>'></iframe>")]
    #[case("<https://ok.example/\"onmouseover=alert(1)>")]
    #[case("`</code><script>alert(1)</script>`")]
    fn nothing_active_survives(#[case] text: &str) {
        let prose = Prose::from_markdown(text);
        let made = prose.to_string();
        // A `<` of the text itself is printed as `&lt;`, so every `<` begins an element.
        for element in made.split('<').skip(1) {
            let (tag, _) = element.split_once('>').unwrap();
            let mut parts = tag.trim_matches('/').split(' ');
            let name = parts.next().unwrap();
            assert!(["p", "a", "code", "em", "strong", "br "].contains(&name), "{name} in {made}");
            for attribute in parts {
                let fine = ["href=\"http", "rel=\"nofollow", "noopener\""];
                assert!(
                    fine.iter().any(|start| attribute.starts_with(start)),
                    "{attribute} in {made}"
                );
            }
        }
        assert_eq!(prose.cleaned_again().to_string(), made, "cleaning it again changes nothing");
    }
}
