//! How many products a list has, remembered until the next write, and what is public until a window opens or closes.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;

use crate::{
    domain::{Audience, ProductQuery, Total},
    store::Result,
};

/// How many counts are remembered.
const MOST: usize = 256;

/// What was counted in the state that the store's writes have reached.
#[derive(Clone, Debug, Default)]
pub(in crate::store::sqlite) struct Counts(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    generation: u64,
    totals: HashMap<String, (Range<i64>, Total)>,
}

/// What tells one list from another, as far as its number goes.
pub(super) fn key(query: &ProductQuery) -> String {
    format!("{:?} {} {:?}", query.audience, query.show_deleted, query.filter)
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
    /// A count of this state at this time.
    pub(super) fn get(&self, key: &str, generation: u64, now: i64) -> Option<Total> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (span, total) = counted.totals.get(key).filter(|_| counted.generation == generation)?;
        span.contains(&now).then_some(*total)
    }

    /// Remembers a count for as long as it holds.
    pub(super) fn put(&self, key: String, generation: u64, span: Range<i64>, total: Total) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.generation > generation {
            return;
        }
        if counted.generation < generation || counted.totals.len() >= MOST {
            counted.totals.clear();
            counted.generation = generation;
        }
        counted.totals.insert(key, (span, total));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_holds_until_the_next_write() {
        let (counts, total) = (Counts::default(), Total { count: 3, capped: false });
        counts.put("list".into(), 1, i64::MIN..i64::MAX, total);
        assert_eq!(counts.get("list", 1, 5), Some(total));
        assert_eq!(counts.get("list", 2, 0), None);
        counts.put("list".into(), 0, i64::MIN..i64::MAX, Total::default());
        assert_eq!(counts.get("list", 1, 0), Some(total));
    }

    #[test]
    fn a_public_count_holds_until_the_next_window() {
        let (counts, total) = (Counts::default(), Total { count: 3, capped: false });
        counts.put("list".into(), 1, 10..20, total);
        assert_eq!(counts.get("list", 1, 10), Some(total));
        assert_eq!(counts.get("list", 1, 19), Some(total));
        assert_eq!(counts.get("list", 1, 20), None, "a window has opened");
        assert_eq!(counts.get("list", 1, 9), None, "the clock was put back");
    }
}
