//! JSON strings: escaping on the way out, scanning and unescaping on the way in.
//! Scans look at eight bytes at a time; nothing here needs `unsafe`.

use bytes::BytesMut;

use crate::sink::{PADDED, Sink};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks bytes of `word` below `bound`, for bounds up to 128; bytes above 127 are not marked.
fn below(word: u64, bound: u64) -> u64 {
    word.wrapping_sub(ONES * bound) & !word & HIGHS
}

/// Marks bytes that stand in a JSON string only behind a backslash.
#[inline]
fn special(word: u64) -> u64 {
    below(word, 0x20)
        | below(word ^ (ONES * u64::from(b'"')), 1)
        | below(word ^ (ONES * u64::from(b'\\')), 1)
}

/// The index of the first `"`, `\` or control character.
#[inline]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let marks = special(u64::from_le_bytes(*word));
        if marks != 0 {
            return index * 8 + marks.trailing_zeros() as usize / 8;
        }
    }
    let special = |b: &u8| *b < 0x20 || matches!(b, b'"' | b'\\');
    words.len() * 8 + tail.iter().position(special).unwrap_or(tail.len())
}

/// Appends a JSON string; `None` when the text is not UTF-8.
///
/// Most texts are short and plain ASCII: they are looked at and copied in one go. Only bytes above 127 make a text be
/// read once more, and only an escape makes it be copied once more.
#[inline]
pub(crate) fn put_quoted(out: &mut Sink<'_>, text: &[u8]) -> Option<()> {
    let length = text.len() + 2;
    let (marks, all) = quote(text, &mut out.room(length)[..length]);
    if marks != 0 || all & HIGHS != 0 {
        return put_unusual(out, text, marks != 0);
    }
    out.advance(length);
    Some(())
}

/// Appends what stands before a text, of which `before` bytes count, and the text, in one.
#[inline]
pub(crate) fn put_named(
    out: &mut Sink<'_>,
    (name, before): (&[u8; PADDED], usize),
    text: &[u8],
) -> Option<()> {
    let length = text.len() + 2;
    let room = out.room(PADDED + length);
    *room.first_chunk_mut()? = *name;
    let (marks, all) = quote(text, &mut room[before..before + length]);
    if marks != 0 || all & HIGHS != 0 {
        out.advance(before);
        return put_unusual(out, text, marks != 0);
    }
    out.advance(before + length);
    Some(())
}

/// Writes a text and its quotes to a place of that length, as if it needed no escape, and tells what is in it.
#[inline(always)]
fn quote(text: &[u8], to: &mut [u8]) -> (u64, u64) {
    let last = to.len() - 1;
    to[0] = b'"';
    to[last] = b'"';
    copy(text, &mut to[1..last])
}

/// Appends a JSON string to a buffer that is not being printed into.
pub(crate) fn append_quoted(out: &mut BytesMut, text: &str) {
    // A `str` is UTF-8.
    let _ = put_quoted(&mut Sink::over(out, text.len() + 2), text.as_bytes());
}

/// A text that is not plain ASCII, of which [`put_quoted`] has made a copy already.
#[inline(never)]
fn put_unusual(out: &mut Sink<'_>, text: &[u8], has_escapes: bool) -> Option<()> {
    if !text.is_ascii() {
        std::str::from_utf8(text).ok()?;
    }
    match has_escapes {
        true => put_escaped(out, text),
        false => out.advance(text.len() + 2),
    }
    Some(())
}

/// Copies a text to a place of its length. Tells what needs an escape, if anything does, and the bits of all bytes.
#[inline]
fn copy(text: &[u8], to: &mut [u8]) -> (u64, u64) {
    let (mut marks, mut all) = (0, 0);
    let mut look = |word: u64| {
        marks |= special(word);
        all |= word;
    };
    for (word, to) in text.as_chunks::<8>().0.iter().zip(to.as_chunks_mut::<8>().0) {
        look(u64::from_le_bytes(*word));
        *to = *word;
    }
    // What is left is copied with some of what comes before it, so that it has one of few lengths.
    if let (Some(last), Some(to)) = (text.last_chunk::<8>(), to.last_chunk_mut()) {
        look(u64::from_le_bytes(*last));
        *to = *last;
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        look(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
        to[..4].copy_from_slice(first);
        to[text.len() - 4..].copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (text.first_chunk::<2>(), text.last_chunk::<2>()) {
        let ends =
            u32::from(u16::from_le_bytes(*first)) << 16 | u32::from(u16::from_le_bytes(*last));
        look(u64::from(ends) << 32 | u64::from(ends));
        to[..2].copy_from_slice(first);
        to[text.len() - 2..].copy_from_slice(last);
    } else if let (Some(byte), Some(to)) = (text.first(), to.first_mut()) {
        look(ONES * u64::from(*byte));
        *to = *byte;
    }
    (marks, all)
}

/// How much of a text with escapes is written at a time.
const PIECE: usize = 64;
/// The longest escape.
const ESCAPE: usize = 6;

/// The way of texts that need escapes: every word is copied whole, and written over from where an escape begins.
fn put_escaped(out: &mut Sink<'_>, text: &[u8]) {
    out.put_u8(b'"');
    for piece in text.chunks(PIECE) {
        let room = out.room(PIECE * ESCAPE + 8);
        let (mut rest, mut to) = (piece, 0);
        while !rest.is_empty() {
            let word = first_word(rest);
            room[to..to + 8].copy_from_slice(&word.to_le_bytes());
            match special(word) {
                0 => {
                    to += rest.len().min(8);
                    rest = rest.get(8..).unwrap_or_default();
                }
                marks => {
                    let plain = marks.trailing_zeros() as usize / 8;
                    to += plain;
                    to += escape(&mut room[to..], rest[plain]);
                    rest = &rest[plain + 1..];
                }
            }
        }
        out.advance(to);
    }
    out.put_u8(b'"');
}

/// The first eight bytes, or fewer and spaces.
#[inline]
fn first_word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => bytes
            .iter()
            .rev()
            .fold(ONES * u64::from(b' '), |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Writes an escape and tells how long it is.
fn escape(room: &mut [u8], special: u8) -> usize {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match special {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        8 => b'b',
        12 => b'f',
        _ => {
            let (high, low) = (HEX[usize::from(special >> 4)], HEX[usize::from(special & 15)]);
            room[..ESCAPE].copy_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            return ESCAPE;
        }
    };
    room[..2].copy_from_slice(&[b'\\', short]);
    2
}

/// Passes the pieces of the text behind escapes to `sink`. `Err` is the offset of a bad escape.
pub(crate) fn unescape(raw: &str, mut sink: impl FnMut(&str)) -> Result<(), usize> {
    let mut at = 0;
    while let Some(plain) = raw[at..].find('\\') {
        sink(&raw[at..at + plain]);
        let escape = at + plain;
        let (letter, length) = one_escape(&raw.as_bytes()[escape..]).ok_or(escape)?;
        sink(letter.encode_utf8(&mut [0; 4]));
        at = escape + length;
    }
    sink(&raw[at..]);
    Ok(())
}

/// The character of the escape at the start, and how long the escape is.
fn one_escape(bytes: &[u8]) -> Option<(char, usize)> {
    let short = match bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(bytes),
        _ => return None,
    };
    Some((short, 2))
}

fn unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let first = hex(bytes.get(2..6)?)?;
    if !(0xd800..0xdc00).contains(&first) {
        // Low surrogates alone are no characters, and `from_u32` says so.
        return char::from_u32(first).map(|letter| (letter, 6));
    }
    let low = match bytes.get(6..8)? {
        b"\\u" => hex(bytes.get(8..12)?)?,
        _ => return None,
    };
    if !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    let joined = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
    char::from_u32(joined).map(|letter| (letter, 12))
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, b| Some(sum << 4 | char::from(*b).to_digit(16)?))
}
