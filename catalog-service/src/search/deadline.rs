//! How long a search may take: it is asked now and then while documents are gone through.

use std::time::{Duration, Instant};

use super::Error;

/// How long a search may take.
const LONGEST: Duration = Duration::from_millis(250);

/// Looking at the clock for each document would take longer than the document.
const STRIDE: u32 = 1_024;

/// When a search has to be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// As long as a search may take from now on.
    pub(super) fn begin() -> Self {
        Self(Instant::now() + LONGEST)
    }

    /// # Errors
    /// [`Error::TooExpensive`] when it is past.
    pub(super) fn check(self) -> Result<(), Error> {
        if Instant::now() > self.0 { Err(Error::TooExpensive) } else { Ok(()) }
    }

    /// As [`Self::check`], for one of many steps.
    pub(super) fn check_at(self, step: u32) -> Result<(), Error> {
        if step.is_multiple_of(STRIDE) { self.check() } else { Ok(()) }
    }
}
