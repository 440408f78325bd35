//! Whether the client takes JSON.

use http::{HeaderMap, StatusCode, header};
use transcoder::Code;

use crate::app::{Refusal, weighted};

/// 406 when nothing in `Accept` fits `application/json`.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut lines = headers.get_all(header::ACCEPT).iter().peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    let ranges = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    // The most specific range decides (RFC 9110, 12.5.1).
    let best = ranges.filter_map(weighted).filter_map(|(range, weight)| {
        let precision = match range.to_ascii_lowercase().as_str() {
            "application/json" => 3,
            "application/*" => 2,
            "*/*" => 1,
            _ => return None,
        };
        Some((precision, weight))
    });
    match best.max() {
        Some((_, weight)) if weight > 0 => Ok(()),
        _ => {
            let message = "the answer is `application/json`, which the `Accept` header leaves out";
            let status = StatusCode::NOT_ACCEPTABLE;
            Err(Refusal::new(status, Code::InvalidArgument, "ACCEPT_UNSUPPORTED", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("application/json", true)]
    #[case("*/*", true)]
    #[case("text/html, application/*;q=0.1", true)]
    #[case("text/html, */*; q=0.01", true)]
    #[case("Application/JSON;charset=utf-8", true)]
    #[case("text/html", false)]
    #[case("application/json;q=0, */*", false)]
    #[case("application/xml", false)]
    #[case("", false)]
    fn json_is_taken_where_accept_says_so(#[case] accept: &str, #[case] taken: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        assert_eq!(check(&headers).is_ok(), taken);
        assert!(check(&HeaderMap::new()).is_ok());
    }
}
