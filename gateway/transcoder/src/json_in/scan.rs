//! Tokens of JSON text: space, brackets, strings, numbers, and values that are skipped.

use std::borrow::Cow;

use super::{DEPTH, KEYS, Parser, Read, SYNTAX, stop};
use crate::num;
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
        members.read += 1;
        if members.read > self.options.max_keys {
            return Err(stop(members.start, KEYS, "has too many keys"));
        }
        Ok(true)
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
        if self.peek() != Some(b'"') {
            return Err(self.syntax("a key in double quotes was expected"));
        }
        let key = self.string()?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.syntax("a colon was expected"));
        }
        self.pos += 1;
        self.space();
        Ok(key)
    }

    /// A string: its raw content, whether it holds escapes, and where the content starts.
    #[inline]
    pub(super) fn raw_string(&mut self) -> Read<(&'a str, bool, usize)> {
        let start = self.pos + 1;
        let bytes = self.json.as_bytes();
        let (mut end, mut escaped) = (start, false);
        loop {
            end += text::plain_prefix(&bytes[end..]);
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') if end + 1 < bytes.len() => {
                    escaped = true;
                    // The byte behind a backslash is ASCII in every valid escape.
                    end += 2;
                }
                Some(b'\\') | None => {
                    return Err(stop(start - 1, SYNTAX, "this string does not end"));
                }
                Some(_) => {
                    return Err(stop(end, SYNTAX, "control characters in strings must be escaped"));
                }
            }
        }
        self.pos = end + 1;
        match self.json.get(start..end) {
            Some(raw) => Ok((raw, escaped, start)),
            None => Err(stop(start, SYNTAX, "this escape is not valid")),
        }
    }

    /// The text of a string, borrowed when it holds no escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Read<Cow<'a, str>> {
        let (raw, escaped, at) = self.raw_string()?;
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        let mut cooked = String::with_capacity(raw.len());
        text::unescape(raw, |piece| cooked.push_str(piece))
            .map_err(|bad| stop(at + bad, SYNTAX, "this escape is not valid"))?;
        Ok(Cow::Owned(cooked))
    }

    /// A string value, or a complaint about what stands here instead.
    pub(super) fn want_string(&mut self, wanted: &'static str) -> Read<Cow<'a, str>> {
        match self.peek() {
            Some(b'"') => self.string(),
            _ => Err(self.wrong(wanted)),
        }
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
                    self.key()?;
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
            Some(b'"') => {
                let (raw, escaped, at) = self.raw_string()?;
                if escaped {
                    text::unescape(raw, |_| {})
                        .map_err(|bad| stop(at + bad, SYNTAX, "this escape is not valid"))?;
                }
                Ok(())
            }
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            _ => Err(self.syntax("a value was expected")),
        }
    }
}
