//! Where one message of an upload ends and the next begins.

use bytes::Bytes;
use transcoder::{Fault, Lines, Values};

/// A body of JSON on its way, cut into messages.
#[derive(Debug)]
pub(super) enum Cut {
    /// A line a message.
    Lines(Lines),
    /// One value behind the other, as clients of grpc-gateway send them.
    Values(Values),
}

/// A message, with the number from 1 of the line that it begins in.
type Message = (usize, Bytes);

impl Cut {
    /// Lines of at most so many bytes.
    pub(super) fn lines(longest: usize) -> Self {
        Self::Lines(Lines::new(longest))
    }

    /// Values of at most so many bytes.
    pub(super) fn values(longest: usize) -> Self {
        Self::Values(Values::new(longest))
    }

    /// Takes the next chunk of the body.
    pub(super) fn push(&mut self, chunk: &[u8]) {
        match self {
            Self::Lines(lines) => lines.push(chunk),
            Self::Values(values) => values.push(chunk),
        }
    }

    /// The next message; `None` until more has come.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Fault> {
        match self {
            Self::Lines(lines) => lines.next_line(),
            Self::Values(values) => values.next_value(),
        }
    }

    /// What is left once the body has ended.
    pub(super) fn last(&mut self) -> Result<Option<Message>, Fault> {
        match std::mem::replace(self, Self::lines(0)) {
            Self::Lines(lines) => lines.last_line(),
            Self::Values(values) => values.last_value(),
        }
    }
}
