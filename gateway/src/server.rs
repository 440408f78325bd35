//! The listening socket and the connections on it: `bind`, then `serve` until told to stop.
//!
//! Everything about a connection is limited here; what is asked on it is none of this file's business.

mod connection;
mod crowd;

use std::{io, net::SocketAddr, time::Duration};

use axum::{body::Body, response::Response};
use http::Request;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, Gateway, Network, Peer},
    config::Limits,
    contract::Front,
};
use crowd::Crowd;

/// How long to wait before taking connections again, when none could be taken.
const BREATH: Duration = Duration::from_millis(50);

/// A listening socket that nobody is served on yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

/// Listens; port 0 takes any free one.
///
/// # Errors
/// The address is taken or not ours.
pub async fn bind(address: SocketAddr) -> io::Result<Bound> {
    Bound::of(TcpListener::bind(address).await?)
}

/// The listening socket of that number that the process was started with (`LISTEN_FDS`), if there is one.
///
/// # Errors
/// It is not a TCP socket.
pub fn inherited(index: usize) -> io::Result<Option<Bound>> {
    let Some(listener) = listenfd::ListenFd::from_env().take_tcp_listener(index)? else {
        return Ok(None);
    };
    listener.set_nonblocking(true)?;
    Bound::of(TcpListener::from_std(listener)?).map(Some)
}

/// Cancels when the process is asked to stop: SIGTERM, or Ctrl-C on a terminal.
///
/// # Errors
/// The signals cannot be listened for.
pub fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.cancel();
    });
    Ok(())
}

impl Bound {
    fn of(listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then answers what was asked and ends: `/readyz` says no, connections close after their answer.
    pub async fn serve(self, gateway: Gateway, shutdown: CancellationToken) {
        let (address, origin) = (self.address, gateway.origin().clone());
        let limits = gateway.settings().limits.clone();
        tracing::info!(%address, %origin, ?limits, "the gateway answers");
        if gateway.front() == Front::Shelf && !origin.keeps_sign_ins() {
            tracing::warn!(%origin, "signing in needs https: browsers keep no session cookie of this address");
        }
        let app = App::new(gateway.clone());
        // In a box, because the server moves it about ten times before it is first polled.
        let answer = move |peer, request| Box::pin(app.clone().answer(Some(peer), request));
        let draining = async {
            shutdown.cancelled().await;
            gateway.drain();
        };
        tokio::join!(draining, self.serve_with(answer, &limits, shutdown.clone()));
    }

    /// The same, with anything in place of the front door: what the front door itself costs is measured against this.
    pub async fn serve_with<A, R>(self, answer: A, limits: &Limits, shutdown: CancellationToken)
    where
        A: Fn(Peer, Request<Body>) -> R + Clone + Send + 'static,
        R: Future<Output = Response> + Send + 'static,
    {
        let listener = self.listener;
        let crowd = Crowd::new(limits.connections, limits.connections_per_address);
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                () = shutdown.cancelled() => break,
                Some(_) = connections.join_next() => continue,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, remote)) => {
                    // One too many is let go at once; its client may try again.
                    let Some(place) = crowd.enter(Network::of(remote.ip())) else { continue };
                    let connection = connection::serve(
                        stream,
                        remote,
                        answer.clone(),
                        limits.clone(),
                        shutdown.clone(),
                    );
                    connections.spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                Err(error) => catch_breath(&error).await,
            }
        }
        drop(listener);
        tracing::info!(
            connections = connections.len(),
            "the gateway stops: finishing what was asked"
        );
        let drained = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(limits.drain, drained).await.is_err() {
            tracing::warn!(connections = connections.len(), "some requests did not end in time");
            connections.shutdown().await;
        }
    }
}

/// Accepting fails for a single connection that went away, or because the process has no descriptors left: then a pause helps.
#[expect(clippy::disallowed_methods, reason = "nothing tells when a descriptor is free again")]
async fn catch_breath(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionReset) {
        tracing::error!(%error, "cannot take a connection");
        tokio::time::sleep(BREATH).await;
    }
}
