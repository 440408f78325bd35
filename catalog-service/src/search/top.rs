//! The best of the documents that a query finds.

use std::{cmp::Ordering, collections::BinaryHeap};

use tantivy::{
    DocAddress, DocSet as _, Score, Searcher, TERMINATED,
    query::{EnableScoring, Query},
};

use super::{Error, choices::SegmentChoices, deadline::Deadline, schema::name, sight::Sight};
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
        other.score.total_cmp(&self.score).then_with(|| self.tie.cmp(&other.tie))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The `most` best documents, the best first.
pub(super) fn best(
    searcher: &Searcher,
    query: &dyn Query,
    sight: Sight,
    choice: &Choice,
    most: usize,
    deadline: Deadline,
) -> Result<Vec<DocAddress>, Error> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let mut best: BinaryHeap<Ranked> = BinaryHeap::with_capacity(most + 1);
    for (number, segment) in (0..).zip(searcher.segment_readers()) {
        deadline.check()?;
        let sees = sight.of(segment)?;
        let chosen = SegmentChoices::of(choice, segment)?;
        let ties = segment.fast_fields().u64(name::TIE)?;
        let mut scorer = weight.scorer(segment, 1.0)?;
        let mut steps = 0;
        while scorer.doc() != TERMINATED {
            steps += 1;
            deadline.check_at(steps)?;
            let document = scorer.doc();
            let is_there = !segment.is_deleted(document);
            if is_there && sees.sees(document) && chosen.has(document) {
                let tie = ties.first(document).unwrap_or_default();
                let at = DocAddress::new(number, document);
                best.push(Ranked { score: scorer.score(), tie, at });
                if best.len() > most {
                    best.pop();
                }
            }
            scorer.advance();
        }
    }
    Ok(best.into_sorted_vec().into_iter().map(|ranked| ranked.at).collect())
}

/// The `most` best products, the best first.
pub(super) fn top(
    searcher: &Searcher,
    query: &dyn Query,
    sight: Sight,
    choice: &Choice,
    most: usize,
    deadline: Deadline,
) -> Result<Vec<ProductId>, Error> {
    let found = best(searcher, query, sight, choice, most, deadline)?;
    let id = |at| text_at(searcher, at, name::ID).map(|id| ProductId::parse(&id).ok());
    found.into_iter().filter_map(|at| id(at).transpose()).collect()
}

/// The first text of a document's column; empty when it has none.
pub(super) fn text_at(searcher: &Searcher, at: DocAddress, column: &str) -> Result<String, Error> {
    let segment = searcher.segment_reader(at.segment_ord);
    let mut text = String::new();
    if let Some(texts) = segment.fast_fields().str(column)?
        && let Some(number) = texts.ords().first(at.doc_id)
    {
        texts.ord_to_str(number, &mut text).map_err(tantivy::TantivyError::from)?;
    }
    Ok(text)
}
