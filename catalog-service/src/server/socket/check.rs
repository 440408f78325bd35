//! A layer that lets a request pass or answers it in place of the service.

use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::{Either, Ready, ready};
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

/// Puts a check before a service.
#[derive(Clone)]
pub(super) struct CheckLayer<F>(Arc<F>);

impl<F> CheckLayer<F>
where
    F: Fn(&Request<Body>) -> Option<Response<Body>>,
{
    /// Answers with the refusal of `check` where there is one.
    pub(super) fn new(check: F) -> Self {
        Self(Arc::new(check))
    }
}

impl<F, S> Layer<S> for CheckLayer<F> {
    type Service = Checked<F, S>;

    fn layer(&self, inner: S) -> Checked<F, S> {
        Checked { check: Arc::clone(&self.0), inner }
    }
}

/// A service behind a check.
pub(super) struct Checked<F, S> {
    check: Arc<F>,
    inner: S,
}

impl<F, S: Clone> Clone for Checked<F, S> {
    fn clone(&self) -> Self {
        Self { check: Arc::clone(&self.check), inner: self.inner.clone() }
    }
}

impl<F, S: fmt::Debug> fmt::Debug for Checked<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<F, S> Service<Request<Body>> for Checked<F, S>
where
    F: Fn(&Request<Body>) -> Option<Response<Body>>,
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response<Body>, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match (self.check)(&request) {
            None => Either::Left(self.inner.call(request)),
            Some(refusal) => Either::Right(ready(Ok(refusal))),
        }
    }
}
