//! A text that is escaped once and printed often: what a row says of its product stands in it a dozen times.

use std::{borrow::Cow, fmt};

use askama::{FastWritable, Values, filters::HtmlSafe};

/// Text that stands for itself in HTML, in an attribute as well. It borrows what has nothing to escape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Escaped<'a>(Cow<'a, str>);

impl<'a> Escaped<'a> {
    /// Any text.
    pub(crate) fn of(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        // Looking at all bytes is quicker than stopping at the first that counts, of which there is seldom one.
        let is_plain = text.bytes().fold(true, |plain, byte| plain & !is_special(byte));
        if is_plain { Self(text) } else { Self(escaped(&text).into()) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'&' | b'\'' | b'<' | b'>')
}

/// The same references as a template prints. Each special character is a single byte, so the text is cut between characters.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_special) {
        let (plain, special) = rest.split_at(at);
        html.push_str(plain);
        html.push_str(match special.as_bytes()[0] {
            b'"' => "&#34;",
            b'&' => "&#38;",
            b'\'' => "&#39;",
            b'<' => "&#60;",
            _ => "&#62;",
        });
        rest = &special[1..];
    }
    html.push_str(rest);
    html
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FastWritable for Escaped<'_> {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.0)?)
    }
}

/// It was escaped when it was made.
impl HtmlSafe for Escaped<'_> {}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Enamel mug, 35 cl – “blue”", "Enamel mug, 35 cl – “blue”")]
    #[case("\"v1-2\"", "&#34;v1-2&#34;")]
    #[case(
        "<img src=x onerror='a()'> & more",
        "&#60;img src=x onerror=&#39;a()&#39;&#62; &#38; more"
    )]
    #[case("", "")]
    fn nothing_in_it_is_markup(#[case] text: &str, #[case] printed: &str) {
        assert_eq!(Escaped::of(text).to_string(), printed);
        assert_eq!(Escaped::of(text.to_owned()), Escaped::of(text));
    }
}
