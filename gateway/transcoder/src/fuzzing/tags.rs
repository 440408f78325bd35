//! `If-Match`, `If-None-Match` and `Idempotency-Key`, against their grammars.

use bytes::{Bytes, BytesMut};

use super::library::{decoded, descriptor, plan};
use crate::{
    Call, Coding, HeaderFields, Input, ParseOptions, PrintOptions, Routed,
    etag::{Wanted, wanted},
};

/// Nothing is taken that the grammar of RFC 9110 does not have; what is taken means the same when it is printed again.
///
/// The input is one header's value.
///
/// # Panics
/// Where that does not hold.
pub fn tags(input: &[u8]) {
    let Ok(header) = std::str::from_utf8(input) else { return };
    // What is no field value never comes out of HTTP.
    if header.contains(|letter: char| letter.is_control() && letter != '\t') || !header.is_ascii() {
        return;
    }
    let list = tag_list(header);
    if_match(header, list.as_deref());
    if_none_match(header, list.as_deref());
    idempotency_key(header);
}

fn call(method: &str, path: &'static str) -> Call<'static, 'static> {
    let Routed::Hit(call) = plan().route(method, path) else { panic!("the method has a rule") };
    call
}

fn if_match(header: &str, list: Option<&[(bool, &str)]>) {
    match (wanted(header), list) {
        (Wanted::Any, _) => assert_eq!(header.trim_matches([' ', '\t']), "*"),
        (Wanted::Malformed, list) => {
            assert!(list.is_none_or(<[_]>::is_empty), "{header}: {list:?}");
        }
        (Wanted::Weak, Some(tags)) => assert!(tags.iter().any(|(weak, _)| *weak), "{header}"),
        (Wanted::Several, Some(tags)) => assert!(tags.len() > 1, "{header}"),
        (Wanted::Empty, Some(tags)) => assert!(!tags.is_empty(), "{header}"),
        (Wanted::Etag(etag), Some(tags)) => {
            assert!(!tags.is_empty() && tags.iter().all(|(weak, _)| !weak), "{header}");
            let (_, first) = tags[0];
            assert!(etag == first || first.starts_with("\"t1."), "{header}: {etag}");
            let again = tags.iter().map(|(_, tag)| *tag).collect::<Vec<_>>().join(", ");
            assert_eq!(wanted(&again), Wanted::Etag(etag));
        }
        (Wanted::Etag(etag), None) => panic!("`{header}` is no list of tags, but was `{etag}`"),
        // Refused all the same, before the end was seen.
        (Wanted::Weak | Wanted::Several | Wanted::Empty, None) => {}
    }
}

fn if_none_match(header: &str, list: Option<&[(bool, &str)]>) {
    let get = call("GET", "/v1/shelves/a/books/b");
    let own = get.etag(&Bytes::from_static(b"\x12\x01e"), &PrintOptions::default(), Coding::Gzip);
    assert!(own.matches(own.as_str()) && own.matches(&format!("W/{}", own.as_str())));
    let whole = header.trim_matches([' ', '\t']) == "*";
    let named = list.is_some_and(|tags| tags.iter().any(|(_, tag)| *tag == own.as_str()));
    assert_eq!(own.matches(header), whole || named, "{header}");
    // Ours beside what was sent: found wherever the whole is a list.
    let both = format!("{header}, {}", own.as_str());
    assert_eq!(own.matches(&both), tag_list(&both).is_some(), "{both}");
}

/// The tags of `#entity-tag`, each with whether it is weak; empty elements are skipped.
fn tag_list(header: &str) -> Option<Vec<(bool, &str)>> {
    let mut tags = Vec::new();
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(tags);
        }
        let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |rest| (true, rest));
        let inner = quoted.strip_prefix('"')?;
        let end = inner.find('"')?;
        if !inner[..end].bytes().all(|byte| byte == 0x21 || (0x23..0x7f).contains(&byte)) {
            return None;
        }
        tags.push((weak, &quoted[..end + 2]));
        rest = inner[end + 1..].trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

/// A key is a string of RFC 9651, or a token of RFC 9110.
fn idempotency_key(header: &str) {
    let create = call("POST", "/v1/shelves/a/books");
    let headers = HeaderFields { idempotency_key: Some(header), ..HeaderFields::default() };
    let input = Input { headers, ..Input::default() };
    let mut out = BytesMut::new();
    if create.request(&input, &ParseOptions::default(), &mut out).is_err() {
        return;
    }
    let request = decoded(descriptor("library.v1.CreateBookRequest"), &out);
    let key = request.get_field_by_name("request_id").expect("the field");
    let key = key.as_str().expect("a text");
    let trimmed = header.trim_matches([' ', '\t']);
    let printed = format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
    let is_token = |text: &str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(letter)
    };
    assert!(printed == trimmed || key == trimmed && is_token(key), "{header}: {key}");
}
