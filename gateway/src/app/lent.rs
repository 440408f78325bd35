//! A request's body while a handler has it: too slow a sender is cut off, and what the handler left unread comes back.
//!
//! Over HTTP/1 a server that answers and closes while the client still writes is never heard: the client sees a broken pipe. So
//! an early answer waits until the rest of the body has arrived, within limits.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderValue, Request, Version, header};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, Sleep};

use super::Kind;
use crate::config::{Limits, Times};

/// How long an early answer waits for the rest of its request.
const REST: Duration = Duration::from_secs(5);
/// The least rate of a slow sender, in bytes per second of waiting.
const LEAST_RATE: f64 = 1024.0;

/// How slow a sender may be.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The longest pause.
    pause: Duration,
    /// How long a sender may be slow before the least rate counts.
    patience: Duration,
    /// How often a waiting body is looked after.
    tick: Duration,
}

/// How often a waiting body is looked after.
const TICK: Duration = Duration::from_secs(1);

/// The sender of a body is too slow.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub(crate) struct TooSlow;

/// Where a lent body comes back to.
type Home = Arc<Mutex<Option<Body>>>;

/// Lends a request's body to its handler, and keeps the way back.
pub(super) fn lend(request: Request<Body>, kind: Kind, limits: &Limits) -> (Request<Body>, Rest) {
    let Times { body_pause: pause, body_slow: patience, .. } = limits.times;
    let most = match kind {
        Kind::Api | Kind::Relay => limits.sizes.body,
        _ => limits.sizes.form,
    };
    lend_at(Pace { pause, patience, tick: TICK }, request, most)
}

fn lend_at(pace: Pace, request: Request<Body>, most: usize) -> (Request<Body>, Rest) {
    if request.body().is_end_stream() {
        return (request, Rest(None));
    }
    let home = Home::default();
    let http1 = request.version() <= Version::HTTP_11;
    let waits = request.headers().contains_key(header::EXPECT);
    let (head, body) = request.into_parts();
    let lent = Lent {
        body: Some(body),
        home: Arc::clone(&home),
        pace,
        timer: None,
        waiting_since: None,
        waited: Duration::ZERO,
        received: 0,
        read: false,
        waits,
    };
    let rest = Rest(http1.then_some((home, most)));
    (Request::from_parts(head, Body::new(lent)), rest)
}

/// What is left of a body once its request is answered.
pub(super) struct Rest(Option<(Home, usize)>);

impl Rest {
    /// Reads what the handler left, or says that the connection ends with this answer.
    pub(super) async fn finish(self, response: &mut Response) {
        if let Some((home, most)) = self.0 {
            Box::pin(Self::read_away(home, most, response)).await;
        }
    }

    async fn read_away(home: Home, most: usize, response: &mut Response) {
        let left = home.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = left else { return };
        let read_all = async {
            let mut read = 0;
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else { return false };
                read += frame.data_ref().map_or(0, Bytes::len);
                if read > most {
                    return false;
                }
            }
            true
        };
        if !tokio::time::timeout(REST, read_all).await.unwrap_or(false) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

struct Lent {
    body: Option<Body>,
    home: Home,
    pace: Pace,
    timer: Option<Pin<Box<Sleep>>>,
    waiting_since: Option<Instant>,
    waited: Duration,
    received: usize,
    /// The handler has asked for the body.
    read: bool,
    /// The client waits for a word before it sends the body (`Expect: 100-continue`).
    waits: bool,
}

impl Lent {
    /// Whether the sender is still fast enough, asked while nothing has arrived.
    fn is_too_slow(&mut self, context: &mut Context<'_>) -> bool {
        let now = Instant::now();
        let since = *self.waiting_since.get_or_insert(now);
        let Pace { pause: longest, patience, tick } = self.pace;
        let begin = || Box::pin(tokio::time::sleep_until(now + tick));
        let timer = self.timer.get_or_insert_with(begin);
        while timer.as_mut().poll(context).is_ready() {
            timer.as_mut().reset(Instant::now() + tick);
        }
        let pause = now - since;
        let waited = self.waited + pause;
        let rate = self.received as f64 / waited.as_secs_f64();
        pause >= longest || (waited > patience && rate < LEAST_RATE)
    }
}

impl http_body::Body for Lent {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        self.read = true;
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        match Pin::new(body).poll_frame(context) {
            Poll::Pending if self.is_too_slow(context) => {
                self.body = None;
                Poll::Ready(Some(Err(TooSlow.into())))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(since) = self.waiting_since.take() {
                    self.waited += since.elapsed();
                }
                self.received += frame.data_ref().map_or(0, Bytes::len);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.body = None;
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Ready(None) => {
                self.body = None;
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Reading a body that the client holds back until we ask would only ask for it.
        let unasked = self.waits && !self.read;
        if let Some(body) = self.body.take().filter(|body| !unasked && !body.is_end_stream()) {
            *self.home.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};

    use super::*;

    fn request(body: Body) -> Request<Body> {
        Request::builder().body(body).unwrap()
    }

    fn chunks(count: usize) -> Body {
        let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 64 << 10]));
        Body::from_stream(stream::iter((0..count).map(move |_| chunk())))
    }

    #[tokio::test]
    async fn an_early_answer_reads_the_rest_and_keeps_the_connection() {
        let (request, rest) = lend(request(chunks(4)), Kind::Page, &Limits::default());
        drop(request);
        let mut response = Response::new(Body::empty());
        rest.finish(&mut response).await;
        assert!(!response.headers().contains_key(header::CONNECTION));
    }

    #[tokio::test]
    async fn more_than_the_limit_is_not_read_and_the_connection_ends() {
        let (request, rest) = lend(request(chunks(5)), Kind::Page, &Limits::default());
        drop(request);
        let mut response = Response::new(Body::empty());
        rest.finish(&mut response).await;
        assert_eq!(response.headers()[header::CONNECTION], "close");
    }

    fn silent() -> Body {
        Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>())
    }

    const NEVER: Duration = Duration::from_secs(3600);
    const SOON: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn a_sender_that_pauses_is_cut_off() {
        let pace = Pace { pause: SOON, patience: NEVER, tick: SOON };
        let (request, _rest) = lend_at(pace, request(silent()), 1);
        let error = request.into_body().collect().await.unwrap_err();
        assert!(error.into_inner().is::<TooSlow>());
    }

    #[tokio::test]
    async fn a_sender_that_dawdles_is_cut_off() {
        let pace = Pace { pause: NEVER, patience: SOON, tick: SOON };
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"x"))]);
        let body = Body::from_stream(first.chain(stream::pending()));
        let (request, _rest) = lend_at(pace, request(body), 1);
        let error = request.into_body().collect().await.unwrap_err();
        assert!(error.into_inner().is::<TooSlow>());
    }

    #[tokio::test]
    async fn a_body_held_back_until_asked_for_is_not_asked_for() {
        let held = Request::builder().header(header::EXPECT, "100-continue");
        let (request, rest) = lend(held.body(silent()).unwrap(), Kind::Api, &Limits::default());
        drop(request);
        let mut response = Response::new(Body::empty());
        rest.finish(&mut response).await;
        assert!(!response.headers().contains_key(header::CONNECTION));
    }
}
