//! Only what looks exactly like gRPC or gRPC-Web goes further: POST, and one of six content types.
//!
//! A page of another site can send `text/plain` or a form without asking first; with a framed body inside, tonic would
//! run it. Cookies are never looked at on this port.

use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use tonic::body::Body;

use super::refused;

/// The types of gRPC-Web, which is spoken over HTTP/1.1 and HTTP/2.
const GRPC_WEB: [&str; 4] = [
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
];

/// The types of gRPC, which needs the trailers of HTTP/2.
const GRPC: [&str; 2] = ["application/grpc", "application/grpc+proto"];

/// The refusal of what is neither gRPC nor gRPC-Web: 405 with `Allow` for another method, 415 for another type.
pub(super) fn refusal(request: &Request<Body>) -> Option<Response<Body>> {
    if request.method() != Method::POST {
        let mut refusal = refused(StatusCode::METHOD_NOT_ALLOWED, "calls are made by POST");
        refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return Some(refusal);
    }
    let mut types = request.headers().get_all(header::CONTENT_TYPE).iter();
    let one = match (types.next(), types.next()) {
        (Some(one), None) => one.as_bytes(),
        _ => &[],
    };
    let is = |name: &&str| name.as_bytes() == one;
    if GRPC_WEB.iter().any(is) {
        None
    } else if !GRPC.iter().any(is) {
        Some(refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type has to be application/grpc, application/grpc-web or application/grpc-web-text",
        ))
    } else if request.version() < Version::HTTP_2 {
        Some(refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "gRPC needs HTTP/2; over HTTP/1.1 send application/grpc-web",
        ))
    } else {
        None
    }
}
