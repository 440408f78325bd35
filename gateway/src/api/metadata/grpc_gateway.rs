//! Headers and metadata as clients of grpc-gateway know them: a prefix tells which they are.

use http::{HeaderMap, HeaderName, header};

use super::{carried, is_text, returned, with_all};
use crate::upstream::Outgoing;

/// Before a header that is metadata, both ways.
const METADATA: &str = "grpc-metadata-";
/// Before metadata that came behind the message.
const TRAILER: &str = "grpc-trailer-";
/// Before a header of HTTP itself.
const PERMANENT: &str = "grpcgateway-";

/// The headers of HTTP itself that pass (RFC 9110 and IANA's permanent ones).
static HTTPS_OWN: [HeaderName; 24] = [
    header::ACCEPT,
    header::ACCEPT_CHARSET,
    header::ACCEPT_LANGUAGE,
    header::ACCEPT_RANGES,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::DATE,
    header::EXPECT,
    header::FROM,
    header::HOST,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    HeaderName::from_static("if-schedule-tag-match"),
    header::IF_UNMODIFIED_SINCE,
    header::MAX_FORWARDS,
    header::ORIGIN,
    header::PRAGMA,
    header::REFERER,
    header::USER_AGENT,
    header::VIA,
    header::WARNING,
];

/// Metadata that is the connection's, gRPC's or the gateway's own.
const RESERVED: [&str; 13] = [
    "connection",
    "content-length",
    "content-type",
    "date",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-http-code",
    "x-request-id",
];

/// What a request's headers say to the service. What metadata cannot carry is dropped.
pub(super) fn on(headers: &HeaderMap, mut outgoing: Outgoing) -> Outgoing {
    for (name, value) in headers {
        let name = match name.as_str().strip_prefix(METADATA) {
            Some("authorization") if headers.contains_key(header::AUTHORIZATION) => continue,
            Some(metadata) if is_reserved(metadata) => continue,
            Some(metadata) => named("", metadata),
            None if HTTPS_OWN.contains(name) => named(PERMANENT, name.as_str()),
            None => continue,
        };
        if let Some(name) = name
            && let Some(values) = carried(&name, value)
        {
            outgoing = with_all(outgoing, &name, values);
        }
    }
    outgoing
}

/// Puts the metadata that came before the message on its answer.
pub(super) fn back(head: &HeaderMap, headers: &mut HeaderMap) {
    append(METADATA, head, headers);
}

/// The metadata that came behind it, as trailers.
pub(super) fn trailers(metadata: &HeaderMap) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    append(TRAILER, metadata, &mut trailers);
    trailers
}

fn append(prefix: &str, metadata: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in metadata {
        if !is_reserved(name.as_str())
            && is_text(value)
            && let Some((prefixed, value)) = named(prefix, name.as_str()).zip(returned(name, value))
        {
            to.append(prefixed, value);
        }
    }
}

fn is_reserved(name: &str) -> bool {
    name.starts_with("grpc-") || RESERVED.contains(&name)
}

fn named(prefix: &str, name: &str) -> Option<HeaderName> {
    HeaderName::try_from(format!("{prefix}{name}")).ok()
}
