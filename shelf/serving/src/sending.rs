//! The body of an answer on its way: its request is under way until it is sent, and over HTTP/2 it shows whether the client
//! takes it.
//!
//! With a window of HTTP/2 that stays closed nothing waits on TCP, so that the line sees nothing. But hyper asks for the
//! next piece of a body only once the client has room for a part of the one before.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::UnderWay;

/// What a body answers when it is asked for its next frame.
type Polled<B> = Poll<Option<Result<Frame<Bytes>, <B as Body>::Error>>>;

/// The most that is given at a time: what a client has to take within the time that it may stand still.
const PIECE: usize = 16 << 10;

/// What may wait in the buffers of HTTP/2 unseen: to split it as well would cost every small answer a frame more.
const UNSEEN: usize = 4 << 10;

/// The body of an answer, with the request that it answers.
#[derive(Debug)]
pub struct Sending<B> {
    body: B,
    under_way: UnderWay,
    /// Over HTTP/2. hyper writes HTTP/1 as fast as TCP takes it, and the line watches over that.
    in_pieces: bool,
    /// What of the body's last frame is still to be given.
    rest: Bytes,
}

impl<B: Body<Data = Bytes> + Unpin> Sending<B> {
    /// The body of an answer to `under_way`.
    pub fn of(body: B, under_way: UnderWay, http2: bool) -> Self {
        Self { body, under_way, in_pieces: http2, rest: Bytes::new() }
    }

    fn poll_whole(&mut self, cx: &mut Context<'_>) -> Polled<B> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Polled<B> {
        if self.rest.is_empty() {
            let frame = match ready!(self.poll_whole(cx)) {
                Some(Ok(frame)) => frame,
                ended => return Poll::Ready(ended),
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let piece = piece(self.rest.len());
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
    }
}

/// How much of so many bytes is given next. Of what is no small answer the last byte goes by itself: it is taken only when the
/// client has room for all before it.
fn piece(bytes: usize) -> usize {
    if bytes > PIECE {
        PIECE
    } else if bytes > UNSEEN {
        bytes - 1
    } else {
        bytes
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Sending<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled<B> {
        if !self.in_pieces {
            return self.poll_whole(cx);
        }
        self.under_way.is_asked();
        let frame = self.poll_piece(cx);
        if frame.is_ready() {
            self.under_way.gives();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;
    use crate::Requests;

    #[tokio::test]
    async fn over_http2_a_body_goes_out_in_pieces_and_a_large_one_ends_with_a_byte() {
        for (length, pieces) in [
            (0, vec![]),
            (UNSEEN, vec![UNSEEN]),
            (UNSEEN + 1, vec![UNSEEN, 1]),
            (PIECE, vec![PIECE - 1, 1]),
            (PIECE + 1, vec![PIECE, 1]),
            (3 * PIECE, vec![PIECE, PIECE, PIECE - 1, 1]),
        ] {
            let bytes: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let body = Full::from(bytes.clone());
            let mut body = Sending::of(body, Requests::none().begin(), true);
            let (mut given, mut all) = (Vec::new(), Vec::new());
            assert_eq!(body.size_hint().exact(), Some(length as u64));
            while let Some(frame) = body.frame().await {
                let data = frame.unwrap().into_data().unwrap();
                given.push(data.len());
                all.extend_from_slice(&data);
                assert_eq!(body.size_hint().exact(), Some((length - all.len()) as u64));
            }
            assert_eq!((given, all == bytes), (pieces, true), "{length}");
            assert!(body.is_end_stream());
        }
    }
}
