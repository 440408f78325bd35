//! Which pages of other origins may call the service, by the Fetch standard's CORS protocol. None, unless settings name them.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    config::Origin,
    grpc::{SHELF_RESUME_TOKEN, X_REQUEST_ID},
};

/// What a gRPC-Web client may send.
const SENT: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::AUTHORIZATION,
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-user-agent"),
    X_REQUEST_ID,
];

/// What a page may read of an answer: where a call fails at once, its status stands in the headers.
const READ: [HeaderName; 5] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    SHELF_RESUME_TOKEN,
    X_REQUEST_ID,
];

/// The layer that answers preflights and marks answers for the given origins.
pub(super) fn layer(origins: &[Origin]) -> CorsLayer {
    let origins =
        origins.iter().filter_map(|origin| HeaderValue::from_str(&origin.to_string()).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::POST])
        .allow_headers(SENT)
        .expose_headers(READ)
        .max_age(Duration::from_secs(7200))
}
