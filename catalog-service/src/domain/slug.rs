//! Slugs: the readable part of a public address.

use std::fmt;

use super::{ProductId, text::plain_latin};

const LONGEST: usize = 100;

/// 1 to 100 of `a-z`, `0-9` and single hyphens between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

/// Where an address in the shop leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// To this product.
    Of {
        /// The product.
        product: ProductId,
        /// Its slug now, which need not be the one that was asked for.
        slug: Slug,
    },
    /// To a public product that is gone for good.
    Gone,
}

/// A text that is not a slug.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` must be 1 to 100 of a-z, 0-9 and single hyphens between them")]
pub struct SlugError(String);

impl Slug {
    /// Takes a slug.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if text.len() <= LONGEST && text.split('-').all(is_word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SlugError(text.to_owned()))
        }
    }

    /// Makes a slug from a title; `otherwise` is taken when nothing of the title can stand in one.
    pub fn from_title(title: &str, otherwise: &'static str) -> Self {
        let mut slug = String::with_capacity(title.len().min(LONGEST));
        for c in title.chars() {
            let ascii = c.to_ascii_lowercase();
            if ascii.is_ascii_alphanumeric() {
                slug.push(ascii);
            } else if let Some(plain) = plain_latin(c) {
                slug.push_str(plain);
            } else if is_silent(c) {
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            if slug.len() > LONGEST {
                break;
            }
        }
        let slug = shortened(&slug, LONGEST);
        Self(if slug.is_empty() { otherwise } else { slug }.to_owned())
    }

    /// The same slug with a number, for when the plain one is taken.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let number = format!("-{number}");
        Self(format!("{}{number}", shortened(&self.0, LONGEST - number.len())))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Apostrophes and combining marks vanish instead of parting a word.
fn is_silent(c: char) -> bool {
    matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}')
}

/// The start of a slug, cut at a word's end where that loses little.
fn shortened(slug: &str, longest: usize) -> &str {
    if slug.len() <= longest {
        return slug.trim_end_matches('-');
    }
    let start = &slug[..longest];
    let at_word = if slug.as_bytes()[longest] == b'-' { Some(longest) } else { start.rfind('-') };
    match at_word {
        Some(end) if end >= longest / 2 => start[..end].trim_end_matches('-'),
        _ => start.trim_end_matches('-'),
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Kettle", "kettle")]
    #[case("Kettle, 1.7 l — white!", "kettle-1-7-l-white")]
    #[case("Crème brûlée für Ærø", "creme-brulee-fuer-aeroe")]
    #[case("The cook's knife", "the-cooks-knife")]
    #[case("Cafe\u{301}", "cafe")]
    #[case("  --  ", "product")]
    #[case("水壶", "product")]
    #[case("水壶 2000", "2000")]
    fn a_title_becomes_a_slug(#[case] title: &str, #[case] slug: &str) {
        assert_eq!(Slug::from_title(title, "product").as_str(), slug);
    }

    #[rstest]
    #[case("a", true)]
    #[case("a-1", true)]
    #[case("", false)]
    #[case("-a", false)]
    #[case("a-", false)]
    #[case("a--b", false)]
    #[case("A", false)]
    #[case("ä", false)]
    fn only_slugs_are_taken(#[case] text: &str, #[case] taken: bool) {
        assert_eq!(Slug::parse(text).is_ok(), taken);
    }

    #[rstest]
    #[case(100, true)]
    #[case(101, false)]
    fn a_slug_has_at_most_100_characters(#[case] length: usize, #[case] taken: bool) {
        assert_eq!(Slug::parse(&"a".repeat(length)).is_ok(), taken);
    }

    #[test]
    fn a_number_fits_behind_the_longest_slug() {
        let numbered = Slug::parse(&"a".repeat(100)).unwrap().numbered(12);
        assert_eq!(numbered.as_str(), format!("{}-12", "a".repeat(97)));
    }

    proptest! {
        #[test]
        fn every_title_makes_a_slug_that_parses(title in ".{0,200}", number in 2_u32..10_000) {
            let slug = Slug::from_title(&title, "product");
            prop_assert!(Slug::parse(slug.as_str()).is_ok());
            prop_assert!(Slug::parse(slug.numbered(number).as_str()).is_ok());
        }
    }
}
