//! How many documents of one segment have each value of a column, by the values' numbers: one addition for each, and no text.

use std::{collections::HashMap, ops::Bound, ops::Range};

use tantivy::{
    DocId, SegmentReader,
    columnar::{Cardinality, StrColumn},
};

use super::identities::{Hashes, Identities};
use crate::{domain::ValueCount, search::Error};

/// Counts by number.
pub(super) struct Tally {
    column: Option<StrColumn>,
    hashes: Hashes,
    /// Whether every document has exactly one value, whose number needs no looking for.
    has_one_each: bool,
    counts: Vec<u32>,
}

impl Tally {
    /// A tally of a column.
    pub(super) fn of(
        segment: &SegmentReader,
        name: &'static str,
        identities: &Identities,
    ) -> Result<Self, Error> {
        let column = segment.fast_fields().str(name)?;
        let cardinality = column.as_ref().map(|column| column.ords().get_cardinality());
        let has_one_each = cardinality == Some(Cardinality::Full);
        let hashes = match &column {
            Some(column) => identities.of(segment, name, column)?,
            None => Hashes::default(),
        };
        Ok(Self { column, has_one_each, counts: vec![0; hashes.len()], hashes })
    }

    /// Counts of the same column from nothing on.
    pub(super) fn anew(&self) -> Self {
        Self {
            column: self.column.clone(),
            hashes: Hashes::clone(&self.hashes),
            has_one_each: self.has_one_each,
            counts: vec![0; self.counts.len()],
        }
    }

    pub(super) fn count(&mut self, document: DocId) {
        let Some(column) = &self.column else { return };
        let mut add = |number: u64| {
            if let Some(count) = usize::try_from(number).ok().and_then(|at| self.counts.get_mut(at))
            {
                *count += 1;
            }
        };
        match self.has_one_each {
            true => add(column.ords().values.get_val(document)),
            false => column.ords().values_for_doc(document).for_each(add),
        }
    }

    /// Tells each value that was counted.
    pub(super) fn each(&self, told: impl FnMut(&str, u32)) -> Result<(), Error> {
        let counted = (0..).zip(&self.counts).filter(|(_, count)| **count > 0);
        self.tell(counted.map(|(number, count)| (number, *count)).collect(), told)
    }

    /// Tells the values with these numbers, which rise, and with each what goes with it.
    fn tell<T>(&self, which: Vec<(u64, T)>, mut told: impl FnMut(&str, T)) -> Result<(), Error> {
        let Some(column) = &self.column else { return Ok(()) };
        let numbers: Vec<u64> = which.iter().map(|(number, _)| *number).collect();
        let mut with = which.into_iter().map(|(_, with)| with);
        let tell = |word: &[u8]| {
            if let (Ok(word), Some(with)) = (std::str::from_utf8(word), with.next()) {
                told(word, with);
            }
        };
        let dictionary = column.dictionary();
        dictionary.sorted_ords_to_term_cb(&numbers, tell).map_err(tantivy::TantivyError::from)?;
        Ok(())
    }

    /// How often a value was counted.
    fn of_value(&self, value: &str) -> Result<u32, Error> {
        let Some(column) = &self.column else { return Ok(0) };
        let number = column.dictionary().term_ord(value).map_err(tantivy::TantivyError::from)?;
        let place = number.and_then(|number| usize::try_from(number).ok());
        Ok(place.and_then(|place| self.counts.get(place)).copied().unwrap_or_default())
    }

    /// The numbers of the values with a beginning.
    fn beginning(&self, beginning: &str) -> Result<Range<usize>, Error> {
        let all = 0..self.counts.len();
        let Some(column) = self.column.as_ref().filter(|_| !beginning.is_empty()) else {
            return Ok(all);
        };
        // Behind everything with this beginning comes nothing that it begins.
        let behind = format!("{beginning}\u{10ffff}");
        let bounds = (Bound::Included(beginning), Bound::Excluded(behind.as_str()));
        let bounds = column.dictionary().term_bounds_to_ord(bounds.0, bounds.1);
        let (from, until) = bounds.map_err(tantivy::TantivyError::from)?;
        let place = |number: u64| usize::try_from(number).map_or(all.end, |at| at.min(all.end));
        let from = match from {
            Bound::Included(number) => place(number),
            Bound::Excluded(number) => place(number + 1),
            Bound::Unbounded => 0,
        };
        let until = match until {
            Bound::Included(number) => place(number + 1),
            Bound::Excluded(number) => place(number),
            Bound::Unbounded => all.end,
        };
        Ok(from..until.max(from))
    }
}

/// A value in all segments.
#[derive(Clone, Copy, Debug)]
struct Total {
    count: u32,
    /// The first segment that has it, and its number there.
    tally: usize,
    number: u64,
}

/// The most frequent values with a beginning in all segments, and the chosen ones behind them if they are not among those. Of values
/// that are as frequent as each other those come first that come first in the alphabet.
pub(super) fn most_frequent(
    tallies: &[&Tally],
    beginning: &str,
    most: usize,
    chosen: &[&str],
) -> Result<Vec<ValueCount>, Error> {
    let totals = candidates(totals(tallies, beginning)?, most);
    let mut counted = Vec::with_capacity(totals.len() + chosen.len());
    for (place, tally) in tallies.iter().enumerate() {
        let here = totals.iter().filter(|total| total.tally == place);
        let mut here: Vec<_> = here.map(|total| (total.number, total.count)).collect();
        here.sort_unstable();
        let tell = |value: &str, count| counted.push(ValueCount { value: value.to_owned(), count });
        tally.tell(here, tell)?;
    }
    counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counted.truncate(most);
    for value in chosen {
        if !counted.iter().any(|counted| counted.value == *value) {
            let counts = tallies.iter().map(|tally| tally.of_value(value));
            let count = counts.sum::<Result<u32, Error>>()?;
            counted.extend((count > 0).then(|| ValueCount { value: (*value).to_owned(), count }));
        }
    }
    Ok(counted)
}

/// How often each value with a beginning was counted, by segment and number.
fn totals(tallies: &[&Tally], beginning: &str) -> Result<Vec<Total>, Error> {
    let mut totals: HashMap<u64, Total> = HashMap::new();
    for (place, tally) in tallies.iter().enumerate() {
        for number in tally.beginning(beginning)? {
            let (count, hash) = (tally.counts[number], tally.hashes[number]);
            if count > 0 {
                let new = Total { count: 0, tally: place, number: number as u64 };
                totals.entry(hash).or_insert(new).count += count;
            }
        }
    }
    let mut totals: Vec<Total> = totals.into_values().collect();
    totals
        .sort_unstable_by_key(|total| (std::cmp::Reverse(total.count), total.tally, total.number));
    Ok(totals)
}

/// Those among which the most frequent ones are: of values that are as frequent as the last of them, a segment has no more to give than
/// the first, as its numbers follow the alphabet.
fn candidates(mut sorted: Vec<Total>, most: usize) -> Vec<Total> {
    let Some(last) = most.checked_sub(1).and_then(|last| sorted.get(last)).copied() else {
        return sorted;
    };
    let (mut tally, mut taken) = (usize::MAX, 0);
    sorted.retain(|total| {
        if total.count != last.count {
            return total.count > last.count;
        }
        taken = if total.tally == tally { taken + 1 } else { 1 };
        tally = total.tally;
        taken <= most
    });
    sorted
}
