//! What a connection writes, gathered until it has nothing more to do for now: many small answers leave in one write.
//!
//! HTTP/2 would otherwise write each answer by itself, and to the kernel a small write costs nearly what a large one does.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How much is gathered; what is longer goes by itself and is not copied.
const ROOM: usize = 16 << 10;

/// A stream whose flush waits until the connection rests: [`crate::AtOnce::drive`] then sends what was gathered. The stream itself has
/// nothing to flush, as sockets have not.
///
/// Cheap to clone; clones are one and the same: one for the connection, and one for its owner.
#[derive(Debug)]
pub struct Gather<S>(Arc<Mutex<Inner<S>>>);

#[derive(Debug)]
struct Inner<S> {
    stream: S,
    /// What was written and has not left.
    gathered: Vec<u8>,
    /// How much of that has left.
    sent: usize,
    /// Why nothing more can be sent, for the connection to be told.
    failed: Option<io::Error>,
}

impl<S> Clone for Gather<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> Gather<S> {
    /// Nothing gathered yet.
    pub fn new(stream: S) -> Self {
        let inner = Inner { stream, gathered: Vec::new(), sent: 0, failed: None };
        Self(Arc::new(Mutex::new(inner)))
    }

    fn inner(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AsyncWrite + Unpin> Gather<S> {
    /// Sends what was gathered. False when that has failed: the connection is told when it is polled.
    pub(crate) fn poll_send(&self, context: &mut Context<'_>) -> Poll<bool> {
        let mut inner = self.inner();
        match ready!(inner.poll_send(context)) {
            Ok(()) => Poll::Ready(true),
            Err(error) => {
                inner.failed = Some(error);
                Poll::Ready(false)
            }
        }
    }
}

impl<S> Inner<S> {
    fn failure(&mut self) -> io::Result<()> {
        self.failed.take().map_or(Ok(()), Err)
    }
}

impl<S: AsyncWrite + Unpin> Inner<S> {
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.gathered.len() {
            let rest = &self.gathered[self.sent..];
            match ready!(Pin::new(&mut self.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.sent += sent,
            }
        }
        self.gathered.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }

    /// Takes all of it where there is room, or makes room.
    fn poll_gather(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.failure()?;
        let length = bytes.iter().map(|part| part.len()).sum();
        if self.gathered.len() + length > ROOM {
            ready!(self.poll_send(context))?;
        }
        if length > ROOM {
            return Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        }
        bytes.iter().for_each(|part| self.gathered.extend_from_slice(part));
        Poll::Ready(Ok(length))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gather<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = self.inner();
        inner.failure()?;
        Pin::new(&mut inner.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gather<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.inner().poll_gather(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.inner().poll_gather(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// It leaves with what else there will be.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.inner().failure())
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut inner = self.inner();
        ready!(inner.poll_send(context))?;
        Pin::new(&mut inner.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    /// A gathering end, and the other.
    fn line(room: usize) -> (Gather<DuplexStream>, DuplexStream) {
        let (here, there) = duplex(room);
        (Gather::new(here), there)
    }

    async fn send(gather: &Gather<DuplexStream>) -> bool {
        poll_fn(|context| gather.poll_send(context)).await
    }

    async fn all_of(mut there: DuplexStream) -> Vec<u8> {
        let mut received = Vec::new();
        there.read_to_end(&mut received).await.unwrap();
        received
    }

    #[tokio::test]
    async fn nothing_leaves_before_it_is_sent() {
        let (mut gather, mut there) = line(1 << 20);
        gather.write_all(b"one ").await.unwrap();
        gather.flush().await.unwrap();
        gather.write_all(b"two").await.unwrap();
        let mut received = [0; 16];
        assert!(futures_poll(there.read(&mut received)).await.is_none());
        assert!(send(&gather).await);
        assert_eq!(there.read(&mut received).await.unwrap(), 7);
        assert_eq!(&received[..7], b"one two");
    }

    /// What a future has come to by now.
    async fn futures_poll<T>(future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        poll_fn(|context| {
            Poll::Ready(match future.as_mut().poll(context) {
                Poll::Ready(done) => Some(done),
                Poll::Pending => None,
            })
        })
        .await
    }

    #[tokio::test]
    async fn all_arrives_in_order_whatever_its_size() {
        let (mut gather, there) = line(1000);
        let written: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
        let writing = async {
            let mut rest = written.as_slice();
            for size in [1, ROOM - 1, ROOM, ROOM + 1, 9, 5 * ROOM].iter().cycle() {
                let (now, later) = rest.split_at((*size).min(rest.len()));
                gather.write_all(now).await.unwrap();
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            gather.shutdown().await.unwrap();
        };
        let ((), received) = tokio::join!(writing, all_of(there));
        assert!(received == written);
    }

    #[tokio::test]
    async fn the_connection_is_told_that_nothing_can_be_sent() {
        let (mut gather, there) = line(16);
        gather.write_all(b"lost").await.unwrap();
        drop(there);
        assert!(!send(&gather).await);
        assert_eq!(gather.flush().await.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn what_the_other_end_does_not_take_holds_up_the_writer() {
        let (mut gather, there) = line(16);
        assert!(futures_poll(gather.write_all(&[7; 3 * ROOM])).await.is_none());
        drop(there);
    }
}
