//! gRPC-Web as text, whose base64 may be padded wherever one text ends and the next begins.
//!
//! The layer behind decodes each piece of a body as it comes, and takes padding at the end of one alone: so a piece ends with its padding,
//! however the transport has cut the bytes.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame};

/// A body whose pieces end where padding does.
#[derive(Debug)]
pub(super) struct Pieces<B> {
    body: B,
    /// What has come and was not handed on yet.
    rest: Bytes,
}

impl<B> Pieces<B> {
    pub(super) fn of(body: B) -> Self {
        Self { body, rest: Bytes::new() }
    }

    fn next_piece(&mut self) -> Bytes {
        let ends = |pair: &[u8]| pair[0] == b'=' && pair[1] != b'=';
        let end = self.rest.windows(2).position(ends).map_or(self.rest.len(), |at| at + 1);
        self.rest.split_to(end)
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Pieces<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                end => return Poll::Ready(end),
            }
        }
        Poll::Ready(Some(Ok(Frame::data(self.next_piece()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }
}
