//! The body of an answer as it comes over HTTP/2. Dropping it tells the service that nobody wants the rest.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use h2::RecvStream;
use http_body::{Body, Frame, SizeHint};
use tonic::Status;

use super::trouble;

/// The frames of one answer.
pub(super) struct Received {
    stream: RecvStream,
    data_ended: bool,
}

impl Received {
    pub(super) fn of(stream: RecvStream) -> Self {
        Self { stream, data_ended: false }
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if !self.data_ended {
            match ready!(self.stream.poll_data(context)) {
                Some(Ok(data)) => {
                    // It is taken as soon as it is here; a stream that has ended needs no more room.
                    let _ = self.stream.flow_control().release_capacity(data.len());
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(trouble::broken(&error)))),
                None => self.data_ended = true,
            }
        }
        let trailers = ready!(self.stream.poll_trailers(context));
        let frame = |trailers: Option<_>| trailers.map(|it| Ok(Frame::trailers(it)));
        Poll::Ready(
            trailers
                .map_err(|error| trouble::broken(&error))
                .map_or_else(|it| Some(Err(it)), frame),
        )
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
