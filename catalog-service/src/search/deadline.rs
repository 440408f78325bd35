//! How long a search may take: it is asked now and then while documents are gone through.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use super::Error;

/// How long a search may take.
const LONGEST: Duration = Duration::from_millis(250);

/// Looking at the clock for each document would take longer than the document.
const STRIDE: u32 = 1_024;

/// A search that does less than this is never at fault, however long a busy machine lets it wait.
const HARMLESS: u64 = 8_192;

/// What a search may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowance {
    /// So long.
    Time(Duration),
    /// So many steps, wherever a deadline is looked at: the same on every machine.
    #[cfg(test)]
    Steps(u64),
}

impl Default for Allowance {
    fn default() -> Self {
        Self::Time(LONGEST)
    }
}

impl Allowance {
    /// The deadline of a search that begins now.
    pub(super) fn begin(self) -> Deadline {
        Deadline { begun: Instant::now(), allowance: self, done: Cell::new(0) }
    }
}

/// When a search has to be done.
#[derive(Debug)]
pub(super) struct Deadline {
    begun: Instant,
    allowance: Allowance,
    /// How much was done: one for each document, and about as much for each word that was looked up.
    done: Cell<u64>,
}

impl Deadline {
    /// Counts a step that takes as long as some documents.
    ///
    /// # Errors
    /// [`Error::TooExpensive`] when it is past.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.spend(16)
    }

    /// Counts one of many steps, by its number.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(super) fn check_at(&self, step: u32) -> Result<(), Error> {
        if step.is_multiple_of(STRIDE) { self.spend(STRIDE.into()) } else { Ok(()) }
    }

    /// Counts so many steps at once.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(super) fn spend(&self, steps: u64) -> Result<(), Error> {
        self.done.set(self.done.get() + steps);
        if self.is_past(Instant::now) { Err(Error::TooExpensive) } else { Ok(()) }
    }

    fn is_past(&self, now: impl FnOnce() -> Instant) -> bool {
        match self.allowance {
            Allowance::Time(longest) => {
                self.done.get() > HARMLESS && now().duration_since(self.begun) > longest
            }
            #[cfg(test)]
            Allowance::Steps(most) => self.done.get() > most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A search that has gone through so many documents.
    fn having_done(documents: u64) -> Deadline {
        let deadline = Allowance::default().begin();
        deadline.done.set(documents);
        deadline
    }

    #[test]
    fn a_search_is_past_its_time_after_250_ms() {
        let much = having_done(HARMLESS + 1);
        let end = much.begun + Duration::from_millis(250);
        let tick = Duration::from_nanos(1);
        for (now, is_past) in
            [(much.begun, false), (end - tick, false), (end, false), (end + tick, true)]
        {
            assert_eq!(much.is_past(|| now), is_past, "{:?}", now - much.begun);
        }
    }

    #[test]
    fn a_search_that_has_done_next_to_nothing_is_never_past_its_time() {
        let hour = Duration::from_secs(3_600);
        for (done, is_past) in [(0, false), (HARMLESS, false), (HARMLESS + 1, true)] {
            let late = having_done(done);
            assert_eq!(late.is_past(|| late.begun + hour), is_past, "{done}");
        }
    }

    #[test]
    fn steps_are_counted_wherever_a_deadline_is_looked_at() {
        let deadline = Allowance::Steps(16 + u64::from(STRIDE)).begin();
        deadline.check().unwrap();
        (1..=STRIDE).for_each(|step| deadline.check_at(step).unwrap());
        assert!(matches!(deadline.spend(1), Err(Error::TooExpensive)));
    }
}
