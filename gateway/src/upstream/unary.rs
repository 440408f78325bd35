//! A call of bytes: one message there, one back, with no buffer between its frame and the wire.

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use http_body_util::BodyExt as _;
use serving::Answer;
use tonic::{Code, Status, body::Body};

use super::trouble::Ours;

/// What stands before each message: whether it is packed, and its length.
pub(crate) const PREFIX: usize = 5;

/// How a call ended.
const STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The answer to a call that succeeded.
#[derive(Debug)]
pub(crate) struct Reply {
    head: HeaderMap,
    trailers: HeaderMap,
    /// The message.
    pub(crate) message: Bytes,
}

impl Reply {
    /// That of a service in this process.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` for a message that is longer than `most`.
    pub(super) fn of(answer: Answer, most: usize) -> Result<Self, Status> {
        let Answer { headers: head, message } = answer;
        match message.len() {
            length if length > most => Err(too_long()),
            _ => Ok(Self { head, trailers: HeaderMap::new(), message }),
        }
    }

    /// The metadata that came before the message.
    pub(crate) fn head(&self) -> &HeaderMap {
        &self.head
    }

    /// The metadata that came behind it.
    pub(crate) fn trailers(&self) -> &HeaderMap {
        &self.trailers
    }
}

/// Room for the prefix of a message that is written behind it.
pub(crate) fn begin(room: usize) -> BytesMut {
    let mut frame = BytesMut::with_capacity(PREFIX + room);
    frame.put_bytes(0, PREFIX);
    frame
}

/// The frame of the message that was written behind the room for its prefix.
pub(crate) fn end(mut frame: BytesMut) -> Bytes {
    let length = u32::try_from(frame.len() - PREFIX).unwrap_or(u32::MAX);
    frame[1..PREFIX].copy_from_slice(&length.to_be_bytes());
    frame.freeze()
}

/// Reads an answer to its end.
///
/// # Errors
/// The status that the service answered; `OUT_OF_RANGE` for a message that is longer than `most`; `INTERNAL` for what is no
/// answer to such a call.
pub(super) async fn read(answer: Response<Body>, most: usize) -> Result<Reply, Status> {
    let (head, mut body) = answer.into_parts();
    succeeded(&head.headers)?;
    let (mut framed, mut trailers) = (Bytes::new(), HeaderMap::new());
    while let Some(frame) = body.frame().await {
        match frame?.into_data() {
            Ok(data) => framed = joined(framed, data),
            Err(frame) => trailers = frame.into_trailers().unwrap_or_default(),
        }
        match length(&framed) {
            Some(length) if length > most => {
                return Err(too_long());
            }
            Some(length) if framed.len() > PREFIX + length => return Err(no_message()),
            _ => {}
        }
    }
    if !succeeded(&trailers)? && head.status != StatusCode::OK {
        return Err(by_http(head.status));
    }
    match length(&framed) {
        // What is packed was not asked for.
        Some(length) if framed[0] == 0 && framed.len() == PREFIX + length => {}
        _ => return Err(no_message()),
    }
    Ok(Reply { head: head.headers, trailers, message: framed.slice(PREFIX..) })
}

/// Whether headers or trailers say that the call succeeded; what else they say is its failure.
pub(super) fn succeeded(headers: &HeaderMap) -> Result<bool, Status> {
    match headers.get(STATUS) {
        None => Ok(false),
        Some(status) if status == "0" => Ok(true),
        Some(_) => Err(Status::from_header_map(headers).unwrap_or_else(no_message)),
    }
}

fn too_long() -> Status {
    Ours::TooLarge.status("the message is too long")
}

fn no_message() -> Status {
    Ours::Unreadable.status("the answer is not one message")
}

/// How long the message says it is.
pub(super) fn length(framed: &[u8]) -> Option<usize> {
    let (&[_, a, b, c, d], _) = framed.split_first_chunk()?;
    Some(u32::from_be_bytes([a, b, c, d]) as usize)
}

/// The pieces of a message in one; most come in one.
pub(super) fn joined(before: Bytes, data: Bytes) -> Bytes {
    if before.is_empty() {
        return data;
    }
    // Grows the buffer of the pieces before, which nobody else holds.
    let mut whole = BytesMut::from(before);
    whole.extend_from_slice(&data);
    whole.freeze()
}

/// What an answer of HTTP alone means, as gRPC says it.
pub(super) fn by_http(status: StatusCode) -> Status {
    let code = match status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    };
    Status::new(code, format!("the service answered {status}"))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http::HeaderValue;
    use http_body::Frame;
    use http_body_util::StreamBody;

    use super::*;

    /// An answer of these pieces and trailers.
    fn answer(pieces: &[&[u8]], trailers: &[(&'static str, &'static str)]) -> Response<Body> {
        let mut last = HeaderMap::new();
        for (name, value) in trailers {
            last.insert(*name, HeaderValue::from_static(value));
        }
        let pieces = pieces.iter().map(|piece| Frame::data(Bytes::copy_from_slice(piece)));
        let frames: Vec<_> = pieces.chain([Frame::trailers(last)]).map(Ok::<_, Status>).collect();
        Response::new(Body::new(StreamBody::new(stream::iter(frames))))
    }

    const OK: &[(&str, &str)] = &[("grpc-status", "0"), ("shelf-resume-token", "t")];

    #[tokio::test]
    async fn a_message_is_read_however_it_is_cut() {
        let frame = end([begin(3), "abc".into()].concat().as_slice().into());
        assert_eq!(&frame[..], b"\0\0\0\0\x03abc");
        for cut in 0..=frame.len() {
            let (first, second) = frame.split_at(cut);
            let reply = read(answer(&[first, second], OK), 3).await.unwrap();
            assert_eq!(reply.message, "abc");
            assert_eq!(reply.trailers()["shelf-resume-token"], "t");
        }
        let empty = read(answer(&[&[0; 5]], OK), 0).await.unwrap();
        assert!(empty.message.is_empty());
    }

    #[tokio::test]
    async fn what_is_not_one_message_of_that_length_is_refused() {
        for (pieces, code) in [
            (&[&b"\0\0\0\0\x04abcd"[..]][..], Code::OutOfRange),
            (&[b"\0\xff\xff\xff\xff"], Code::OutOfRange),
            (&[b"\0\0\0\0\x01a\0"], Code::Internal),
            (&[b"\0\0\0\0\x01a", b"\0\0\0\0\x01a"], Code::Internal),
            (&[b"\0\0\0\0\x03ab"], Code::Internal),
            (&[b"\x01\0\0\0\x01a"], Code::Internal),
            (&[b"\0\0"], Code::Internal),
            (&[], Code::Internal),
        ] {
            assert_eq!(read(answer(pieces, OK), 3).await.unwrap_err().code(), code, "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn a_failure_is_told_wherever_it_stands() {
        let failed = [("grpc-status", "5"), ("grpc-message", "gone")];
        let in_trailers = read(answer(&[], &failed), 3).await.unwrap_err();
        assert_eq!((in_trailers.code(), in_trailers.message()), (Code::NotFound, "gone"));
        let in_head = read(Status::not_found("gone").into_http(), 3).await.unwrap_err();
        assert_eq!((in_head.code(), in_head.message()), (Code::NotFound, "gone"));
        let mut by_a_proxy = answer(&[], &[]);
        *by_a_proxy.status_mut() = StatusCode::BAD_GATEWAY;
        assert_eq!(read(by_a_proxy, 3).await.unwrap_err().code(), Code::Unavailable);
    }
}
