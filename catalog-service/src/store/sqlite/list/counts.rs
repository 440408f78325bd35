//! How many products a list has, remembered until the next write.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

#[cfg(test)]
use crate::domain::Audience;
use crate::domain::{ProductQuery, Total};

/// How many counts are remembered.
const MOST: usize = 256;
/// For how many microseconds a public count holds: windows open and close without a write.
const HOLDS: i64 = 1_000_000;

/// What was counted in the state that the store's writes have reached.
#[derive(Clone, Debug, Default)]
pub(in crate::store::sqlite) struct Counts(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    generation: u64,
    totals: HashMap<String, (i64, Total)>,
}

/// What tells one list from another, as far as its number goes.
pub(super) fn key(query: &ProductQuery) -> String {
    format!("{:?} {} {:?}", query.audience, query.show_deleted, query.filter)
}

impl Counts {
    /// A count of this state.
    pub(super) fn get(&self, key: &str, generation: u64, now: i64) -> Option<Total> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (time, total) = counted.totals.get(key).filter(|_| counted.generation == generation)?;
        let holds = !key.starts_with(PUBLIC) || (0..HOLDS).contains(&now.saturating_sub(*time));
        holds.then_some(*total)
    }

    /// Remembers a count.
    pub(super) fn put(&self, key: String, generation: u64, now: i64, total: Total) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.generation > generation {
            return;
        }
        if counted.generation < generation || counted.totals.len() >= MOST {
            counted.totals.clear();
            counted.generation = generation;
        }
        counted.totals.insert(key, (now, total));
    }
}

/// How the keys of public lists begin.
const PUBLIC: &str = "Public";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_public_lists_begin_so() {
        assert!(format!("{:?}", Audience::Public).starts_with(PUBLIC));
        assert!(!format!("{:?}", Audience::Staff).starts_with(PUBLIC));
    }

    #[test]
    fn a_count_holds_until_the_next_write() {
        let (counts, total) = (Counts::default(), Total { count: 3, capped: false });
        counts.put("Staff".into(), 1, 0, total);
        assert_eq!(counts.get("Staff", 1, 5 * HOLDS), Some(total));
        assert_eq!(counts.get("Staff", 2, 0), None);
        counts.put("Staff".into(), 0, 0, Total::default());
        assert_eq!(counts.get("Staff", 1, 0), Some(total));
    }

    #[test]
    fn a_public_count_holds_for_a_second() {
        let (counts, total) = (Counts::default(), Total { count: 3, capped: false });
        counts.put("Public".into(), 1, 0, total);
        assert_eq!(counts.get("Public", 1, HOLDS - 1), Some(total));
        assert_eq!(counts.get("Public", 1, HOLDS), None);
    }
}
