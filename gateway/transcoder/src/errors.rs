//! Error bodies.

use bytes::BytesMut;

use crate::{ErrorOptions, Fault, Plan, Violation};

/// The canonical gRPC status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[expect(missing_docs, reason = "the names are the documentation: google/rpc/code.proto")]
pub enum Code {
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

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
        unimplemented!()
    }

    /// Appends the body for a fault of this crate.
    pub fn fault_body(
        &self,
        fault: &Fault,
        options: &ErrorOptions,
        out: &mut BytesMut,
    ) -> ErrorHead {
        unimplemented!()
    }

    /// Appends the body for an error of the gateway's own.
    pub fn problem_body(
        &self,
        problem: &Problem<'_>,
        options: &ErrorOptions,
        out: &mut BytesMut,
    ) -> ErrorHead {
        unimplemented!()
    }
}
