//! The frame of a unary call's message on the wire, and of its answer: five bytes, the message, and behind the answer how it ended.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use http_body::{Body as HttpBody, Frame};
use http_body_util::BodyExt as _;
use tonic::Status;

use crate::grpc::frames::PREFIX;

/// The whole of a request's body: the frame of its one message.
///
/// # Errors
/// Whatever keeps the body from coming whole.
#[expect(clippy::manual_async_fn, reason = "an `async fn` would hold its arguments twice")]
pub(super) fn read<B>(mut body: B) -> impl Future<Output = Result<Bytes, Status>>
where
    B: HttpBody<Data = Bytes, Error = Status> + Unpin,
{
    async move {
        let mut framed = Bytes::new();
        while let Some(frame) = body.frame().await {
            // Trailers of a request say nothing to any method.
            if let Ok(data) = frame?.into_data() {
                framed = joined(framed, data);
            }
        }
        Ok(framed)
    }
}

/// The pieces of a frame in one; most come in one.
fn joined(before: Bytes, data: Bytes) -> Bytes {
    if before.is_empty() {
        return data;
    }
    // Grows the buffer of the pieces before, which nobody else holds.
    let mut whole = BytesMut::from(before);
    whole.extend_from_slice(&data);
    whole.freeze()
}

/// The message of a frame.
///
/// # Errors
/// The frame itself, where it says that its message is compressed.
pub(super) fn opened(mut framed: Bytes) -> Result<Bytes, Bytes> {
    if framed.len() < PREFIX || framed[0] != 0 {
        return Err(framed);
    }
    framed.advance(PREFIX);
    Ok(framed)
}

/// The body of an answer: its message in one piece, then that the call has ended well.
#[derive(Debug)]
pub(super) enum Framed {
    Message(Bytes),
    Ending,
    Ended,
}

impl Framed {
    /// The body that brings this message.
    pub(super) fn of(message: &Bytes) -> Self {
        let mut framed = BytesMut::with_capacity(PREFIX + message.len());
        framed.put_u8(0);
        // Answers are far shorter than what can be told here.
        framed.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        framed.put_slice(message);
        Self::Message(framed.freeze())
    }
}

impl HttpBody for Framed {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = match &mut *self {
            Self::Message(framed) => Some((Frame::data(std::mem::take(framed)), Self::Ending)),
            Self::Ending => Some((Frame::trailers(ended_well()), Self::Ended)),
            Self::Ended => None,
        };
        Poll::Ready(next.map(|(frame, then)| {
            *self = then;
            Ok(frame)
        }))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Ended)
    }
}

fn ended_well() -> HeaderMap {
    let mut trailers = HeaderMap::with_capacity(1);
    trailers.insert(Status::GRPC_STATUS, HeaderValue::from_static("0"));
    trailers
}
