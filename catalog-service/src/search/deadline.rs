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

/// When a search has to be done.
#[derive(Debug)]
pub(super) struct Deadline {
    end: Instant,
    /// How much was done: one for each document, and about as much for each word that was looked up.
    done: Cell<u64>,
}

impl Deadline {
    /// As long as a search may take from now on.
    pub(super) fn begin() -> Self {
        Self { end: Instant::now() + LONGEST, done: Cell::new(0) }
    }

    /// So far off that no test depends on how fast its machine is.
    #[cfg(test)]
    pub(super) fn far() -> Self {
        Self { end: Instant::now() + Duration::from_secs(3_600), done: Cell::new(0) }
    }

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
        let is_past = self.done.get() > HARMLESS && Instant::now() > self.end;
        if is_past { Err(Error::TooExpensive) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_that_is_past_its_time_ends_unless_it_has_done_next_to_nothing() {
        let late = || Deadline { end: Instant::now(), done: Cell::new(0) };
        assert!(late().check().is_ok());
        let much = late();
        let ended = (1..=HARMLESS as u32 * 2).find_map(|step| much.check_at(step).err());
        assert!(matches!(ended, Some(Error::TooExpensive)));
        assert!(Deadline::begin().check_at(STRIDE).is_ok());
    }
}
