//! The documents of one segment that meet a part in one way, with what each is worth, in their order.

use tantivy::{
    DocId, Score, TERMINATED, fieldnorm::FieldNormReader, postings::BlockSegmentPostings,
    query::Scorer,
};

use super::{
    part::{Bm25, Worth},
    window::Sink,
};

/// One way of meeting a part.
pub(super) enum Source {
    /// A term, read in blocks: it may stand in most of all documents.
    Term(Box<Postings>),
    /// Whatever else.
    Other(Box<dyn Scorer>, Worth),
}

/// The documents of a term.
pub(super) struct Postings {
    blocks: BlockSegmentPostings,
    /// The place in the current block.
    at: usize,
    lengths: FieldNormReader,
    bm25: Bm25,
}

impl Source {
    pub(super) fn of_term(
        blocks: BlockSegmentPostings,
        lengths: FieldNormReader,
        bm25: Bm25,
    ) -> Self {
        Self::Term(Box::new(Postings { blocks, at: 0, lengths, bm25 }))
    }

    pub(super) fn of_scorer(scorer: Box<dyn Scorer>, worth: Worth) -> Self {
        Self::Other(scorer, worth)
    }

    /// The document at which it stands.
    pub(super) fn doc(&self) -> DocId {
        match self {
            Self::Term(postings) => postings.doc(),
            Self::Other(scorer, _) => scorer.doc(),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.doc() == TERMINATED
    }

    /// The most that any of its documents is worth.
    pub(super) fn most(&self) -> Score {
        match self {
            Self::Term(postings) => postings.bm25.most(),
            Self::Other(_, worth) => worth.most(),
        }
    }

    /// About how many documents it has.
    pub(super) fn size(&self) -> u32 {
        match self {
            Self::Term(postings) => postings.blocks.doc_freq(),
            Self::Other(scorer, _) => scorer.size_hint(),
        }
    }

    /// Goes on to a document, or the first behind it.
    pub(super) fn skip_to(&mut self, target: DocId) -> DocId {
        match self {
            Self::Term(postings) => postings.skip_to(target),
            Self::Other(scorer, _) if scorer.doc() < target => scorer.seek(target),
            Self::Other(scorer, _) => scorer.doc(),
        }
    }

    /// What a document is worth; none: it is not among them. Documents are asked for in their order.
    pub(super) fn worth_of(&mut self, document: DocId) -> Option<Score> {
        (self.skip_to(document) == document).then(|| match self {
            Self::Term(postings) => postings.score(),
            Self::Other(scorer, worth) => scored(scorer.as_mut(), *worth),
        })
    }

    /// Puts all of its documents into the window of a sink that lie there, and goes on behind it.
    pub(super) fn fill(&mut self, sink: &mut Sink<'_>) {
        self.skip_to(sink.start());
        match self {
            Self::Term(postings) => postings.fill(sink),
            Self::Other(scorer, worth) => {
                while scorer.doc() < sink.end() {
                    sink.add(scorer.doc(), scored(scorer.as_mut(), *worth));
                    scorer.advance();
                }
            }
        }
    }
}

fn scored(scorer: &mut dyn Scorer, worth: Worth) -> Score {
    match worth {
        Worth::Scored(boost, _) => boost * scorer.score(),
        Worth::Flat(score) => score,
    }
}

impl Postings {
    fn doc(&self) -> DocId {
        self.blocks.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn skip_to(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        let rest = self.blocks.docs().get(self.at..).unwrap_or_default();
        match rest.last() {
            Some(last) if *last >= target => {
                // The next one wanted is mostly near.
                self.at += rest.iter().take_while(|document| **document < target).count();
            }
            _ => self.at = self.blocks.seek(target),
        }
        self.doc()
    }

    fn score(&self) -> Score {
        let length = self.lengths.fieldnorm_id(self.doc());
        self.bm25.score(length, self.blocks.freq(self.at))
    }

    fn fill(&mut self, sink: &mut Sink<'_>) {
        loop {
            let documents = self.blocks.docs().get(self.at..).unwrap_or_default();
            let inside = documents.partition_point(|document| *document < sink.end());
            let occurrences = self.blocks.freqs().get(self.at..).unwrap_or_default();
            for (document, occurrences) in documents[..inside].iter().zip(occurrences) {
                let length = self.lengths.fieldnorm_id(*document);
                sink.add(*document, self.bm25.score(length, *occurrences));
            }
            self.at += inside;
            if inside < documents.len() || documents.is_empty() {
                return;
            }
            self.blocks.advance();
            self.at = 0;
        }
    }
}
