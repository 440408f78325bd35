//! The way to the catalog-service: lazy, balanced, retried connections, or the service itself in the same process.
//!
//! It never looks into a reply. Nothing is sent twice once a byte of the answer is out, and no write without a `request_id`.

mod link;
mod outgoing;
mod received;
mod retry;
mod trouble;
mod unary;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, Uri, Version, header, uri::PathAndQuery,
};
use http_body_util::{BodyExt as _, Full};
use tonic::{Status, body::Body};
use tower::{Service, ServiceExt as _};

use link::Link;
pub use outgoing::Outgoing;
pub(crate) use retry::Retries;
pub(crate) use trouble::{DOMAIN, too_large, with_own_words};
pub use trouble::{deadline_exceeded, unreachable};
pub(crate) use unary::{PREFIX, Reply, begin, end};

/// Any error of a tower service.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An answer of the service that is still on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

/// Room for the headers of a call.
const ROOM: usize = 8;

/// The way to the catalog-service. Cloning is cheap; every generated client works over it.
///
/// What a caller's request adds to each call (credentials, deadline, request id) is put on by [`Upstream::sending`].
#[derive(Clone)]
pub struct Upstream {
    way: Way,
    outgoing: Option<Arc<Outgoing>>,
}

#[derive(Clone)]
enum Way {
    Here(Arc<dyn Fn(Request<Body>) -> Answer + Send + Sync>),
    There(Arc<Instances>),
}

/// The head of a call, whoever it goes to.
struct Head {
    path: PathAndQuery,
    headers: HeaderMap,
}

/// The instances of the service, taken in turns.
struct Instances {
    links: Vec<Link>,
    next: AtomicUsize,
    retries: Retries,
}

impl Upstream {
    /// The service itself, called in this process: no socket, no HTTP/2.
    pub fn in_process<S, B>(service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let call = move |request: Request<Body>| -> Answer {
            let answer = service.clone().oneshot(request);
            Box::pin(async move {
                match answer.await {
                    Ok(response) => Ok(response.map(Body::new)),
                    Err(error) => Err(trouble::status(error.into())),
                }
            })
        };
        Self { way: Way::Here(Arc::new(call)), outgoing: None }
    }

    /// Connections to one or more instances of the service, made when they are first needed and again when they break.
    pub fn connect(instances: &[Uri]) -> Self {
        let links = instances.iter().cloned().map(Link::to).collect();
        let (next, retries) = (AtomicUsize::new(0), Retries::default());
        Self { way: Way::There(Arc::new(Instances { links, next, retries })), outgoing: None }
    }

    /// The same way, with what every call of one request carries.
    #[must_use]
    pub fn sending(&self, outgoing: Arc<Outgoing>) -> Self {
        Self { way: self.way.clone(), outgoing: Some(outgoing) }
    }
}

impl Upstream {
    /// Calls a method with the frame of a message, as [`begin`] and [`end`] make it; the reply may be `most` bytes long.
    ///
    /// # Errors
    /// Whatever the service answers but success, and whatever keeps it from answering.
    pub(crate) async fn unary(
        &self,
        path: &'static str,
        outgoing: &Outgoing,
        message: Bytes,
        most: usize,
    ) -> Result<Reply, Status> {
        let head = || {
            let mut headers = HeaderMap::with_capacity(ROOM);
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
            headers.insert(header::TE, HeaderValue::from_static("trailers"));
            outgoing.stamp(&mut headers)?;
            Ok(Head { path: PathAndQuery::from_static(path), headers })
        };
        let answer = async {
            match &self.way {
                Way::Here(call) => call(head()?.request(message)).await,
                Way::There(instances) => retry::call(instances, path, head, message).await,
            }
        };
        let answer = tokio::time::timeout_at(outgoing.deadline(), answer).await;
        unary::read(answer.unwrap_or_else(|_| Err(deadline_exceeded()))?, most).await
    }
}

impl Head {
    fn of(request: &http::request::Parts) -> Self {
        let path = request.uri.path_and_query().cloned();
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
        Self { path, headers: request.headers.clone() }
    }

    /// The call with its one message, for the service in this process.
    fn request(self, message: Bytes) -> Request<Body> {
        let mut request = Request::new(Body::new(Full::new(message)));
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = self.path.into();
        *request.headers_mut() = self.headers;
        request
    }
}

impl Instances {
    /// The next instance: a repeated call meets another one where there is one.
    fn next(&self) -> Option<&Link> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.links.get(turn % self.links.len().max(1))
    }

    async fn call(&self, head: Head, message: Bytes) -> Result<Response<Body>, Status> {
        match self.next() {
            Some(link) => link.call(head, message).await,
            None => Err(unreachable()),
        }
    }
}

impl Service<Request<Body>> for Upstream {
    type Response = Response<Body>;
    type Error = Status;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Answer {
        let outgoing = self.outgoing.as_ref();
        if let Some(Err(late)) = outgoing.map(|outgoing| outgoing.stamp(request.headers_mut())) {
            return Box::pin(async { Err(late) });
        }
        let deadline = outgoing.map(|outgoing| outgoing.deadline());
        let answer: Answer = match &self.way {
            Way::Here(call) => call(request),
            Way::There(instances) => {
                let instances = Arc::clone(instances);
                Box::pin(async move {
                    let (head, body) = request.into_parts();
                    // Every method of the contract takes one message.
                    let message = body.collect().await?.to_bytes();
                    let again = || Ok(Head::of(&head));
                    retry::call(&instances, head.uri.path(), again, message).await
                })
            }
        };
        match deadline {
            None => answer,
            Some(deadline) => Box::pin(async move {
                match tokio::time::timeout_at(deadline, answer).await {
                    Ok(answered) => answered,
                    Err(_) => Err(deadline_exceeded()),
                }
            }),
        }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match &self.way {
            Way::Here(_) => "in process",
            Way::There(_) => "connected",
        };
        f.debug_tuple("Upstream").field(&way).finish()
    }
}
