//! Numbers in JSON text: the grammar, exact integers, correctly rounded floats, and printing.
//! No integer ever passes through a float.

use std::fmt::Write as _;

use crate::sink::Sink;

/// Why a number was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Not a JSON number.
    Syntax,
    /// An integer was wanted and this has a fraction.
    Fraction,
    /// Too large or too small for its type.
    Range,
}

impl Wrong {
    /// A sentence for people.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Syntax => "is not a number",
            Self::Fraction => "must be an integer",
            Self::Range => "is out of range",
        }
    }
}

/// The length of the JSON number that `text` starts with.
pub(crate) fn prefix(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = usize::from(text.first() == Some(&b'-'));
    match digits(end) {
        0 => return None,
        count if count > 1 && text[end] == b'0' => return None,
        count => end += count,
    }
    if text.get(end) == Some(&b'.') {
        match digits(end + 1) {
            0 => return None,
            count => end += 1 + count,
        }
    }
    if matches!(text.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        match digits(end + 1 + sign) {
            0 => return None,
            count => end += 1 + sign + count,
        }
    }
    Some(end)
}

/// Whether all of `text` is one JSON number.
pub(crate) fn is_number(text: &str) -> bool {
    prefix(text.as_bytes()) == Some(text.len())
}

/// The exact value of a JSON number that denotes an integer (`12`, `1.0`, `1e5`): sign and magnitude.
pub(crate) fn integer(text: &str) -> Result<(bool, u64), Wrong> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let magnitude = if text.len() < 20 && text.bytes().all(|b| b.is_ascii_digit()) {
        text.bytes().fold(0, |sum, b| sum * 10 + u64::from(b - b'0'))
    } else {
        scaled(text)?
    };
    Ok((negative, magnitude))
}

/// The value of digits with a fraction or an exponent.
fn scaled(text: &str) -> Result<u64, Wrong> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    let nonzero = digits().enumerate().filter(|(_, digit)| *digit != b'0').last();
    let Some((last, _)) = nonzero else { return Ok(0) };
    let count = whole.len() + fraction.len();
    // Exponents beyond i64 saturate: the digits before them are bounded by the text.
    let exponent = exponent.parse::<i64>().unwrap_or(match exponent.starts_with('-') {
        true => i64::MIN / 2,
        false => i64::MAX / 2,
    });
    let trailing = (count - 1 - last) as i64;
    let power = exponent - fraction.len() as i64 + trailing;
    if power < 0 {
        return Err(Wrong::Fraction);
    }
    let mut value = 0_u64;
    for digit in digits().take(last + 1).skip_while(|b| *b == b'0') {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(u64::from(digit - b'0')))
            .ok_or(Wrong::Range)?;
    }
    let power = u32::try_from(power).ok().and_then(|p| 10_u64.checked_pow(p));
    power.and_then(|p| value.checked_mul(p)).ok_or(Wrong::Range)
}

/// The sign and magnitude of an integer that `text` starts with, and how long it is. Only what has no fraction, exponent or
/// needless zero and surely fits; all else is for [`integer`]. What follows is for the caller to look at.
#[inline]
pub(crate) fn short_integer(text: &[u8]) -> Option<(bool, u64, usize)> {
    let negative = text.first() == Some(&b'-');
    let digits = text.get(usize::from(negative)..)?;
    let (mut magnitude, mut count) = (0, 0);
    while let Some(digit @ b'0'..=b'9') = digits.get(count) {
        if count == SHORT {
            return None;
        }
        magnitude = magnitude * 10 + u64::from(digit - b'0');
        count += 1;
    }
    if count == 0 || (count > 1 && digits[0] == b'0') {
        return None;
    }
    Some((negative, magnitude, usize::from(negative) + count))
}

/// So many digits are no overflow, neither with a sign nor without.
const SHORT: usize = 18;

/// A signed integer of so many bits.
#[inline]
pub(crate) fn signed((negative, magnitude): (bool, u64), bits: u32) -> Result<i64, Wrong> {
    let most = i64::MAX >> (64 - bits);
    if magnitude > most as u64 + u64::from(negative) {
        return Err(Wrong::Range);
    }
    let value = magnitude as i64;
    Ok(if negative { value.wrapping_neg() } else { value })
}

/// An unsigned integer of so many bits; `-0` is 0.
#[inline]
pub(crate) fn unsigned((negative, magnitude): (bool, u64), bits: u32) -> Result<u64, Wrong> {
    if magnitude > u64::MAX >> (64 - bits) || (negative && magnitude > 0) {
        return Err(Wrong::Range);
    }
    Ok(magnitude)
}

/// The double of a JSON number; overflow is an error, underflow is zero.
pub(crate) fn double(text: &str) -> Result<f64, Wrong> {
    let value = text.parse::<f64>().map_err(|_| Wrong::Syntax)?;
    if value.is_finite() { Ok(value) } else { Err(Wrong::Range) }
}

/// The float of a JSON number, rounded once, straight from the decimal digits.
pub(crate) fn float(text: &str) -> Result<f32, Wrong> {
    let value = text.parse::<f32>().map_err(|_| Wrong::Syntax)?;
    if value.is_finite() { Ok(value) } else { Err(Wrong::Range) }
}

/// How many digits the largest integer has.
const DIGITS: usize = 20;
/// An integer with its sign and quotes.
const QUOTED: usize = DIGITS + 3;

/// Appends an unsigned integer.
#[inline]
pub(crate) fn put_u64(out: &mut Sink<'_>, value: u64) {
    if value < 10 {
        return out.put_u8(b'0' + value as u8);
    }
    let count = out.room(DIGITS).first_chunk_mut().map_or(0, |place| digits(place, value));
    out.advance(count);
}

/// Appends a signed integer.
#[inline]
pub(crate) fn put_i64(out: &mut Sink<'_>, value: i64) {
    if value < 0 {
        out.put_u8(b'-');
    }
    put_u64(out, value.unsigned_abs());
}

/// Appends an integer in quotes, as sign and magnitude.
#[inline]
pub(crate) fn put_quoted(out: &mut Sink<'_>, negative: bool, magnitude: u64) {
    let Some(place) = out.room(QUOTED).first_chunk_mut::<QUOTED>() else { return };
    [place[0], place[1]] = *b"\"-";
    let start = 1 + usize::from(negative);
    let Some(to) = place[start..].first_chunk_mut() else { return };
    let end = start + digits(to, magnitude);
    place[end] = b'"';
    out.advance(end + 1);
}

/// Writes an integer and tells how many digits it has. Four are put together without a branch, and most have no more.
#[inline]
fn digits(to: &mut [u8; DIGITS], value: u64) -> usize {
    if value < 10_000 {
        let zeros = u32::from(value < 1_000) + u32::from(value < 100) + u32::from(value < 10);
        let digits = u32::from_le_bytes(four(value as u32)) >> (8 * zeros);
        to[..4].copy_from_slice(&digits.to_le_bytes());
        return 4 - zeros as usize;
    }
    many_digits(to, value)
}

#[inline(never)]
fn many_digits(to: &mut [u8; DIGITS], value: u64) -> usize {
    if value < 100_000_000 {
        let start = digits(to, value / 10_000);
        to[start..start + 4].copy_from_slice(&four((value % 10_000) as u32));
        return start + 4;
    }
    let start = digits(to, value / 100_000_000);
    let rest = (value % 100_000_000) as u32;
    to[start..start + 4].copy_from_slice(&four(rest / 10_000));
    to[start + 4..start + 8].copy_from_slice(&four(rest % 10_000));
    start + 8
}

/// The four digits of a number below 10,000.
#[inline(always)]
pub(crate) fn four(value: u32) -> [u8; 4] {
    let [thousands, hundreds] = pair((value / 100) as u8);
    let [tens, ones] = pair((value % 100) as u8);
    [thousands, hundreds, tens, ones]
}

/// The two digits of a number below 100.
#[inline]
pub(crate) fn pair(value: u8) -> [u8; 2] {
    PAIRS[usize::from(value)]
}

/// As long as a byte can count, so that no look-up needs a check.
const PAIRS: [[u8; 2]; 256] = {
    let mut pairs = [[b'0'; 2]; 256];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// Appends the shortest text that reads back as the same finite double.
pub(crate) fn put_f64(out: &mut Sink<'_>, value: f64) {
    match value.abs() {
        0.0 | 1e-5..1e16 => put_plain(out, zmij::Buffer::new().format_finite(value)),
        magnitude => put_far(out, value, magnitude),
    }
}

/// Appends the shortest text that reads back as the same finite float.
pub(crate) fn put_f32(out: &mut Sink<'_>, value: f32) {
    match value.abs() {
        0.0 | 1e-4..1e12 => put_plain(out, zmij::Buffer::new().format_finite(value)),
        magnitude => put_far(out, value, f64::from(magnitude)),
    }
}

/// A number without an exponent: integers need no fraction.
fn put_plain(out: &mut Sink<'_>, text: &str) {
    out.put_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
}

/// A number that is so large or small that it may need an exponent; few are.
#[cold]
fn put_far(out: &mut Sink<'_>, value: impl std::fmt::Display + std::fmt::LowerExp, magnitude: f64) {
    let plain = (1e-5..1e17).contains(&magnitude);
    let written = if plain { write!(out, "{value}") } else { write!(out, "{value:e}") };
    // A sink grows and never fails.
    debug_assert!(written.is_ok());
}
