//! One connection to an instance of the service: made when it is first needed, made again when it has ended.
//!
//! It speaks HTTP/2 through the `h2` crate itself. A client of hyper's would put two queues and two tasks between a call and
//! its frames; here a call puts its frames where the connection takes them, and one task writes and reads for all.

use std::{
    future::{pending, poll_fn},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use h2::{
    Ping, PingPong, SendStream,
    client::{Builder, Connection, ResponseFuture, SendRequest},
};
use http::{Method, Request, Response, Uri, Version, uri::Parts};
use tokio::{
    net::TcpStream,
    sync::{Mutex as Turn, watch},
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};
use tonic::{Status, body::Body};

use super::{Head, received::Received, trouble};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(2);
/// How often the other side is asked whether it is still there, and how long it may take to say so.
const PING: Duration = Duration::from_secs(20);
/// What the service may send of all answers before they are read.
const CONNECTION_WINDOW: u32 = 16 << 20;
/// The largest frame taken, so that an answer comes in one piece.
const FRAME: u32 = 1 << 20;
/// The largest head of an answer.
const HEAD: u32 = 64 << 10;

/// The way to one instance. Cheap to clone; clones are one and the same.
#[derive(Clone)]
pub(super) struct Link(Arc<Shared>);

/// What a link is for. Calls and streams have links of their own: of the window that all answers share, streams whose readers are
/// slow could take everything, and the calls would wait for them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    /// Answers that are read as soon as they come.
    Calls,
    /// Answers that are read as fast as a client takes them.
    Streams,
}

impl Use {
    /// What the service may send of one answer before it is read: more than almost any that is read at once; of a stream so little
    /// that all that there may be fit into the window they share.
    fn window(self) -> u32 {
        match self {
            Self::Calls => 2 << 20,
            Self::Streams => 128 << 10,
        }
    }
}

struct Shared {
    instance: Uri,
    used_for: Use,
    open: Mutex<Option<Open>>,
    /// Whose turn it is to make a connection: one at a time, for all who wait.
    turn: Turn<()>,
    /// How many attempts to make one have ended.
    attempts: AtomicU64,
    /// Counts the connections of all links together.
    connections: watch::Sender<u64>,
}

/// A connection, and which one of this link's it is.
#[derive(Clone)]
struct Open {
    sender: SendRequest<Bytes>,
    number: u64,
}

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("no connection could be made: {0}")]
    Connect(#[from] std::io::Error),
    #[error("a connection took too long to be made")]
    Slow(#[from] tokio::time::error::Elapsed),
    #[error("another call found that no connection can be made")]
    Away,
    #[error("the connection does not serve: {0}")]
    Http2(#[from] h2::Error),
}

impl From<Broken> for Status {
    fn from(broken: Broken) -> Self {
        trouble::unanswered(&broken)
    }
}

impl Link {
    pub(super) fn to(instance: Uri, used_for: Use, connections: watch::Sender<u64>) -> Self {
        let (open, turn, attempts) = (Mutex::default(), Turn::default(), AtomicU64::default());
        Self(Arc::new(Shared { instance, used_for, open, turn, attempts, connections }))
    }

    /// Sends one call with its one message, and waits for the head of the answer.
    ///
    /// # Errors
    /// The instance is not there, or the connection broke.
    pub(super) async fn call(&self, head: Head, message: Bytes) -> Result<Response<Body>, Status> {
        let (answer, mut body) = self.send(head).await?;
        body.send_data(message, true).map_err(Broken::from)?;
        received(answer).await
    }

    /// Begins a call of several messages: its answer, which may come at any time, and where the messages go. Dropping both
    /// takes the call back.
    ///
    /// # Errors
    /// The instance is not there, or the connection broke.
    pub(super) async fn begin(
        &self,
        head: Head,
    ) -> Result<
        (impl Future<Output = Result<Response<Body>, Status>> + use<>, SendStream<Bytes>),
        Status,
    > {
        let (answer, messages) = self.send(head).await?;
        Ok((received(answer), messages))
    }

    /// Sends the head of a call. That a connection has ended is found out here at the latest, before anything is sent: then the call takes
    /// a new one.
    async fn send(&self, head: Head) -> Result<(ResponseFuture, SendStream<Bytes>), Broken> {
        let mut open = self.connection().await?;
        if poll_fn(|context| open.sender.poll_ready(context)).await.is_err() {
            self.forget(open.number);
            open = self.connection().await?;
            poll_fn(|context| open.sender.poll_ready(context)).await?;
        }
        let sent = open.sender.send_request(self.request(head), false);
        Ok(sent.inspect_err(|_| self.forget(open.number))?)
    }

    fn request(&self, head: Head) -> Request<()> {
        let mut parts = Parts::default();
        parts.scheme = self.0.instance.scheme().cloned();
        parts.authority = self.0.instance.authority().cloned();
        parts.path_and_query = Some(head.path);
        let mut request = Request::new(());
        *request.method_mut() = Method::POST;
        *request.version_mut() = Version::HTTP_2;
        // Scheme, authority and path are all that a target needs.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        *request.headers_mut() = head.headers;
        request
    }

    /// The connection that is there, or a new one.
    async fn connection(&self) -> Result<Open, Broken> {
        match self.open() {
            Some(open) => Ok(open),
            // In a box, because few calls wait for one and all would be as large.
            None => Box::pin(self.new_connection()).await,
        }
    }

    async fn new_connection(&self) -> Result<Open, Broken> {
        let before = self.0.attempts.load(Ordering::Acquire);
        let _turn = self.0.turn.lock().await;
        if let Some(open) = self.open() {
            return Ok(open);
        }
        // Whoever waited while the attempt failed has waited for it, too.
        let number = self.0.attempts.load(Ordering::Acquire);
        if number != before {
            return Err(Broken::Away);
        }
        let made = timeout(CONNECT, self.connect()).await;
        self.0.attempts.store(number + 1, Ordering::Release);
        let (sender, connection) = made??;
        let open = Open { sender, number };
        *self.0.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(open.clone());
        self.0.connections.send_modify(|count| *count += 1);
        let link = self.clone();
        tokio::spawn(async move {
            attend(connection).await;
            link.forget(number);
        });
        Ok(open)
    }

    fn open(&self) -> Option<Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the connection of that number out of use, if it still is in use.
    fn forget(&self, number: u64) {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.take_if(|open| open.number == number);
    }

    async fn connect(&self) -> Result<(SendRequest<Bytes>, Connection<TcpStream, Bytes>), Broken> {
        let host = self.0.instance.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, self.0.instance.port_u16().unwrap_or(80))).await?;
        stream.set_nodelay(true)?;
        let made = Builder::new()
            .initial_window_size(self.0.used_for.window())
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_frame_size(FRAME)
            .max_header_list_size(HEAD)
            .enable_push(false)
            .handshake(stream)
            .await?;
        Ok(made)
    }
}

/// The answer of a call, once its head is there.
async fn received(answer: ResponseFuture) -> Result<Response<Body>, Status> {
    let answer = answer.await.map_err(Broken::from)?;
    Ok(answer.map(|stream| Body::new(Received::of(stream))))
}

/// Writes and reads for all calls until the connection ends, or its other side no longer answers.
async fn attend(mut connection: Connection<TcpStream, Bytes>) {
    let pings = connection.ping_pong();
    // A task of its own, so that what wakes it wakes nothing else.
    let mut connected = tokio::spawn(connection);
    let silent = async {
        match pings {
            Some(pings) => silence(pings, PING).await,
            None => pending().await,
        }
    };
    tokio::select! {
        ended = &mut connected => tracing::debug!(?ended, "a connection to the service ended"),
        () = silent => {
            tracing::debug!("the service has fallen silent");
            connected.abort();
        }
    }
}

/// Comes when a PING was not answered in the time after which there is a next one.
async fn silence(mut pings: PingPong, every: Duration) {
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match timeout(every, pings.ping(Ping::opaque())).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt as _, duplex};

    use super::*;

    const SOON: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn another_side_that_answers_no_ping_is_found_out_and_one_that_does_is_not() {
        let (client, mut server) = duplex(1 << 10);
        // An empty SETTINGS, and never anything else.
        server.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
        let (_sender, mut connection) = h2::client::handshake(client).await.unwrap();
        let pings = connection.ping_pong().unwrap();
        let connected = tokio::spawn(connection);
        silence(pings, SOON).await;
        assert!(!connected.is_finished());

        let (client, server) = duplex(1 << 10);
        let served =
            tokio::spawn(async { h2::server::handshake(server).await?.accept().await.transpose() });
        let (_sender, mut connection) = h2::client::handshake(client).await.unwrap();
        let pings = connection.ping_pong().unwrap();
        let _connected = tokio::spawn(connection);
        assert!(timeout(SOON * 20, silence(pings, SOON)).await.is_err());
        assert!(!served.is_finished());
    }

    #[tokio::test]
    async fn whoever_waited_for_an_attempt_does_not_make_another() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let instance = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        drop(listener);
        let link = Link::to(instance, Use::Calls, watch::Sender::default());
        let turn = link.0.turn.lock().await;
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let link = link.clone();
                tokio::spawn(async move { link.connection().await.err() })
            })
            .collect();
        // All of them wait for their turn now.
        tokio::task::yield_now().await;
        drop(turn);
        let mut away = 0;
        for waiting in waiting {
            away += usize::from(matches!(waiting.await.unwrap(), Some(Broken::Away)));
        }
        assert_eq!((away, link.0.attempts.load(Ordering::Relaxed)), (2, 1));
    }
}
