//! JSON strings: escaping on the way out, scanning and unescaping on the way in.
//! Scans look at eight or sixteen bytes at a time; nothing here needs `unsafe`.

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
    odd(word) & !word & HIGHS
}

/// Marks the first such byte, if there is one, and those above 127; the lower bits mean nothing.
#[inline]
fn odd(word: u64) -> u64 {
    let apart = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
    word | word.wrapping_sub(ONES * 0x20) | apart(b'"') | apart(b'\\')
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
/// Most texts are short and plain ASCII: they are looked at and copied in one go. Whatever else they are is found out by a
/// second look.
#[inline]
pub(crate) fn put_quoted(out: &mut Sink<'_>, text: &[u8]) -> Option<()> {
    put_named(out, (&[0; PADDED], 0), text)
}

/// Appends what stands before a text, of which `before` bytes count, and the text, in one.
///
/// All that is called from here is called last, so that nothing has to be kept for afterwards.
pub(crate) fn put_named(
    out: &mut Sink<'_>,
    (name, before): (&[u8; PADDED], usize),
    text: &[u8],
) -> Option<()> {
    let length = text.len() + 2;
    let Some(room) = out.room_at_hand(PADDED + length) else {
        return put_after_growing(out, (name, before), text);
    };
    *room.first_chunk_mut()? = *name;
    let place = &mut room[before..before + length];
    place[0] = b'"';
    place[length - 1] = b'"';
    let place = &mut place[1..length - 1];
    let is_plain = match text.len() {
        0..CHUNK => copy_short(text, place),
        CHUNK..=TWO_CHUNKS => copy_two(text, place),
        _ => return put_long(out, before, text),
    };
    if !is_plain {
        return put_unusual(out, (before, 0), text);
    }
    out.advance(before + length);
    Some(())
}

#[cold]
#[inline(never)]
fn put_after_growing(out: &mut Sink<'_>, name: (&[u8; PADDED], usize), text: &[u8]) -> Option<()> {
    out.grow(PADDED + text.len() + 2);
    put_named(out, name, text)
}

/// Appends a JSON string to a buffer that is not being printed into.
pub(crate) fn append_quoted(out: &mut BytesMut, text: &str) {
    // A `str` is UTF-8.
    let _ = put_quoted(&mut Sink::over(out, text.len() + 2), text.as_bytes());
}

/// A text that is not plain ASCII. What stands before it, a quotation mark and so many `plain` bytes are written.
#[inline(never)]
fn put_unusual(out: &mut Sink<'_>, (before, plain): (usize, usize), text: &[u8]) -> Option<()> {
    out.advance(before + 1 + plain);
    let (mut rest, mut all) = (&text[plain..], 0);
    // What is long may be a text in another script, of which nothing needs an escape.
    if rest.len() > PIECE {
        let (unescaped, bits) = copy_unescaped(rest, out.room(rest.len()));
        out.advance(unescaped);
        (rest, all) = (&rest[unescaped..], bits);
    }
    all |= put_escaped(out, rest);
    out.put_u8(b'"');
    if all & HIGHS != 0 {
        std::str::from_utf8(text).ok()?;
    }
    Some(())
}

/// How many bytes are looked at together: what the smallest of today's processors does in one step.
const CHUNK: usize = 16;
const TWO_CHUNKS: usize = 2 * CHUNK;

/// Whether all bytes are ASCII and none needs an escape. Without a branch, so that it becomes a few instructions for them
/// all: those above 127 are negative, and the lesser of two differences is 0 where either is.
#[inline(always)]
fn is_plain(chunk: &[u8; CHUNK]) -> bool {
    let marks = chunk.iter().fold(0, |marks, byte| {
        let apart = (byte ^ b'"').min(byte ^ b'\\');
        marks | u8::from((*byte as i8) < 0x20) | u8::from(apart == 0)
    });
    marks == 0
}

/// Copies a text of one to two chunks to a place of its length; tells whether it is plain.
#[inline(always)]
fn copy_two(text: &[u8], to: &mut [u8]) -> bool {
    let (Some(first), Some(last)) = (text.first_chunk::<CHUNK>(), text.last_chunk::<CHUNK>())
    else {
        return false;
    };
    // The two may have bytes in common: so they have one length, whatever that of the text is.
    if let Some(to) = to.first_chunk_mut() {
        *to = *first;
    }
    if let Some(to) = to.last_chunk_mut() {
        *to = *last;
    }
    is_plain(first) & is_plain(last)
}

/// A text of more than two chunks. What stands before it and both quotation marks are written.
#[inline(never)]
fn put_long(out: &mut Sink<'_>, before: usize, text: &[u8]) -> Option<()> {
    let length = text.len() + 2;
    let to = &mut out.room(before + length)[before + 1..before + length - 1];
    let mut plain = 0;
    for (chunk, to) in text.as_chunks::<CHUNK>().0.iter().zip(to.as_chunks_mut().0) {
        *to = *chunk;
        if !is_plain(chunk) {
            return put_unusual(out, (before, plain), text);
        }
        plain += CHUNK;
    }
    // What is left is copied with some of what comes before it.
    if let (Some(last), Some(to)) = (text.last_chunk::<CHUNK>(), to.last_chunk_mut()) {
        *to = *last;
        if !is_plain(last) {
            return put_unusual(out, (before, plain), text);
        }
    }
    out.advance(before + length);
    Some(())
}

/// Copies a text that is shorter than a chunk to a place of its length; tells whether it is plain.
#[inline(always)]
fn copy_short(text: &[u8], to: &mut [u8]) -> bool {
    let odd = if let (Some(start), Some(end)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        to[..8].copy_from_slice(start);
        to[text.len() - 8..].copy_from_slice(end);
        odd(u64::from_le_bytes(*start)) | odd(u64::from_le_bytes(*end))
    } else if let (Some(start), Some(end)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        to[..4].copy_from_slice(start);
        to[text.len() - 4..].copy_from_slice(end);
        let ends = u64::from(u32::from_le_bytes(*start)) << 32;
        odd(ends | u64::from(u32::from_le_bytes(*end)))
    } else if let [start, .., end] = *text {
        let middle = text[text.len() / 2];
        to[0] = start;
        to[text.len() / 2] = middle;
        to[text.len() - 1] = end;
        let bytes = u64::from(start) << 16 | u64::from(middle) << 8 | u64::from(end);
        odd(SPACES << 24 | bytes)
    } else if let [byte] = *text {
        to[0] = byte;
        odd(SPACES << 8 | u64::from(byte))
    } else {
        0
    };
    odd & HIGHS == 0
}

/// Whether none of the bytes needs an escape. Without a branch, so that it becomes a few instructions for them all.
#[inline(always)]
fn is_unescaped(chunk: &[u8; CHUNK]) -> bool {
    let marks = chunk.iter().fold(0, |marks, byte| {
        let apart = (byte ^ b'"').min(byte ^ b'\\');
        marks | u8::from(*byte < 0x20) | u8::from(apart == 0)
    });
    marks == 0
}

/// Copies the chunks at the start of a text in which nothing needs an escape; tells how long they are, and all their bits.
#[inline(always)]
fn copy_unescaped(text: &[u8], to: &mut [u8]) -> (usize, u64) {
    let (mut length, mut all) = (0, 0);
    for (chunk, to) in text.as_chunks::<CHUNK>().0.iter().zip(to.as_chunks_mut().0) {
        if !is_unescaped(chunk) {
            break;
        }
        *to = *chunk;
        all |= bits(chunk);
        length += CHUNK;
    }
    (length, all)
}

/// All bits of a chunk, as if of eight bytes.
#[inline(always)]
fn bits(chunk: &[u8; CHUNK]) -> u64 {
    let bits = u128::from_ne_bytes(*chunk);
    bits as u64 | (bits >> 64) as u64
}

const SPACES: u64 = ONES * b' ' as u64;

/// How much of a text with escapes is written at a time.
const PIECE: usize = 64;
/// The longest escape.
const ESCAPE: usize = 6;

/// What each byte is printed as, filled up; the last byte tells how much of it counts.
const PRINTED: [[u8; 8]; 256] = {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut printed = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (high, low) = (HEX[byte >> 4], HEX[byte & 15]);
        printed[byte] = match byte as u8 {
            short @ (b'"' | b'\\') => [b'\\', short, 0, 0, 0, 0, 0, 2],
            b'\n' => *b"\\n\0\0\0\0\0\x02",
            b'\r' => *b"\\r\0\0\0\0\0\x02",
            b'\t' => *b"\\t\0\0\0\0\0\x02",
            8 => *b"\\b\0\0\0\0\0\x02",
            12 => *b"\\f\0\0\0\0\0\x02",
            0..0x20 => [b'\\', b'u', b'0', b'0', high, low, 0, ESCAPE as u8],
            plain => [plain, 0, 0, 0, 0, 0, 0, 1],
        };
        byte += 1;
    }
    printed
};

/// The way of texts that need escapes: every word is copied whole, and written over from where an escape begins. Tells all
/// bits of the text.
fn put_escaped(out: &mut Sink<'_>, text: &[u8]) -> u64 {
    let mut all = 0;
    for piece in text.chunks(PIECE) {
        let room = out.room(PIECE * ESCAPE + 8);
        let (mut rest, mut to) = (piece, 0);
        while let Some((word, behind)) = rest.split_first_chunk::<8>() {
            room[to..to + 8].copy_from_slice(word);
            let word = u64::from_le_bytes(*word);
            all |= word;
            match special(word) {
                0 => {
                    // More of the kind may follow.
                    let (more, bits) = copy_unescaped(behind, &mut room[to + 8..]);
                    (rest, to) = (&behind[more..], to + 8 + more);
                    all |= bits;
                }
                marks => {
                    let plain = marks.trailing_zeros() as usize / 8;
                    to = put_printed(room, to + plain, rest[plain]);
                    rest = &rest[plain + 1..];
                }
            }
        }
        let (mut word, mut left) = (tail(piece, rest.len()), rest.len());
        all |= word;
        while left > 0 {
            room[to..to + 8].copy_from_slice(&word.to_le_bytes());
            let marks = special(word);
            if marks == 0 {
                to += left;
                break;
            }
            let plain = marks.trailing_zeros() / 8;
            to = put_printed(room, to + plain as usize, (word >> (8 * plain)) as u8);
            left -= plain as usize + 1;
            word = filled(word.unbounded_shr(8 * (plain + 1)), left);
        }
        out.advance(to);
    }
    all
}

/// The last bytes of a text, fewer than eight, and what fills them up.
#[inline]
fn tail(text: &[u8], length: usize) -> u64 {
    match text.last_chunk::<8>() {
        Some(word) => {
            filled(u64::from_le_bytes(*word).unbounded_shr(64 - 8 * length as u32), length)
        }
        None => {
            let mut word = [b' '; 8];
            word[..length].copy_from_slice(&text[text.len() - length..]);
            u64::from_le_bytes(word)
        }
    }
}

/// Some bytes, fewer than eight, with spaces behind them, which are printed as they are.
#[inline]
fn filled(bytes: u64, length: usize) -> u64 {
    bytes | SPACES << (8 * length)
}

/// Writes what a byte is printed as and tells where that ends; no look at the byte, for nobody could foresee the answer.
#[inline(always)]
fn put_printed(room: &mut [u8], to: usize, byte: u8) -> usize {
    let printed = &PRINTED[usize::from(byte)];
    room[to..to + 8].copy_from_slice(printed);
    to + usize::from(printed[7])
}

/// How much of a text is unescaped before it is handed on.
const UNESCAPED: usize = 128;

/// Passes the text behind escapes to `sink`, some at a time: the bytes are UTF-8 together. `Err` is the offset of a bad escape.
pub(crate) fn unescape(raw: &str, mut sink: impl FnMut(&[u8])) -> Result<(), usize> {
    let mut buffer = [0; UNESCAPED];
    let (mut rest, mut to) = (raw.as_bytes(), 0);
    while !rest.is_empty() {
        // Room for a chunk, and for the longest character behind it.
        if to + CHUNK + char::MAX.len_utf8() > UNESCAPED {
            sink(&buffer[..to]);
            to = 0;
        }
        let room = &mut buffer[to..to + CHUNK];
        let plain = match rest.first_chunk::<CHUNK>().filter(|chunk| has_no_backslash(chunk)) {
            Some(chunk) => {
                room.copy_from_slice(chunk);
                CHUNK
            }
            None => copy_word(rest, &mut room[..8]),
        };
        to += plain;
        rest = &rest[plain..];
        match rest {
            [b'\\', letter, behind @ ..] if SHORT[usize::from(*letter)] != 0 => {
                buffer[to] = SHORT[usize::from(*letter)];
                (to, rest) = (to + 1, behind);
            }
            [b'\\', ..] => {
                let at = raw.len() - rest.len();
                let (letter, length) = unicode(rest).ok_or(at)?;
                to += letter.encode_utf8(&mut buffer[to..]).len();
                rest = &rest[length..];
            }
            _ => {}
        }
    }
    sink(&buffer[..to]);
    Ok(())
}

#[inline(always)]
fn has_no_backslash(chunk: &[u8; CHUNK]) -> bool {
    chunk.iter().fold(0, |marks, byte| marks | u8::from(*byte == b'\\')) == 0
}

/// Copies up to eight bytes, none of which is a backslash, and tells how many.
#[inline(always)]
fn copy_word(from: &[u8], to: &mut [u8]) -> usize {
    match from.first_chunk::<8>() {
        Some(word) => {
            to.copy_from_slice(word);
            let marks = below(u64::from_le_bytes(*word) ^ (ONES * u64::from(b'\\')), 1);
            marks.trailing_zeros() as usize / 8
        }
        None => {
            let plain = from.iter().position(|byte| *byte == b'\\').unwrap_or(from.len());
            to[..plain].copy_from_slice(&from[..plain]);
            plain
        }
    }
}

/// What the letter behind a backslash stands for; 0 when it is none of these.
const SHORT: [u8; 256] = {
    let mut short = [0; 256];
    let mut at = 0;
    while at < ESCAPED.len() {
        short[ESCAPED[at].0 as usize] = ESCAPED[at].1;
        at += 1;
    }
    short
};

/// The letters that stand behind a backslash, and for what.
const ESCAPED: [(u8, u8); 8] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (b'/', b'/'),
    (b'b', 8),
    (b'f', 12),
    (b'n', b'\n'),
    (b'r', b'\r'),
    (b't', b'\t'),
];

/// The character of an escape by number at the start, and how long the escape is.
fn unicode(bytes: &[u8]) -> Option<(char, usize)> {
    if bytes.get(1) != Some(&b'u') {
        return None;
    }
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
