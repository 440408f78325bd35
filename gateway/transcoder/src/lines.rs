//! Newline-delimited JSON as it comes in: chunks in, lines out, wherever the chunks were cut.

use bytes::{Buf as _, Bytes, BytesMut};

use crate::Fault;
use crate::fault::FaultClass;

/// Cuts a body into lines. It never holds more than one line and the chunk that came last.
#[derive(Debug)]
pub struct Lines {
    held: BytesMut,
    /// How far `held` is known to have no line break.
    searched: usize,
    longest: usize,
    number: usize,
}

impl Lines {
    /// Lines of at most `longest` bytes, without their line break.
    pub fn new(longest: usize) -> Self {
        Self { held: BytesMut::new(), searched: 0, longest, number: 0 }
    }

    /// Takes the next chunk of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        self.held.extend_from_slice(chunk);
    }

    /// The next whole line that is not blank, with its number from 1; `None` until more has come.
    ///
    /// # Errors
    /// The line is too long (413), told before all of it has come.
    pub fn next_line(&mut self) -> Result<Option<(usize, Bytes)>, Fault> {
        loop {
            let unseen = &self.held[self.searched..];
            let Some(at) = unseen.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.held.len();
                // The last byte may turn out to be the carriage return before the break.
                return self.check(self.held.len().saturating_sub(1)).map(|()| None);
            };
            let line = self.held.split_to(self.searched + at);
            self.held.advance(1);
            self.searched = 0;
            if let Some(line) = self.line(line)? {
                return Ok(Some(line));
            }
        }
    }

    /// What stands behind the last line break, once the body has ended.
    ///
    /// # Errors
    /// The line is too long (413).
    pub fn last_line(mut self) -> Result<Option<(usize, Bytes)>, Fault> {
        let rest = self.held.split();
        self.line(rest)
    }

    fn line(&mut self, line: BytesMut) -> Result<Option<(usize, Bytes)>, Fault> {
        let mut line = line;
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        self.check(line.len())?;
        self.number += 1;
        let blank = line.iter().all(u8::is_ascii_whitespace);
        Ok((!blank).then(|| (self.number, line.freeze())))
    }

    fn check(&self, length: usize) -> Result<(), Fault> {
        if length <= self.longest {
            return Ok(());
        }
        let message = format!("a line is longer than {} bytes", self.longest);
        let mut fault = Fault::new(FaultClass::Limit, 413, "LINE_TOO_LONG", message);
        fault.line = Some((self.number + 1, self.longest + 1));
        Err(fault)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All lines of a text that comes in these pieces.
    fn lines<'t>(
        pieces: impl IntoIterator<Item = &'t [u8]>,
        longest: usize,
    ) -> Result<Vec<(usize, String)>, Fault> {
        let mut lines = Lines::new(longest);
        let mut found = Vec::new();
        let mut keep = |(number, line): (usize, Bytes)| {
            found.push((number, String::from_utf8(line.to_vec()).unwrap()));
        };
        for piece in pieces {
            lines.push(piece);
            while let Some(line) = lines.next_line()? {
                keep(line);
            }
        }
        if let Some(line) = lines.last_line()? {
            keep(line);
        }
        Ok(found)
    }

    #[test]
    fn blank_lines_count_and_are_skipped() {
        let text = b"{}\n\n  \r\n{\"a\":1}\r\nlast";
        let expected = [(1, "{}"), (4, "{\"a\":1}"), (5, "last")];
        let expected = expected.map(|(number, line)| (number, line.to_owned()));
        assert_eq!(lines([&text[..]], 100).unwrap(), expected);
    }

    #[test]
    fn the_longest_line_is_taken_and_one_byte_more_is_not() {
        assert_eq!(lines([&b"1234\r\n12345"[..]], 5).unwrap().len(), 2);
        assert_eq!(lines([&b"12345\r\n"[..]], 5).unwrap().len(), 1);
        for long in [&b"1234\n123456"[..], b"1234\n123456\n"] {
            let fault = lines([long], 5).unwrap_err();
            assert_eq!((fault.status, fault.line), (413, Some((2, 6))));
        }
        // Told as soon as it is known.
        let mut open = Lines::new(5);
        open.push(b"1234567");
        assert_eq!(open.next_line().unwrap_err().reason, "LINE_TOO_LONG");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_chunks_are_cut(text in "[a\r\n ]{0,40}", cut in 1usize..7) {
            let whole = lines([text.as_bytes()], 100).unwrap();
            prop_assert_eq!(lines(text.as_bytes().chunks(cut), 100).unwrap(), whole);
        }
    }
}
