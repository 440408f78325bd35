//! Error bodies: the AIP-193 envelope or a plain `google.rpc.Status`, for failed calls, for faults
//! of this crate, and for the gateway's own errors. All take one way: a `google.rpc.Status` in
//! wire bytes, printed with the plan's tables.

mod code;
mod details;

use bytes::{BufMut, BytesMut};

pub use code::Code;

use crate::options::ErrorShape;
use crate::sink::Sink;
use crate::{ErrorOptions, Fault, FaultClass, Plan, Violation, num, text};

/// Room for what stands around the message of an error.
const HEAD: usize = 96;

/// A failed gRPC call.
#[derive(Clone, Copy, Debug)]
pub struct RpcError<'a> {
    /// The number in `grpc-status`.
    pub code: i32,
    /// The decoded `grpc-message`.
    pub message: &'a str,
    /// The decoded `grpc-status-details-bin`: a `google.rpc.Status`, or empty.
    pub details: &'a [u8],
}

/// An error of the gateway's own, such as an unknown path or a dead upstream.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The canonical code.
    pub code: Code,
    /// An UPPER_SNAKE_CASE reason.
    pub reason: &'a str,
    /// A sentence for people.
    pub message: &'a str,
    /// `ErrorInfo.metadata`.
    pub metadata: &'a [(&'a str, &'a str)],
    /// Fields at fault.
    pub violations: &'a [Violation],
    /// Seconds after which to try again, as RetryInfo.
    pub retry_after: Option<u32>,
}

/// The HTTP side of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorHead {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl Plan {
    /// Appends the body for a failed gRPC call.
    pub fn error_body(
        &self,
        error: &RpcError<'_>,
        options: &ErrorOptions,
        out: &mut BytesMut,
    ) -> ErrorHead {
        let code = Code::from_number(error.code);
        let status = match code {
            Code::Aborted | Code::FailedPrecondition if options.if_match => 412,
            code => code.http(),
        };
        let retry_after = details::retry_after(error.details);
        self.put_error((status, code), error.message, error.details, options, out);
        ErrorHead { status, retry_after }
    }

    /// Appends the body for a fault of this crate.
    pub fn fault_body(
        &self,
        fault: &Fault,
        options: &ErrorOptions,
        out: &mut BytesMut,
    ) -> ErrorHead {
        let code = match (fault.class, fault.status) {
            (FaultClass::Precondition, _) => Code::FailedPrecondition,
            (_, 501) => Code::Unimplemented,
            (_, 500..) => Code::Internal,
            _ => Code::InvalidArgument,
        };
        let (line, column) = fault.line.unwrap_or_default();
        let (line, column) = (line.to_string(), column.to_string());
        let place = [("line", line.as_str()), ("column", column.as_str())];
        let problem = Problem {
            status: fault.status,
            code,
            reason: fault.reason,
            message: &fault.to_string(),
            metadata: if fault.line.is_some() { &place } else { &[] },
            violations: &fault.violations,
            retry_after: None,
        };
        self.problem_body(&problem, options, out)
    }

    /// Appends the body for an error of the gateway's own.
    pub fn problem_body(
        &self,
        problem: &Problem<'_>,
        options: &ErrorOptions,
        out: &mut BytesMut,
    ) -> ErrorHead {
        let wire = details::status_of(problem, &options.domain);
        self.put_error((problem.status, problem.code), problem.message, &wire, options, out);
        ErrorHead { status: problem.status, retry_after: problem.retry_after }
    }

    fn put_error(
        &self,
        (http, code): (u16, Code),
        message: &str,
        status: &[u8],
        options: &ErrorOptions,
        out: &mut BytesMut,
    ) {
        let envelope = options.shape == ErrorShape::Envelope;
        let mut head = Sink::over(out, message.len() + HEAD);
        head.put_slice(if envelope { b"{\"error\":{\"code\":" } else { b"{\"code\":" });
        let number = if envelope { i64::from(http) } else { i64::from(code as i32) };
        num::put_i64(&mut head, number);
        head.put_slice(b",\"message\":");
        // A `str` is UTF-8.
        let _ = text::put_quoted(&mut head, message.as_bytes());
        if envelope {
            head.put_slice(b",\"status\":\"");
            head.put_slice(code.name().as_bytes());
            head.put_u8(b'"');
        }
        head.put_slice(b",\"details\":[");
        drop(head);
        self.put_details(status, options, out);
        out.put_slice(if envelope { b"]}}" } else { b"]}" });
    }
}
