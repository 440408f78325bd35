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
const MORE: f32 = 0.25;

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
        let code = match &asked.code {
            Some(code) => planning.code(code)?,
            None => None,
        };
        let corrected = corrected(text, &planning.corrections);
        Ok(Self { parts, code, terms: planning.terms, corrected })
    }

    /// Products with all of the words.
    pub(super) fn all(&self) -> Box<dyn Query> {
        let words: Box<dyn Query> = match self.parts.as_slice() {
            [(_, only)] => only.box_clone(),
            all => {
                let all = all.iter().map(|(occur, query)| (*occur, query.box_clone()));
                Box::new(BooleanQuery::new(all.collect()))
            }
        };
        self.or_code(words)
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
        let mut ways: Vec<Box<dyn Query>> = vec![self.term(&word.term, 1.0)?];
        let mut is_known = self.lexicon.knows(&word.term)?;
        for together in &word.with_neighbour {
            if self.lexicon.knows(together)? {
                ways.push(self.term(together, TOGETHER)?);
                is_known = true;
            }
        }
        if word.may_go_on {
            for longer in self.lexicon.beginning(&word.text, BEGINNINGS)? {
                if longer != word.term {
                    is_known = is_known || self.lexicon.knows(&longer)?;
                    ways.push(self.term(&longer, BEGINNING)?);
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
        Ok(best.map(|(_, parts)| boosted(self.phrase(&parts), APART)))
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
            ways.push(self.term(&known.word, NEAR_WORD)?);
        }
        Ok(())
    }

    /// A term in the fields that have it.
    fn term(&mut self, text: &str, boost: f32) -> Result<Box<dyn Query>, Error> {
        self.terms.push(text.to_owned());
        let weight = |field| if field == self.fields.more { boost * MORE } else { boost };
        let in_field = |field| {
            let term = Term::from_field_text(field, text);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            boosted(Box::new(query), weight(field))
        };
        let fields = self.lexicon.fields_with(text)?;
        Ok(match fields.as_slice() {
            [] => in_field(self.fields.words),
            [only] => in_field(*only),
            all => {
                Box::new(BooleanQuery::union(all.iter().map(|field| in_field(*field)).collect()))
            }
        })
    }

    /// Terms side by side in one of the fields.
    fn phrase(&mut self, terms: &[String]) -> Box<dyn Query> {
        self.terms.extend(terms.iter().cloned());
        let more = boosted(Self::side_by_side(self.fields.more, terms), MORE);
        let ways = vec![Self::side_by_side(self.fields.words, terms), more];
        Box::new(BooleanQuery::union(ways))
    }

    /// Anything that stands in a code, from three characters on.
    fn part_of_code(&self, text: &str) -> Option<Box<dyn Query>> {
        let parts: Vec<String> = parts_of_code(text).collect();
        (!parts.is_empty()).then(|| {
            let query = Self::side_by_side(self.fields.code_part, &parts);
            Box::new(ConstScoreQuery::new(query, PART_OF_CODE)) as Box<dyn Query>
        })
    }

    /// All of what was typed as a code: exactly, or as a part of one when it holds a digit, as codes do.
    fn code(&self, code: &str) -> Result<Option<Box<dyn Query>>, Error> {
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        let term = Term::from_field_text(self.fields.code, code);
        if self.lexicon.searcher.doc_freq(&term)? > 0 {
            let exact = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            ways.push(Box::new(ConstScoreQuery::new(exact, CODE)));
        }
        let has_digit = code.bytes().any(|byte| byte.is_ascii_digit());
        ways.extend(self.part_of_code(code).filter(|_| has_digit));
        Ok((!ways.is_empty()).then(|| Box::new(DisjunctionMaxQuery::new(ways)) as Box<dyn Query>))
    }

    fn side_by_side(field: tantivy::schema::Field, texts: &[String]) -> Box<dyn Query> {
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
