//! What stands between a connection and the service itself: one stack, in this order.
//!
//! Everything here is about HTTP and foreign pages. What is promised of every call, also of one within the process, is
//! not here but in `grpc`.

mod check;
mod cors;
mod drain;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod guard;
mod hosts;

use std::{any::Any, convert::Infallible};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body::Body as HttpBody;
use tonic::body::Body;
use tonic_web::GrpcWebLayer;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt as _, util::BoxCloneSyncService};
use tower_http::catch_panic::CatchPanicLayer;

use self::check::CheckLayer;
pub(crate) use self::hosts::Hosts;
use crate::config::Origin;

/// The stack that answers what comes over a socket.
#[derive(Clone, Debug)]
pub(crate) struct Socket(BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>);

impl Socket {
    /// Puts the layers around the service itself.
    pub(crate) fn new<S>(hosts: Hosts, origins: &[Origin], service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
        S: Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
    {
        let stack = ServiceBuilder::new()
            .map_response(|response: Response<_>| response.map(Body::new))
            // A panic in a layer below becomes an answer; the connection and its other calls go on.
            .layer(CatchPanicLayer::custom(panicked))
            // A page that has made a foreign name point at this machine gets no further (DNS rebinding).
            .layer(CheckLayer::new(move |request: &Request<Body>| hosts.refusal(request)))
            // Before the guard, because a preflight is an OPTIONS request.
            .option_layer((!origins.is_empty()).then(|| cors::layer(origins)))
            // tonic runs a framed body whatever its type and method; foreign pages can send some types unasked.
            .layer(CheckLayer::new(guard::refusal))
            // Browsers cannot read trailers; here they become part of the body.
            .layer(GrpcWebLayer::new())
            .service(service);
        Self(BoxCloneSyncService::new(stack))
    }

    /// Answers one request.
    pub(crate) fn answer<B>(
        self,
        request: Request<B>,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + Send
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        drain::answered(request, |request| self.0.oneshot(request))
    }
}

/// An answer of plain HTTP, for what is not gRPC at all. It is logged here, once.
fn refused(status: StatusCode, message: &'static str) -> Response<Body> {
    tracing::info!(status = status.as_u16(), why = message, "a request was refused");
    plain(status, message)
}

fn plain(status: StatusCode, message: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::new(http_body_util::Full::from(message)));
    *response.status_mut() = status;
    let plain_text = header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain_text);
    response
}

fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a layer of the socket panicked");
    plain(StatusCode::INTERNAL_SERVER_ERROR, "the service failed")
}

#[cfg(test)]
mod tests;
