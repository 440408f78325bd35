//! The words that stand in the index, as far as a caller may know of them: one that stands only in what the caller may not see
//! is not known.

use std::collections::HashMap;

use tantivy::{
    DocSet as _, Searcher, SegmentReader, TERMINATED, Term,
    query::FuzzyTermQuery,
    schema::{Field, IndexRecordOption},
};

use super::{Error, deadline::Deadline, sight::Sight};

/// How many words are looked at for one beginning.
const LOOKED_AT: usize = 20_000;

/// A word, and in how many documents it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) word: String,
    pub(super) documents: u64,
}

/// The words of some fields.
#[derive(Clone, Copy)]
pub(super) struct Lexicon<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: &'a [Field],
    pub(super) sight: Sight,
    pub(super) deadline: &'a Deadline,
}

impl Lexicon<'_> {
    /// Whether the caller sees a product with this word.
    pub(super) fn knows(&self, word: &str) -> Result<bool, Error> {
        for field in self.fields {
            if self.sees(&Term::from_field_text(*field, word))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the caller sees a product with this term.
    pub(super) fn sees(&self, term: &Term) -> Result<bool, Error> {
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(term.field())?;
            let postings = inverted.read_postings(term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(tantivy::TantivyError::from)? else {
                continue;
            };
            let sight = self.sight.of(segment)?;
            let mut steps = 0;
            while postings.doc() != TERMINATED {
                steps += 1;
                self.deadline.check_at(steps)?;
                if !segment.is_deleted(postings.doc()) && sight.sees(postings.doc()) {
                    return Ok(true);
                }
                postings.advance();
            }
        }
        Ok(false)
    }

    /// In how many documents a word stands, at most, whether they are seen or not.
    pub(super) fn documents(&self, word: &str) -> Result<u64, Error> {
        let mut most = 0;
        for field in self.fields {
            most = most.max(self.searcher.doc_freq(&Term::from_field_text(*field, word))?);
        }
        Ok(most)
    }

    /// The fields in which a word stands.
    pub(super) fn fields_with(&self, word: &str) -> Result<Vec<Field>, Error> {
        let mut with = Vec::with_capacity(self.fields.len());
        for field in self.fields {
            if self.searcher.doc_freq(&Term::from_field_text(*field, word))? > 0 {
                with.push(*field);
            }
        }
        Ok(with)
    }

    /// The most frequent words with this beginning.
    pub(super) fn beginning(&self, beginning: &str, most: usize) -> Result<Vec<String>, Error> {
        let mut found: HashMap<String, u64> = HashMap::new();
        for (segment, field) in self.places() {
            self.deadline.check()?;
            let inverted = segment.inverted_index(field)?;
            let range = inverted.terms().range().ge(beginning);
            let mut words = range.into_stream().map_err(tantivy::TantivyError::from)?;
            let mut looked_at = 0;
            while words.advance() && looked_at < LOOKED_AT {
                looked_at += 1;
                let Ok(word) = std::str::from_utf8(words.key()) else { continue };
                if !word.starts_with(beginning) {
                    break;
                }
                *found.entry(word.to_owned()).or_default() += u64::from(words.value().doc_freq);
            }
        }
        Ok(most_frequent(found, most).into_iter().map(|known| known.word).collect())
    }

    /// The words that differ from this one in up to `distance` letters, the most frequent first, and that the caller may know of.
    pub(super) fn near(&self, word: &str, distance: u8, most: usize) -> Result<Vec<Known>, Error> {
        let Some(field) = self.fields.first() else { return Ok(Vec::new()) };
        let term = Term::from_field_text(*field, word);
        let automaton = FuzzyTermQuery::new(term, distance, true).automaton()?;
        let mut found: HashMap<String, u64> = HashMap::new();
        for (segment, field) in self.places() {
            self.deadline.check()?;
            let inverted = segment.inverted_index(field)?;
            let search = inverted.terms().search(&automaton);
            let mut words = search.into_stream().map_err(tantivy::TantivyError::from)?;
            while words.advance() {
                if let Ok(word) = std::str::from_utf8(words.key()) {
                    *found.entry(word.to_owned()).or_default() += u64::from(words.value().doc_freq);
                }
            }
        }
        let mut near = Vec::new();
        for known in most_frequent(found, most * 4) {
            if near.len() < most && self.knows(&known.word)? {
                near.push(known);
            }
        }
        Ok(near)
    }

    fn places(&self) -> impl Iterator<Item = (&SegmentReader, Field)> {
        let segments = self.searcher.segment_readers().iter();
        segments.flat_map(|segment| self.fields.iter().map(move |field| (segment, *field)))
    }
}

fn most_frequent(found: HashMap<String, u64>, most: usize) -> Vec<Known> {
    let mut found: Vec<_> =
        found.into_iter().map(|(word, documents)| Known { word, documents }).collect();
    found.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.word.cmp(&b.word)));
    found.truncate(most);
    found
}
