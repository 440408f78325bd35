//! Standard error, written to without the lock that the standard library has around it.
//!
//! Every request is a line or two, and threads that wait for one another there wake one another by a call to the system each. Whoever
//! writes whole lines needs no lock: the system does not mix what is written at once, unless it is longer than a pipe takes.

use std::io;

/// Writes to standard error at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandardError;

impl StandardError {
    /// Whoever writes next.
    pub fn new() -> Self {
        Self
    }
}

impl io::Write for StandardError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(io::stderr(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
