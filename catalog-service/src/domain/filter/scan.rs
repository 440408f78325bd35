//! The words of a filter: names, quoted texts, comparators. It knows no grammar.

use winnow::{
    Parser as _, Result as Scanned,
    combinator::{alt, delimited, preceded, repeat},
    token::{any, none_of, take_while},
};

use super::{Comparison, FilterError};

/// A filter's text, and how far it is read.
pub(super) struct Scanner<'t> {
    text: &'t str,
    rest: &'t str,
}

/// A name or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Without its quotes.
    pub(super) text: String,
    /// It stood in quotes, so it is a text whatever it looks like.
    pub(super) quoted: bool,
    /// Where it begins.
    pub(super) column: usize,
}

/// What stands between a field and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparator {
    /// `=` and its like.
    Is(Comparison),
    /// `:`
    Has,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    /// The column, counting characters from 1, of what comes next.
    pub(super) fn column(&self) -> usize {
        self.text[..self.text.len() - self.rest.len()].chars().count() + 1
    }

    /// An error at what comes next.
    pub(super) fn error(&self, message: impl Into<String>) -> FilterError {
        FilterError { column: self.column(), message: message.into() }
    }

    pub(super) fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn starts_with(&self, c: char) -> bool {
        self.rest.starts_with(c)
    }

    /// Takes a character, if it is the next one.
    pub(super) fn take(&mut self, c: char) -> bool {
        let Some(rest) = self.rest.strip_prefix(c) else { return false };
        self.rest = rest;
        true
    }

    /// Whether `AND`, `OR` or `NOT` comes next, as a word of its own.
    pub(super) fn is_at_keyword(&self, keyword: &str) -> bool {
        let behind = self.rest.strip_prefix(keyword);
        behind.is_some_and(|rest| !rest.starts_with(|c| is_bare(c) || is_comparing(c)))
    }

    /// Takes a keyword, if it comes next.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_at_keyword(keyword);
        if found {
            self.rest = &self.rest[keyword.len()..];
        }
        found
    }

    /// Takes a comparator, if one comes next.
    pub(super) fn comparator(&mut self) -> Option<Comparator> {
        fn one(input: &mut &str) -> Scanned<Comparator> {
            alt((
                "!=".value(Comparator::Is(Comparison::NotEqual)),
                "<=".value(Comparator::Is(Comparison::LessOrEqual)),
                ">=".value(Comparator::Is(Comparison::GreaterOrEqual)),
                "=".value(Comparator::Is(Comparison::Equal)),
                "<".value(Comparator::Is(Comparison::Less)),
                ">".value(Comparator::Is(Comparison::Greater)),
                ":".value(Comparator::Has),
            ))
            .parse_next(input)
        }
        one.parse_next(&mut self.rest).ok()
    }

    /// Takes one part of a field's name, or a word; dots part names.
    pub(super) fn name(&mut self) -> Result<Piece, FilterError> {
        self.piece(|c| is_bare(c) && c != '.')
    }

    /// Takes a value; dots and colons belong to it.
    pub(super) fn value(&mut self) -> Result<Piece, FilterError> {
        self.piece(|c| is_bare(c) || c == ':')
    }

    /// Takes a bare word whole, dots included, beginning with what was read already.
    pub(super) fn rest_of_word(&mut self) -> &'t str {
        let end = self.rest.find(|c| !is_bare(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn piece(&mut self, is_part: impl Fn(char) -> bool) -> Result<Piece, FilterError> {
        fn quoted(input: &mut &str) -> Scanned<String> {
            let inside = |quote: char| {
                let character = alt((preceded('\\', any), none_of(['\\', quote])));
                delimited(quote, repeat(0.., character), quote)
            };
            alt((inside('"'), inside('\''))).parse_next(input)
        }
        fn bare<'i>(is_part: impl Fn(char) -> bool, input: &mut &'i str) -> Scanned<&'i str> {
            take_while(1.., is_part).parse_next(input)
        }
        let column = self.column();
        if self.rest.starts_with(['"', '\'']) {
            let Ok(text) = quoted.parse_next(&mut self.rest) else {
                return Err(FilterError { column, message: "the quote is not closed".into() });
            };
            return Ok(Piece { text, quoted: true, column });
        }
        match bare(is_part, &mut self.rest) {
            Ok(text) => Ok(Piece { text: text.to_owned(), quoted: false, column }),
            Err(_) if self.is_at_end() => {
                Err(FilterError { column, message: "the filter ends too early".into() })
            }
            Err(_) => {
                let found = self.rest.chars().next().unwrap_or_default();
                Err(FilterError { column, message: format!("`{found}` cannot stand here") })
            }
        }
    }
}

fn is_bare(c: char) -> bool {
    !c.is_whitespace() && !is_comparing(c) && !matches!(c, '(' | ')' | '"' | '\'' | ',')
}

fn is_comparing(c: char) -> bool {
    matches!(c, '=' | '!' | '<' | '>' | ':')
}
