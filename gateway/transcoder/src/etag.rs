//! Entity tags: made from wire bytes, compared with `If-None-Match`, and read from `If-Match`.
//!
//! A tag is `"t1.<etag of the resource in base64url>.<hash>"`. The hash covers the wire bytes and
//! everything that changes how they are printed, so the tag is strong.

use twox_hash::{XxHash3_64, XxHash3_128};

use crate::PrintOptions;
use crate::base64;

/// The longest etag of a resource that goes into a tag, in bytes.
const MAX_OWN: usize = 256;
const PREFIX: &str = "t1.";

/// The content coding of a reply; a strong tag differs between codings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Coding {
    /// Not compressed.
    #[default]
    Identity,
    /// `gzip`.
    Gzip,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

/// A strong entity tag, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

/// The hash of a reply's wire bytes, and of all that changes how they are printed: the plan, the rule, the options and the
/// coding. It is for telling apart, and no seal: what it is made of is public.
pub(crate) fn hash(
    fingerprint: u128,
    rule: &str,
    options: &PrintOptions,
    coding: Coding,
    wire: &[u8],
) -> u128 {
    let flags = [
        options.omit_defaults,
        options.int64_as_numbers,
        options.enums_as_ints,
        options.proto_names,
    ];
    let flags = flags.iter().fold(coding as u64, |bits, flag| bits << 1 | u64::from(*flag));
    let plan = (fingerprint ^ fingerprint >> 64) as u64;
    let seed = XxHash3_64::oneshot_with_seed(plan.wrapping_add(flags), rule.as_bytes());
    XxHash3_128::oneshot_with_seed(seed, wire)
}

impl ETag {
    pub(crate) fn new(own: &[u8], hash: u128) -> Self {
        let own = if own.len() <= MAX_OWN { own } else { &[] };
        let mut text = String::with_capacity(own.len() * 4 / 3 + 32);
        text.push('"');
        text.push_str(PREFIX);
        base64::encode_url(own, &mut text);
        text.push('.');
        base64::encode_url(&hash.to_be_bytes(), &mut text);
        text.push('"');
        Self(text)
    }

    /// The value of the `ETag` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an `If-None-Match` header names this tag (weak comparison; `*` matches): 304. A header that is no list of tags names none.
    pub fn matches(&self, if_none_match: &str) -> bool {
        if is_any(if_none_match) {
            return true;
        }
        // What a browser sends is the one tag that it was given.
        if if_none_match == self.0 {
            return true;
        }
        let tags: Result<Vec<_>, ()> = Tags(if_none_match).collect();
        tags.is_ok_and(|tags| tags.iter().any(|tag| tag.text == self.0))
    }
}

fn is_any(header: &str) -> bool {
    header.trim_matches([' ', '\t']) == "*"
}

/// One tag of a list, with its quotes.
#[derive(Clone, Copy)]
struct Tag<'a> {
    weak: bool,
    text: &'a str,
}

/// The tags of a list (RFC 9110, section 8.8.3); `Err` where it stops being one.
struct Tags<'a>(&'a str);

impl<'a> Iterator for Tags<'a> {
    type Item = Result<Tag<'a>, ()>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return None;
        }
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        let end = quoted.strip_prefix('"').and_then(|inner| inner.find('"')).map(|end| end + 2);
        let Some(end) = end else {
            self.0 = "";
            return Some(Err(()));
        };
        let (text, rest) = quoted.split_at(end);
        let next = rest.trim_start_matches([' ', '\t']);
        if is_opaque(&text[1..end - 1]) && (next.is_empty() || next.starts_with(',')) {
            self.0 = rest;
            return Some(Ok(Tag { weak, text }));
        }
        self.0 = "";
        Some(Err(()))
    }
}

/// Whether a text can stand within the quotes of a tag: visible, no quote, no space.
fn is_opaque(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'!' || (b'#'..=b'~').contains(&byte) || byte >= 0x80)
}

/// What an `If-Match` header asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `*`.
    Any,
    /// This etag of the resource.
    Etag(String),
    /// A weak tag, which never matches here.
    Weak,
    /// Tags that do not agree.
    Several,
    /// A tag of ours for a reply without an etag.
    Empty,
    Malformed,
}

/// Reads an `If-Match` header. Our own tags yield the etag within, others stand as they are.
pub(crate) fn wanted(header: &str) -> Wanted {
    if is_any(header) {
        return Wanted::Any;
    }
    let mut agreed: Option<String> = None;
    for tag in Tags(header) {
        let Ok(tag) = tag else { return Wanted::Malformed };
        if tag.weak {
            return Wanted::Weak;
        }
        let etag = own_etag(tag.text).unwrap_or_else(|| tag.text.to_owned());
        if agreed.as_ref().is_some_and(|agreed| *agreed != etag) {
            return Wanted::Several;
        }
        agreed = Some(etag);
    }
    match agreed {
        None => Wanted::Malformed,
        Some(etag) if etag.is_empty() => Wanted::Empty,
        Some(etag) => Wanted::Etag(etag),
    }
}

/// The resource's etag within a tag that this crate made.
fn own_etag(tag: &str) -> Option<String> {
    let inner = tag.trim_matches('"').strip_prefix(PREFIX)?;
    let (middle, hash) = inner.split_once('.')?;
    if hash.len() != 22 {
        return None;
    }
    let mut etag = bytes::BytesMut::new();
    base64::decode(middle.as_bytes(), &mut etag)?;
    String::from_utf8(etag.to_vec()).ok()
}
