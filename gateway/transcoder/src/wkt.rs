//! The texts of well-known types: Timestamp (RFC 3339), Duration and FieldMask paths.
//! Everything here works on plain numbers and texts; no wire bytes, no JSON quotes.

use bytes::{BufMut, BytesMut};

use crate::num;
use crate::sink::{PADDED, Sink};

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;
/// About 10,000 years, the bound of the seconds of a Duration; nanoseconds may come on top.
const MAX_DURATION: i64 = 315_576_000_000;

/// Seconds and nanoseconds of an RFC 3339 text, as Timestamp wants them.
pub(crate) fn parse_timestamp(text: &str) -> Option<(i64, i32)> {
    let bytes = text.as_bytes();
    let head: &[u8; 19] = bytes.first_chunk()?;
    let at = |index: usize| char::from(head[index]);
    if (at(4), at(7), at(10), at(13), at(16)) != ('-', '-', 'T', ':', ':') {
        return None;
    }
    let (year, month, day) = (digits(&head[..4])?, digits(&head[5..7])?, digits(&head[8..10])?);
    let (hour, minute, second) =
        (digits(&head[11..13])?, digits(&head[14..16])?, digits(&head[17..19])?);
    let in_range = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, zone) = fraction(&text[19..])?;
    let local = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    let seconds = local - offset(zone)?;
    SECONDS.contains(&seconds).then_some((seconds, nanos))
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// Nanoseconds of a leading `.123`, and what follows it.
fn fraction(text: &str) -> Option<(i32, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let scale = 10_i64.pow(9 - count as u32);
    let nanos = digits(&rest.as_bytes()[..count])? * scale;
    Some((nanos as i32, &rest[count..]))
}

/// The seconds of `Z` or `+05:30`.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let zone: &[u8; 6] = zone.as_bytes().try_into().ok()?;
    let (hours, minutes) = (digits(&zone[1..3])?, digits(&zone[4..6])?);
    if hours > 23 || minutes > 59 || zone[3] != b':' {
        return None;
    }
    match zone[0] {
        b'+' => Some(hours * 3_600 + minutes * 60),
        b'-' => Some(-(hours * 3_600 + minutes * 60)),
        _ => None,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years from March.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day of a day counted from 0001-01-01, for the years that a Timestamp may have. Divisions by what is no
/// constant power of two are products of 32 bits (Neri and Schneider, 2023).
fn civil(day: u32) -> (u32, u32, u32) {
    // Counted in years that begin in March, from 0000-03-01.
    let quarters = 4 * (day + 306) + 3;
    let (century, of_century) = (quarters / 146_097, quarters % 146_097 / 4);
    let product = 2_939_745 * u64::from(4 * of_century + 3);
    let (of_years, of_year) = ((product >> 32) as u32, product as u32 / 2_939_745 / 4);
    let months = 2_141 * of_year + 197_913;
    let (month, day) = (months >> 16, (months & 0xffff) / 2_141 + 1);
    let year = 100 * century + of_years;
    if of_year < 306 { (year, month, day) } else { (year + 1, month - 12, day) }
}

/// Appends an RFC 3339 text in UTC, with its quotes; `None` when the value is no Timestamp.
pub(crate) fn put_timestamp(out: &mut Sink<'_>, seconds: i64, nanos: i32) -> Option<()> {
    if !SECONDS.contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        return None;
    }
    let since = (seconds - SECONDS.start()) as u64;
    let (year, month, day) = civil((since / 86_400) as u32);
    let of_day = (since % 86_400) as u32;
    // Written where it is to stand: what was just written in pieces is slow to read again in one.
    let text: &mut [u8; PADDED] = out.room(PADDED).first_chunk_mut()?;
    *text = *b"\"0000-00-00T00:00:00            ";
    text[1..5].copy_from_slice(&num::four(year));
    text[6..8].copy_from_slice(&num::pair(month as u8));
    text[9..11].copy_from_slice(&num::pair(day as u8));
    text[12..14].copy_from_slice(&num::pair((of_day / 3_600) as u8));
    text[15..17].copy_from_slice(&num::pair((of_day / 60 % 60) as u8));
    text[18..20].copy_from_slice(&num::pair((of_day % 60) as u8));
    let end = 20 + put_nanos(text[20..].first_chunk_mut()?, nanos.unsigned_abs());
    text[end..end + 2].copy_from_slice(b"Z\"");
    out.advance(end + 2);
    Some(())
}

/// Writes nothing, or a point and 3, 6 or 9 digits, and what counts no more; tells how many bytes that is.
fn put_nanos(text: &mut [u8; FRACTION], nanos: u32) -> usize {
    if nanos == 0 {
        return 0;
    }
    text[0] = b'.';
    let (micros, below) = (nanos / 1_000, nanos % 1_000);
    text[1..5].copy_from_slice(&num::four(micros / 100));
    text[5..7].copy_from_slice(&num::pair((micros % 100) as u8));
    if below == 0 {
        return if micros.is_multiple_of(1_000) { 4 } else { 7 };
    }
    text[6..10].copy_from_slice(&num::four(nanos % 10_000));
    10
}

/// A point and nine digits.
const FRACTION: usize = 10;

/// Seconds and nanoseconds of a text such as `-1.5s`.
pub(crate) fn parse_duration(text: &str) -> Option<(i64, i32)> {
    let text = text.strip_suffix('s')?;
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=12).contains(&count) {
        return None;
    }
    let seconds = digits(&text.as_bytes()[..count])?;
    let (nanos, rest) = fraction(&text[count..])?;
    if !rest.is_empty() || seconds > MAX_DURATION {
        return None;
    }
    Some(if negative { (-seconds, -nanos) } else { (seconds, nanos) })
}

/// Appends a text such as `-1.500s`, with its quotes; `None` when the value is no Duration.
pub(crate) fn put_duration(out: &mut Sink<'_>, seconds: i64, nanos: i32) -> Option<()> {
    let mixed = (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0);
    let magnitude = seconds.unsigned_abs();
    let too_long = magnitude > MAX_DURATION as u64 || nanos.unsigned_abs() > 999_999_999;
    if mixed || too_long {
        return None;
    }
    out.put_u8(b'"');
    if seconds < 0 || nanos < 0 {
        out.put_u8(b'-');
    }
    num::put_u64(out, magnitude);
    let mut text = [0; PADDED];
    let end = put_nanos(text.first_chunk_mut()?, nanos.unsigned_abs());
    text[end..end + 2].copy_from_slice(b"s\"");
    out.put_padded(&text, end + 2);
    Some(())
}

/// Appends a mask path in lowerCamelCase as snake_case; `None` when it cannot come back.
pub(crate) fn put_snake(out: &mut BytesMut, path: &str) -> Option<()> {
    if path.is_empty() || path.contains('_') || path.bytes().any(needs_care) {
        return None;
    }
    for byte in path.bytes() {
        if byte.is_ascii_uppercase() {
            out.put_u8(b'_');
        }
        out.put_u8(byte.to_ascii_lowercase());
    }
    Some(())
}

/// Appends a mask path in snake_case as lowerCamelCase; `None` when it cannot come back.
pub(crate) fn put_camel(out: &mut Sink<'_>, path: &str) -> Option<()> {
    let mut underscore = false;
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' => return None,
            b'_' if underscore => return None,
            b'_' => underscore = true,
            b'a'..=b'z' => {
                out.put_u8(if underscore { byte.to_ascii_uppercase() } else { byte });
                underscore = false;
            }
            _ if underscore || needs_care(byte) => return None,
            _ => out.put_u8(byte),
        }
    }
    (!underscore && !path.is_empty()).then_some(())
}

/// Bytes that cannot stand in a path, which stands in quotes and between commas.
fn needs_care(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, b'"' | b'\\' | b',')
}
