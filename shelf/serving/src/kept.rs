//! A log that is kept instead of written, for tests: the very lines that a program would write.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tracing_subscriber::{
    filter::LevelFilter,
    fmt::MakeWriter,
    layer::{Layered, SubscriberExt as _},
    registry::Registry,
};

use crate::Lines;

/// What was logged. Cheap to clone; clones are one and the same.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<Vec<u8>>>);

/// Takes what is logged from `info` on, and keeps its lines.
pub type Keeping = Layered<Lines<Kept>, Layered<LevelFilter, Registry>>;

impl Kept {
    /// Whoever makes this the subscriber of a thread or of a process keeps here what is logged there, by a clock that stands still.
    pub fn keeping(&self) -> Keeping {
        self.keeping_by(Timestamp::default)
    }

    /// The same by another clock.
    pub fn keeping_by(&self, now: fn() -> Timestamp) -> Keeping {
        tracing_subscriber::registry().with(LevelFilter::INFO).with(Lines::to(self.clone(), now))
    }

    /// All that was logged so far, one JSON object a line.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
