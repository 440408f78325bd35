//! The messages of a client's stream on their way to the service, one at a time: the next is asked for when there is room for it.

use std::{
    convert::Infallible,
    future::{pending, poll_fn},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use h2::{Reason, SendStream};
use http_body::{Body, Frame};
use tokio::sync::mpsc;
use tonic::Status;

/// Messages that come from a [`Sender`]: the body of a call.
///
/// A sender that goes away without [`Sender::end`] breaks the stream off, so that nobody takes a part for the whole.
#[derive(Debug)]
pub(crate) struct Upload {
    frames: mpsc::Receiver<Piece>,
    ended: bool,
}

/// Where the messages of an [`Upload`] come from.
#[derive(Debug)]
pub(crate) struct Sender(mpsc::Sender<Piece>);

#[derive(Debug)]
enum Piece {
    Frame(Bytes),
    End,
}

impl Upload {
    /// An upload, and where its messages go in.
    pub(crate) fn new() -> (Sender, Self) {
        let (sender, frames) = mpsc::channel(1);
        (Sender(sender), Self { frames, ended: false })
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        match ready!(self.frames.poll_recv(context)) {
            Some(Piece::Frame(frame)) => Poll::Ready(Some(Ok(frame))),
            Some(Piece::End) => {
                self.ended = true;
                Poll::Ready(None)
            }
            // Not as cancelled, which a service of tonic's reads as the end.
            None => Poll::Ready(Some(Err(Status::internal("the upload broke off")))),
        }
    }
}

impl Sender {
    /// Sends a message in its frame, once there is room for it. What the service no longer reads is dropped: its answer is on its
    /// way.
    pub(crate) async fn send(&self, frame: Bytes) {
        let _ = self.0.send(Piece::Frame(frame)).await;
    }

    /// There are no more messages.
    pub(crate) async fn end(self) {
        let _ = self.0.send(Piece::End).await;
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.poll_next(context).map(|next| next.map(|frame| frame.map(Frame::data)))
    }
}

/// Sends the messages over HTTP/2 as the service lets them come. It never returns: what ends a call is its answer, or that nobody waits
/// for one.
pub(super) async fn send(mut messages: Upload, stream: SendStream<Bytes>) -> Infallible {
    let mut sent = Sent { stream, ended: false };
    while let Some(next) = poll_fn(|context| messages.poll_next(context)).await {
        // Both tell that the call is over: an upload that broke off is taken back by whoever broke it off.
        let Ok(frame) = next else { return pending().await };
        if send_frame(frame, &mut sent.stream).await.is_err() {
            return pending().await;
        }
    }
    sent.ended = sent.stream.send_data(Bytes::new(), true).is_ok();
    pending().await
}

/// What was sent so far. Dropped before the end, it tells the service that this was not all, in words that it cannot take for one:
/// a server of hyper's reads a stream that was merely cancelled as if it had ended.
struct Sent {
    stream: SendStream<Bytes>,
    ended: bool,
}

impl Drop for Sent {
    fn drop(&mut self) {
        if !self.ended {
            self.stream.send_reset(Reason::INTERNAL_ERROR);
        }
    }
}

async fn send_frame(mut frame: Bytes, stream: &mut SendStream<Bytes>) -> Result<(), h2::Error> {
    while !frame.is_empty() {
        stream.reserve_capacity(frame.len());
        while stream.capacity() == 0 {
            match poll_fn(|context| stream.poll_capacity(context)).await {
                Some(room) => room?,
                None => return pending().await,
            };
        }
        let room = stream.capacity().min(frame.len());
        stream.send_data(frame.split_to(room), false)?;
    }
    Ok(())
}
