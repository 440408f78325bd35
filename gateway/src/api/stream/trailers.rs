//! How a stream ended, once more as gRPC says it, for clients that read trailers.

use http::{HeaderMap, header};
use tonic::Status;

/// The trailers that may come, told in the head: HTTP/1 sends no others.
pub(super) const NAMES: &str = "grpc-status, grpc-message, grpc-status-details-bin";

/// Whether the client has said that it reads trailers (RFC 9110, 10.1.4).
pub(in crate::api) fn are_taken(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::TE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let name = coding.split(';').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("trailers")
    })
}

/// The trailers of a stream that ended so.
pub(super) fn of(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    let details = status.details().to_vec().into();
    // Without the metadata that came with it, which is nobody's business here.
    let status = Status::with_details(status.code(), status.message(), details);
    // A text that no header takes leaves the trailers without it.
    let _ = status.add_header(&mut trailers);
    trailers
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("trailers", true)]
    #[case("gzip;q=0.5, Trailers", true)]
    #[case("gzip", false)]
    #[case("trailersx", false)]
    fn trailers_are_for_those_who_ask(#[case] te: &str, #[case] taken: bool) {
        let mut headers = HeaderMap::new();
        assert!(!are_taken(&headers));
        headers.insert(header::TE, te.parse().unwrap());
        assert_eq!(are_taken(&headers), taken);
    }

    #[test]
    fn a_status_is_told_without_its_metadata() {
        let mut status = Status::not_found("no \u{e4}");
        status.metadata_mut().insert("x-internal", "secret".parse().unwrap());
        let trailers = of(&status);
        assert_eq!(trailers["grpc-status"], "5");
        assert_eq!(trailers["grpc-message"], "no%20%C3%A4");
        assert_eq!(trailers.len(), 2);
    }
}
