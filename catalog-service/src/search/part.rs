//! What a query consists of: a part for each word, and for each part the ways in which it may be meant.

use std::sync::Arc;

use tantivy::{
    Score, Searcher, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    query::{Bm25StatisticsProvider as _, EnableScoring, PhraseQuery, Query, Weight},
    schema::{Field, IndexRecordOption},
};

use super::{Error, source::Source};

/// How soon more of the same word says no more, and how much a text's length counts (BM25).
const SATURATION: Score = 1.2;
const LENGTH: Score = 0.75;

/// One way in which a part may be meant.
#[derive(Debug)]
pub(super) enum Way {
    /// A term stands in its field.
    Term(Term, Score),
    /// Terms stand side by side in their field.
    Phrase(Vec<Term>, Score),
    /// Another query finds it, which is worth as much for every document.
    Flat(Box<dyn Query>, Score),
}

/// What stands for one of the words that were asked for. Of the ways in which a document meets it only the best one counts.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) ways: Vec<Way>,
    /// Whether a document has to meet it.
    pub(super) is_needed: bool,
}

/// A part with all that does not depend on the segment.
pub(super) struct WeighedPart {
    ways: Vec<WeighedWay>,
    pub(super) is_needed: bool,
}

enum WeighedWay {
    Term(Term, Bm25),
    Other { weight: Box<dyn Weight>, worth: Worth },
}

/// What the documents of a query are worth.
#[derive(Clone, Copy, Debug)]
pub(super) enum Worth {
    /// So many times the score that it gives, which is not above the second number.
    Scored(Score, Score),
    /// This, for each of them.
    Flat(Score),
}

impl Worth {
    /// The most that a document is worth.
    pub(super) fn most(self) -> Score {
        match self {
            Self::Scored(boost, most) => boost * most,
            Self::Flat(score) => score,
        }
    }
}

/// What one occurrence is worth, by the length of the text in which it stands.
#[derive(Clone, Debug)]
pub(super) struct Bm25 {
    weight: Score,
    lengths: Arc<[Score; 256]>,
}

impl Bm25 {
    /// The score of so many occurrences in a text of a length.
    pub(super) fn score(&self, length: u8, occurrences: u32) -> Score {
        let occurrences = occurrences as Score;
        self.weight * occurrences / (occurrences + self.lengths[usize::from(length)])
    }

    /// The most that any document reaches.
    pub(super) fn most(&self) -> Score {
        self.weight
    }
}

/// What has to be known of the whole index to weigh parts.
pub(super) struct Weighing<'a> {
    searcher: &'a Searcher,
    documents: u64,
    lengths: Vec<(Field, Arc<[Score; 256]>)>,
}

impl<'a> Weighing<'a> {
    pub(super) fn new(searcher: &'a Searcher) -> Result<Self, Error> {
        Ok(Self { searcher, documents: searcher.total_num_docs()?, lengths: Vec::new() })
    }

    /// Weighs a part.
    pub(super) fn part(&mut self, part: &Part) -> Result<WeighedPart, Error> {
        let ways = part.ways.iter().map(|way| self.way(way)).collect::<Result<_, _>>()?;
        Ok(WeighedPart { ways, is_needed: part.is_needed })
    }

    fn way(&mut self, way: &Way) -> Result<WeighedWay, Error> {
        let scoring = EnableScoring::enabled_from_searcher(self.searcher);
        Ok(match way {
            Way::Term(term, boost) => {
                let weight = self.rarity(term)? * (1.0 + SATURATION) * boost;
                let lengths = self.lengths(term.field())?;
                WeighedWay::Term(term.clone(), Bm25 { weight, lengths })
            }
            Way::Phrase(terms, boost) => {
                let mut rarity = 0.0;
                for term in terms {
                    rarity += self.rarity(term)?;
                }
                let weight = PhraseQuery::new(terms.clone()).weight(scoring)?;
                let worth = Worth::Scored(*boost, rarity * (1.0 + SATURATION));
                WeighedWay::Other { weight, worth }
            }
            Way::Flat(query, score) => {
                WeighedWay::Other { weight: query.weight(scoring)?, worth: Worth::Flat(*score) }
            }
        })
    }

    /// How much a term tells, by how few documents have it.
    fn rarity(&self, term: &Term) -> Result<Score, Error> {
        let with = self.searcher.doc_freq(term)?;
        let without = self.documents.saturating_sub(with) as Score;
        Ok(((without + 0.5) / (with as Score + 0.5)).ln_1p())
    }

    fn lengths(&mut self, field: Field) -> Result<Arc<[Score; 256]>, Error> {
        if let Some((_, known)) = self.lengths.iter().find(|(known, _)| *known == field) {
            return Ok(Arc::clone(known));
        }
        let mean = self.searcher.total_num_tokens(field)? as Score / self.documents.max(1) as Score;
        let of_length = |id: usize| {
            let length = FieldNormReader::id_to_fieldnorm(u8::try_from(id).unwrap_or(u8::MAX));
            SATURATION * (1.0 - LENGTH + LENGTH * length as Score / mean.max(1.0))
        };
        let lengths: Arc<[Score; 256]> = Arc::new(std::array::from_fn(of_length));
        self.lengths.push((field, Arc::clone(&lengths)));
        Ok(lengths)
    }
}

impl WeighedPart {
    /// Where it is met in a segment, the way that can be worth most first.
    pub(super) fn sources(&self, segment: &SegmentReader) -> Result<Vec<Source>, Error> {
        let mut sources = Vec::with_capacity(self.ways.len());
        for way in &self.ways {
            let source = match way {
                WeighedWay::Term(term, bm25) => term_source(segment, term, bm25)?,
                WeighedWay::Other { weight, worth } => {
                    Some(Source::of_scorer(weight.scorer(segment, 1.0)?, *worth))
                }
            };
            sources.extend(source.filter(|source| !source.is_done()));
        }
        sources.sort_by(|a, b| b.most().total_cmp(&a.most()));
        Ok(sources)
    }
}

fn term_source(segment: &SegmentReader, term: &Term, bm25: &Bm25) -> Result<Option<Source>, Error> {
    let inverted = segment.inverted_index(term.field())?;
    let postings = inverted.read_block_postings(term, IndexRecordOption::WithFreqs);
    let Some(postings) = postings.map_err(tantivy::TantivyError::from)? else { return Ok(None) };
    let lengths = segment.get_fieldnorms_reader(term.field())?;
    Ok(Some(Source::of_term(postings, lengths, bm25.clone())))
}
