//! A text that is escaped once and printed often: what a row says of its product stands in it a dozen times.

use std::{borrow::Cow, fmt};

use askama::{
    FastWritable, Values,
    filters::{Html, HtmlSafe, escape},
};

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

fn escaped(text: &str) -> String {
    match escape(text, Html) {
        Ok(escaped) => escaped.to_string(),
    }
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
