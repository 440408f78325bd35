//! Connections: accepted up to a number, limited in what they may do, and brought to an end in good order.
//!
//! hyper is driven here by hand because neither axum's nor tonic's server bounds how long headers may take, how long a
//! connection may be idle or old, or how long the last calls may hold up the end.

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt as _;
use http::Version;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
};
use serving::{Activity, AtOnce, Gather, Line, Patience, Requests, Sending, Stalled};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{census::Census, socket::Socket};
use crate::{
    config::{Http2, Limits, Times},
    grpc::{Closing, Peer},
    network::Network,
};

/// How long accepting rests when the process has no descriptors left.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(100);

/// Serves connections until `shutdown`, then lets open calls finish for as long as the limits say.
pub(super) async fn serve(
    listener: TcpListener,
    socket: Socket,
    limits: &Limits,
    shutdown: CancellationToken,
) {
    let host = Host {
        socket,
        http2: limits.http2,
        patience: limits.headers,
        times: limits.times,
        drain: limits.drain,
        stop: shutdown.clone(),
        cut: CancellationToken::new(),
    };
    let census = Census::new(limits.connections, limits.connections_per_address);
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = census.admit(Network::of(peer.ip())) {
                    let host = host.clone();
                    open.spawn(async move {
                        host.attend(stream, Peer(peer.ip())).await;
                        drop(place);
                    });
                }
            }
            Err(error) => rest_if_exhausted(&error).await,
        }
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(limits.drain, open.wait()).await.is_err() {
        tracing::warn!(connections = open.len(), "calls are cut off: they did not end in time");
        host.cut.cancel();
        open.wait().await;
    }
}

/// Errors of one connection are its own; without descriptors, accepting again at once would only spin.
#[expect(clippy::disallowed_methods, reason = "there is no event that says a descriptor is free")]
async fn rest_if_exhausted(error: &io::Error) {
    let of_the_peer = [
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::ConnectionRefused,
    ];
    if !of_the_peer.contains(&error.kind()) {
        tracing::error!(error = %error, "a connection could not be accepted");
        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
    }
}

/// What every connection is served with.
#[derive(Clone)]
struct Host {
    socket: Socket,
    http2: Http2,
    /// How long a head, and the first request, may take to come.
    patience: Duration,
    times: Times,
    /// How long open calls may go on once no new ones are taken.
    drain: Duration,
    /// No new calls; open ones may finish.
    stop: CancellationToken,
    /// The end for those that did not.
    cut: CancellationToken,
}

impl Host {
    async fn attend(self, stream: TcpStream, peer: Peer) {
        // Small answers go out at once; a failure only makes them slower.
        let _unset = stream.set_nodelay(true);
        let (used, requests) = (Arc::new(AtomicBool::new(false)), Requests::none());
        let closing = Closing::default();
        let activity = Activity::default();
        let patience = Patience { head: self.patience, stall: self.times.write_stall };
        let line = Gather::new(Line::new(stream, activity.clone(), patience));
        let service = service_fn({
            let (socket, used) = (self.socket, Arc::clone(&used));
            let (asked, activity) = (requests.clone(), activity.clone());
            let closing = closing.clone();
            move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(peer);
                request.extensions_mut().insert(closing.clone());
                used.store(true, Ordering::Relaxed);
                let http2 = request.version() == Version::HTTP_2;
                activity.asked(http2);
                let (under_way, activity) = (asked.begin(), activity.clone());
                socket.clone().answer(request).map(move |answer| {
                    activity.answered();
                    answer.map(|answer| answer.map(|body| Sending::of(body, under_way, http2)))
                })
            }
        });
        let stall = self.times.write_stall;
        let at_once = AtOnce::default();
        let http = http_settings(at_once.clone(), self.times, self.http2);
        let mut connection = pin!(http.serve_connection(TokioIo::new(line.clone()), service));
        tokio::select! {
            _ended = at_once.drive(connection.as_mut(), &line) => return,
            () = unused(&used, self.patience) => return,
            () = self.stop.cancelled() => {}
            () = of_age(self.times.age) => {}
            () = requests.none_for(self.times.idle) => {}
            () = requests.stalled(Stalled::One, stall, &activity) => {}
        }
        // When the service stops, its streams are told so by the service itself.
        if !self.stop.is_cancelled() {
            closing.0.cancel();
        }
        connection.as_mut().graceful_shutdown();
        // Open calls may finish, but no client can hold the connection by not reading, or by chatting of other things.
        tokio::select! {
            _ended = at_once.drive(connection, &line) => {}
            () = self.cut.cancelled() => {}
            () = past(self.drain) => {}
            () = requests.stalled(Stalled::All, stall, &activity) => {}
        }
    }
}

/// Comes when a connection has not brought a request in time, and never once it has.
#[expect(clippy::disallowed_methods, reason = "a time limit is what this waits for")]
async fn unused(used: &AtomicBool, patience: Duration) {
    tokio::time::sleep(patience).await;
    if used.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// Comes when a connection is old; not for all at the same time.
async fn of_age(age: Duration) {
    past(age.mul_f64(rand::random_range(0.9..1.1))).await;
}

/// Comes when so much time has passed.
#[expect(clippy::disallowed_methods, reason = "a time limit is what this waits for")]
async fn past(time: Duration) {
    tokio::time::sleep(time).await;
}

fn http_settings(at_once: AtOnce, times: Times, http2: Http2) -> auto::Builder<AtOnce> {
    let mut http = auto::Builder::new(at_once);
    http.http1()
        .timer(TokioTimer::new())
        // The line watches over a head that has begun; this is for one that does not begin.
        .header_read_timeout(times.idle)
        .max_headers(100)
        .max_buf_size(32 << 10);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(http2.streams)
        .initial_stream_window_size(http2.stream_window)
        .initial_connection_window_size(http2.connection_window)
        .max_frame_size(http2.frame)
        .max_header_list_size(http2.header_list)
        .max_pending_accept_reset_streams(http2.pending_resets)
        .max_local_error_reset_streams(http2.own_resets)
        .keep_alive_interval(times.ping)
        .keep_alive_timeout(times.ping);
    http
}

#[cfg(test)]
mod tests;
