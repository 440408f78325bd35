//! Queries and captures of a path, against percent-decoding written down once more.

use bytes::BytesMut;

use super::{
    library::{decoded as message, descriptor, plan},
    same,
};
use crate::{Fault, Input, ParseOptions, Routed, percent};

/// Text decodes as the plainest decoder has it, a query says the same when every letter of it is escaped, and a capture is the segment
/// that it stands for.
///
/// The first line is a query, the second a segment of a path.
///
/// # Panics
/// Where that does not hold.
pub fn query(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    assert_eq!(percent::decode(text).as_deref(), decoded(text, |_| false).as_deref());
    let kept = |byte| byte == b'/';
    assert_eq!(percent::decode_segments(text).as_deref(), decoded(text, kept).as_deref());
    let spaced = text.replace('+', " ");
    assert_eq!(percent::decode_query(text).as_deref(), decoded(&spaced, |_| false).as_deref());
    let (query, path) = text.split_once('\n').unwrap_or((text, "x"));
    escaped_says_the_same(query);
    captures_are_segments(path);
}

/// Every escape but those of kept bytes becomes its byte; none where the result would not be UTF-8, or `%` begins no escape.
pub(super) fn decoded(text: &str, kept: impl Fn(u8) -> bool) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let digits =
            part.get(..2).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        if kept(byte) {
            bytes.extend([b'%', digits.as_bytes()[0], digits.as_bytes()[1]]);
        } else {
            bytes.push(byte);
        }
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

/// The request that a target makes.
fn request(path: &str, query: &str) -> Option<Result<Vec<u8>, Fault>> {
    let Routed::Hit(call) = plan().route("GET", path) else { return None };
    let mut out = BytesMut::from("kept");
    let input = Input { query, ..Input::default() };
    let read = call.request(&input, &ParseOptions::default(), &mut out);
    assert!(out.starts_with(b"kept") && (read.is_ok() || out.len() == 4), "{read:?}");
    Some(read.map(|()| out[4..].to_vec()))
}

fn escaped_says_the_same(query: &str) {
    let escaped = |part: &str| {
        let text = decoded(&part.replace('+', " "), |_| false)?;
        Some(text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>())
    };
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A parameter without name and value is none; escaped it would still be one.
        Some(format!("{}={}", escaped(name)?, escaped(value)?)).filter(|_| !pair.is_empty())
    };
    let pairs: Option<Vec<_>> =
        query.split('&').filter(|part| !part.is_empty()).map(pair).collect();
    let read = request("/v1/books", query).expect("the method has a rule");
    let Some(pairs) = pairs else {
        return assert!(read.is_err(), "a query that does not decode was read: {query}");
    };
    let again = request("/v1/books", &pairs.join("&")).expect("the method has a rule");
    assert_eq!(read.as_ref().ok(), again.as_ref().ok(), "{query}: {read:?} {again:?}");
    if let Ok(wire) = read {
        let kind = descriptor("library.v1.ListBooksRequest");
        let read = message(kind.clone(), &wire);
        assert!(same::messages(&read, &message(kind, &wire)));
    }
}

fn captures_are_segments(path: &str) {
    let text = |name: &str, wire: &[u8]| {
        let read = message(descriptor(name), wire);
        let first = read.get_field_by_number(1).expect("the field of the capture");
        first.as_str().expect("a text").to_owned()
    };
    let whole = !path.is_empty() && !path.contains(['/', ':']);
    if whole && let Some(read) = request(&format!("/v1/books/{path}"), "") {
        let name = read.ok().map(|wire| text("library.v1.GetBookRequest", &wire));
        assert_eq!(name, decoded(path, |_| false), "{path}");
    }
    if let Some(read) = request(&format!("/v1/files/{path}:raw"), "") {
        let name = read.ok().map(|wire| text("library.v1.UploadRequest", &wire));
        assert_eq!(name, decoded(path, |byte| byte == b'/'), "{path}");
    }
}
