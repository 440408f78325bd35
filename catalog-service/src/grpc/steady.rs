//! A message has to keep coming: a sender that pauses for long, or dawdles, does not hold a place for it.
//!
//! Only the time in which the service waits for the sender counts. A stream of messages may be silent between them.

use std::{
    future::Future as _,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::{Status, body::Body};

use super::status;
use crate::config::Times;

/// The least rate of a slow sender, in bytes per second of waiting.
const LEAST_RATE: u64 = 1024;

/// A request body that has to keep coming.
pub(crate) struct Steady {
    body: Body,
    /// How long a sender may be silent, and how far it may be behind the least rate.
    pause: Duration,
    slow: Duration,
    received: u64,
    waited: Duration,
    /// Since when the sender has been waited for, and until when at most.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Steady {
    /// Watches over `body`.
    pub(crate) fn new(body: Body, times: Times) -> Self {
        let Times { message_pause: pause, message_slow: slow, .. } = times;
        Self { body, pause, slow, received: 0, waited: Duration::ZERO, waiting: None }
    }

    /// How long the sender may be waited for now: until it is as far behind the least rate as it may be.
    fn patience(&self) -> Duration {
        let earned = Duration::from_millis(self.received.saturating_mul(1000) / LEAST_RATE);
        let left = (earned + self.slow).saturating_sub(self.waited);
        left.min(self.pause)
    }
}

impl HttpBody for Steady {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            if let Some(Ok(frame)) = &frame {
                self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame);
        }
        let patience = self.patience();
        let begin = || {
            let now = Instant::now();
            (now, Box::pin(tokio::time::sleep_until(now + patience)))
        };
        let (_, end) = self.waiting.get_or_insert_with(begin);
        end.as_mut().poll(cx).map(|()| Some(Err(status::message_too_slow())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use http_body_util::{BodyExt as _, StreamBody};
    use tonic::Code;

    use super::*;

    /// Sends a number of pieces of a size, a while apart, and then nothing; when that is refused.
    async fn refused_after(pieces: usize, size: usize, apart: Duration) -> Duration {
        let begun = Instant::now();
        let sending = stream::unfold(begun, move |last| async move {
            tokio::time::sleep_until(last + apart).await;
            Some((Ok::<_, Status>(Frame::data(Bytes::from(vec![0; size]))), last + apart))
        });
        let silent = sending.take(pieces).chain(stream::pending());
        let body = Steady::new(Body::new(StreamBody::new(Box::pin(silent))), Times::default());
        let refused = body.collect().await.unwrap_err();
        assert_eq!(refused.code(), Code::DeadlineExceeded);
        begun.elapsed()
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn who_sends_nothing_is_waited_for_five_seconds() {
        assert_eq!(refused_after(0, 0, SECOND).await.as_secs(), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn who_falls_behind_the_least_rate_is_refused_and_who_keeps_it_is_not() {
        assert_eq!(refused_after(100, 512, SECOND).await.as_secs(), 9);
        assert_eq!(refused_after(100, 1023, SECOND).await.as_secs(), 104);
        assert_eq!(refused_after(100, 1024, SECOND).await.as_secs(), 105);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_long_only_for_who_has_sent_much() {
        assert_eq!(refused_after(1, 20 << 10, SECOND).await.as_secs(), 25);
        assert_eq!(refused_after(1, 1 << 20, SECOND).await.as_secs(), 31);
    }
}
