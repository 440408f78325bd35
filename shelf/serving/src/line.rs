//! The bytes of one connection, with an eye on the clock: a head that does not end, a client that does not read.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep},
};

/// How long a line waits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How long a head may take from its first byte.
    pub head: Duration,
    /// How long a client may read nothing while there is something for it.
    pub stall: Duration,
}

/// Nothing was asked, or everything answered.
const IDLE: u8 = 0;
/// A head has begun to arrive.
const HEAD_BEGUN: u8 = 1;
/// A request is being answered.
const BUSY: u8 = 2;
/// HTTP/2: frames come at any time, and its own limits and PINGs watch over them.
const FRAMES: u8 = 3;

/// How an HTTP/2 connection begins (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// What is going on: told by the service and read by the line, and the other way round.
#[derive(Clone, Debug, Default)]
pub struct Activity(Arc<State>);

#[derive(Debug, Default)]
struct State {
    doing: AtomicU8,
    /// The client's system takes no more bytes just now, and the line watches over that.
    full: AtomicBool,
}

impl Activity {
    /// A request has arrived whole.
    pub fn asked(&self, http2: bool) {
        self.0.doing.store(if http2 { FRAMES } else { BUSY }, Ordering::Relaxed);
    }

    /// It was answered.
    pub fn answered(&self) {
        let idle = |now| (now == BUSY).then_some(IDLE);
        // HTTP/2 stays what it is.
        let _ = self.0.doing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, idle);
    }

    /// Whether what there is to send waits for the line, and not for the client's leave.
    pub fn is_full(&self) -> bool {
        self.0.full.load(Ordering::Relaxed)
    }

    fn is(&self, state: u8) -> bool {
        self.0.doing.load(Ordering::Relaxed) == state
    }
}

/// A connection that gives up on slow heads and on clients that do not read.
pub struct Line<S = TcpStream> {
    stream: S,
    activity: Activity,
    patience: Patience,
    head: Option<Pin<Box<Sleep>>>,
    stall: Option<Pin<Box<Sleep>>>,
}

impl<S> Line<S> {
    /// The bytes of `stream`, as patient as that; `activity` tells what goes on.
    pub fn new(stream: S, activity: Activity, patience: Patience) -> Self {
        Self { stream, activity, patience, head: None, stall: None }
    }

    /// Notes the first bytes of a head, and says when it has taken too long.
    fn watch_head(&mut self, context: &mut Context<'_>, received: &[u8]) -> Poll<io::Error> {
        if !received.is_empty() && self.activity.is(IDLE) {
            let begun = if received.starts_with(PREFACE) { FRAMES } else { HEAD_BEGUN };
            self.activity.0.doing.store(begun, Ordering::Relaxed);
            self.head = Some(after(self.patience.head));
        }
        if !self.activity.is(HEAD_BEGUN) {
            self.head = None;
        }
        match &mut self.head {
            None => Poll::Pending,
            Some(timer) => timer.as_mut().poll(context).map(|()| late("the head took too long")),
        }
    }

    fn watch_writing<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.activity.0.full.store(written.is_pending(), Ordering::Relaxed);
        if written.is_ready() {
            self.stall = None;
            return written;
        }
        let stall = self.patience.stall;
        ready!(self.stall.get_or_insert_with(|| after(stall)).as_mut().poll(context));
        Poll::Ready(Err(late("the client does not read")))
    }
}

fn after(time: Duration) -> Pin<Box<Sleep>> {
    Box::pin(tokio::time::sleep_until(Instant::now() + time))
}

fn late(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match self.watch_head(context, &buffer.filled()[before..]) {
            Poll::Ready(error) => Poll::Ready(Err(error)),
            Poll::Pending => read,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch_writing(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watch_writing(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.watch_writing(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch_writing(context, shut)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const SOON: Patience =
        Patience { head: Duration::from_millis(5), stall: Duration::from_millis(5) };

    #[tokio::test]
    async fn a_head_that_does_not_end_is_given_up() {
        let (mut client, server) = duplex(64);
        let mut line = Line::new(server, Activity::default(), SOON);
        client.write_all(b"GET / HT").await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(line.read(&mut buffer).await.unwrap(), 8);
        let error = line.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn an_idle_line_and_a_busy_one_are_left_alone() {
        let (mut client, server) = duplex(64);
        let activity = Activity::default();
        let mut line = Line::new(server, activity.clone(), SOON);
        let mut buffer = [0; 64];
        let long = SOON.head * 4;
        assert!(tokio::time::timeout(long, line.read(&mut buffer)).await.is_err());
        client.write_all(b"POST / HTTP/1.1").await.unwrap();
        assert_eq!(line.read(&mut buffer).await.unwrap(), 15);
        activity.asked(false);
        assert!(tokio::time::timeout(long, line.read(&mut buffer)).await.is_err());
        activity.answered();
        assert!(tokio::time::timeout(long, line.read(&mut buffer)).await.is_err());
    }

    #[tokio::test]
    async fn an_http2_line_may_be_silent_before_its_first_request() {
        let (mut client, server) = duplex(64);
        let mut line = Line::new(server, Activity::default(), SOON);
        client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(line.read(&mut buffer).await.unwrap(), 24);
        assert!(tokio::time::timeout(SOON.head * 4, line.read(&mut buffer)).await.is_err());
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_given_up() {
        let ((mut client, server), activity) = (duplex(8), Activity::default());
        let mut line = Line::new(server, activity.clone(), SOON);
        let error = line.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!((error.kind(), activity.is_full()), (io::ErrorKind::TimedOut, true));
        client.read_exact(&mut [0; 8]).await.unwrap();
        line.write_all(&[0; 8]).await.unwrap();
        assert!(!activity.is_full());
    }
}
