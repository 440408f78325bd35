//! Base64 as ProtoJSON wants it: read both alphabets with or without padding, print the
//! standard alphabet with padding. Spaces and impossible lengths are refused.

use bytes::{BufMut, Bytes, BytesMut};

use crate::sink::Sink;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BAD: u8 = 0xff;
/// How many groups of four letters are decoded before they are put down.
const GROUPS: usize = 16;

const VALUES: [u8; 256] = {
    let mut values = [BAD; 256];
    let mut index = 0;
    while index < 64 {
        values[ALPHABET[index] as usize] = index as u8;
        values[URL_ALPHABET[index] as usize] = index as u8;
        index += 1;
    }
    values
};

/// Appends the decoded bytes; `None` when the text is not base64. The unused low bits of the
/// last character are ignored, as other readers do.
pub(crate) fn decode(text: &[u8], out: &mut BytesMut) -> Option<()> {
    let padding = text.iter().rev().take(2).take_while(|b| **b == b'=').count();
    let body = &text[..text.len() - padding];
    if padding > 0 && !text.len().is_multiple_of(4) {
        return None;
    }
    let (groups, tail) = body.as_chunks::<4>();
    // Put down some at a time: a buffer that grows is asked for room less often.
    for groups in groups.chunks(GROUPS) {
        let mut decoded = [0; GROUPS * 3];
        for (group, place) in groups.iter().zip(decoded.as_chunks_mut::<3>().0) {
            let [a, b, c, d] = group.map(|byte| VALUES[byte as usize]);
            // Valid values have the two high bits clear.
            if (a | b | c | d) & 0xc0 != 0 {
                return None;
            }
            *place = [a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d];
        }
        out.put_slice(&decoded[..groups.len() * 3]);
    }
    let mut bits = 0;
    for byte in tail {
        let value = VALUES[*byte as usize];
        if value == BAD {
            return None;
        }
        bits = bits << 6 | u32::from(value);
    }
    match tail.len() {
        0 => {}
        2 => out.put_u8((bits >> 4) as u8),
        3 => out.put_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => return None,
    }
    Some(())
}

/// The bytes of a base64 text in either alphabet, padded or not, as in bodies and queries; `None` when it is none.
pub fn read(text: &[u8]) -> Option<Bytes> {
    let mut out = BytesMut::with_capacity(text.len());
    decode(text, &mut out).map(|()| out.freeze())
}

/// Bytes in the standard alphabet with padding, as in replies.
pub fn write(bytes: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    let mut sink = Sink::over(&mut out, bytes.len().div_ceil(3) * 4);
    encode(bytes, &mut sink);
    drop(sink);
    out.freeze()
}

/// Appends the standard alphabet with padding.
pub(crate) fn encode(bytes: &[u8], out: &mut Sink<'_>) {
    let length = bytes.len().div_ceil(3) * 4;
    let (places, _) = out.room(length).as_chunks_mut::<4>();
    let (groups, tail) = bytes.as_chunks::<3>();
    for (&[a, b, c], place) in groups.iter().zip(&mut *places) {
        *place = letters(ALPHABET, a, b, c);
    }
    if let (Some(&a), Some(place)) = (tail.first(), places.get_mut(groups.len())) {
        *place = letters(ALPHABET, a, tail.get(1).copied().unwrap_or(0), 0);
        place[tail.len() + 1..].fill(b'=');
    }
    out.advance(length);
}

/// Appends the URL alphabet without padding.
pub(crate) fn encode_url(bytes: &[u8], out: &mut String) {
    // Piece by piece, so that what is text already is not looked at letter by letter.
    for piece in bytes.chunks(PIECE) {
        let mut text = [0; PIECE / 3 * 4];
        let (groups, tail) = piece.as_chunks::<3>();
        let (fours, _) = text.as_chunks_mut::<4>();
        for (&[a, b, c], four) in groups.iter().zip(&mut *fours) {
            *four = letters(URL_ALPHABET, a, b, c);
        }
        if let (Some(&a), Some(four)) = (tail.first(), fours.get_mut(groups.len())) {
            *four = letters(URL_ALPHABET, a, tail.get(1).copied().unwrap_or(0), 0);
        }
        let length = groups.len() * 4 + tail.len() + usize::from(!tail.is_empty());
        out.push_str(std::str::from_utf8(&text[..length]).unwrap_or_default());
    }
}

/// How many bytes are encoded at a time.
const PIECE: usize = 48;

fn letters(alphabet: &[u8; 64], a: u8, b: u8, c: u8) -> [u8; 4] {
    let bits = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
    [18, 12, 6, 0].map(|shift| alphabet[(bits >> shift & 63) as usize])
}
