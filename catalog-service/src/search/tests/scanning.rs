//! What is passed over in a search would not have been among the best: the same is found as by looking at everything.

use tantivy::{
    DocAddress, DocId, IndexWriter, Score, SegmentOrdinal, SegmentReader, TantivyDocument, Term,
    query::TermQuery,
    schema::{Field, IndexRecordOption},
    tokenizer::{PreTokenizedString, Token},
};

use super::super::{
    Error,
    deadline::Allowance,
    index::Opened,
    part::{Part, Way},
    scan::{Scan, Visitor},
    sight::{Sight, Standing},
    top::Survey,
};
use super::*;

/// Documents of a segment: enough for several windows.
const DOCUMENTS: u64 = 14_000;

/// Documents in two segments, with words of all frequencies in both fields.
fn index() -> Opened {
    let opened = Opened::create(None).unwrap();
    let mut writer: IndexWriter = opened.index.writer_with_num_threads(1, 15_000_000).unwrap();
    writer.set_merge_policy(Box::new(tantivy::merge_policy::NoMergePolicy));
    for number in 0..2 * DOCUMENTS {
        writer.add_document(document(&opened, number)).unwrap();
        if number == DOCUMENTS {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
    opened.reader.reload().unwrap();
    opened
}

fn document(opened: &Opened, number: u64) -> TantivyDocument {
    let fields = &opened.fields;
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let mut words = vec!["all"; 1 + (mixed % 4) as usize];
    words.extend(vec!["filler"; (mixed / 4 % 9) as usize]);
    words.extend((mixed / 64).is_multiple_of(2).then_some("half"));
    words.extend((mixed / 256).is_multiple_of(97).then_some("rare"));
    let mut more = vec!["all"; (mixed / 1_024 % 3) as usize];
    more.extend(vec!["half"; (mixed / 4_096 % 3) as usize]);
    more.extend((mixed / 65_536).is_multiple_of(31).then_some("rare"));
    let mut document = TantivyDocument::default();
    document.add_pre_tokenized_text(fields.words, tokens(&words));
    document.add_pre_tokenized_text(fields.more, tokens(&more));
    document.add_u64(fields.tie, mixed);
    let standing = if mixed.is_multiple_of(5) { Standing::Hidden } else { Standing::Public };
    document.add_u64(fields.sight, standing as u64);
    if number % 5_001 == 7 {
        document.add_text(fields.code, "code");
    }
    document
}

fn tokens(words: &[&str]) -> PreTokenizedString {
    let tokens = words.iter().enumerate();
    let token = |(position, word): (usize, &&str)| Token {
        position,
        text: (*word).to_owned(),
        ..Token::default()
    };
    PreTokenizedString { text: String::new(), tokens: tokens.map(token).collect() }
}

/// Sees everything, or what a survey asks for.
struct Seeing<'a> {
    survey: Survey<'a>,
    sees_everything: bool,
    visits: usize,
}

impl Visitor for Seeing<'_> {
    fn enter(&mut self, number: SegmentOrdinal, segment: &SegmentReader) -> Result<(), Error> {
        self.survey.enter(number, segment)
    }

    fn visit(&mut self, document: DocId, score: Score) {
        self.visits += 1;
        self.survey.visit(document, score);
    }

    fn leave(&mut self) -> Result<(), Error> {
        self.survey.leave()
    }

    fn floor(&self) -> Score {
        if self.sees_everything { Score::MIN } else { self.survey.floor() }
    }

    fn is_done(&self) -> bool {
        self.survey.is_done()
    }
}

fn part(opened: &Opened, word: &str, is_needed: bool) -> Part {
    let way = |field: Field, boost| Way::Term(Term::from_field_text(field, word), boost);
    Part { ways: vec![way(opened.fields.words, 1.0), way(opened.fields.more, 0.25)], is_needed }
}

/// The best by a scan, and how many documents it saw.
fn best(opened: &Opened, scan: &Scan<'_>, sees_everything: bool) -> (Vec<DocAddress>, usize) {
    let choice = Choice::default();
    let sight = Sight { reach: Reach::Public, now: 0 };
    let survey = Survey::of_best(sight, &choice, 20);
    let mut seeing = Seeing { survey, sees_everything, visits: 0 };
    scan.run(&mut seeing).unwrap();
    assert_eq!(opened.reader.searcher().segment_readers().len(), 2);
    (seeing.survey.into_best(), seeing.visits)
}

#[test]
fn the_best_are_the_same_whatever_is_passed_over() {
    let opened = index();
    let searcher = opened.reader.searcher();
    let deadline = Allowance::Steps(u64::MAX).begin();
    let code = || {
        let term = Term::from_field_text(opened.fields.code, "code");
        let query = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        Part { ways: vec![Way::Flat(query, 1_000.0)], is_needed: true }
    };
    // Words, how many of them have to be there, and whether most documents are passed over.
    for (words, helpful, passes_over) in [
        (&["all"][..], None, true),
        (&["half"], None, true),
        (&["rare"], None, false),
        (&["all", "half"], None, true),
        (&["half", "rare"], None, false),
        (&["all", "half", "rare"], None, false),
        (&["all", "nowhere"], None, false),
        (&["all"], Some("half"), false),
        (&["rare"], Some("all"), false),
    ] {
        let mut parts: Vec<_> = words.iter().map(|word| part(&opened, word, true)).collect();
        parts.extend(helpful.map(|word| part(&opened, word, false)));
        for instead in [None, Some(code())] {
            let scan = Scan::of_all(&searcher, &parts, instead.as_ref(), &deadline).unwrap();
            let (expected, all) = best(&opened, &scan, true);
            let (found, visits) = best(&opened, &scan, false);
            assert_eq!(found, expected, "{words:?} {helpful:?}");
            // The first window, which is a seventh of all, is looked at whole: nothing is known of the best before.
            let is_passed_over = visits * 10 < all * 3;
            assert!(
                is_passed_over || !passes_over || instead.is_some(),
                "{visits} of {all} for {words:?}"
            );
            if let Some(half) = scan.with_half() {
                assert_eq!(
                    best(&opened, &half, false).0,
                    best(&opened, &half, true).0,
                    "{words:?}"
                );
            }
        }
    }
}

#[test]
fn a_document_has_the_score_of_its_best_way_in_each_part() {
    let opened = index();
    let searcher = opened.reader.searcher();
    let deadline = Allowance::Steps(u64::MAX).begin();
    let parts = [part(&opened, "half", true)];
    let scan = Scan::of_all(&searcher, &parts, None, &deadline).unwrap();
    let (_, all) = best(&opened, &scan, true);
    let in_field = |field| {
        let query = TermQuery::new(Term::from_field_text(field, "half"), IndexRecordOption::Basic);
        searcher.search(&query, &tantivy::collector::DocSetCollector).unwrap()
    };
    let mut either = in_field(opened.fields.words);
    either.extend(in_field(opened.fields.more));
    assert_eq!(all, either.len());
}
