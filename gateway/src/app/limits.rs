//! How long a request's target and its headers may be.

use axum::body::Body;
use http::{Request, StatusCode};
use transcoder::Code;

use super::Refusal;

/// The longest target, in bytes.
pub(crate) const TARGET: usize = 16 << 10;
/// The largest header block, in bytes of names and values.
pub(crate) const HEADERS: usize = 16 << 10;
/// The most header fields.
pub(crate) const FIELDS: usize = 100;

/// 414 or 431 for what is longer.
pub(super) fn check(request: &Request<Body>) -> Result<(), Refusal> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > TARGET {
        let message = "the address is longer than 16 KiB";
        let status = StatusCode::URI_TOO_LONG;
        return Err(Refusal::new(status, Code::InvalidArgument, "ADDRESS_TOO_LONG", message));
    }
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > HEADERS || headers.len() > FIELDS {
        let message = "the headers are more than 16 KiB or 100 fields";
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Refusal::new(status, Code::InvalidArgument, "HEADERS_TOO_LARGE", message));
    }
    Ok(())
}
