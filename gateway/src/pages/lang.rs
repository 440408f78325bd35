//! The language of what the shop's people write, where it is another than that of the pages (WCAG 2.2, 3.1.2).

use std::fmt;

use askama::{FastWritable, Values, filters::HtmlSafe};

/// The language in which the pages themselves are written.
const OF_PAGES: &str = "en";

/// The attribute `lang`, with a space before it; nothing where the language is that of the pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lang(String);

impl Lang {
    /// Of a BCP 47 tag. What is none says nothing.
    pub(crate) fn of(tag: &str) -> Self {
        let language = tag.split('-').next().unwrap_or_default();
        let is_tag = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_other = !language.is_empty() && !language.eq_ignore_ascii_case(OF_PAGES);
        Self(if is_tag && is_other { format!(" lang=\"{tag}\"") } else { String::new() })
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FastWritable for Lang {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.0)?)
    }
}

/// Letters, digits and hyphens only, between quotes of its own.
impl HtmlSafe for Lang {}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("de", " lang=\"de\"")]
    #[case("ja-JP", " lang=\"ja-JP\"")]
    #[case("zh-Hant-TW", " lang=\"zh-Hant-TW\"")]
    #[case("en", "")]
    #[case("EN-gb", "")]
    #[case("eng", " lang=\"eng\"")]
    #[case("", "")]
    #[case("de\" onclick=\"x", "")]
    fn it_is_said_where_it_is_another(#[case] tag: &str, #[case] attribute: &str) {
        assert_eq!(Lang::of(tag).to_string(), attribute);
    }
}
