//! Error details: read from an upstream's status, written for the gateway's own errors.

use bytes::{BufMut, BytesMut};

use super::Problem;
use crate::wire::{self, LEN, Reader, VARINT};
use crate::{ErrorOptions, Plan, json_out};

const TYPES: &str = "type.googleapis.com/google.rpc.";
/// The most details printed.
const MAX_DETAILS: usize = 64;

impl Plan {
    /// Appends the details of a `google.rpc.Status` as JSON, with commas between them.
    pub(super) fn put_details(&self, status: &[u8], options: &ErrorOptions, out: &mut BytesMut) {
        let Some(any) = self.tables.find("google.protobuf.Any") else { return };
        let start = out.len();
        for detail in details(status).take(MAX_DETAILS) {
            if !options.debug_info && content(detail, "DebugInfo").is_some() {
                continue;
            }
            let mark = out.len();
            if mark > start {
                out.put_u8(b',');
            }
            // A detail that cannot be printed is left out; the error itself still arrives.
            if json_out::print_detail(&self.tables, any, detail, &options.print, out).is_err() {
                out.truncate(mark);
            }
        }
    }
}

/// The wire bytes of each detail.
fn details(status: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = Reader::new(status);
    std::iter::from_fn(move || {
        loop {
            match reader.tag().ok()?? {
                (3, LEN) => return reader.bytes().ok(),
                (number, wire_type) => reader.skip(number, wire_type, 8).ok()?,
            }
        }
    })
}

/// The content of an Any, if it is the detail of this name.
fn content<'w>(any: &'w [u8], name: &str) -> Option<&'w [u8]> {
    let (mut url, mut content): (&[u8], &[u8]) = (&[], &[]);
    let mut reader = Reader::new(any);
    while let Some((number, wire_type)) = reader.tag().ok()? {
        match (number, wire_type) {
            (1, LEN) => url = reader.bytes().ok()?,
            (2, LEN) => content = reader.bytes().ok()?,
            _ => reader.skip(number, wire_type, 8).ok()?,
        }
    }
    let found = std::str::from_utf8(url).ok()?.rsplit('/').next()?;
    (found.strip_prefix("google.rpc.") == Some(name)).then_some(content)
}

/// The seconds of a RetryInfo, rounded up.
pub(super) fn retry_after(status: &[u8]) -> Option<u32> {
    let info = details(status).find_map(|detail| content(detail, "RetryInfo"))?;
    let mut reader = Reader::new(info);
    let delay = match reader.tag().ok()?? {
        (1, LEN) => reader.bytes().ok()?,
        _ => return None,
    };
    let (mut seconds, mut nanos) = (0, 0);
    let mut reader = Reader::new(delay);
    while let Some((number, VARINT)) = reader.tag().ok()? {
        let value = reader.varint().ok()?;
        match number {
            1 => seconds = value,
            2 => nanos = value,
            _ => {}
        }
    }
    u32::try_from(seconds).ok()?.checked_add(u32::from(nanos > 0))
}

/// A `google.rpc.Status` with the details of an error of our own: one ErrorInfo, then BadRequest
/// and RetryInfo where they apply.
pub(super) fn status_of(problem: &Problem<'_>, domain: &str) -> BytesMut {
    let mut status = BytesMut::new();
    put_detail(&mut status, "ErrorInfo", |out| {
        wire::put_bytes(out, 1, problem.reason.as_bytes());
        wire::put_bytes(out, 2, domain.as_bytes());
        for (key, value) in problem.metadata {
            nested(out, 3, |out| {
                wire::put_bytes(out, 1, key.as_bytes());
                wire::put_bytes(out, 2, value.as_bytes());
            });
        }
    });
    if !problem.violations.is_empty() {
        put_detail(&mut status, "BadRequest", |out| {
            for violation in problem.violations {
                nested(out, 1, |out| {
                    wire::put_bytes(out, 1, violation.field.as_bytes());
                    wire::put_bytes(out, 2, violation.description.as_bytes());
                    wire::put_bytes(out, 3, violation.reason.as_bytes());
                });
            }
        });
    }
    if let Some(seconds) = problem.retry_after {
        put_detail(&mut status, "RetryInfo", |out| {
            nested(out, 1, |out| {
                wire::put_tag(out, 1, VARINT);
                wire::put_varint(out, u64::from(seconds));
            });
        });
    }
    status
}

fn put_detail(out: &mut BytesMut, name: &str, put: impl FnOnce(&mut BytesMut)) {
    nested(out, 3, |out| {
        nested(out, 1, |out| {
            out.put_slice(TYPES.as_bytes());
            out.put_slice(name.as_bytes());
        });
        nested(out, 2, put);
    });
}

fn nested(out: &mut BytesMut, number: u32, put: impl FnOnce(&mut BytesMut)) {
    wire::put_tag(out, number, LEN);
    let length = wire::begin(out, 1);
    put(out);
    wire::end(out, length);
}
