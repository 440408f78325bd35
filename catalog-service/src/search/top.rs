//! The best of the documents that are found, how many there are, and by what they could be chosen: all in one pass.

use std::{cmp::Ordering, collections::BinaryHeap};

use tantivy::{
    DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader,
    columnar::{Column, StrColumn},
    fastfield::AliveBitSet,
};

use super::{
    Error,
    choices::{SegmentChoices, Standing},
    facets::{Counts, Identities, Sums},
    scan::Visitor,
    schema::name,
    sight::{SegmentSight, Sight},
};
use crate::domain::{Choice, ProductId, Total};

/// A document with its rank. The least comes out of a heap first; that is the worst one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ranked {
    score: Score,
    tie: u64,
    at: DocAddress,
}

impl Eq for Ranked {}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        // Turned round for the heap, which gives the greatest.
        other.score.total_cmp(&self.score).then_with(|| other.tie.cmp(&self.tie))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best documents so far.
struct Best {
    most: usize,
    heap: BinaryHeap<Ranked>,
}

impl Best {
    fn offer(&mut self, ranked: Ranked) {
        self.heap.push(ranked);
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    /// Documents with less than this are not among them.
    fn floor(&self) -> Score {
        let is_full = self.heap.len() >= self.most;
        self.heap.peek().filter(|_| is_full).map_or(Score::MIN, |worst| worst.score)
    }
}

/// What is counted of the documents.
enum Counted<'a> {
    Nothing,
    Total(Total),
    Facets(Box<Sums>, &'a Identities),
}

/// What is asked of every document.
pub(super) struct Survey<'a> {
    sight: Sight,
    choice: &'a Choice,
    best: Best,
    counted: Counted<'a>,
    /// After how many documents it is enough.
    enough: u32,
    segment: Option<Segment>,
}

impl<'a> Survey<'a> {
    /// The `most` best documents, and nothing else.
    pub(super) fn of_best(sight: Sight, choice: &'a Choice, most: usize) -> Self {
        let best = Best { most, heap: BinaryHeap::with_capacity(most + 1) };
        let counted = Counted::Nothing;
        Self { sight, choice, best, counted, enough: u32::MAX, segment: None }
    }

    /// The same for the first so many documents.
    pub(super) fn among(self, enough: u32) -> Self {
        Self { enough, ..self }
    }

    /// The same, and how many there are.
    pub(super) fn with_total(self) -> Self {
        Self { counted: Counted::Total(Total::default()), ..self }
    }

    /// The same, and by what all of them could be chosen.
    pub(super) fn with_facets(self, identities: &'a Identities) -> Self {
        Self { counted: Counted::Facets(Box::default(), identities), ..self }
    }

    /// The best documents, the best first.
    pub(super) fn into_best(self) -> Vec<DocAddress> {
        self.best.heap.into_sorted_vec().into_iter().map(|ranked| ranked.at).collect()
    }

    /// The best documents, the best first, how many there are, and what was counted of them.
    pub(super) fn into_parts(self) -> (Vec<DocAddress>, Total, Option<Sums>) {
        let sorted = self.best.heap.into_sorted_vec().into_iter().map(|ranked| ranked.at);
        let sorted = sorted.collect();
        match self.counted {
            Counted::Nothing => (sorted, Total::default(), None),
            Counted::Total(total) => (sorted, total, None),
            Counted::Facets(sums, _) => (sorted, sums.total(), Some(*sums)),
        }
    }

    /// Whether only the best documents are of interest.
    fn wants_best_only(&self) -> bool {
        match &self.counted {
            Counted::Nothing => true,
            Counted::Total(total) => total.capped,
            Counted::Facets(..) => false,
        }
    }
}

impl Visitor for Survey<'_> {
    fn enter(&mut self, number: SegmentOrdinal, reader: &SegmentReader) -> Result<(), Error> {
        let counts = match self.counted {
            Counted::Facets(ref sums, identities) => Some(Counts::of(reader, sums, identities)?),
            Counted::Nothing | Counted::Total(_) => None,
        };
        self.segment = Some(Segment::of(self, number, reader, counts)?);
        Ok(())
    }

    fn meet(&mut self, documents: u32) {
        self.enough = self.enough.saturating_sub(documents);
    }

    fn visit(&mut self, document: DocId, score: Score) {
        let is_among_best = score >= self.best.floor();
        if !is_among_best && self.wants_best_only() {
            return;
        }
        let Some(segment) = &mut self.segment else { return };
        if !segment.has(document) {
            return;
        }
        if let Counted::Total(total) = &mut self.counted {
            count_one(total);
        }
        if is_among_best {
            let tie = segment.ties.first(document).unwrap_or_default();
            let at = DocAddress::new(segment.number, document);
            self.best.offer(Ranked { score, tie, at });
        }
    }

    fn leave(&mut self) -> Result<(), Error> {
        let segment = self.segment.take();
        if let (Counted::Facets(sums, _), Some(segment)) = (&mut self.counted, segment)
            && let Some(counts) = segment.counts
        {
            counts.add_to(sums, &segment.chosen)?;
        }
        Ok(())
    }

    fn floor(&self) -> Score {
        if self.wants_best_only() { self.best.floor() } else { Score::MIN }
    }

    fn is_done(&self) -> bool {
        self.enough == 0
    }
}

fn count_one(total: &mut Total) {
    if total.count < Total::MOST { total.count += 1 } else { total.capped = true }
}

/// The documents of one segment, as far as they are judged.
struct Segment {
    number: SegmentOrdinal,
    alive: Option<AliveBitSet>,
    sees: SegmentSight,
    chosen: SegmentChoices,
    ties: Column<u64>,
    counts: Option<Counts>,
}

impl Segment {
    fn of(
        survey: &Survey<'_>,
        number: SegmentOrdinal,
        reader: &SegmentReader,
        counts: Option<Counts>,
    ) -> Result<Self, Error> {
        Ok(Self {
            number,
            alive: reader.alive_bitset().cloned(),
            sees: survey.sight.of(reader)?,
            chosen: SegmentChoices::of(survey.choice, reader)?,
            ties: reader.fast_fields().u64(name::TIE)?,
            counts,
        })
    }

    /// Whether a document is there to be seen, and among what was chosen. It is counted.
    fn has(&mut self, document: DocId) -> bool {
        let is_there = self.alive.as_ref().is_none_or(|alive| alive.is_alive(document));
        if !is_there || !self.sees.sees(document) {
            return false;
        }
        match &mut self.counts {
            Some(counts) => {
                let standing = self.chosen.standing(document);
                counts.count(document, standing, &self.chosen);
                standing == Standing::Chosen
            }
            None => self.chosen.has(document),
        }
    }
}

/// The products of documents.
pub(super) fn products(
    searcher: &Searcher,
    found: Vec<DocAddress>,
) -> Result<Vec<ProductId>, Error> {
    let ids = Texts::of(searcher, name::ID)?;
    let id = |at| ids.at(at).map(|id| ProductId::parse(&id).ok());
    found.into_iter().filter_map(|at| id(at).transpose()).collect()
}

/// The texts of one column in all segments.
pub(super) struct Texts(Vec<Option<StrColumn>>);

impl Texts {
    pub(super) fn of(searcher: &Searcher, column: &str) -> Result<Self, Error> {
        let segments = searcher.segment_readers().iter();
        let columns = segments.map(|segment| segment.fast_fields().str(column));
        Ok(Self(columns.collect::<tantivy::Result<_>>()?))
    }

    /// The first text of a document; empty when it has none.
    pub(super) fn at(&self, at: DocAddress) -> Result<String, Error> {
        let mut text = String::new();
        let segment = usize::try_from(at.segment_ord).unwrap_or(usize::MAX);
        if let Some(Some(texts)) = self.0.get(segment)
            && let Some(number) = texts.ords().first(at.doc_id)
        {
            texts.ord_to_str(number, &mut text).map_err(tantivy::TantivyError::from)?;
        }
        Ok(text)
    }
}
