//! What came of the steps so far. It travels from one form to the next, since nothing of it is kept here.

use std::collections::{BTreeMap, BTreeSet};

use super::{Verb, rounds::Outcome, selection::Picked};
use crate::pages::{fields::Fields, flash::Many, format, names::is_id, words};

/// How many products one click takes back: as many as a form holds.
const UNDOABLE: usize = 2_000;

/// How many refused products travel with their reasons.
const NAMED: usize = 500;

/// What was done, and what was not and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many products it is about; none: more than were counted.
    pub(super) all: Option<usize>,
    /// How many are as they should be.
    done: usize,
    /// Those that were changed for it, the first of them.
    changed: Vec<Picked>,
    /// How many were changed.
    changes: usize,
    refusals: usize,
    /// Those that were refused, with the reason, the first of them.
    refused: Vec<(String, String)>,
    /// How many batches were sent.
    pub(super) round: u32,
}

impl Tally {
    /// Of so many products nothing is done yet; none: more than were counted.
    pub(super) fn about(all: Option<usize>) -> Self {
        Self { all, ..Self::default() }
    }

    /// What a form has brought along; nothing when it is the first.
    pub(super) fn of(fields: &Fields) -> Option<Self> {
        let counts: Vec<usize> =
            fields.get("tally").split('.').map_while(|count| count.parse().ok()).collect();
        let [all, done, changes, refusals, round] = counts[..] else { return None };
        let list = |name: &'static str| fields.get(name).split('~');
        let refused = list("refused").filter_map(|one| {
            let (id, reason) = one.split_once('!')?;
            let plain = reason.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
            (is_id(id) && plain).then(|| (id.to_owned(), reason.to_owned()))
        });
        Some(Self {
            all: (all > 0).then_some(all),
            done,
            changed: list("changed").filter_map(Picked::parse).collect(),
            changes,
            refusals,
            refused: refused.collect(),
            round: u32::try_from(round).ok()?,
        })
    }

    /// The same as hidden fields of the next form.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let Self { done, changes, refusals, round, .. } = self;
        let all = self.all.unwrap_or(0);
        let changed = self.changed.iter().map(Picked::text).collect::<Vec<_>>().join("~");
        let refused = self.refused.iter().map(|(id, reason)| format!("{id}!{reason}"));
        vec![
            ("tally".to_owned(), format!("{all}.{done}.{changes}.{refusals}.{round}")),
            ("changed".to_owned(), changed),
            ("refused".to_owned(), refused.collect::<Vec<_>>().join("~")),
        ]
    }

    /// Adds what came of one step. A product counts once, and as refused if it was in anything.
    pub(super) fn add(&mut self, outcome: Outcome) {
        self.all = self.all.map(|all| all + outcome.elsewhere);
        let refused: BTreeMap<_, _> = outcome.refused.into_iter().collect();
        let is_done = |id: &str| !refused.contains_key(id);
        let mut seen = BTreeSet::new();
        let once = |one: &Picked| is_done(&one.id) && seen.insert(one.id.clone());
        let changed: Vec<_> = outcome.done.into_iter().filter(once).collect();
        let kept: BTreeSet<_> = outcome.kept.iter().filter(|id| is_done(id)).collect();
        let kept = kept.into_iter().filter(|id| changed.iter().all(|one| one.id != **id)).count();
        self.done += changed.len() + kept;
        self.changes += changed.len();
        self.refusals += refused.len();
        let room = |most: usize, has: usize| most.saturating_sub(has);
        let (changes, refusals) =
            (room(UNDOABLE, self.changed.len()), room(NAMED, self.refused.len()));
        self.changed.extend(changed.into_iter().take(changes));
        self.refused.extend(refused.into_iter().take(refusals));
    }

    /// How many products it came to something with.
    pub(super) fn settled(&self) -> usize {
        self.done + self.refusals
    }

    /// Those that Undo takes back; none when they are too many for it.
    pub(super) fn undoable(&self) -> &[Picked] {
        if self.changes > self.changed.len() { &[] } else { &self.changed }
    }

    /// Whether more was changed than one click takes back.
    pub(super) fn is_beyond_undo(&self) -> bool {
        self.changes > self.changed.len()
    }

    /// Those that were refused, as far as they are named.
    pub(super) fn refused(&self) -> &[(String, String)] {
        &self.refused
    }

    /// How many were refused.
    pub(super) fn refusals(&self) -> usize {
        self.refusals
    }

    /// The message for the list, when it holds all that is to be told.
    pub(super) fn message(&self, verb: Verb) -> Option<Many> {
        let is_small = self.changes <= Many::UNDOABLE && self.refusals <= Many::UNDOABLE;
        let ids = || self.changed.iter().map(|one| one.id.clone()).collect();
        let many = is_small.then(|| Many::of(verb, self.done, ids(), self.refused.clone()));
        many.filter(Many::fits)
    }

    /// To how many of them it was done.
    pub(super) fn sentence(&self, verb: Verb) -> String {
        let number = |count: usize| format::count(i64::try_from(count).unwrap_or(i64::MAX));
        let total = |count: usize| format::total(i32::try_from(count).unwrap_or(i32::MAX), false);
        let what = verb.participle();
        let settled = self.settled();
        match self.all.map_or(settled, |all| all.max(settled)) {
            all if all == self.done => words::of("many", &[("count", &total(all)), ("what", what)]),
            all => {
                let (done, count, not) = (number(self.done), total(all), number(all - self.done));
                words::of(
                    "many-partly",
                    &[("done", &done), ("count", &count), ("what", what), ("not", &not)],
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(id: &str) -> Picked {
        Picked { id: id.into(), etag: format!("\"{id}-1\"") }
    }

    fn step() -> Outcome {
        Outcome {
            done: ["pot", "mug", "mug"].map(picked).into(),
            kept: vec!["pan".into(), "pot".into()],
            refused: vec![("cup".into(), "ETAG_MISMATCH".into())],
            ..Outcome::default()
        }
    }

    #[test]
    fn a_product_counts_once_and_is_refused_if_it_was_in_anything() {
        let mut tally = Tally { all: Some(5), ..Tally::default() };
        let mut outcome = step();
        outcome.refused.push(("mug".into(), "ETAG_MISMATCH".into()));
        tally.add(outcome);
        assert_eq!((tally.done, tally.refusals, tally.settled()), (2, 2, 4));
        assert_eq!(tally.undoable(), [picked("pot")]);
        assert_eq!(tally.sentence(Verb::Reprice), "2 of 5 products repriced, 3 not.");
    }

    #[test]
    fn what_came_of_it_survives_the_next_form() {
        let mut tally = Tally { all: Some(1_200), round: 3, ..Tally::default() };
        tally.add(step());
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(tally.fields()).finish();
        assert_eq!(Tally::of(&Fields::parse(body.as_bytes())), Some(tally));
        assert_eq!(Tally::of(&Fields::parse(b"tally=1.2")), None);
    }

    #[test]
    fn the_counts_stay_when_there_are_too_many_to_take_along() {
        let mut tally = Tally::default();
        for step in 0..6 {
            let id = |number: usize| picked(&format!("p{step}-{number}"));
            tally.add(Outcome { done: (0..500).map(id).collect(), ..Outcome::default() });
        }
        assert_eq!((tally.done, tally.changed.len()), (3_000, UNDOABLE));
        assert!(tally.undoable().is_empty() && tally.is_beyond_undo());
        assert_eq!(tally.sentence(Verb::Publish), "3,000 products published.");
        assert!(tally.message(Verb::Publish).is_none(), "it needs a page of its own");
    }
}
