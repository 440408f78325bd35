//! What went wrong with one request or one reply, in the crate's own words.
//! A fault never quotes more than 64 characters of foreign text and never names an inner type.

use std::fmt;

/// The longest piece of foreign text a fault repeats, in characters.
const QUOTED: usize = 64;

/// A refused request or an unprintable reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which side failed.
    pub class: FaultClass,
    /// An UPPER_SNAKE_CASE reason for `google.rpc.ErrorInfo`.
    pub reason: &'static str,
    /// A sentence for people: lower case, no full stop.
    pub message: String,
    /// Offset of the fault in the JSON or wire text, in bytes, where there is one.
    pub at: Option<usize>,
    /// Line and column of a fault in JSON text, both from 1; columns count characters.
    pub line: Option<(usize, usize)>,
    /// The request fields at fault.
    pub violations: Vec<Violation>,
    /// The HTTP status that suits this fault.
    pub status: u16,
}

/// One request field at fault, named as the client writes it (`item.parts[3].price`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field path.
    pub field: String,
    /// An UPPER_SNAKE_CASE reason.
    pub reason: &'static str,
    /// A sentence for people.
    pub description: String,
}

/// The side on which a fault occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultClass {
    /// The input cannot be read: JSON, query, path or wire bytes.
    Malformed,
    /// The message was read, but JSON cannot express it.
    Unprintable,
    /// A size or depth limit was passed.
    Limit,
    /// A type or feature that the crate refuses.
    Unsupported,
    /// The request's content type does not suit the method.
    MediaType,
    /// A precondition that can never hold, such as a weak tag in `If-Match`.
    Precondition,
}

impl Fault {
    pub(crate) fn new(
        class: FaultClass,
        status: u16,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            class,
            reason,
            message: message.into(),
            at: None,
            line: None,
            violations: Vec::new(),
            status,
        }
    }

    /// A client fault: 400.
    pub(crate) fn bad(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(FaultClass::Malformed, 400, reason, message)
    }

    /// A client fault with one field violation that repeats its message.
    pub(crate) fn field(field: &str, reason: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut fault = Self::bad(reason, message.clone());
        fault.violations.push(Violation { field: clip(field), reason, description: message });
        fault
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.line {
            Some((line, column)) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

/// At most 64 characters of a foreign text, with `…` where it was cut.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}
