//! A text that is escaped once and printed often: what a row says of its product stands in it a dozen times.

use std::{borrow::Cow, fmt};

use askama::{FastWritable, Values, filters::HtmlSafe};

/// Text that stands for itself in HTML, in an attribute between quotation marks as well. It borrows what has nothing to escape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Escaped<'a>(Cow<'a, str>);

impl<'a> Escaped<'a> {
    /// Any text.
    pub(crate) fn of(text: impl Into<Cow<'a, str>>) -> Self {
        Self(referring(text.into(), |byte| reference(byte).is_some()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is printed in a character's place, as a template does it.
fn reference(byte: u8) -> Option<&'static str> {
    Some(match byte {
        b'"' => "&#34;",
        b'&' => "&#38;",
        b'\'' => "&#39;",
        b'<' => "&#60;",
        b'>' => "&#62;",
        _ => return None,
    })
}

/// The text with a reference in the place of each special character.
fn referring(text: Cow<'_, str>, is_special: impl Fn(u8) -> bool) -> Cow<'_, str> {
    // Looking at all bytes is quicker than stopping at the first that counts, of which there is seldom one.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & !is_special(byte));
    if is_plain { text } else { escaped(&text, is_special).into() }
}

/// Each special character is a single byte, so the text is cut between characters.
fn escaped(text: &str, is_special: impl Fn(u8) -> bool) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(reference) = reference(byte).filter(|_| is_special(byte)) {
            html.push_str(&text[plain..at]);
            html.push_str(reference);
            plain = at + 1;
        }
    }
    html.push_str(&text[plain..]);
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

/// The value of an attribute, printed between apostrophes of its own: JSON has many quotation marks, which stand for themselves there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Apostrophized<'a>(Cow<'a, str>);

impl<'a> Apostrophized<'a> {
    /// Any text.
    pub(crate) fn of(text: impl Into<Cow<'a, str>>) -> Self {
        Self(referring(text.into(), |byte| byte != b'"' && reference(byte).is_some()))
    }
}

impl fmt::Display for Apostrophized<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0)
    }
}

impl FastWritable for Apostrophized<'_> {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        dest.write_str("'")?;
        dest.write_str(&self.0)?;
        Ok(dest.write_str("'")?)
    }
}

/// What ends it was escaped when it was made.
impl HtmlSafe for Apostrophized<'_> {}

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

    #[rstest]
    #[case(r#"[{"units":"14"}]"#, r#"'[{"units":"14"}]'"#)]
    #[case("it's <b> & more", "'it&#39;s &#60;b&#62; &#38; more'")]
    #[case("", "''")]
    fn nothing_in_it_ends_an_attribute(#[case] text: &str, #[case] printed: &str) {
        let mut fast = String::new();
        Apostrophized::of(text).write_into(&mut fast, askama::NO_VALUES).unwrap();
        assert_eq!(
            (Apostrophized::of(text).to_string().as_str(), fast.as_str()),
            (printed, printed)
        );
    }
}
