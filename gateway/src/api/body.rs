//! A request's body, read whole and unpacked, within its limit.

use std::io::{self, Read as _};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use transcoder::Code;

use crate::{
    app::{Refusal, TooSlow},
    config::Sizes,
};

/// The window that a zstd body may ask for, as a power of two: room for the largest body, and no more.
pub(super) const WINDOW: u32 = 23;

/// The body as the client meant it: 413 beyond the limit, 415 for a coding that is not read, 408 when it comes too slowly.
pub(super) async fn read(headers: &HeaderMap, body: Body, sizes: &Sizes) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let coding = coding(headers)?;
    if body.size_hint().lower() > sizes.body as u64 {
        return Err(Refusal::too_large(sizes.body));
    }
    // In a box, because most requests have no body and all would be as large.
    let received = match Box::pin(Limited::new(body, sizes.body).collect()).await {
        Ok(received) => received.to_bytes(),
        Err(error) => return Err(refusal(error.as_ref(), sizes)),
    };
    match coding {
        Some(coding) => unpack(&received, coding, sizes),
        None => Ok(received),
    }
}

/// The codings that a body may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packed {
    Gzip,
    Zstd,
}

/// The coding that the body comes in, if any; 415 for one that is not read.
pub(super) fn coding(headers: &HeaderMap) -> Result<Option<Packed>, Refusal> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    match (codings.next().map(|coding| coding.as_bytes()), codings.next()) {
        (None | Some(b"identity"), None) => Ok(None),
        (Some(b"gzip" | b"x-gzip"), None) => Ok(Some(Packed::Gzip)),
        (Some(b"zstd"), None) => Ok(Some(Packed::Zstd)),
        _ => Err(unread("a body is read as it is, as `gzip` or as `zstd`")),
    }
}

pub(super) fn unread(message: &'static str) -> Refusal {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Refusal::new(status, Code::InvalidArgument, "CODING_UNSUPPORTED", message)
}

fn unpack(packed: &Bytes, coding: Packed, sizes: &Sizes) -> Result<Bytes, Refusal> {
    let most = sizes.body.min(packed.len().saturating_mul(sizes.ratio));
    let unpacked = match coding {
        Packed::Gzip => at_most(most, flate2::read::MultiGzDecoder::new(&packed[..])),
        Packed::Zstd => zstd::stream::read::Decoder::new(&packed[..]).and_then(|mut decoder| {
            decoder.window_log_max(WINDOW)?;
            at_most(most, decoder)
        }),
    };
    match unpacked {
        Ok(unpacked) if unpacked.len() > most => Err(Refusal::too_large(sizes.body)),
        Ok(unpacked) => Ok(unpacked.into()),
        Err(_) => Err(mispacked()),
    }
}

/// What is packed is not what it says it is.
pub(super) fn mispacked() -> Refusal {
    let message = "the body is not packed as `Content-Encoding` says, or it breaks off";
    Refusal::bad("BODY_INVALID", message)
}

/// What a decoder gives, and not more than one byte beyond the limit.
fn at_most(most: usize, decoder: impl io::Read) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    decoder.take(most as u64 + 1).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

/// Why a body could not be read.
pub(super) fn refusal(error: &(dyn std::error::Error + 'static), sizes: &Sizes) -> Refusal {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Refusal::too_large(sizes.body);
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

    const BODY: usize = 4 << 20;
    const RATIO: usize = 100;

    async fn read_as(coding: &str, body: impl Into<Body>) -> Result<Bytes, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        read(&headers, body.into(), &Sizes::default())
            .await
            .map_err(|refusal| refusal.status.as_u16())
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

    fn zstd(body: &[u8]) -> Vec<u8> {
        zstd::stream::encode_all(body, 3).unwrap()
    }

    /// Bytes that get smaller by half, not by a hundredth: three bits of chance in each (xorshift).
    fn noise() -> Vec<u8> {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let byte = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 61) as u8
        };
        (0..=BODY).map(byte).collect()
    }

    #[rstest::rstest]
    #[case("gzip", gzip)]
    #[case("zstd", zstd)]
    #[tokio::test]
    async fn a_packed_body_counts_unpacked(
        #[case] coding: &str,
        #[case] pack: fn(&[u8]) -> Vec<u8>,
    ) {
        assert_eq!(read_as(coding, pack(b"{}")).await.unwrap(), "{}");
        let noise = noise();
        for length in [BODY - 1, BODY] {
            assert_eq!(read_as(coding, pack(&noise[..length])).await.unwrap().len(), length);
        }
        assert_eq!(read_as(coding, pack(&noise)).await, Err(413));
        assert_eq!(read_as(coding, "neither").await, Err(400));
        let whole = pack(&noise[..100]);
        assert_eq!(read_as(coding, whole[..whole.len() - 1].to_vec()).await, Err(400));
        assert_eq!(read_as("compress", whole).await, Err(415));
    }

    #[rstest::rstest]
    #[case("gzip", gzip)]
    #[case("zstd", zstd)]
    #[tokio::test]
    async fn a_bomb_is_caught_by_its_ratio_long_before_the_limit(
        #[case] coding: &str,
        #[case] pack: fn(&[u8]) -> Vec<u8>,
    ) {
        let ratio_is_kept = |length: &usize| *length <= RATIO * pack(&vec![0; *length]).len();
        let first = (1..BODY).find(|length| !ratio_is_kept(length)).unwrap();
        assert_eq!(read_as(coding, pack(&vec![0; first - 1])).await.unwrap().len(), first - 1);
        assert_eq!(read_as(coding, pack(&vec![0; first])).await, Err(413));
        assert_eq!(read_as(coding, pack(&vec![0; 1 << 20])).await, Err(413));
    }

    #[tokio::test]
    async fn a_window_beyond_any_body_is_not_opened() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(WINDOW + 1).unwrap();
        encoder.write_all(b"{}").unwrap();
        assert_eq!(read_as("zstd", encoder.finish().unwrap()).await, Err(400));
    }
}
