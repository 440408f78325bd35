//! From the words that were asked for to the query that finds them: exact first, then beginnings, parts of codes, and, for words
//! that stand nowhere, the words near them.

use tantivy::{
    Score, Searcher, Term,
    query::{PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{
    Error, analysis,
    asked::{Asked, Word},
    deadline::Deadline,
    document::parts_of_code,
    lexicon::Lexicon,
    part::{Part, Way},
    scan::Scan,
    schema::Fields,
};
use crate::domain::Terms;

/// How many words one beginning may stand for.
const BEGINNINGS: usize = 64;

/// How many words are tried for one that stands nowhere.
const NEAR: usize = 6;

/// What an exact code weighs: more than any words.
const CODE: Score = 1_000.0;
const PART_OF_CODE: Score = 2.0;
const TOGETHER: Score = 1.0;
const APART: Score = 0.8;
const BEGINNING: Score = 0.5;
/// The beginning of another word, where the word itself stands somewhere, too: it is hardly meant.
const OTHER_WORD: Score = 0.1;
const NEAR_WORD: Score = 0.4;
const MORE: Score = 0.4;

/// How to search, and what is said of it with its answer.
pub(super) struct Plan {
    /// A part for each word or phrase.
    parts: Vec<Part>,
    /// The code that all of it may be: a product that has it is found, and stands before all others, whatever its words are.
    code: Option<Part>,
    /// The terms that are searched for.
    pub(super) terms: Terms,
    /// The query as it would be written with the words that were searched for instead.
    pub(super) corrected: String,
}

impl Plan {
    /// Finds out how to search.
    pub(super) fn of(
        text: &str,
        asked: &Asked,
        fields: &Fields,
        lexicon: &Lexicon<'_>,
    ) -> Result<Self, Error> {
        let mut planning =
            Planning { fields, lexicon, terms: Terms::default(), corrections: Vec::new() };
        let mut parts = Vec::new();
        for word in &asked.words {
            parts.push(Part { ways: planning.word(word)?, is_needed: !word.is_common });
        }
        for phrase in &asked.phrases {
            parts.push(Part { ways: planning.phrase(phrase, 1.0), is_needed: true });
        }
        let code = match &asked.code {
            Some(code) => planning.code(code)?,
            None => Vec::new(),
        };
        let code = (!code.is_empty()).then_some(Part { ways: code, is_needed: true });
        let corrected = corrected(text, &planning.corrections);
        Ok(Self { parts, code, terms: planning.terms, corrected })
    }

    /// The search for products with all of the words.
    pub(super) fn all<'a>(
        &self,
        searcher: &'a Searcher,
        deadline: &'a Deadline,
    ) -> Result<Scan<'a>, Error> {
        Scan::of_all(searcher, &self.parts, self.code.as_ref(), deadline)
    }
}

struct Planning<'a> {
    fields: &'a Fields,
    lexicon: &'a Lexicon<'a>,
    terms: Terms,
    /// What was searched for instead of what stood where.
    corrections: Vec<((usize, usize), String)>,
}

impl Planning<'_> {
    fn word(&mut self, word: &Word) -> Result<Vec<Way>, Error> {
        let mut ways = self.term(&word.term, 1.0)?;
        let mut is_known = self.lexicon.knows(&word.term)?;
        for together in &word.with_neighbour {
            if self.lexicon.knows(together)? {
                ways.extend(self.term(together, TOGETHER)?);
                is_known = true;
            }
        }
        if word.may_go_on {
            let boost = if is_known { OTHER_WORD } else { BEGINNING };
            is_known |= self.beginning(word, boost, &mut ways)?;
        }
        ways.extend(self.apart(&word.text)?);
        let has_digit = word.text.bytes().any(|byte| byte.is_ascii_digit());
        if has_digit || !is_known {
            ways.extend(self.part_of_code(&word.text));
        }
        if !is_known {
            self.near(word, &mut ways)?;
        }
        Ok(ways)
    }

    /// The words that begin so, and whether any of them is known.
    fn beginning(&mut self, word: &Word, boost: Score, ways: &mut Vec<Way>) -> Result<bool, Error> {
        if word.text.chars().count() <= analysis::BEGINNING {
            let term = Term::from_field_text(self.fields.beginning, &word.text);
            let is_known = self.lexicon.sees(&term)?;
            if is_known {
                self.terms.beginnings.push(word.text.clone());
                ways.push(Way::Term(term, boost));
            }
            return Ok(is_known);
        }
        let mut is_known = false;
        for longer in self.lexicon.beginning(&word.text, BEGINNINGS)? {
            if longer != word.term {
                is_known = is_known || self.lexicon.knows(&longer)?;
                ways.extend(self.term(&longer, boost)?);
            }
        }
        Ok(is_known)
    }

    /// Two words side by side for what was typed as one: `head set` for `headset`.
    fn apart(&mut self, text: &str) -> Result<Vec<Way>, Error> {
        const SHORTEST: usize = 3;
        let own = self.lexicon.documents(&analysis::singular(text))?;
        let mut best: Option<(u64, [String; 2])> = None;
        for at in SHORTEST..text.len().saturating_sub(SHORTEST - 1) {
            let Some((first, second)) = text.split_at_checked(at) else { continue };
            let parts = [first, second].map(analysis::singular);
            let rarer = self.lexicon.documents(&parts[0])?.min(self.lexicon.documents(&parts[1])?);
            if rarer > own && best.as_ref().is_none_or(|(most, _)| rarer > *most) {
                best = Some((rarer, parts));
            }
        }
        Ok(best.map_or_else(Vec::new, |(_, parts)| self.phrase(&parts, APART)))
    }

    /// The words near one that stands nowhere. Short words have too many of them.
    fn near(&mut self, word: &Word, ways: &mut Vec<Way>) -> Result<(), Error> {
        let distance = match word.term.chars().count() {
            0..4 => return Ok(()),
            4..8 => 1,
            _ => 2,
        };
        let mut near = self.lexicon.near(&word.term, 1, NEAR)?;
        if near.is_empty() && distance > 1 {
            near = self.lexicon.near(&word.term, distance, NEAR)?;
        }
        if let Some(best) = near.first() {
            self.corrections.push((word.place, best.word.clone()));
        }
        for known in near {
            ways.extend(self.term(&known.word, NEAR_WORD)?);
        }
        Ok(())
    }

    /// A term in the fields that have it.
    fn term(&mut self, text: &str, boost: Score) -> Result<Vec<Way>, Error> {
        self.terms.words.insert(text.to_owned());
        let fields = self.lexicon.fields_with(text)?.into_iter();
        let way = |field| Way::Term(Term::from_field_text(field, text), boost * self.weight(field));
        Ok(fields.map(way).collect())
    }

    /// Terms side by side in one of the fields.
    fn phrase(&mut self, terms: &[String], boost: Score) -> Vec<Way> {
        self.terms.words.extend(terms.iter().cloned());
        let way = |field: Field| {
            let mut terms: Vec<_> = in_field(field, terms);
            let boost = boost * self.weight(field);
            match terms.len() {
                1 => Way::Term(terms.remove(0), boost),
                _ => Way::Phrase(terms, boost),
            }
        };
        vec![way(self.fields.words), way(self.fields.more)]
    }

    fn weight(&self, field: Field) -> Score {
        if field == self.fields.more { MORE } else { 1.0 }
    }

    /// Anything that stands in a code, from three characters on.
    fn part_of_code(&self, text: &str) -> Option<Way> {
        let parts: Vec<String> = parts_of_code(text).collect();
        let mut parts = in_field(self.fields.code_part, &parts);
        let query: Box<dyn Query> = match parts.len() {
            0 => return None,
            1 => Box::new(TermQuery::new(parts.remove(0), IndexRecordOption::Basic)),
            _ => Box::new(PhraseQuery::new(parts)),
        };
        Some(Way::Flat(query, PART_OF_CODE))
    }

    /// All of what was typed as a code: exactly, or as a part of one when it holds a digit, as codes do.
    fn code(&self, code: &str) -> Result<Vec<Way>, Error> {
        let mut ways = Vec::new();
        let term = Term::from_field_text(self.fields.code, code);
        if self.lexicon.searcher.doc_freq(&term)? > 0 {
            let exact = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            ways.push(Way::Flat(exact, CODE));
        }
        let has_digit = code.bytes().any(|byte| byte.is_ascii_digit());
        ways.extend(self.part_of_code(code).filter(|_| has_digit));
        Ok(ways)
    }
}

fn in_field(field: Field, texts: &[String]) -> Vec<Term> {
    texts.iter().map(|text| Term::from_field_text(field, text)).collect()
}

/// What was typed, with other words in some places.
fn corrected(text: &str, corrections: &[((usize, usize), String)]) -> String {
    let mut corrected = String::new();
    let mut at = 0;
    for ((start, end), word) in corrections {
        corrected.push_str(text.get(at..*start).unwrap_or_default());
        corrected.push_str(word);
        at = *end;
    }
    if corrections.is_empty() {
        return String::new();
    }
    corrected.push_str(text.get(at..).unwrap_or_default());
    corrected
}
