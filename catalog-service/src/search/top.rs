//! The best of the documents that a query finds.

use std::{cmp::Ordering, collections::BinaryHeap};

use tantivy::{
    DocAddress, DocId, DocSet as _, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED,
    columnar::{Column, StrColumn},
    query::{EnableScoring, Query, Scorer as _},
};

use super::{
    Error,
    choices::SegmentChoices,
    deadline::Deadline,
    schema::name,
    sight::{SegmentSight, Sight},
};
use crate::domain::{Choice, ProductId};

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

    /// What a document has to have more than to be worth a look: just less than the worst of the best, so that equal ones are
    /// put in their order.
    fn threshold(&self) -> Score {
        match self.heap.peek() {
            Some(worst) if self.heap.len() >= self.most => worst.score.next_down(),
            _ => Score::MIN,
        }
    }
}

/// What is asked of every document.
pub(super) struct Asking<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) sight: Sight,
    pub(super) choice: &'a Choice,
    pub(super) deadline: Deadline,
    /// After how many documents it is enough.
    pub(super) enough: u32,
}

impl Asking<'_> {
    /// The `most` best documents, the best first. Of a plain query those that cannot be among them are passed over.
    pub(super) fn best(
        &self,
        query: &dyn Query,
        is_plain: bool,
        most: usize,
    ) -> Result<Vec<DocAddress>, Error> {
        let weight = query.weight(EnableScoring::enabled_from_searcher(self.searcher))?;
        let mut best = Best { most, heap: BinaryHeap::with_capacity(most + 1) };
        let mut steps = 0;
        for (number, segment) in (0..).zip(self.searcher.segment_readers()) {
            self.deadline.check()?;
            let one = Segment::of(self, number, segment)?;
            if is_plain {
                weight.for_each_pruning(best.threshold(), segment, &mut |document, score| {
                    one.offer(document, || score, &mut best);
                    best.threshold()
                })?;
                continue;
            }
            let mut scorer = weight.scorer(segment, 1.0)?;
            while scorer.doc() != TERMINATED && steps < self.enough {
                steps += 1;
                self.deadline.check_at(steps)?;
                one.offer(scorer.doc(), || scorer.score(), &mut best);
                scorer.advance();
            }
        }
        Ok(best.heap.into_sorted_vec().into_iter().map(|ranked| ranked.at).collect())
    }

    /// The `most` best products, the best first.
    pub(super) fn products(
        &self,
        query: &dyn Query,
        is_plain: bool,
        most: usize,
    ) -> Result<Vec<ProductId>, Error> {
        let ids = Texts::of(self.searcher, name::ID)?;
        let found = self.best(query, is_plain, most)?.into_iter();
        let id = |at| ids.at(at).map(|id| ProductId::parse(&id).ok());
        found.filter_map(|at| id(at).transpose()).collect()
    }
}

/// The documents of one segment, as far as ranking needs them.
struct Segment<'a> {
    number: SegmentOrdinal,
    reader: &'a SegmentReader,
    sees: SegmentSight,
    chosen: SegmentChoices,
    ties: Column<u64>,
}

impl<'a> Segment<'a> {
    fn of(
        asking: &Asking<'_>,
        number: SegmentOrdinal,
        reader: &'a SegmentReader,
    ) -> Result<Self, Error> {
        Ok(Self {
            number,
            reader,
            sees: asking.sight.of(reader)?,
            chosen: SegmentChoices::of(asking.choice, reader)?,
            ties: reader.fast_fields().u64(name::TIE)?,
        })
    }

    fn offer(&self, document: DocId, score: impl FnOnce() -> Score, best: &mut Best) {
        let is_there = !self.reader.is_deleted(document);
        if is_there && self.sees.sees(document) && self.chosen.has(document) {
            let tie = self.ties.first(document).unwrap_or_default();
            let at = DocAddress::new(self.number, document);
            best.offer(Ranked { score: score(), tie, at });
        }
    }
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
