//! How guessing is slowed down: a few failures are free, then each makes the next attempt wait longer. Nobody is locked out.
//!
//! The failures are counted in the store, so that neither a restart nor another replica forgets them, and for logins that
//! do not exist as well, so that the answer does not tell which do. Failures from one address are counted besides, across
//! all accounts and in this process alone: they bound how much hashing an address can ask for.

use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Mutex, MutexGuard};

use crate::config::Guesses;

/// How often the wait doubles from a second before it is the longest: so few more guesses are there in one window.
const DOUBLINGS: u32 = 5;

/// The failed attempts at one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many there were within the window.
    pub count: u32,
    /// When the last one was.
    pub last: Timestamp,
}

impl Failures {
    /// How long the account must not be tried yet; none: it may be tried now.
    pub fn wait(&self, now: Timestamp, guesses: &Guesses) -> Option<Duration> {
        let delay = match self.count.checked_sub(guesses.per_account)? {
            doublings @ 0..DOUBLINGS => Duration::from_secs(1 << doublings).min(guesses.window),
            DOUBLINGS.. => guesses.window,
        };
        let left = (self.last + delay).duration_since(now);
        Duration::try_from(left).ok().filter(|left| !left.is_zero())
    }
}

/// Under which failures are counted: the digest of the login, which may not exist and need not be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountKey([u8; 32]);

impl AccountKey {
    /// The key of a login, without regard to case.
    pub fn of(login: &str) -> Self {
        Self(Sha256::digest(login.trim().to_lowercase().as_bytes()).into())
    }

    /// The bytes, to keep.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// How many accounts can be tried at the same time in one process.
const STRIPES: usize = 256;

/// Lets attempts at one account come one after the other.
#[derive(Debug)]
pub(super) struct Stripes(Vec<Mutex<()>>);

impl Stripes {
    pub(super) fn new() -> Self {
        Self((0..STRIPES).map(|_| Mutex::new(())).collect())
    }

    /// Waits for the account's turn, which lasts as long as the guard.
    pub(super) async fn turn(&self, account: &AccountKey) -> MutexGuard<'_, ()> {
        self.0[usize::from(account.0[0]) % STRIPES].lock().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn wait(count: u32, passed: Duration) -> Option<u64> {
        let failures = Failures { count, last: NOW };
        failures.wait(NOW + passed, &Guesses::default()).map(|wait| wait.as_secs())
    }

    #[test]
    fn the_first_failures_are_free_and_then_the_wait_doubles() {
        let at_once: Vec<_> = (0..12).map(|count| wait(count, Duration::ZERO)).collect();
        let seconds = [1, 2, 4, 8, 16, 900, 900];
        assert_eq!(at_once[..5], [None; 5]);
        assert_eq!(at_once[5..], seconds.map(Some));
    }

    #[test]
    fn how_many_are_free_and_how_long_the_longest_is_are_settings() {
        let guesses = Guesses { per_account: 1, window: Duration::from_secs(3) };
        let waits = [0, 1, 2, 3, 6, 7].map(|count| {
            let failures = Failures { count, last: NOW };
            failures.wait(NOW, &guesses).map(|wait| wait.as_secs())
        });
        assert_eq!(waits, [None, Some(1), Some(2), Some(3), Some(3), Some(3)]);
    }

    #[test]
    fn a_wait_ends() {
        assert_eq!(wait(7, Duration::from_secs(3)), Some(1));
        assert_eq!(wait(7, Duration::from_secs(4)), None);
        assert_eq!(wait(50, Duration::from_secs(899)), Some(1));
        assert_eq!(wait(50, Duration::from_secs(900)), None);
    }

    #[test]
    fn a_clock_that_jumps_back_waits_no_longer_than_the_delay_and_the_jump() {
        let failures = Failures { count: 5, last: NOW + Duration::from_secs(60) };
        let wait = failures.wait(NOW, &Guesses::default());
        assert_eq!(wait, Some(Duration::from_secs(61)));
    }

    #[test]
    fn an_account_is_the_same_in_any_case() {
        assert_eq!(AccountKey::of("Ada@Shop.example "), AccountKey::of("ada@shop.example"));
        assert_ne!(AccountKey::of("ada@shop.example"), AccountKey::of("bob@shop.example"));
    }
}
