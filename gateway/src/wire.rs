//! What of an answer stands on the wire, read where it stands and not decoded: a few fields of products that have dozens.
//!
//! It reads what the service writes, which gives each field that is no list once: parts of a message are not put together.

use tonic::Status;
use transcoder::BrokenWire;
pub(crate) use transcoder::{Fields, WireValue as Value};

/// The bytes are not the message that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an answer of the service cannot be read")]
pub(crate) struct Malformed;

impl From<BrokenWire> for Malformed {
    fn from(_: BrokenWire) -> Self {
        Self
    }
}

impl From<Malformed> for Status {
    fn from(malformed: Malformed) -> Self {
        Self::internal(malformed.to_string())
    }
}

/// In the middle of a page, whose template then says what it could not print.
impl From<Malformed> for askama::Error {
    fn from(malformed: Malformed) -> Self {
        Self::custom(malformed)
    }
}

/// Text in UTF-8.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| Malformed)
}

/// The text in a field of a message.
pub(crate) fn text_within(bytes: &[u8], wanted: u32) -> Result<&str, Malformed> {
    let mut found = "";
    for field in Fields::of(bytes) {
        match field? {
            (number, Value::Bytes(bytes)) if number == wanted => found = text(bytes)?,
            _ => {}
        }
    }
    Ok(found)
}

/// A small message, in whole.
pub(crate) fn message<M: prost::Message + Default>(bytes: &[u8]) -> Result<M, Malformed> {
    M::decode(bytes).map_err(|_| Malformed)
}
