//! A unary call from one service to the other in the same process: its message goes as it is, for nothing of it is sent.

use bytes::Bytes;
use http::HeaderMap;

/// What is asked.
#[derive(Debug)]
pub struct Call {
    /// The method: `/package.Service/Method`.
    pub path: String,
    /// What goes beside the message.
    pub headers: HeaderMap,
    /// The encoded message.
    pub message: Bytes,
}

/// What is answered to a call that succeeds.
#[derive(Debug)]
pub struct Answer {
    /// What comes beside the message.
    pub headers: HeaderMap,
    /// The encoded message.
    pub message: Bytes,
}
