//! The same-origin guard over every part of the gateway, pages, JSON and relay alike.

use axum::body::Body;
use http::{Request, StatusCode};
use transcoder::Code;

use super::{Refusal, host};
use crate::{contract::Front, session};

/// 403 for an unsafe request that another site may have caused.
pub(crate) fn check(request: &Request<Body>, front: Front) -> Result<(), Refusal> {
    if request.method().is_safe() {
        return Ok(());
    }
    let authority = host::authority(request)?;
    if session::same_origin(request.headers(), &authority) {
        return Ok(());
    }
    let message = match front {
        Front::Shelf => "the request came from another site; open the shop and try again there",
        Front::Service => "the request came from a page of another site",
    };
    Err(Refusal::new(StatusCode::FORBIDDEN, Code::PermissionDenied, "CROSS_SITE", message))
}
