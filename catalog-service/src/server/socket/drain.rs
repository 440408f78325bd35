//! Early refusals over HTTP/1: what the client is still writing is read away first, so that it sees the answer.
//!
//! HTTP/1 has no way to say "stop sending". An answer given in the middle of a body ends in a broken pipe at the client.
//! The rest is read up to a size and for a time; a client that sends more finds the connection closed.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::Either;
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tonic::{Status, body::Body};
use tower::BoxError;

/// How much is read away: the largest message in base64, and its frame.
const MOST: usize = 6 << 20;

/// How long that may take.
const LONGEST: Duration = Duration::from_secs(5);

/// Calls the service, and after an early refusal over HTTP/1 reads what is left of the request.
pub(super) fn answered<B, F, Fut>(
    request: Request<B>,
    call: F,
) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
    F: FnOnce(Request<Body>) -> Fut + Send,
    Fut: Future<Output = Result<Response<Body>, Infallible>> + Send,
{
    match request.version() {
        Version::HTTP_2 | Version::HTTP_3 => Either::Left(call(request.map(Body::new))),
        _ => Either::Right(Box::pin(answered_and_read_away(request, call))),
    }
}

async fn answered_and_read_away<B, F, Fut>(
    request: Request<B>,
    call: F,
) -> Result<Response<Body>, Infallible>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
    F: FnOnce(Request<Body>) -> Fut,
    Fut: Future<Output = Result<Response<Body>, Infallible>>,
{
    let (parts, body) = request.into_parts();
    let shared = Shared(Arc::new(Mutex::new(Some(body))));
    let mut response = call(Request::from_parts(parts, Body::new(shared.clone()))).await?;
    if is_refusal(&response) && !shared.read_away().await {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

fn is_refusal<B>(response: &Response<B>) -> bool {
    response.status() != StatusCode::OK || response.headers().contains_key(Status::GRPC_STATUS)
}

/// A body that the service reads and that can be taken back from it.
struct Shared<B>(Arc<Mutex<Option<B>>>);

impl<B> Clone for Shared<B> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> Shared<B> {
    /// Reads the rest; whether it came to its end within size and time.
    async fn read_away(self) -> bool {
        let Some(mut body) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return true;
        };
        let reading = async {
            let mut read = 0;
            while let Some(frame) = body.frame().await {
                let Ok(frame) = frame else { return false };
                read += frame.data_ref().map_or(0, Bytes::len);
                if read > MOST {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(LONGEST, reading).await.unwrap_or(false)
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Shared<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.as_mut().map_or(Poll::Ready(None), |body| Pin::new(body).poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.as_ref().map_or_else(SizeHint::default, HttpBody::size_hint)
    }
}
