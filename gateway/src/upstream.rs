//! The way to the catalog-service: a lazy, balanced, retried channel, or the service itself in the same process.
//!
//! It never looks into a reply. Nothing is sent twice once a byte of the answer is out, and no write without a `request_id`.

mod outgoing;
mod reads;
mod retry;
mod trouble;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use tonic::{
    Status,
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::{Service, ServiceExt as _};

pub use outgoing::Outgoing;
pub(crate) use reads::reads;
pub(crate) use retry::Retries;
pub(crate) use trouble::{DOMAIN, too_large, with_own_words};
pub use trouble::{deadline_exceeded, unreachable};

/// Any error of a tower service.
type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An answer of the service that is still on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Status>> + Send>>;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);
/// How often an idle connection is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);

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
    There(Arc<Channels>),
}

/// One connection to every instance of the service, taken in turns.
struct Channels {
    channels: Vec<Channel>,
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
    ///
    /// Must be called within a tokio runtime.
    pub fn connect(instances: &[Uri]) -> Self {
        let channels = instances.iter().cloned().map(|uri| endpoint(uri).connect_lazy()).collect();
        let channels =
            Channels { channels, next: AtomicUsize::new(0), retries: Retries::of_the_contract() };
        Self { way: Way::There(Arc::new(channels)), outgoing: None }
    }

    /// The same way, with what every call of one request carries.
    #[must_use]
    pub fn sending(&self, outgoing: Arc<Outgoing>) -> Self {
        Self { way: self.way.clone(), outgoing: Some(outgoing) }
    }
}

fn endpoint(uri: Uri) -> Endpoint {
    Endpoint::from(uri)
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .keep_alive_while_idle(true)
}

impl Channels {
    /// The next instance's channel: a repeated call meets another one where there is one.
    fn next(&self) -> Option<Channel> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.channels.get(turn % self.channels.len().max(1)).cloned()
    }

    async fn call(&self, request: Request<Body>) -> Result<Response<Body>, Status> {
        let Some(mut channel) = self.next() else {
            return Err(unreachable());
        };
        let ready = channel.ready().await.map_err(|error| trouble::status(error.into()))?;
        match ready.call(request).await {
            Ok(answer) => Ok(answer.map(|body| {
                // A connection may also break in the middle of an answer.
                Body::new(body.map_err(|status| trouble::broken(&status)))
            })),
            Err(error) => Err(trouble::status(error.into())),
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
        let deadline = match self.outgoing.as_ref().map(|outgoing| outgoing.stamp(&mut request)) {
            Some(Err(late)) => return Box::pin(async { Err(late) }),
            Some(Ok(deadline)) => Some(deadline),
            None => None,
        };
        let answer: Answer = match &self.way {
            Way::Here(call) => call(request),
            Way::There(channels) => {
                let channels = Arc::clone(channels);
                Box::pin(async move { retry::call(&channels, request).await })
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
