//! Tokens of JSON text: space, brackets, strings, numbers, and values that are skipped.

use std::borrow::Cow;

use super::{DEPTH, KEYS, Parser, Read, SYNTAX, stop};
use crate::num;
use crate::tables::Spelling;
use crate::text;

/// The members of an object that were read so far.
pub(super) struct Members {
    /// Where its brace stands.
    start: usize,
    read: usize,
}

impl Members {
    pub(super) fn none(&self) -> bool {
        self.read == 0
    }
}

impl<'a> Parser<'a> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.pos).copied()
    }

    #[inline]
    pub(super) fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.pos += 1;
        }
    }

    /// An opening bracket; `wanted` says what stands here instead of another value.
    pub(super) fn open(&mut self, bracket: u8, wanted: &'static str) -> Read<()> {
        if self.peek() != Some(bracket) {
            return Err(self.wrong(wanted));
        }
        self.json_depth += 1;
        if self.json_depth > self.options.max_depth {
            return Err(stop(self.pos, DEPTH, "is nested too deep"));
        }
        self.pos += 1;
        Ok(())
    }

    /// The opening brace of an object.
    pub(super) fn open_object(&mut self) -> Read<Members> {
        let start = self.pos;
        self.open(b'{', "must be an object")?;
        Ok(Members { start, read: 0 })
    }

    /// Moves to the next member of an object, or past its closing brace.
    #[inline]
    pub(super) fn more_members(&mut self, members: &mut Members) -> Read<bool> {
        let mut first = members.none();
        if !self.more(b'}', &mut first)? {
            return Ok(false);
        }
        self.count(members)?;
        Ok(true)
    }

    #[inline(always)]
    fn count(&self, members: &mut Members) -> Read<()> {
        members.read += 1;
        if members.read > self.options.max_keys {
            return Err(stop(members.start, KEYS, "has too many keys"));
        }
        Ok(())
    }

    /// Moves to the value of the next member if its key is this one, spelled as most do it and right behind the value before
    /// it. Tells where the key stands.
    #[inline(always)]
    pub(super) fn expected_key(
        &mut self,
        spelling: &Spelling,
        members: &mut Members,
    ) -> Read<Option<usize>> {
        let comma = !members.none();
        let at = self.pos + usize::from(comma);
        let json = self.json.as_bytes();
        if comma && self.peek() != Some(b',') {
            return Ok(None);
        }
        let Some(length) = json.get(at..).and_then(|rest| spelling.starts(rest)) else {
            return Ok(None);
        };
        self.count(members)?;
        self.pos = at + length;
        self.space();
        Ok(Some(at))
    }

    /// Moves to the next member or element, or past the closing bracket.
    #[inline]
    pub(super) fn more(&mut self, close: u8, first: &mut bool) -> Read<bool> {
        self.space();
        match self.peek() {
            Some(byte) if byte == close => {
                self.pos += 1;
                self.json_depth -= 1;
                return Ok(false);
            }
            Some(b',') if !*first => {
                self.pos += 1;
                self.space();
                if self.peek() == Some(close) {
                    return Err(self.syntax("there is a comma after the last element"));
                }
            }
            _ if *first => {}
            None => return Err(self.syntax("the text ends too early")),
            _ => return Err(self.syntax("a comma or a closing bracket was expected")),
        }
        *first = false;
        Ok(true)
    }

    /// A key and its colon; stops at the value.
    #[inline]
    pub(super) fn key(&mut self) -> Read<Cow<'a, str>> {
        self.begin_key()?;
        let key = self.string()?;
        self.end_key()?;
        Ok(key)
    }

    fn skip_key(&mut self) -> Read<()> {
        self.begin_key()?;
        self.skip_string()?;
        self.end_key()
    }

    #[inline]
    fn begin_key(&self) -> Read<()> {
        match self.peek() {
            Some(b'"') => Ok(()),
            _ => Err(self.syntax("a key in double quotes was expected")),
        }
    }

    #[inline]
    fn end_key(&mut self) -> Read<()> {
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.syntax("a colon was expected"));
        }
        self.pos += 1;
        self.space();
        Ok(())
    }

    /// A string: its raw content, whether it holds escapes, and where the content starts.
    #[inline(always)]
    pub(super) fn raw_string(&mut self) -> Read<(&'a str, bool, usize)> {
        let start = self.pos + 1;
        let bytes = self.json.as_bytes();
        let end = start + text::plain_prefix(&bytes[start..]);
        let escaped = bytes.get(end) != Some(&b'"');
        let end = if escaped { self.escaped_end(start, end)? } else { end };
        self.pos = end + 1;
        match self.json.get(start..end) {
            Some(raw) => Ok((raw, escaped, start)),
            None => Err(stop(start, SYNTAX, "this escape is not valid")),
        }
    }

    /// Where a string ends that is plain up to `end` and then is not.
    #[inline(never)]
    fn escaped_end(&self, start: usize, mut end: usize) -> Read<usize> {
        let bytes = self.json.as_bytes();
        loop {
            match bytes.get(end) {
                Some(b'"') => return Ok(end),
                // The byte behind a backslash is ASCII in every valid escape.
                Some(b'\\') if end + 1 < bytes.len() => end += 2,
                Some(b'\\') | None => {
                    return Err(stop(start - 1, SYNTAX, "this string does not end"));
                }
                Some(_) => {
                    return Err(stop(end, SYNTAX, "control characters in strings must be escaped"));
                }
            }
            end += text::plain_prefix(&bytes[end..]);
        }
    }

    /// The text of a string, borrowed when it holds no escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Read<Cow<'a, str>> {
        let (raw, escaped, at) = self.raw_string()?;
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        let mut cooked = Vec::with_capacity(raw.len());
        text::unescape(raw, |piece| cooked.extend_from_slice(piece))
            .map_err(|bad| stop(at + bad, SYNTAX, "this escape is not valid"))?;
        let cooked = String::from_utf8(cooked);
        cooked.map(Cow::Owned).map_err(|_| stop(at, SYNTAX, "this escape is not valid"))
    }

    /// A string value, or a complaint about what stands here instead.
    pub(super) fn want_string(&mut self, wanted: &'static str) -> Read<Cow<'a, str>> {
        match self.peek() {
            Some(b'"') => self.string(),
            _ => Err(self.wrong(wanted)),
        }
    }

    /// A plain integer of few digits, bare or in quotes: sign and magnitude. All other numbers stay where they are.
    #[inline]
    pub(super) fn short_integer(&mut self) -> Option<(bool, u64)> {
        let quoted = self.peek() == Some(b'"');
        let text = self.json.as_bytes().get(self.pos + usize::from(quoted)..)?;
        let (negative, magnitude, length) = num::short_integer(text)?;
        match text.get(length)? {
            b'"' if quoted => self.pos += length + 2,
            b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t' if !quoted => self.pos += length,
            _ => return None,
        }
        Some((negative, magnitude))
    }

    pub(super) fn number(&mut self) -> Read<&'a str> {
        let rest = &self.json[self.pos..];
        let end = num::prefix(rest.as_bytes());
        let end = end.ok_or_else(|| self.syntax("this is not a number"))?;
        // `01`, `1.` and `1e` have a number as prefix and then go on.
        if matches!(rest.as_bytes().get(end), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        {
            return Err(self.syntax("this is not a number"));
        }
        self.pos += end;
        Ok(&rest[..end])
    }

    pub(super) fn literal(&mut self, word: &'static str) -> Read<()> {
        if !self.json[self.pos..].starts_with(word) {
            return Err(self.syntax("this is not a value"));
        }
        self.pos += word.len();
        Ok(())
    }

    /// Any value, checked for syntax and depth and otherwise ignored.
    pub(super) fn skip_value(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'{') => {
                let mut members = self.open_object()?;
                while self.more_members(&mut members)? {
                    self.skip_key()?;
                    self.skip_value()?;
                }
                Ok(())
            }
            Some(b'[') => {
                self.open(b'[', "")?;
                let mut first = true;
                while self.more(b']', &mut first)? {
                    self.skip_value()?;
                }
                Ok(())
            }
            Some(b'"') => self.skip_string(),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            Some(b'-' | b'0'..=b'9') => match self.short_integer() {
                Some(_) => Ok(()),
                None => self.number().map(drop),
            },
            _ => Err(self.syntax("a value was expected")),
        }
    }

    fn skip_string(&mut self) -> Read<()> {
        let (raw, escaped, at) = self.raw_string()?;
        if escaped {
            text::unescape(raw, |_| {})
                .map_err(|bad| stop(at + bad, SYNTAX, "this escape is not valid"))?;
        }
        Ok(())
    }
}
