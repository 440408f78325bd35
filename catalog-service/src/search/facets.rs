//! Counting what the products of a search could be chosen by.

mod counts;
mod prices;
mod sums;

use tantivy::{
    DocSet as _, Searcher, TERMINATED,
    query::{EnableScoring, Query},
};

use self::{counts::Counts, sums::Sums};
use super::{Error, choices::SegmentChoices, deadline::Deadline, sight::Sight, tree::Tree};
use crate::domain::{Choice, Currency, Facets, Total};

/// Among how many of the products attributes are counted: there are many of them, and what is frequent shows soon.
const ATTRIBUTES_OF: u32 = 20_000;

/// What a count needs to know.
pub(super) struct Counting<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) query: &'a dyn Query,
    pub(super) sight: Sight,
    pub(super) choice: &'a Choice,
    pub(super) deadline: Deadline,
}

impl Counting<'_> {
    /// How many products there are, without looking at more than need be.
    pub(super) fn total(&self) -> Result<Total, Error> {
        let mut total = Total::default();
        let weight = self.query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        for segment in self.searcher.segment_readers() {
            let sees = self.sight.of(segment)?;
            let chosen = SegmentChoices::of(self.choice, segment)?;
            let mut documents = weight.scorer(segment, 1.0)?;
            let mut steps = 0;
            while documents.doc() != TERMINATED {
                steps += 1;
                self.deadline.check_at(steps)?;
                let document = documents.doc();
                if !segment.is_deleted(document) && sees.sees(document) && chosen.has(document) {
                    count_one(&mut total);
                }
                if total.capped {
                    return Ok(total);
                }
                documents.advance();
            }
        }
        Ok(total)
    }

    /// How many there are, and by what they could be chosen.
    pub(super) fn facets(&self, tree: &Tree, currency: Currency) -> Result<(Total, Facets), Error> {
        let weight = self.query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let mut sums = Sums::default();
        for segment in self.searcher.segment_readers() {
            let sees = self.sight.of(segment)?;
            let chosen = SegmentChoices::of(self.choice, segment)?;
            let mut counts = Counts::of(segment, ATTRIBUTES_OF.saturating_sub(sums.count))?;
            let mut documents = weight.scorer(segment, 1.0)?;
            let mut steps = 0;
            while documents.doc() != TERMINATED {
                steps += 1;
                self.deadline.check_at(steps)?;
                let document = documents.doc();
                if !segment.is_deleted(document) && sees.sees(document) {
                    counts.count(document, &chosen);
                }
                documents.advance();
            }
            counts.add_to(&mut sums, &chosen)?;
        }
        Ok((sums.total(), sums.facets(tree, currency, self.choice)))
    }
}

fn count_one(total: &mut Total) {
    if total.count < Total::MOST { total.count += 1 } else { total.capped = true }
}
