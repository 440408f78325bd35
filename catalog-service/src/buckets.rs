//! Token buckets by name: how often something may be done, with a bounded number of names.
//!
//! Of a bucket only the time at which it is full again is kept (the generic cell rate algorithm). A name that is not
//! there has a full bucket, so forgetting one that was long unseen changes nothing. Under a flood of names those unseen
//! longest are forgotten first.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

/// Names in one generation; two are remembered.
const GENERATION: usize = 1 << 16;

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How often at once.
    pub burst: u32,
    /// How long until it may be done once more.
    pub every: Duration,
}

impl Quota {
    /// So many times a second, and `burst` at once.
    pub fn per_second(times: u32, burst: u32) -> Self {
        Self { burst, every: Duration::from_secs(1) / times.max(1) }
    }

    /// So many times at once, and as many again when the window has passed.
    pub fn in_window(times: u32, window: Duration) -> Self {
        Self { burst: times, every: window / times.max(1) }
    }
}

/// A bucket for each name.
#[derive(Debug)]
pub struct Buckets<K> {
    every: i64,
    depth: i64,
    seen: Mutex<Seen<K>>,
}

/// When the buckets of the names are full, in microseconds of the clock.
#[derive(Debug)]
struct Seen<K> {
    lately: HashMap<K, i64>,
    before: HashMap<K, i64>,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// Buckets that are all full.
    pub fn new(quota: Quota) -> Self {
        let every = i64::try_from(quota.every.as_micros()).unwrap_or(i64::MAX >> 32);
        let seen = Seen { lately: HashMap::new(), before: HashMap::new() };
        Self { every, depth: every.saturating_mul(quota.burst.into()), seen: Mutex::new(seen) }
    }

    /// Takes a token out of a name's bucket.
    ///
    /// # Errors
    /// How long it takes until there is one.
    pub fn take(&self, name: &K, now: Timestamp) -> Result<(), Duration> {
        let now = now.as_microsecond();
        let mut seen = self.lock();
        // When the clock is set back, nobody waits longer than an empty bucket takes to fill.
        let full = seen.when_full(name).unwrap_or(now).clamp(now, now.saturating_add(self.depth));
        let wait = full.saturating_add(self.every) - now - self.depth;
        let refused = u64::try_from(wait).ok().filter(|wait| *wait > 0);
        seen.note(name, if refused.is_some() { full } else { full + self.every });
        refused.map_or(Ok(()), |wait| Err(Duration::from_micros(wait)))
    }

    /// Puts a token back that was taken for nothing.
    pub fn give_back(&self, name: &K) {
        let mut seen = self.lock();
        if let Some(full) = seen.when_full(name) {
            seen.note(name, full - self.every);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen<K>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Seen<K> {
    fn when_full(&self, name: &K) -> Option<i64> {
        self.lately.get(name).or_else(|| self.before.get(name)).copied()
    }

    fn note(&mut self, name: &K, full: i64) {
        if let Some(noted) = self.lately.get_mut(name) {
            *noted = full;
            return;
        }
        if self.lately.len() >= GENERATION {
            self.before = mem::take(&mut self.lately);
        }
        self.lately.insert(name.clone(), full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;
    const READS: Quota = Quota { burst: 100, every: Duration::from_millis(20) };

    fn taken(buckets: &Buckets<u32>, name: u32, now: Timestamp) -> usize {
        (0..1_000).take_while(|_| buckets.take(&name, now).is_ok()).count()
    }

    #[test]
    fn a_burst_and_then_the_rate() {
        let buckets = Buckets::new(Quota::per_second(50, 100));
        assert_eq!(taken(&buckets, 1, START), 100);
        assert_eq!(buckets.take(&1, START), Err(Duration::from_millis(20)));
        assert_eq!(taken(&buckets, 1, START + Duration::from_micros(19_999)), 0);
        assert_eq!(taken(&buckets, 1, START + Duration::from_millis(20)), 1);
        assert_eq!(taken(&buckets, 1, START + Duration::from_millis(1_020)), 50);
        assert_eq!(taken(&buckets, 1, START + Duration::from_secs(60)), 100);
    }

    #[test]
    fn each_name_has_its_own_bucket() {
        let buckets = Buckets::new(READS);
        assert_eq!((taken(&buckets, 1, START), taken(&buckets, 2, START)), (100, 100));
    }

    #[test]
    fn a_token_that_was_given_back_is_there_again() {
        let buckets = Buckets::new(Quota::in_window(20, Duration::from_secs(900)));
        assert_eq!(taken(&buckets, 1, START), 20);
        buckets.give_back(&1);
        assert_eq!(taken(&buckets, 1, START), 1);
        buckets.give_back(&2);
        assert_eq!(taken(&buckets, 2, START), 20, "a full bucket does not overflow");
        assert_eq!(taken(&buckets, 1, START + Duration::from_secs(45)), 1);
    }

    #[test]
    fn a_clock_that_jumps_keeps_nobody_waiting() {
        let buckets = Buckets::new(READS);
        assert_eq!(taken(&buckets, 1, START + Duration::from_secs(3_600)), 100);
        assert_eq!(buckets.take(&1, START), Err(Duration::from_millis(20)));
        assert_eq!(taken(&buckets, 1, START + Duration::from_secs(2)), 100);
    }

    #[test]
    fn a_million_names_take_little_room_and_the_last_ones_are_remembered() {
        let mut last = None;
        let used = allocation_counter::measure(|| {
            let buckets = Buckets::new(READS);
            for name in 0..1_000_000 {
                assert!(
                    buckets.take(&std::net::IpAddr::from(u128::to_be_bytes(name)), START).is_ok()
                );
            }
            let name = std::net::IpAddr::from(999_999_u128.to_be_bytes());
            last = Some((0..1_000).take_while(|_| buckets.take(&name, START).is_ok()).count());
        });
        assert_eq!(last, Some(99));
        assert!(used.bytes_max < 64 << 20, "{} bytes", used.bytes_max);
    }
}
