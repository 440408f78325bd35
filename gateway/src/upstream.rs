//! The way to the catalog-service: lazy, balanced, retried connections, or the service itself in the same process.
//!
//! It never looks into a reply. Nothing is sent twice once a byte of the answer is out, and no write without a `request_id`.

mod link;
mod links;
mod messages;
mod outgoing;
mod received;
mod retry;
mod streams;
mod trouble;
mod unary;
mod upload;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes};
use futures_util::{FutureExt as _, future::Either};
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, Uri, Version, header, uri::PathAndQuery,
};
use http_body_util::{BodyExt as _, Full};
use serving::Call;
use tokio::{
    sync::watch,
    time::{Instant, error::Elapsed},
};
use tonic::{Status, body::Body};
use tower::{Service, ServiceExt as _};
use transcoder::Rpc;

use link::Use;
use links::Links;
pub(crate) use messages::Messages;
pub use outgoing::Outgoing;
pub(crate) use trouble::{DOMAIN, stopping, too_large, unreadable_frame, worded};
pub use trouble::{deadline_exceeded, unreachable};
pub(crate) use unary::{PREFIX, Reply, begin, end};
pub(crate) use upload::{Sender, Upload};

use crate::contract;

/// Any error of a tower service.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An answer of the service that is still on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

/// A whole answer that is still on its way.
type WholeAnswer = Pin<Box<dyn Future<Output = Result<serving::Answer, Status>> + Send>>;

/// Room for the headers of a call.
const ROOM: usize = 8;

/// Room for what a call within the process carries beside its message: id, address, deadline, credentials, and two others.
const ROOM_WITHIN: usize = 6;

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
    Here(Here),
    There(Arc<Instances>),
}

/// The service in this process.
#[derive(Clone)]
struct Here {
    /// Takes calls as they would come over a socket.
    framed: Arc<dyn Fn(Request<Body>) -> Answer + Send + Sync>,
    /// Takes the messages of unary calls as they are.
    whole: Option<Arc<dyn Fn(Call) -> WholeAnswer + Send + Sync>>,
}

/// The head of a call, whoever it goes to.
struct Head {
    path: PathAndQuery,
    headers: HeaderMap,
}

/// The instances of the service, with the links that each use has of its own.
struct Instances {
    calls: Links,
    streams: Links,
}

/// What a call asks for.
#[derive(Clone, Copy)]
pub(crate) enum Target<'p> {
    /// A method of a contract.
    Method(&'p Rpc),
    /// Something beside it.
    Path(&'static str),
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
        Self { way: Way::Here(Here { framed: Arc::new(call), whole: None }), outgoing: None }
    }

    /// The same service, which takes the messages of unary calls by `answer` as well: what is not sent need not be framed.
    #[must_use]
    pub fn with_whole_calls<F>(self, answer: impl Fn(Call) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<serving::Answer, Status>> + Send + 'static,
    {
        let answer = move |call| -> WholeAnswer { Box::pin(answer(call)) };
        let way = match self.way {
            Way::Here(here) => Way::Here(Here { whole: Some(Arc::new(answer)), ..here }),
            there @ Way::There(_) => there,
        };
        Self { way, ..self }
    }

    /// Connections to one or more instances of the service, made when they are first needed and again when they break.
    pub fn connect(instances: &[Uri]) -> Self {
        let calls = Links::to(instances, Use::Calls);
        let streams = Links::to(instances, Use::Streams);
        Self { way: Way::There(Arc::new(Instances { calls, streams })), outgoing: None }
    }

    /// How many connections for calls were made so far, whenever there is another; none are made within one process.
    pub(crate) fn connections(&self) -> Option<watch::Receiver<u64>> {
        match &self.way {
            Way::Here(_) => None,
            Way::There(instances) => Some(instances.calls.connections()),
        }
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
    pub(crate) fn unary<'c>(
        &'c self,
        target: Target<'c>,
        outgoing: &'c Outgoing,
        message: Bytes,
        most: usize,
    ) -> impl Future<Output = Result<Reply, Status>> + Send + 'c {
        match (&self.way, target) {
            (Way::Here(Here { whole: Some(answer), .. }), Target::Method(rpc)) => {
                Either::Left(async move {
                    let answer = answer(whole(rpc, outgoing, message)?);
                    Reply::of(in_time(outgoing.deadline(), answer).await?, most)
                })
            }
            // In a box, so that a call within the process is no larger than it has to be.
            _ => Either::Right(Box::pin(self.framed(target, outgoing, message, most))),
        }
    }

    /// The same, as it goes over a socket.
    async fn framed(
        &self,
        target: Target<'_>,
        outgoing: &Outgoing,
        message: Bytes,
        most: usize,
    ) -> Result<Reply, Status> {
        let path = target.path()?;
        let head = || Head::stamped(path.clone(), outgoing);
        let answer = async {
            match &self.way {
                Way::Here(here) => (here.framed)(head()?.request(message)).await,
                Way::There(instances) => {
                    retry::call(&instances.calls, target.rpc(), head, message).await
                }
            }
        };
        unary::read(in_time(outgoing.deadline(), answer).await?, most).await
    }
}

impl<'p> Target<'p> {
    fn path(self) -> Result<PathAndQuery, Status> {
        let path = match self {
            Self::Path(path) => return Ok(PathAndQuery::from_static(path)),
            Self::Method(rpc) => rpc.grpc_path(),
        };
        PathAndQuery::try_from(path).map_err(|_| Status::internal("the method has no path"))
    }

    fn rpc(self) -> Option<&'p Rpc> {
        match self {
            Self::Method(rpc) => Some(rpc),
            Self::Path(_) => None,
        }
    }
}

/// What comes before the deadline, if there is one.
///
/// Not `async`: that would hold the answer twice, as what was given and as what is awaited.
fn in_time<T, F: Future<Output = Result<T, Status>>>(
    deadline: Option<Instant>,
    answer: F,
) -> impl Future<Output = Result<T, Status>> + use<T, F> {
    match deadline {
        None => Either::Left(answer),
        Some(deadline) => {
            let late =
                |answer: Result<_, Elapsed>| answer.unwrap_or_else(|_| Err(deadline_exceeded()));
            Either::Right(tokio::time::timeout_at(deadline, answer).map(late))
        }
    }
}

/// A call within the process, of a frame whose message goes without it.
fn whole(rpc: &Rpc, outgoing: &Outgoing, mut frame: Bytes) -> Result<Call, Status> {
    let mut headers = HeaderMap::with_capacity(ROOM_WITHIN);
    outgoing.stamp(&mut headers)?;
    frame.advance(PREFIX);
    Ok(Call { path: rpc.grpc_path().to_owned(), headers, message: frame })
}

impl Head {
    fn of(request: &http::request::Parts) -> Self {
        let path = request.uri.path_and_query().cloned();
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
        Self { path, headers: request.headers.clone() }
    }

    /// The head of a call of our own.
    fn stamped(path: PathAndQuery, outgoing: &Outgoing) -> Result<Self, Status> {
        let mut headers = HeaderMap::with_capacity(ROOM);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        outgoing.stamp(&mut headers)?;
        Ok(Self { path, headers })
    }

    /// The call with its one message, for the service in this process.
    fn request(self, message: Bytes) -> Request<Body> {
        self.request_of(Body::new(Full::new(message)))
    }

    /// The call with its messages, for the service in this process.
    fn request_of(self, messages: Body) -> Request<Body> {
        let mut request = Request::new(messages);
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        *request.uri_mut() = self.path.into();
        *request.headers_mut() = self.headers;
        request
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
        let deadline = outgoing.and_then(|outgoing| outgoing.deadline());
        let answer: Answer = match &self.way {
            Way::Here(here) => (here.framed)(request),
            Way::There(instances) => {
                let instances = Arc::clone(instances);
                Box::pin(async move {
                    let (head, body) = request.into_parts();
                    // Every method of the contract takes one message.
                    let message = body.collect().await?.to_bytes();
                    let again = || Ok(Head::of(&head));
                    let rpc = contract::method(head.uri.path());
                    let links = match rpc.is_some_and(Rpc::server_streaming) {
                        true => &instances.streams,
                        false => &instances.calls,
                    };
                    retry::call(links, rpc, again, message).await
                })
            }
        };
        match deadline {
            None => answer,
            deadline => Box::pin(in_time(deadline, answer)),
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
