//! What is under way on a connection, and how long there has been nothing.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

/// The requests of one connection. Cheap to clone; clones are one and the same.
#[derive(Clone, Debug)]
pub(super) struct Requests(Arc<State>);

#[derive(Debug)]
struct State {
    start: Instant,
    under_way: AtomicUsize,
    /// When the last one ended, in milliseconds from the start.
    ended: AtomicU64,
}

/// A request that is under way until this is dropped.
#[derive(Debug)]
pub(super) struct UnderWay(Requests);

impl Requests {
    /// A connection that begins now.
    pub(super) fn none() -> Self {
        let (under_way, ended) = (AtomicUsize::new(0), AtomicU64::new(0));
        Self(Arc::new(State { start: Instant::now(), under_way, ended }))
    }

    /// Another request.
    pub(super) fn begin(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        UnderWay(self.clone())
    }

    /// Comes when nothing has been under way for so long.
    #[expect(clippy::disallowed_methods, reason = "a time limit is what this waits for")]
    pub(super) async fn none_for(&self, time: Duration) {
        loop {
            let quiet = self.quiet();
            if quiet >= time {
                return;
            }
            tokio::time::sleep(time - quiet).await;
        }
    }

    fn quiet(&self) -> Duration {
        if self.0.under_way.load(Ordering::SeqCst) > 0 {
            return Duration::ZERO;
        }
        let ended = Duration::from_millis(self.0.ended.load(Ordering::SeqCst));
        self.0.start.elapsed().saturating_sub(ended)
    }
}

impl UnderWay {
    /// Lasts as long as the answer's body.
    pub(super) fn until_sent(self, body: Body) -> Body {
        Body::new(Held { body, _under_way: self })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let State { start, under_way, ended } = self.0.0.as_ref();
        let now = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        ended.store(now, Ordering::SeqCst);
        under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A body with the request that it answers.
struct Held {
    body: Body,
    _under_way: UnderWay,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
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
    use super::*;

    const IDLE: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn a_quiet_connection_is_idle_after_its_time() {
        let (requests, begun) = (Requests::none(), Instant::now());
        requests.none_for(IDLE).await;
        assert_eq!(begun.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_a_request_is_not_idle_until_its_answer_is_sent() {
        let (requests, begun) = (Requests::none(), Instant::now());
        let answer = requests.begin().until_sent(Body::new(http_body_util::Full::from("sent")));
        assert!(tokio::time::timeout(10 * IDLE, requests.none_for(IDLE)).await.is_err());
        drop(answer);
        requests.none_for(IDLE).await;
        assert_eq!(begun.elapsed().as_secs(), 660);
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_begins_the_wait_anew() {
        let (requests, begun) = (Requests::none(), Instant::now());
        for _ in 0..3 {
            let waiting =
                tokio::time::timeout(IDLE - Duration::from_secs(1), requests.none_for(IDLE));
            assert!(waiting.await.is_err());
            drop(requests.begin());
        }
        requests.none_for(IDLE).await;
        assert_eq!(begun.elapsed().as_secs(), 3 * 59 + 60);
    }
}
