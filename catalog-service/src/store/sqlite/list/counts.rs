//! How many products a list has, remembered until a write may have changed it, and what is public until a window opens or closes.
//!
//! A list that has more products than are counted is counted a little further than that: as many changes as there are to spare cannot
//! bring it back to a number that would be told, so that a busy shop does not count anew at every page.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

use crate::{
    domain::{Audience, FeedPosition, ProductQuery, Total},
    store::Result,
};

/// How many counts are remembered.
const MOST: usize = 256;
/// How much further than it has to a count of all products goes.
const SPARE: u32 = 10_000;

/// What was counted, by list.
#[derive(Clone, Debug, Default)]
pub(in crate::store::sqlite) struct Counts(Arc<Mutex<HashMap<String, Counted>>>);

#[derive(Clone, Debug)]
struct Counted {
    position: FeedPosition,
    /// The microseconds in which it holds.
    span: Range<i64>,
    total: Total,
    /// How many changes leave the total what it is.
    spare: i64,
}

/// What tells one list from another, as far as its number goes.
pub(super) fn key(query: &ProductQuery) -> String {
    format!("{:?} {} {:?}", query.audience, query.show_deleted, query.filter)
}

/// How many products behind those that are told are counted as well. With a filter one change, of a category or the shop, can take
/// any number of products out of a list.
pub(super) fn spare(query: &ProductQuery) -> u32 {
    if query.filter.is_none() { SPARE } else { 0 }
}

/// What is told of a count.
pub(super) fn told(count: u32) -> Total {
    Total { count: count.min(Total::MOST), capped: count > Total::MOST }
}

/// For how long a count of this moment holds if nothing is written, in microseconds: windows open and close by time alone.
pub(super) fn span(db: &Connection, audience: Audience, now: i64) -> Result<Range<i64>> {
    if audience == Audience::Staff {
        return Ok(i64::MIN..i64::MAX);
    }
    let mut select = db.prepare_cached(NEXT)?;
    let next: Option<i64> = select.query_row([now], |row| row.get(0))?;
    Ok(now..next.unwrap_or(i64::MAX))
}

const NEXT: &str = "SELECT min(edge) FROM (
    SELECT min(publish_time) AS edge FROM products INDEXED BY products_by_opening WHERE publish_time > ?1
    UNION ALL
    SELECT min(unpublish_time) FROM products INDEXED BY products_by_closing WHERE unpublish_time > ?1)";

impl Counts {
    /// What a count in this state, at this time, would come to, if that is known.
    pub(super) fn get(&self, key: &str, position: FeedPosition, now: i64) -> Option<Total> {
        let counts = self.lock();
        let counted = counts.get(key)?;
        let changes = position.number().abs_diff(counted.position.number());
        let is_same = changes <= counted.spare.unsigned_abs();
        (counted.span.contains(&now) && is_same).then_some(counted.total)
    }

    /// Remembers a count for as long as it holds, and answers what of it is told.
    pub(super) fn put(
        &self,
        key: String,
        position: FeedPosition,
        span: Range<i64>,
        count: u32,
    ) -> Total {
        let total = told(count);
        let spare = i64::from(count.saturating_sub(Total::MOST + 1));
        let mut counts = self.lock();
        if counts.len() >= MOST {
            counts.clear();
        }
        counts.insert(key, Counted { position, span, total, spare });
        total
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Counted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "list";
    const ALWAYS: Range<i64> = i64::MIN..i64::MAX;

    fn at(number: i64) -> FeedPosition {
        FeedPosition::new(number)
    }

    #[test]
    fn a_count_holds_until_the_next_change() {
        let counts = Counts::default();
        let total = counts.put(LIST.into(), at(7), ALWAYS, 3);
        assert_eq!(total, Total { count: 3, capped: false });
        assert_eq!(counts.get(LIST, at(7), 5), Some(total));
        assert_eq!(counts.get(LIST, at(8), 0), None);
        assert_eq!(counts.get(LIST, at(6), 0), None);
    }

    #[test]
    fn a_count_that_is_not_told_holds_for_as_many_changes_as_it_has_to_spare() {
        let counts = Counts::default();
        let capped = Total { count: Total::MOST, capped: true };
        assert_eq!(counts.put(LIST.into(), at(7), ALWAYS, Total::MOST + 1), capped);
        assert_eq!(counts.get(LIST, at(8), 0), None);
        assert_eq!(counts.put(LIST.into(), at(7), ALWAYS, Total::MOST + 4), capped);
        assert_eq!(counts.get(LIST, at(10), 0), Some(capped));
        assert_eq!(counts.get(LIST, at(4), 0), Some(capped), "an older state");
        assert_eq!(counts.get(LIST, at(11), 0), None);
        assert_eq!(counts.get(LIST, at(3), 0), None);
    }

    #[test]
    fn a_public_count_holds_until_the_next_window() {
        let counts = Counts::default();
        let total = counts.put(LIST.into(), at(1), 10..20, Total::MOST + SPARE);
        assert_eq!(counts.get(LIST, at(1), 10), Some(total));
        assert_eq!(counts.get(LIST, at(1), 19), Some(total));
        assert_eq!(counts.get(LIST, at(1), 20), None, "a window has opened");
        assert_eq!(counts.get(LIST, at(1), 9), None, "the clock was put back");
    }
}
