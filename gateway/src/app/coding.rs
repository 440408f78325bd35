//! Content codings: which one a client takes, and making it.

use std::io::{self, Write as _};

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
pub(crate) use transcoder::Coding;

/// Bodies below this many bytes are sent as they are.
pub(crate) const LEAST: usize = 1 << 10;
/// Bodies above this many bytes are compressed on a thread of their own.
const LARGE: usize = 128 << 10;

/// How much work compression is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For bytes that are made anew for every answer.
    Quick,
    /// For bytes that are made once and sent often.
    Thorough,
}

/// The coding to use for a body of this length: the client's favourite of br, zstd, gzip and none.
pub(crate) fn choose(headers: &HeaderMap, length: usize) -> Coding {
    if length < LEAST {
        return Coding::Identity;
    }
    let Accepted { br, zstd, gzip, identity } = accepted(headers);
    match br.max(zstd).max(gzip) {
        0 => Coding::Identity,
        best if best < identity => Coding::Identity,
        best if best == br => Coding::Brotli,
        best if best == zstd => Coding::Zstd,
        _ => Coding::Gzip,
    }
}

/// Whether the client takes gzip, whatever it likes better.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    accepted(headers).gzip > 0
}

/// The weights of the codings that we make, in thousandths.
struct Accepted {
    br: u16,
    zstd: u16,
    gzip: u16,
    identity: u16,
}

fn accepted(headers: &HeaderMap) -> Accepted {
    let (mut br, mut zstd, mut gzip, mut identity, mut other) = (None, None, None, None, None);
    let lines =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    for (name, weight) in lines.flat_map(|line| line.split(',')).filter_map(weighted) {
        match name.to_ascii_lowercase().as_str() {
            "br" => br = Some(weight),
            "zstd" => zstd = Some(weight),
            "gzip" | "x-gzip" => gzip = Some(weight),
            "identity" => identity = Some(weight),
            "*" => other = Some(weight),
            _ => {}
        }
    }
    Accepted {
        br: br.or(other).unwrap_or(0),
        zstd: zstd.or(other).unwrap_or(0),
        gzip: gzip.or(other).unwrap_or(0),
        // Without a weight of its own, none is acceptable and not preferred.
        identity: identity.unwrap_or(1),
    }
}

/// One member of a weighted list (RFC 9110, 12.4.2), its weight in thousandths; `None` for what is not one.
fn weighted(member: &str) -> Option<(&str, u16)> {
    let mut parts = member.split(';');
    let name = parts.next()?.trim();
    let mut weight = 1000;
    for parameter in parts {
        let Some((key, value)) = parameter.trim().split_once('=') else { continue };
        if key.trim().eq_ignore_ascii_case("q") {
            let value: f32 = value.trim().parse().ok()?;
            if !(0.0..=1.0).contains(&value) {
                return None;
            }
            weight = (value * 1000.0) as u16;
        }
    }
    (!name.is_empty()).then_some((name, weight))
}

/// The coding's name in `Content-Encoding`.
pub(crate) fn name(coding: Coding) -> Option<HeaderValue> {
    match coding {
        Coding::Identity => None,
        Coding::Gzip => Some(HeaderValue::from_static("gzip")),
        Coding::Brotli => Some(HeaderValue::from_static("br")),
        Coding::Zstd => Some(HeaderValue::from_static("zstd")),
    }
}

/// The body in a coding of [`choose`]; a large one is compressed aside, so that other requests go on.
pub(crate) async fn encode(body: Bytes, coding: Coding) -> io::Result<Bytes> {
    if coding == Coding::Identity {
        return Ok(body);
    }
    if body.len() < LARGE {
        return encode_here(&body, coding, Effort::Quick);
    }
    let aside = tokio::task::spawn_blocking(move || encode_here(&body, coding, Effort::Quick));
    aside.await.map_err(io::Error::other)?
}

/// The bytes in a coding, made on this thread.
pub(crate) fn encode_here(body: &[u8], coding: Coding, effort: Effort) -> io::Result<Bytes> {
    let out = BytesMut::with_capacity(body.len() / 2).writer();
    let out = match coding {
        Coding::Brotli => {
            let quality = if effort == Effort::Quick { 5 } else { 11 };
            let mut writer = brotli::CompressorWriter::new(out, 32 << 10, quality, 22);
            writer.write_all(body)?;
            writer.into_inner()
        }
        Coding::Gzip => {
            let level = if effort == Effort::Quick { 4 } else { 9 };
            let mut writer = flate2::write::GzEncoder::new(out, flate2::Compression::new(level));
            writer.write_all(body)?;
            writer.finish()?
        }
        Coding::Zstd => {
            let level = if effort == Effort::Quick { 3 } else { 19 };
            let mut writer = zstd::stream::write::Encoder::new(out, level)?;
            writer.write_all(body)?;
            writer.finish()?
        }
        Coding::Identity => {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "not a coding we make"));
        }
    };
    Ok(out.into_inner().freeze())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", Coding::Identity)]
    #[case("gzip", Coding::Gzip)]
    #[case("gzip, deflate, br, zstd", Coding::Brotli)]
    #[case("br;q=0.5, gzip;q=0.8, identity;q=0", Coding::Gzip)]
    #[case("gzip;q=0", Coding::Identity)]
    #[case("*", Coding::Brotli)]
    #[case("*;q=0", Coding::Identity)]
    #[case("br;q=0, *", Coding::Zstd)]
    #[case("br;q=0, zstd;q=0, *", Coding::Gzip)]
    #[case("gzip;q=0.9, zstd", Coding::Zstd)]
    #[case("GZIP", Coding::Gzip)]
    #[case("gzip;q=nonsense", Coding::Identity)]
    #[case("zstd", Coding::Zstd)]
    #[case("deflate", Coding::Identity)]
    fn the_client_chooses(#[case] accepted: &str, #[case] coding: Coding) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
        let coding_below = choose(&headers, LEAST - 1);
        assert_eq!((choose(&headers, LEAST), coding_below), (coding, Coding::Identity));
    }

    #[tokio::test]
    async fn all_codings_unpack_to_the_same() {
        let body = Bytes::from("shelf ".repeat(100_000));
        let gzip = encode(body.clone(), Coding::Gzip).await.unwrap();
        let br = encode(body.clone(), Coding::Brotli).await.unwrap();
        let zstd = encode(body.clone(), Coding::Zstd).await.unwrap();
        assert_eq!(zstd::stream::decode_all(&zstd[..]).unwrap(), body);
        let (mut one, mut other) = (Vec::new(), Vec::new());
        flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut one).unwrap();
        brotli::Decompressor::new(&br[..], 4096).read_to_end(&mut other).unwrap();
        assert!(one == body && other == body && gzip.len() < body.len() / 50);
    }
}
