//! How many documents of one segment have each value of a column, by the values' numbers: one addition for each, and no text.

use std::{collections::HashSet, ops::Bound};

use tantivy::{
    DocId,
    columnar::{Cardinality, StrColumn},
};

use crate::{domain::ValueCount, search::Error};

/// Counts by number.
pub(super) struct Tally {
    column: Option<StrColumn>,
    /// Whether every document has exactly one value, whose number needs no looking for.
    has_one_each: bool,
    counts: Vec<u32>,
}

impl Tally {
    pub(super) fn of(column: Option<StrColumn>) -> Self {
        let size = column.as_ref().map_or(0, |column| column.num_terms());
        let cardinality = column.as_ref().map(|column| column.ords().get_cardinality());
        let has_one_each = cardinality == Some(Cardinality::Full);
        Self { column, has_one_each, counts: vec![0; size] }
    }

    /// Counts of the same column from nothing on.
    pub(super) fn anew(&self) -> Self {
        Self::of(self.column.clone())
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
    pub(super) fn each(&self, mut told: impl FnMut(&str, u32)) -> Result<(), Error> {
        let Some(column) = &self.column else { return Ok(()) };
        let counted = || (0..).zip(&self.counts).filter(|(_, count)| **count > 0);
        let numbers: Vec<u64> = counted().map(|(number, _)| number).collect();
        let mut counts = counted().map(|(_, count)| *count);
        let tell = |word: &[u8]| {
            if let (Ok(word), Some(count)) = (std::str::from_utf8(word), counts.next()) {
                told(word, count);
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

    fn word(&self, number: u64) -> Result<String, Error> {
        let mut word = String::new();
        if let Some(column) = &self.column {
            column.ord_to_str(number, &mut word).map_err(tantivy::TantivyError::from)?;
        }
        Ok(word)
    }

    /// The numbers of the values with a beginning that were counted, the most frequent first.
    fn ranked(&self, beginning: &str) -> Result<Vec<(u32, u64)>, Error> {
        let Some(column) = &self.column else { return Ok(Vec::new()) };
        // Behind everything with this beginning comes nothing that it begins.
        let behind = format!("{beginning}\u{10ffff}");
        let bounds = (Bound::Included(beginning), Bound::Excluded(behind.as_str()));
        let bounds = column.dictionary().term_bounds_to_ord(bounds.0, bounds.1);
        let (from, until) = bounds.map_err(tantivy::TantivyError::from)?;
        let from = match from {
            Bound::Included(number) => number,
            Bound::Excluded(number) => number + 1,
            Bound::Unbounded => 0,
        };
        let until = match until {
            Bound::Included(number) => number + 1,
            Bound::Excluded(number) => number,
            Bound::Unbounded => self.counts.len() as u64,
        };
        let numbers = from..until.min(self.counts.len() as u64);
        let counted = numbers.filter_map(|number| {
            let count = self.counts.get(usize::try_from(number).ok()?)?;
            (*count > 0).then_some((*count, number))
        });
        let mut ranked: Vec<_> = counted.collect();
        ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        Ok(ranked)
    }
}

/// The most frequent values with a beginning in all segments, and the chosen ones behind them if they are not among those.
///
/// Only values that are frequent in a segment are looked at, as many as it takes to know that no other can be among them.
pub(super) fn most_frequent(
    tallies: &[&Tally],
    beginning: &str,
    most: usize,
    chosen: &[&str],
) -> Result<Vec<ValueCount>, Error> {
    let ranked = tallies.iter().map(|tally| tally.ranked(beginning));
    let ranked: Vec<_> = ranked.collect::<Result<_, _>>()?;
    let mut depth = 2 * most;
    loop {
        let mut words: HashSet<String> = chosen.iter().map(|chosen| (*chosen).to_owned()).collect();
        for (tally, ranked) in tallies.iter().zip(&ranked) {
            for (_, number) in ranked.iter().take(depth) {
                words.insert(tally.word(*number)?);
            }
        }
        let counted = words.into_iter().map(|value| {
            let counts = tallies.iter().map(|tally| tally.of_value(&value));
            let count = counts.sum::<Result<u32, Error>>()?;
            Ok(ValueCount { value, count })
        });
        let mut counted: Vec<ValueCount> = counted.collect::<Result<_, Error>>()?;
        counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        let unseen: u32 = ranked.iter().filter_map(|ranked| Some(ranked.get(depth)?.0)).sum();
        let last = counted.get(most - 1).map_or(0, |last| last.count);
        if unseen == 0 || last > unseen {
            let mut place = 0;
            counted.retain(|value| {
                place += 1;
                value.count > 0 && (place <= most || chosen.contains(&value.value.as_str()))
            });
            return Ok(counted);
        }
        depth *= 4;
    }
}
