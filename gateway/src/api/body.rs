//! A request's body, read whole and unpacked, within its limit.

use std::io::Read as _;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use transcoder::Code;

use super::BODY;
use crate::app::{Refusal, TooSlow};

/// How many times larger than what was sent a body may become.
const RATIO: usize = 100;

/// The body as the client meant it: 413 beyond the limit, 415 for a coding that is not read, 408 when it comes too slowly.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let packed = is_packed(headers)?;
    if body.size_hint().lower() > BODY as u64 {
        return Err(Refusal::too_large(BODY));
    }
    let received = match Limited::new(body, BODY).collect().await {
        Ok(received) => received.to_bytes(),
        Err(error) => return Err(refusal(error.as_ref())),
    };
    if packed { unpack(&received) } else { Ok(received) }
}

/// Whether the body comes as gzip.
fn is_packed(headers: &HeaderMap) -> Result<bool, Refusal> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    match (codings.next().map(|coding| coding.as_bytes()), codings.next()) {
        (None | Some(b"identity"), None) => Ok(false),
        (Some(b"gzip" | b"x-gzip"), None) => Ok(true),
        _ => {
            let message = "a body is read as it is or as `gzip`";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Err(Refusal::new(status, Code::InvalidArgument, "CODING_UNSUPPORTED", message))
        }
    }
}

fn unpack(packed: &Bytes) -> Result<Bytes, Refusal> {
    let most = BODY.min(packed.len().saturating_mul(RATIO));
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(&packed[..]).take(most as u64 + 1);
    if reader.read_to_end(&mut unpacked).is_err() {
        return Err(Refusal::bad("BODY_INVALID", "the body is not gzip, or it breaks off"));
    }
    if unpacked.len() > most { Err(Refusal::too_large(BODY)) } else { Ok(unpacked.into()) }
}

/// Why a body could not be read.
fn refusal(error: &(dyn std::error::Error + 'static)) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Refusal::too_large(BODY);
        }
        if error.is::<TooSlow>() {
            let message = "the body came too slowly";
            let status = StatusCode::REQUEST_TIMEOUT;
            return Refusal::new(status, Code::DeadlineExceeded, "BODY_TOO_SLOW", message);
        }
        cause = error.source();
    }
    Refusal::bad("BODY_INVALID", "the body broke off")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    async fn read_as(coding: &str, body: impl Into<Body>) -> Result<Bytes, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        read(&headers, body.into()).await.map_err(|refusal| refusal.status.as_u16())
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(body).unwrap();
        packed.finish().unwrap()
    }

    #[tokio::test]
    async fn the_limit_is_the_last_length_that_is_read() {
        assert_eq!(read_as("identity", vec![b'x'; BODY]).await.unwrap().len(), BODY);
        assert_eq!(read_as("identity", vec![b'x'; BODY + 1]).await, Err(413));
        let chunks = |last: usize| {
            let parts = [vec![b'x'; BODY], vec![b'x'; last]];
            Body::from_stream(futures_util::stream::iter(parts.map(Ok::<_, std::io::Error>)))
        };
        assert_eq!(read_as("identity", chunks(0)).await.unwrap().len(), BODY);
        assert_eq!(read_as("identity", chunks(1)).await, Err(413));
    }

    #[tokio::test]
    async fn a_packed_body_counts_unpacked() {
        assert_eq!(read_as("gzip", gzip(b"{}")).await.unwrap(), "{}");
        let noise: Vec<u8> =
            (0..=BODY as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 29) as u8).collect();
        assert_eq!(read_as("gzip", gzip(&noise[..BODY])).await.unwrap().len(), BODY);
        assert_eq!(read_as("gzip", gzip(&noise)).await, Err(413));
        // A bomb is caught by its ratio, long before the limit.
        assert_eq!(read_as("gzip", gzip(&vec![0; 1 << 20])).await, Err(413));
        assert_eq!(read_as("gzip", "not gzip").await, Err(400));
        assert_eq!(read_as("gzip", gzip(b"{}")[..12].to_vec()).await, Err(400));
        assert_eq!(read_as("compress", "x").await, Err(415));
    }
}
