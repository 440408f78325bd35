//! JSON strings: escaping on the way out, scanning and unescaping on the way in.
//! Scans look at eight bytes at a time; nothing here needs `unsafe`.

use bytes::{BufMut, BytesMut};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks bytes of `word` below `bound`, for bounds up to 128; bytes above 127 are not marked.
fn below(word: u64, bound: u64) -> u64 {
    word.wrapping_sub(ONES * bound) & !word & HIGHS
}

/// The index of the first `"`, `\` or control character.
#[inline]
pub(crate) fn plain_prefix(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let special = below(word, 0x20)
            | below(word ^ (ONES * u64::from(b'"')), 1)
            | below(word ^ (ONES * u64::from(b'\\')), 1);
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let special = |b: &u8| *b < 0x20 || matches!(b, b'"' | b'\\');
    words.len() * 8 + tail.iter().position(special).unwrap_or(tail.len())
}

/// Appends a JSON string.
pub(crate) fn put_quoted(out: &mut BytesMut, text: &str) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.put_u8(b'"');
    loop {
        let plain = plain_prefix(rest);
        out.put_slice(&rest[..plain]);
        let Some(&special) = rest.get(plain) else { break };
        put_escape(out, special);
        rest = &rest[plain + 1..];
    }
    out.put_u8(b'"');
}

fn put_escape(out: &mut BytesMut, special: u8) {
    let short = match special {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        8 => b'b',
        12 => b'f',
        _ => {
            const HEX: &[u8; 16] = b"0123456789abcdef";
            out.put_slice(b"\\u00");
            out.put_slice(&[HEX[usize::from(special >> 4)], HEX[usize::from(special & 15)]]);
            return;
        }
    };
    out.put_slice(&[b'\\', short]);
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
