//! Callers over HTTP/1.1, a connection each.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Caller;

/// Makes the request of a number. No number comes twice in a run.
pub(crate) type Requests = Arc<dyn Fn(u64) -> Request<Full<Bytes>> + Send + Sync>;

/// What is asked of an HTTP server.
#[derive(Clone)]
pub(crate) struct Http {
    address: SocketAddr,
    requests: Requests,
    expected: StatusCode,
    next: Arc<AtomicU64>,
}

impl Http {
    /// Requests to `address`, each to be answered with the `expected` status.
    pub(crate) fn new(address: SocketAddr, requests: Requests, expected: StatusCode) -> Self {
        Self { address, requests, expected, next: Arc::default() }
    }

    pub(super) async fn callers(&self, count: usize) -> Result<Vec<Caller>> {
        let mut callers = Vec::with_capacity(count);
        for _ in 0..count {
            callers.push(Caller::Http(self.caller().await?));
        }
        Ok(callers)
    }

    /// One caller with its connection.
    pub(crate) async fn caller(&self) -> Result<HttpCaller> {
        let socket = TcpStream::connect(self.address).await;
        let socket = socket.with_context(|| format!("no connection to {}", self.address))?;
        socket.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
        // How a connection ends is told to the caller by its next call.
        tokio::spawn(connection);
        Ok(HttpCaller { sender, asked: self.clone() })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("address", &self.address).finish_non_exhaustive()
    }
}

/// One caller and its connection.
#[derive(Debug)]
pub(crate) struct HttpCaller {
    sender: SendRequest<Full<Bytes>>,
    asked: Http,
}

impl HttpCaller {
    pub(super) async fn call(&mut self) -> Result<()> {
        self.answer().await.map(drop)
    }

    /// Sends the next request and reads the answer to its end.
    pub(crate) async fn answer(&mut self) -> Result<Response<Bytes>> {
        let number = self.asked.next.fetch_add(1, Ordering::Relaxed);
        let request = (self.asked.requests)(number);
        self.sender.ready().await?;
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        if head.status != self.asked.expected {
            let text = String::from_utf8_lossy(&body);
            bail!(
                "request {number} was answered {} and not {}: {text}",
                head.status,
                self.asked.expected
            );
        }
        Ok(Response::from_parts(head, body))
    }
}
