//! What of a request's headers goes with its call as metadata, and what of a reply's metadata comes back as headers.
//!
//! Both by lists of names. What belongs to the connection, to the body or to gRPC itself never passes; what metadata cannot carry
//! is refused and not dropped, so that nobody believes that it has arrived.

mod grpc_gateway;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use tonic::Status;

use super::{Asked, Failure, stream};
use crate::{
    app::Refusal,
    contract::{Contract, Front, Profile},
    upstream::Outgoing,
};

/// Headers besides the caller's own that reach the service as metadata.
static PASSED_ON: [HeaderName; 3] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    header::ACCEPT_LANGUAGE,
];

/// Reply metadata that become headers; the first is Shelf's own.
static PASSED_BACK: [HeaderName; 3] = [
    HeaderName::from_static("shelf-resume-token"),
    header::CACHE_CONTROL,
    header::WWW_AUTHENTICATE,
];

/// By what name and by what scheme the gateway was asked for.
const FORWARDED: [HeaderName; 2] =
    [HeaderName::from_static("x-forwarded-host"), HeaderName::from_static("x-forwarded-proto")];

/// The metadata by which a service chooses the status of an answer.
const HTTP_CODE: HeaderName = HeaderName::from_static("x-http-code");

/// What the call of a request carries besides its messages.
///
/// # Errors
/// A header has to pass and cannot: 400.
pub(super) fn on(asked: &Asked<'_>) -> Result<Outgoing, Failure> {
    let (headers, contract) = (&asked.head.headers, asked.gateway.contract());
    let mut outgoing = asked.visit.outgoing(headers);
    for name in PASSED_ON.iter().chain(&contract.passed().on) {
        for value in headers.get_all(name) {
            match carried(name, value) {
                Some(values) => outgoing = with_all(outgoing, name, values),
                None if contract.profile() == Profile::GrpcGateway => {}
                None => return Err(not_carried(name)),
            }
        }
    }
    if contract.front() == Front::Shelf {
        return Ok(outgoing);
    }
    outgoing = forwarded(asked, outgoing);
    Ok(match contract.profile() {
        Profile::Own => outgoing,
        Profile::GrpcGateway => grpc_gateway::on(headers, outgoing),
    })
}

/// Puts the metadata of a reply that may pass on its answer, from wherever in the reply it stands.
pub(super) fn back(contract: &Contract, metadata: &[&HeaderMap], headers: &mut HeaderMap) {
    let always = match contract.front() {
        Front::Shelf => &PASSED_BACK[..],
        Front::Service => &PASSED_BACK[1..],
    };
    for name in always.iter().chain(&contract.passed().back) {
        for value in metadata.iter().flat_map(|part| part.get_all(name)) {
            if let Some(value) = returned(name, value) {
                headers.append(name, value);
            }
        }
    }
    if contract.profile() == Profile::GrpcGateway
        && let Some(head) = metadata.first()
    {
        grpc_gateway::back(head, headers);
    }
}

/// The same for a call that failed.
pub(super) fn back_of_failure(
    contract: &Contract,
    status: &Status,
    request: &HeaderMap,
    response: &mut Response,
) {
    let metadata = status.metadata().clone().into_headers();
    // Metadata of a failure comes behind the messages that are not there.
    back(contract, &[&HeaderMap::new(), &metadata], response.headers_mut());
    if let Some(trailers) = trailers(contract, request, &metadata) {
        end_with(trailers, response);
    }
}

/// The status of an answer: what the service chose, or 200.
pub(super) fn success(metadata: &[&HeaderMap]) -> StatusCode {
    let chosen = metadata.iter().find_map(|part| part.get(HTTP_CODE));
    let chosen = chosen.and_then(|code| StatusCode::from_bytes(code.as_bytes()).ok());
    chosen.filter(StatusCode::is_success).unwrap_or(StatusCode::OK)
}

/// What follows an answer, for clients of grpc-gateway that read trailers.
pub(super) fn trailers(
    contract: &Contract,
    request: &HeaderMap,
    metadata: &HeaderMap,
) -> Option<HeaderMap> {
    let reads_them =
        contract.profile() == Profile::GrpcGateway && stream::trailers::are_taken(request);
    let trailers = reads_them.then(|| grpc_gateway::trailers(metadata));
    trailers.filter(|trailers| !trailers.is_empty())
}

/// Puts trailers behind an answer, and their names on its head, for HTTP/1 sends no others.
pub(super) fn end_with(trailers: HeaderMap, response: &mut Response) {
    let names: Vec<&str> = trailers.keys().map(HeaderName::as_str).collect();
    let Ok(names) = HeaderValue::try_from(names.join(", ")) else { return };
    response.headers_mut().insert(header::TRAILER, names);
    // A length is that of an answer without trailers.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let body = std::mem::take(response.body_mut());
    *response.body_mut() = Body::new(body.with_trailers(std::future::ready(Some(Ok(trailers)))));
}

fn forwarded(asked: &Asked<'_>, outgoing: Outgoing) -> Outgoing {
    let [host, proto] = FORWARDED;
    let authority = asked.head.uri.authority().map(|name| name.as_str().as_bytes());
    let authority =
        authority.or_else(|| asked.head.headers.get(header::HOST).map(HeaderValue::as_bytes));
    let authority = authority.and_then(|name| HeaderValue::from_bytes(name).ok());
    let outgoing = match authority {
        Some(authority) => outgoing.with_header(host, authority),
        None => outgoing,
    };
    let scheme = if asked.gateway.origin().is_https() { "https" } else { "http" };
    outgoing.with_header(proto, HeaderValue::from_static(scheme))
}

fn with_all(outgoing: Outgoing, name: &HeaderName, values: Vec<HeaderValue>) -> Outgoing {
    let with = |outgoing: Outgoing, value| outgoing.with_header(name.clone(), value);
    values.into_iter().fold(outgoing, with)
}

/// A header's value as metadata carries it: visible ASCII, or base64 without padding for a name that ends in `-bin`, of which one
/// line may hold several. `None` where it cannot.
fn carried(name: &HeaderName, value: &HeaderValue) -> Option<Vec<HeaderValue>> {
    if !is_binary(name) {
        return is_text(value).then(|| vec![value.clone()]);
    }
    let values = value.as_bytes().split(|byte| *byte == b',').map(|one| {
        let bytes = transcoder::read_base64(one.trim_ascii())?;
        let padded = transcoder::write_base64(&bytes);
        let length = padded.iter().take_while(|byte| **byte != b'=').count();
        HeaderValue::from_maybe_shared(padded.slice(..length)).ok()
    });
    values.collect()
}

/// A value of metadata as a header: visible ASCII, or base64 with padding. `None` for what is neither.
fn returned(name: &HeaderName, value: &HeaderValue) -> Option<HeaderValue> {
    if !is_binary(name) {
        return is_text(value).then(|| value.clone());
    }
    let bytes: Bytes = transcoder::read_base64(value.as_bytes())?;
    HeaderValue::from_maybe_shared(transcoder::write_base64(&bytes)).ok()
}

fn is_binary(name: &HeaderName) -> bool {
    name.as_str().ends_with("-bin")
}

fn is_text(value: &HeaderValue) -> bool {
    value.as_bytes().iter().all(|byte| (b' '..=b'~').contains(byte))
}

fn not_carried(name: &HeaderName) -> Failure {
    let wanted = if is_binary(name) { "base64" } else { "visible ASCII" };
    let message = format!("the `{name}` header is not {wanted}, which the service needs it to be");
    Refusal::bad("HEADER_INVALID", message).into()
}
