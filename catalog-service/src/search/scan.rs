//! Goes through the documents that meet a query, window by window, and leaves out those of which it is plain beforehand that nobody
//! asks for them: that is what keeps the search for a word fast that stands in most products.

use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED};

use super::{
    Error,
    deadline::Deadline,
    part::{Part, WeighedPart, Weighing},
    source::Source,
    window::{WIDTH, Window},
};

/// With no more candidates than this, each is looked up in the other parts, instead of reading all that stands there.
const FEW: usize = WIDTH / 32;

/// Bounds are sums of rounded numbers: one that is not exceeded by more than this is taken for reached.
const ROUNDING: Score = 1.0e-4;

/// Sees what is found.
pub(super) trait Visitor {
    /// The documents of this segment follow.
    fn enter(&mut self, number: SegmentOrdinal, segment: &SegmentReader) -> Result<(), Error>;

    /// So many documents meet the query, of which those are shown that come up to the floor.
    fn meet(&mut self, _documents: u32) {}

    /// A document is found. Those of a segment come in their order.
    fn visit(&mut self, document: DocId, score: Score);

    /// The documents of the segment are through.
    fn leave(&mut self) -> Result<(), Error>;

    /// Documents with less than this need not be seen any more.
    fn floor(&self) -> Score;

    /// Whether it has seen enough.
    fn is_done(&self) -> bool;
}

/// What is searched for.
pub(super) struct Scan<'a> {
    searcher: &'a Searcher,
    parts: Vec<WeighedPart>,
    /// How many of the needed parts a document has to meet.
    least: usize,
    /// What finds a document whatever parts it meets.
    instead: Option<WeighedPart>,
    deadline: &'a Deadline,
}

impl<'a> Scan<'a> {
    /// A search for documents with all needed parts, or with what stands for all of them.
    pub(super) fn of_all(
        searcher: &'a Searcher,
        parts: &[Part],
        instead: Option<&Part>,
        deadline: &'a Deadline,
    ) -> Result<Self, Error> {
        let mut weighing = Weighing::new(searcher)?;
        let parts: Vec<_> =
            parts.iter().map(|part| weighing.part(part)).collect::<Result<_, _>>()?;
        let instead = instead.map(|part| weighing.part(part)).transpose()?;
        let least = parts.iter().filter(|part| part.is_needed).count();
        Ok(Self { searcher, parts, least, instead, deadline })
    }

    /// The same for documents with half of the parts; none: there are too few to leave one out.
    pub(super) fn with_half(mut self) -> Option<Self> {
        if self.least < 2 {
            return None;
        }
        self.least = self.least.div_ceil(2);
        self.instead = None;
        Some(self)
    }

    /// Shows what is found.
    pub(super) fn run(&self, visitor: &mut impl Visitor) -> Result<(), Error> {
        let mut window = Window::new(self.parts.len() + 1);
        for (number, segment) in (0..).zip(self.searcher.segment_readers()) {
            if visitor.is_done() {
                return Ok(());
            }
            self.deadline.check()?;
            visitor.enter(number, segment)?;
            self.segment(segment)?.run(&mut window, visitor, self.deadline)?;
            visitor.leave()?;
        }
        Ok(())
    }

    fn segment(&self, segment: &SegmentReader) -> Result<SegmentScan, Error> {
        let mut needed = Vec::new();
        let mut helpful = Vec::new();
        for (lane, part) in self.parts.iter().enumerate() {
            let group = Group::new(lane, part.sources(segment)?);
            // To find the first place of a phrase, many documents may have been gone through.
            self.deadline.spend(u64::from(group.size) / 16)?;
            if part.is_needed { needed.push(group) } else { helpful.push(group) }
        }
        let is_all = self.least == needed.len();
        if is_all && (needed.is_empty() || needed.iter().any(|group| group.sources.is_empty())) {
            needed.clear();
        }
        needed.sort_by_key(|group| group.size);
        let instead = match &self.instead {
            Some(part) => part.sources(segment)?,
            None => Vec::new(),
        };
        let instead = Group::new(self.parts.len(), instead);
        Ok(SegmentScan { needed, helpful, instead, least: self.least, is_all, floor: Score::MIN })
    }
}

/// The ways in which one part is met in a segment.
struct Group {
    lane: usize,
    /// The one that can be worth most comes first.
    sources: Vec<Source>,
    /// How many of them, from the first on, a document has to be in to be of interest.
    strong: usize,
    /// About how many documents they have.
    size: u32,
}

impl Group {
    fn new(lane: usize, sources: Vec<Source>) -> Self {
        let size = sources.iter().map(Source::size).fold(0, u32::saturating_add);
        let strong = sources.len();
        Self { lane, sources, strong, size }
    }

    /// The most that a document reaches by the sources from one on.
    fn most_from(&self, first: usize) -> Score {
        self.sources.get(first).map_or(0.0, Source::most)
    }

    /// The next document by which it is met.
    fn next(&self) -> DocId {
        self.sources[..self.strong].iter().map(Source::doc).min().unwrap_or(TERMINATED)
    }

    /// Puts what is met in the window there.
    fn fill(&mut self, window: &mut Window) {
        let mut sink = window.sink(self.lane);
        self.sources[..self.strong].iter_mut().for_each(|source| source.fill(&mut sink));
    }

    /// The same for some documents, by some of the sources.
    fn look_up(&mut self, sources: std::ops::Range<usize>, at: &[DocId], window: &mut Window) {
        let mut sink = window.sink(self.lane);
        for source in &mut self.sources[sources] {
            for document in at {
                if let Some(score) = source.worth_of(*document) {
                    sink.add(*document, score);
                }
            }
        }
    }
}

/// A search through one segment.
struct SegmentScan {
    /// The rarest first; none: only `instead` finds anything.
    needed: Vec<Group>,
    helpful: Vec<Group>,
    instead: Group,
    least: usize,
    is_all: bool,
    floor: Score,
}

impl SegmentScan {
    fn run(
        mut self,
        window: &mut Window,
        visitor: &mut impl Visitor,
        deadline: &Deadline,
    ) -> Result<(), Error> {
        let mut found = Vec::with_capacity(WIDTH);
        while !visitor.is_done() {
            self.raise(visitor.floor());
            let start = self.next();
            if start == TERMINATED {
                break;
            }
            window.move_to(start);
            match self.is_all {
                true => self.meet_all(window, &mut found),
                false => self.meet_some(window, &mut found),
            }
            visitor.meet(found.len() as u32);
            self.keep_possible(window, &mut found);
            self.complete(window, &found);
            self.show(window, &found, visitor);
            deadline.spend(64 * (1 + self.needed.len() as u64) + found.len() as u64)?;
        }
        Ok(())
    }

    /// Where the next window begins.
    fn next(&self) -> DocId {
        let by_parts = match self.is_all {
            true => self.needed.first().map(Group::next),
            false => self.needed.iter().map(Group::next).min(),
        };
        by_parts.unwrap_or(TERMINATED).min(self.instead.next())
    }

    /// Leaves out the sources by which alone no document comes up to the floor.
    fn raise(&mut self, floor: Score) {
        if floor <= self.floor || !self.is_all || !self.instead.sources.is_empty() {
            return;
        }
        self.floor = floor;
        let most: Score =
            self.needed.iter().chain(&self.helpful).map(|group| group.most_from(0)).sum();
        let reaches = |score: Score| score * (1.0 + ROUNDING) >= floor;
        if !reaches(most) {
            self.needed.clear();
            return;
        }
        for group in &mut self.needed {
            let others = most - group.most_from(0);
            while group.strong > 1 && !reaches(others + group.most_from(group.strong - 1)) {
                group.strong -= 1;
            }
        }
    }

    /// Finds the documents of a window that meet all needed parts, by their strong sources.
    fn meet_all(&mut self, window: &mut Window, found: &mut Vec<DocId>) {
        found.clear();
        for (met, group) in (1..).zip(&mut self.needed) {
            if met > 1 && found.len() <= FEW {
                let strong = 0..group.strong;
                group.look_up(strong, found, window);
                found.retain(|document| window.meets(group.lane, *document));
                continue;
            }
            group.fill(window);
            window.meet(group.lane);
            window.collect(met, found);
        }
    }

    /// Finds those that meet enough of them.
    fn meet_some(&mut self, window: &mut Window, found: &mut Vec<DocId>) {
        for group in &mut self.needed {
            group.fill(window);
            window.meet(group.lane);
        }
        window.collect(u8::try_from(self.least).unwrap_or(u8::MAX), found);
    }

    /// Leaves only those that can still come up to the floor.
    fn keep_possible(&self, window: &Window, found: &mut Vec<DocId>) {
        if self.floor > Score::MIN {
            let weak: Score = self.needed.iter().map(|group| group.most_from(group.strong)).sum();
            let helpful: Score = self.helpful.iter().map(|group| group.most_from(0)).sum();
            let missing = weak + helpful;
            let reaches = |score: Score| (score + missing) * (1.0 + ROUNDING) >= self.floor;
            found.retain(|document| reaches(window.score(*document)));
        }
    }

    /// Adds what they are worth by all other sources.
    fn complete(&mut self, window: &mut Window, found: &[DocId]) {
        if found.is_empty() {
            return;
        }
        for group in &mut self.needed {
            let weak = group.strong..group.sources.len();
            group.look_up(weak, found, window);
        }
        for group in &mut self.helpful {
            let all = 0..group.sources.len();
            group.look_up(all, found, window);
        }
    }

    /// Shows what was found, and what is found whatever parts it meets.
    fn show(&mut self, window: &mut Window, found: &[DocId], visitor: &mut impl Visitor) {
        if self.instead.sources.is_empty() {
            found.iter().for_each(|document| visitor.visit(*document, window.score(*document)));
            return;
        }
        self.instead.fill(window);
        let lane = self.instead.lane;
        let mut all: Vec<DocId> = window.meeting(lane);
        all.extend_from_slice(found);
        all.sort_unstable();
        all.dedup();
        for document in all {
            // What it has reached in some of the parts does not count where it has not met them all.
            let score = match found.binary_search(&document) {
                Ok(_) => window.score(document),
                Err(_) => window.score_in(lane, document),
            };
            visitor.visit(document, score);
        }
    }
}
