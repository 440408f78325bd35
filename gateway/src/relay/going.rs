//! A relayed stream: it has a place among the streams while it goes on, and ends when the gateway stops.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Status, body::Body};

use crate::{app::Place, upstream::stopping};

/// What a stream is held by.
pub(crate) struct Going {
    place: Option<Place>,
    draining: CancellationToken,
}

impl Going {
    pub(super) fn new(place: Option<Place>, draining: CancellationToken) -> Self {
        Self { place, draining }
    }

    /// The body of an answer, for as long as the gateway goes on.
    pub(super) fn hold(self, body: Body) -> Body {
        let stopping = Box::pin(self.draining.cancelled_owned());
        Body::new(Held { body, stopping, ended: false, _place: self.place })
    }
}

struct Held {
    body: Body,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    ended: bool,
    _place: Option<Place>,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if self.stopping.as_mut().poll(context).is_ready() {
            self.ended = true;
            let mut trailers = HeaderMap::new();
            let told = stopping().add_header(&mut trailers);
            return Poll::Ready(Some(told.map(|()| Frame::trailers(trailers))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use http_body_util::{BodyExt as _, StreamBody};
    use tonic::Code;

    use super::*;

    #[tokio::test]
    async fn a_stream_goes_on_until_the_gateway_stops_and_then_says_so() {
        let news = stream::iter([Ok::<_, Status>(Frame::data(Bytes::from("news")))]);
        let news = StreamBody::new(news.chain(stream::pending()));
        let draining = CancellationToken::new();
        let mut body = Going::new(None, draining.clone()).hold(Body::new(news));
        let first = body.frame().await.unwrap().unwrap();
        assert_eq!(first.into_data().unwrap(), "news");
        draining.cancel();
        let end = body.collect().await.unwrap();
        let status = Status::from_header_map(end.trailers().unwrap()).unwrap();
        assert_eq!(status.code(), Code::Unavailable);
    }
}
