//! How long a call may take: the caller's `grpc-timeout`, within the service's own limits.
//!
//! tonic enforces the header only in its own transport, and calls an expired deadline CANCELLED. When a deadline passes,
//! the future of the call is dropped, and with it the work that has not begun.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body as HttpBody, Frame};
use tonic::{Status, body::Body};

use super::{shed::Places, status};
use crate::config::Deadlines;

/// The header in which a caller says how long it will wait.
const GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

impl Deadlines {
    /// How long the call with these headers may take until its answer begins.
    ///
    /// # Errors
    /// INVALID_ARGUMENT when `grpc-timeout` is not what the gRPC protocol says.
    pub(crate) fn of_call(self, headers: &HeaderMap) -> Result<Duration, Status> {
        Ok(asked(headers)?.unwrap_or(self.default).min(self.longest))
    }

    /// How long the streaming answer to a call with these headers may go on.
    ///
    /// # Errors
    /// As for [`Self::of_call`].
    pub(crate) fn of_stream(self, headers: &HeaderMap) -> Result<Allowed, Status> {
        Ok(match asked(headers)? {
            Some(asked) if asked <= self.stream => Allowed::Asked(asked),
            _ => Allowed::Longest(self.stream),
        })
    }
}

/// How long a stream may go on, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Its caller, who is told that the time has passed.
    Asked(Duration),
    /// The service: the stream is complete then.
    Longest(Duration),
}

impl Allowed {
    /// The time itself.
    pub(super) fn time(self) -> Duration {
        match self {
            Self::Asked(time) | Self::Longest(time) => time,
        }
    }
}

fn asked(headers: &HeaderMap) -> Result<Option<Duration>, Status> {
    let Some(value) = headers.get(GRPC_TIMEOUT) else { return Ok(None) };
    parse(value).map(Some).ok_or_else(|| {
        status::header_invalid(
            GRPC_TIMEOUT.as_str(),
            "must be 1 to 8 digits and one of H, M, S, m, u, n",
        )
    })
}

fn parse(value: &HeaderValue) -> Option<Duration> {
    let (unit, digits) = value.as_bytes().split_last()?;
    if digits.is_empty() || digits.len() > 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let amount: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    match unit {
        b'H' => Some(Duration::from_secs(amount * 3600)),
        b'M' => Some(Duration::from_secs(amount * 60)),
        b'S' => Some(Duration::from_secs(amount)),
        b'm' => Some(Duration::from_millis(amount)),
        b'u' => Some(Duration::from_micros(amount)),
        b'n' => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

/// A streaming answer that goes on until something ends it.
pub(crate) struct Until {
    body: Body,
    end: Pin<Box<dyn Future<Output = Status> + Send>>,
    ending: Option<Status>,
    ended: bool,
    /// Its caller's place among the streams.
    _places: Option<Places>,
}

impl Until {
    /// Lets `body` go on until `end` says how it ends, and holds its places as long.
    pub(crate) fn new(
        body: Body,
        end: impl Future<Output = Status> + Send + 'static,
        places: Option<Places>,
    ) -> Self {
        Self { body, end: Box::pin(end), ending: None, ended: false, _places: places }
    }

    /// The last frame: trailers that say why there is no more.
    fn finish(&mut self, why: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.ended = true;
        let mut trailers = HeaderMap::new();
        let written = why.add_header(&mut trailers);
        Poll::Ready(Some(written.map(|()| Frame::trailers(trailers))))
    }
}

impl HttpBody for Until {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if let Some(why) = self.ending.take() {
            return self.finish(&why);
        }
        let end = self.end.as_mut().poll(cx);
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match (end, frame) {
            (Poll::Pending, frame) => frame,
            (Poll::Ready(why), Poll::Pending) => self.finish(&why),
            // What is there already, such as the news of the end, still goes out.
            (Poll::Ready(why), frame) => {
                self.ending = Some(why);
                frame
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use http_body_util::BodyExt as _;
    use tonic::Code;

    fn headers(timeout: &str) -> HeaderMap {
        HeaderMap::from_iter([(GRPC_TIMEOUT, HeaderValue::from_str(timeout).unwrap())])
    }

    #[test]
    fn a_timeout_is_digits_and_a_unit() {
        for (text, expected) in [
            ("2H", Duration::from_secs(7200)),
            ("3M", Duration::from_secs(180)),
            ("10S", Duration::from_secs(10)),
            ("250m", Duration::from_millis(250)),
            ("99999999u", Duration::from_micros(99_999_999)),
            ("0n", Duration::ZERO),
        ] {
            assert_eq!(asked(&headers(text)).unwrap(), Some(expected), "{text}");
        }
        for text in ["", "S", "5", "123456789S", "-1S", "1.5S", "1s", "1 S", "+1S", "٣S"] {
            let refusal = asked(&headers(text)).unwrap_err();
            assert_eq!(refusal.code(), Code::InvalidArgument, "{text}");
        }
    }

    #[test]
    fn a_call_has_the_default_and_at_most_the_longest() {
        let deadlines = Deadlines::default();
        assert_eq!(deadlines.of_call(&HeaderMap::new()).unwrap(), deadlines.default);
        assert_eq!(deadlines.of_call(&headers("299S")).unwrap(), Duration::from_secs(299));
        assert_eq!(deadlines.of_call(&headers("300S")).unwrap(), Duration::from_secs(300));
        assert_eq!(deadlines.of_call(&headers("301S")).unwrap(), Duration::from_secs(300));
    }

    #[test]
    fn a_stream_has_what_its_caller_asks_for_and_at_most_an_hour() {
        let allowed = |timeout: &str| Deadlines::default().of_stream(&headers(timeout)).unwrap();
        let hour = Duration::from_secs(3600);
        assert_eq!(
            Deadlines::default().of_stream(&HeaderMap::new()).unwrap(),
            Allowed::Longest(hour)
        );
        assert_eq!(allowed("3599S"), Allowed::Asked(Duration::from_secs(3599)));
        assert_eq!(allowed("3600S"), Allowed::Asked(hour));
        assert_eq!(allowed("3601S"), Allowed::Longest(hour));
    }

    #[tokio::test]
    async fn a_stream_ends_after_what_is_there() {
        let news = futures_util::stream::iter([Ok::<_, Status>(Frame::data("news".into()))]);
        let news = http_body_util::StreamBody::new(news.chain(futures_util::stream::pending()));
        let body = Until::new(Body::new(news), async { status::shutting_down() }, None);
        let end = body.collect().await.unwrap();
        let status = Status::from_header_map(end.trailers().unwrap()).unwrap();
        assert_eq!((status.code(), end.to_bytes()), (Code::Unavailable, "news".into()));
    }
}
