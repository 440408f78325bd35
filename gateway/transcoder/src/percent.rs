//! Percent-decoding. The rules differ by place: see each function.

use std::borrow::Cow;

/// Decodes a single-segment capture or a literal: every escape. A plus is a plus.
pub(crate) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    decode_unless(raw, |_| false)
}

/// Decodes a capture of several segments: every escape except an encoded slash, which would
/// otherwise become a separator.
pub(crate) fn decode_segments(raw: &str) -> Option<Cow<'_, str>> {
    decode_unless(raw, |byte| byte == b'/')
}

/// Decodes a part of a query string: a plus is a space, decoded before the escapes.
pub(crate) fn decode_query(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('+') {
        return decode(raw);
    }
    let spaced = raw.replace('+', " ");
    decode(&spaced).map(|text| Cow::Owned(text.into_owned()))
}

fn decode_unless(raw: &str, keep: impl Fn(u8) -> bool) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        let [high, low, ..] = tail else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let byte = (digit(*high)? << 4 | digit(*low)?) as u8;
        match keep(byte) {
            true => bytes.extend_from_slice(&rest[..3]),
            false => bytes.push(byte),
        }
        rest = &rest[3..];
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
