//! A stretch of documents with what each has reached so far, part by part.

use tantivy::{DocId, Score};

/// How many documents a window has: what is kept of them for a part fits into fast memory.
pub(super) const WIDTH: usize = 4_096;

/// The documents from one on.
pub(super) struct Window {
    start: DocId,
    lanes: Vec<Lane>,
    /// How many needed parts a document has met.
    met: Box<[u8; WIDTH]>,
}

/// What the documents have reached in one part, by the best way in which they meet it.
struct Lane {
    best: Box<[Score; WIDTH]>,
    is_used: bool,
}

/// One part's share of a window.
pub(super) struct Sink<'a> {
    start: DocId,
    lane: &'a mut Lane,
}

impl Sink<'_> {
    pub(super) fn start(&self) -> DocId {
        self.start
    }

    /// The first document behind it.
    pub(super) fn end(&self) -> DocId {
        end(self.start)
    }

    /// A document meets the part in one more way.
    pub(super) fn add(&mut self, document: DocId, score: Score) {
        let place = place(self.start, document);
        self.lane.best[place] = self.lane.best[place].max(score);
    }
}

fn end(start: DocId) -> DocId {
    start.saturating_add(WIDTH as DocId)
}

fn place(start: DocId, document: DocId) -> usize {
    // The remainder changes nothing; by it the compiler knows that no place lies outside.
    (document - start) as usize % WIDTH
}

impl Window {
    /// A window for so many parts.
    pub(super) fn new(parts: usize) -> Self {
        let lane = || Lane { best: Box::new([0.0; WIDTH]), is_used: false };
        let lanes = std::iter::repeat_with(lane).take(parts).collect();
        Self { start: 0, lanes, met: Box::new([0; WIDTH]) }
    }

    /// Begins anew from a document on.
    pub(super) fn move_to(&mut self, start: DocId) {
        self.start = start;
        self.met.fill(0);
        for lane in self.lanes.iter_mut().filter(|lane| lane.is_used) {
            lane.best.fill(0.0);
            lane.is_used = false;
        }
    }

    /// Where what a part finds is put.
    pub(super) fn sink(&mut self, part: usize) -> Sink<'_> {
        let lane = &mut self.lanes[part];
        lane.is_used = true;
        Sink { start: self.start, lane }
    }

    /// All documents that meet a part have met one more.
    pub(super) fn meet(&mut self, part: usize) {
        for (met, best) in self.met.iter_mut().zip(self.lanes[part].best.iter()) {
            *met += u8::from(*best > 0.0);
        }
    }

    /// The documents that have met at least so many parts.
    pub(super) fn collect(&self, least: u8, into: &mut Vec<DocId>) {
        into.clear();
        let met = (self.start..).zip(self.met.iter());
        into.extend(met.filter(|(_, met)| **met >= least).map(|(document, _)| document));
    }

    /// Whether a document meets a part, as far as was looked.
    pub(super) fn meets(&self, part: usize, document: DocId) -> bool {
        self.score_in(part, document) > 0.0
    }

    /// All documents that meet a part, as far as was looked.
    pub(super) fn meeting(&self, part: usize) -> Vec<DocId> {
        let reached = (self.start..).zip(self.lanes[part].best.iter());
        reached.filter(|(_, best)| **best > 0.0).map(|(document, _)| document).collect()
    }

    /// What a document has reached in all parts.
    pub(super) fn score(&self, document: DocId) -> Score {
        let used = (0..self.lanes.len()).filter(|part| self.lanes[*part].is_used);
        used.map(|part| self.score_in(part, document)).sum()
    }

    /// What a document has reached in a part.
    pub(super) fn score_in(&self, part: usize, document: DocId) -> Score {
        self.lanes[part].best[place(self.start, document)]
    }
}
