//! Values of JSON one behind the other as they come in, as clients of grpc-gateway send a stream: chunks in, values out, wherever the
//! chunks were cut and whatever stands between.

use bytes::{Buf as _, Bytes, BytesMut};

use crate::Fault;
use crate::fault::FaultClass;

/// Cuts a body into values. It never holds more than one value and the chunk that came last.
///
/// It finds where a value ends and nothing else: what is wrong within is left to whoever reads it.
#[derive(Debug)]
pub struct Values {
    held: BytesMut,
    /// How far `held` is known not to be the end.
    searched: usize,
    inside: Inside,
    longest: usize,
    /// The line of the first byte held, from 1.
    line: usize,
}

/// What the next byte is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    /// Nothing: a value has not begun.
    Nothing,
    /// A number or a word, which ends where something else begins.
    Word,
    /// A text, in so many objects and lists.
    Text { depth: usize },
    /// What follows a backslash in it.
    Escape { depth: usize },
    /// So many objects and lists.
    Nest { depth: usize },
}

impl Values {
    /// Values of at most `longest` bytes.
    pub fn new(longest: usize) -> Self {
        Self { held: BytesMut::new(), searched: 0, inside: Inside::Nothing, longest, line: 1 }
    }

    /// Takes the next chunk of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        self.held.extend_from_slice(chunk);
    }

    /// The next whole value, with the number from 1 of the line that it begins in; `None` until more has come.
    ///
    /// # Errors
    /// The value is too long (413), told before all of it has come.
    pub fn next_value(&mut self) -> Result<Option<(usize, Bytes)>, Fault> {
        self.skip_space();
        while let Some(byte) = self.held.get(self.searched).copied() {
            let Some(length) = self.end_with(byte) else {
                self.searched += 1;
                continue;
            };
            return self.taken(length).map(Some);
        }
        self.check(self.held.len()).map(|()| None)
    }

    /// What has come of a value that nothing follows, once the body has ended.
    ///
    /// # Errors
    /// The value is too long (413).
    pub fn last_value(mut self) -> Result<Option<(usize, Bytes)>, Fault> {
        match self.held.len() {
            0 => Ok(None),
            length => self.taken(length).map(Some),
        }
    }

    /// How long the value is, if it ends with or before this byte.
    fn end_with(&mut self, byte: u8) -> Option<usize> {
        let next = match (self.inside, byte) {
            (Inside::Nothing, b'"') => Inside::Text { depth: 0 },
            (Inside::Nothing, b'{' | b'[') => Inside::Nest { depth: 1 },
            (Inside::Nothing, _) => Inside::Word,
            (Inside::Word, b'{' | b'[' | b'"') => return Some(self.searched),
            (Inside::Word, byte) if byte.is_ascii_whitespace() => return Some(self.searched),
            (Inside::Text { depth }, b'\\') => Inside::Escape { depth },
            (Inside::Text { depth: 0 }, b'"') => return Some(self.searched + 1),
            (Inside::Text { depth }, b'"') => Inside::Nest { depth },
            (Inside::Escape { depth }, _) => Inside::Text { depth },
            (Inside::Nest { depth }, b'"') => Inside::Text { depth },
            (Inside::Nest { depth }, b'{' | b'[') => Inside::Nest { depth: depth + 1 },
            (Inside::Nest { depth: 1 }, b'}' | b']') => return Some(self.searched + 1),
            (Inside::Nest { depth }, b'}' | b']') => Inside::Nest { depth: depth - 1 },
            (same, _) => same,
        };
        self.inside = next;
        None
    }

    fn taken(&mut self, length: usize) -> Result<(usize, Bytes), Fault> {
        self.check(length)?;
        let (line, value) = (self.line, self.held.split_to(length).freeze());
        self.line += breaks(&value);
        (self.searched, self.inside) = (0, Inside::Nothing);
        Ok((line, value))
    }

    /// Passes over what stands before a value.
    fn skip_space(&mut self) {
        if self.inside == Inside::Nothing {
            let space = self.held.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.line += breaks(&self.held[..space]);
            self.held.advance(space);
        }
    }

    fn check(&self, length: usize) -> Result<(), Fault> {
        if length <= self.longest {
            return Ok(());
        }
        let message = format!("a message is longer than {} bytes", self.longest);
        let mut fault = Fault::new(FaultClass::Limit, 413, "LINE_TOO_LONG", message);
        fault.line = Some((self.line, 1));
        Err(fault)
    }
}

fn breaks(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// All values of a text that comes in these pieces.
    fn values<'t>(
        pieces: impl IntoIterator<Item = &'t [u8]>,
        longest: usize,
    ) -> Result<Vec<(usize, String)>, Fault> {
        let mut values = Values::new(longest);
        let mut found = Vec::new();
        let mut keep = |(line, value): (usize, Bytes)| {
            found.push((line, String::from_utf8(value.to_vec()).unwrap()));
        };
        for piece in pieces {
            values.push(piece);
            while let Some(value) = values.next_value()? {
                keep(value);
            }
        }
        if let Some(value) = values.last_value()? {
            keep(value);
        }
        Ok(found)
    }

    #[rstest]
    #[case("{\"a\":1}{\"b\":\"}\\\"\"}\n\n {}", &[(1, "{\"a\":1}"), (1, "{\"b\":\"}\\\"\"}"), (3, "{}")])]
    #[case("{\n\"a\": [\n{}]}\r\n[]", &[(1, "{\n\"a\": [\n{}]}"), (4, "[]")])]
    #[case("1 2\ttrue\"x\"null{}", &[(1, "1"), (1, "2"), (1, "true"), (1, "\"x\""), (1, "null"), (1, "{}")])]
    #[case("\"\\\\\"\"a\"", &[(1, "\"\\\\\""), (1, "\"a\"")])]
    #[case("{\"a\":", &[(1, "{\"a\":")])]
    #[case("}{}", &[(1, "}"), (1, "{}")])]
    #[case(" \n ", &[])]
    fn a_value_ends_where_it_is_closed(#[case] text: &str, #[case] expected: &[(usize, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|(line, value)| (*line, (*value).to_owned())).collect();
        assert_eq!(values([text.as_bytes()], 100).unwrap(), expected);
    }

    #[test]
    fn the_longest_value_is_taken_and_one_byte_more_is_not() {
        for fits in ["{\"\":1}", "\n  \"12345\"\n\n\"12345\"  ", "1234567 1234567"] {
            assert!(values([fits.as_bytes()], 7).is_ok(), "{fits}");
        }
        for long in ["{}\n{\"\":123}", "{}\n12345678", "{}\n12345678 "] {
            let fault = values([long.as_bytes()], 7).unwrap_err();
            assert_eq!((fault.status, fault.line), (413, Some((2, 1))), "{long}");
        }
        // Told as soon as it is known.
        let mut open = Values::new(5);
        open.push(b"[1,2,3");
        assert_eq!(open.next_value().unwrap_err().reason, "LINE_TOO_LONG");
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_chunks_are_cut(text in r#"[a\\"\n {}\[\]]{0,40}"#, cut in 1usize..7) {
            let whole = values([text.as_bytes()], 100).unwrap();
            prop_assert_eq!(values(text.as_bytes().chunks(cut), 100).unwrap(), whole);
        }
    }
}
