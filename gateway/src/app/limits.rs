//! How long a request's target and its headers may be.

use axum::body::Body;
use http::{Request, StatusCode};
use transcoder::Code;

use super::Refusal;
use crate::config::Sizes;

/// 414 or 431 for what is longer.
pub(super) fn check(request: &Request<Body>, sizes: &Sizes) -> Result<(), Refusal> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > sizes.target {
        let message = format!("the address is longer than {} KiB", sizes.target >> 10);
        let status = StatusCode::URI_TOO_LONG;
        return Err(Refusal::new(status, Code::InvalidArgument, "ADDRESS_TOO_LONG", message));
    }
    let headers = request.headers();
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > sizes.headers || headers.len() > sizes.fields {
        let (most, fields) = (sizes.headers >> 10, sizes.fields);
        let message = format!("the headers are more than {most} KiB or {fields} fields");
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Refusal::new(status, Code::InvalidArgument, "HEADERS_TOO_LARGE", message));
    }
    Ok(())
}
