//! From the words that were asked for to the query that finds them: exact first, then beginnings, parts of codes, and, for words
//! that stand nowhere, the words near them.

use tantivy::{
    Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query,
        TermQuery,
    },
    schema::IndexRecordOption,
};

use super::{
    Error,
    asked::{Asked, Word},
    document::parts_of_code,
    lexicon::Lexicon,
    schema::Fields,
};

/// How many words one beginning may stand for.
const BEGINNINGS: usize = 128;

/// How many words are tried for one that stands nowhere.
const NEAR: usize = 6;

/// What an exact code weighs: more than any words.
const CODE: f32 = 1_000.0;
const PART_OF_CODE: f32 = 2.0;
const TOGETHER: f32 = 1.0;
const APART: f32 = 0.8;
const BEGINNING: f32 = 0.5;
const NEAR_WORD: f32 = 0.4;

/// A query, and what is said of it with its answer.
pub(super) struct Plan {
    /// A query for each word or phrase.
    parts: Vec<(Occur, Box<dyn Query>)>,
    /// The code that all of it may be.
    code: Option<Box<dyn Query>>,
    /// The terms that are searched for.
    pub(super) terms: Vec<String>,
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
        let mut planning = Planning { fields, lexicon, terms: Vec::new(), corrections: Vec::new() };
        let mut parts = Vec::new();
        for word in &asked.words {
            let occur = if word.is_common { Occur::Should } else { Occur::Must };
            parts.push((occur, planning.word(word)?));
        }
        for phrase in &asked.phrases {
            parts.push((Occur::Must, planning.phrase(phrase)));
        }
        let code = asked.code.as_deref().map(|code| planning.code(code));
        let corrected = corrected(text, &planning.corrections);
        Ok(Self { parts, code, terms: planning.terms, corrected })
    }

    /// Products with all of the words.
    pub(super) fn all(&self) -> Box<dyn Query> {
        let words = self.parts.iter().map(|(occur, query)| (*occur, query.box_clone())).collect();
        self.or_code(Box::new(BooleanQuery::new(words)))
    }

    /// Products with at least half of the words; none: there are too few to leave some out.
    pub(super) fn some(&self) -> Option<Box<dyn Query>> {
        let words: Vec<_> = self.parts.iter().filter(|(occur, _)| *occur == Occur::Must).collect();
        let least = words.len().div_ceil(2);
        (words.len() > 1).then(|| {
            let any = self.parts.iter().map(|(_, query)| (Occur::Should, query.box_clone()));
            let query = BooleanQuery::with_minimum_required_clauses(any.collect(), least);
            Box::new(query) as Box<dyn Query>
        })
    }

    /// A product whose code is what was typed is found, and stands before all others, whatever its words are.
    fn or_code(&self, words: Box<dyn Query>) -> Box<dyn Query> {
        match &self.code {
            Some(code) => Box::new(BooleanQuery::new(vec![
                (Occur::Should, words),
                (Occur::Should, code.box_clone()),
            ])),
            None => words,
        }
    }
}

struct Planning<'a> {
    fields: &'a Fields,
    lexicon: &'a Lexicon<'a>,
    terms: Vec<String>,
    /// What was searched for instead of what stood where.
    corrections: Vec<((usize, usize), String)>,
}

impl Planning<'_> {
    fn word(&mut self, word: &Word) -> Result<Box<dyn Query>, Error> {
        let mut ways: Vec<Box<dyn Query>> = vec![self.term(&word.term, 1.0)];
        let mut is_known = self.lexicon.knows(&word.term)?;
        for together in &word.with_neighbour {
            if self.lexicon.documents(together)? > 0 {
                ways.push(self.term(together, TOGETHER));
                is_known = true;
            }
        }
        if word.may_go_on {
            for longer in self.lexicon.beginning(&word.text, BEGINNINGS)? {
                if longer != word.term {
                    is_known = is_known || self.lexicon.knows(&longer)?;
                    ways.push(self.term(&longer, BEGINNING));
                }
            }
        }
        if let Some(apart) = self.apart(&word.text)? {
            ways.push(apart);
        }
        let has_digit = word.text.bytes().any(|byte| byte.is_ascii_digit());
        if (has_digit || !is_known)
            && let Some(part) = self.part_of_code(&word.text)
        {
            ways.push(part);
        }
        if !is_known {
            self.near(word, &mut ways)?;
        }
        Ok(match ways.len() {
            1 => ways.remove(0),
            _ => Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, 0.1)),
        })
    }

    /// Two words side by side for what was typed as one: `head set` for `headset`.
    fn apart(&mut self, text: &str) -> Result<Option<Box<dyn Query>>, Error> {
        const SHORTEST: usize = 3;
        let own = self.lexicon.documents(&super::analysis::singular(text))?;
        let mut best: Option<(u64, [String; 2])> = None;
        for at in SHORTEST..text.len().saturating_sub(SHORTEST - 1) {
            let Some((first, second)) = text.split_at_checked(at) else { continue };
            let parts = [first, second].map(super::analysis::singular);
            let rarer = self.lexicon.documents(&parts[0])?.min(self.lexicon.documents(&parts[1])?);
            if rarer > own && best.as_ref().is_none_or(|(most, _)| rarer > *most) {
                best = Some((rarer, parts));
            }
        }
        Ok(best.map(|(_, parts)| {
            self.terms.extend(parts.iter().cloned());
            boosted(self.side_by_side(self.fields.words, &parts), APART)
        }))
    }

    /// The words near one that stands nowhere. Short words have too many of them.
    fn near(&mut self, word: &Word, ways: &mut Vec<Box<dyn Query>>) -> Result<(), Error> {
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
            ways.push(self.term(&known.word, NEAR_WORD));
        }
        Ok(())
    }

    fn term(&mut self, text: &str, boost: f32) -> Box<dyn Query> {
        self.terms.push(text.to_owned());
        let term = Term::from_field_text(self.fields.words, text);
        boosted(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), boost)
    }

    fn phrase(&mut self, terms: &[String]) -> Box<dyn Query> {
        self.terms.extend(terms.iter().cloned());
        self.side_by_side(self.fields.words, terms)
    }

    /// Anything that stands in a code, from three characters on.
    fn part_of_code(&self, text: &str) -> Option<Box<dyn Query>> {
        let parts: Vec<String> = parts_of_code(text).collect();
        (!parts.is_empty()).then(|| {
            let query = self.side_by_side(self.fields.code_part, &parts);
            Box::new(ConstScoreQuery::new(query, PART_OF_CODE)) as Box<dyn Query>
        })
    }

    /// All of what was typed as a code: exactly, or as a part of one when it holds a digit, as codes do.
    fn code(&self, code: &str) -> Box<dyn Query> {
        let term = Term::from_field_text(self.fields.code, code);
        let exact = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        let exact: Box<dyn Query> = Box::new(ConstScoreQuery::new(exact, CODE));
        let has_digit = code.bytes().any(|byte| byte.is_ascii_digit());
        match self.part_of_code(code).filter(|_| has_digit) {
            Some(part) => Box::new(DisjunctionMaxQuery::new(vec![exact, part])),
            None => exact,
        }
    }

    fn side_by_side(&self, field: tantivy::schema::Field, texts: &[String]) -> Box<dyn Query> {
        let terms: Vec<_> = texts.iter().map(|text| Term::from_field_text(field, text)).collect();
        match <[Term; 1]>::try_from(terms) {
            Ok([only]) => Box::new(TermQuery::new(only, IndexRecordOption::WithFreqs)),
            Err(terms) => Box::new(PhraseQuery::new(terms)),
        }
    }
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    if (boost - 1.0).abs() < f32::EPSILON { query } else { Box::new(BoostQuery::new(query, boost)) }
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
