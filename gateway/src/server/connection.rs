//! One connection: HTTP/1 or HTTP/2 within limits, until it is old or nothing is asked on it any more.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use axum::{body::Body, response::Response};
use http::{Request, Version};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto,
};
use serving::{Activity, AtOnce, Gather, Line, Patience, Requests, Sending, Stalled};
use tokio::{net::TcpStream, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{app::Peer, config::Limits};

/// Room for the rest of a head of HTTP/1 beside its target and headers; the app refuses each beyond its own limit.
const REST_OF_HEAD: usize = 8 << 10;

/// The limits of every connection.
fn builder(at_once: AtOnce, limits: &Limits) -> auto::Builder<AtOnce> {
    let (times, sizes, http2) = (limits.times, limits.sizes, limits.http2);
    let mut builder = auto::Builder::new(at_once);
    builder
        .http1()
        .timer(TokioTimer::new())
        // The line watches over a head that has begun; this is for one that does not begin.
        .header_read_timeout(times.idle)
        .max_buf_size(sizes.target + sizes.headers + REST_OF_HEAD);
    builder
        .http2()
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
    builder
}

/// Serves one connection to its end; told to shut down, it ends with the answers under way.
pub(super) async fn serve<A, R>(
    stream: TcpStream,
    remote: SocketAddr,
    answer: A,
    limits: Limits,
    shutdown: CancellationToken,
) where
    A: Fn(Peer, Request<Body>) -> R + Send + 'static,
    R: Future<Output = Response> + Send + 'static,
{
    // Without it small answers wait for the client's acknowledgement; failing to set it costs only time.
    let _ = stream.set_nodelay(true);
    let Ok(local) = stream.local_addr() else { return };
    let peer = Peer::new(remote.ip().to_canonical(), local.ip().to_canonical());
    let times = limits.times;
    let (activity, requests) = (Activity::default(), Requests::none());
    let patience = Patience { head: times.head, stall: times.write_stall };
    let line = Gather::new(Line::new(stream, activity.clone(), patience));
    let (asked, told) = (requests.clone(), activity.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let (http2, activity) = (request.version() == Version::HTTP_2, told.clone());
        let answered = answer(peer.clone(), request.map(taken));
        let under_way = asked.begin();
        async move {
            activity.asked(http2);
            let response = answered.await.map(|body| Sending::of(body, under_way, http2));
            activity.answered();
            Ok::<_, Infallible>(response)
        }
    });
    let at_once = AtOnce::default();
    let builder = builder(at_once.clone(), &limits);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(line.clone()), service));
    let old = Instant::now() + lifetime(times.age);
    let served = tokio::select! {
        served = at_once.drive(connection.as_mut(), &line) => Some(served),
        () = shutdown.cancelled() => None,
        () = tokio::time::sleep_until(old) => None,
        () = requests.none_for(times.idle) => None,
        () = requests.stalled(Stalled::One, times.write_stall, &activity) => None,
    };
    let served = match served {
        Some(served) => Some(served),
        None => {
            connection.as_mut().graceful_shutdown();
            // What was asked may finish, but no client can hold the connection by not reading, or by chatting of other things.
            tokio::select! {
                served = at_once.drive(connection, &line) => Some(served),
                () = tokio::time::sleep_until(Instant::now() + limits.drain) => None,
                () = requests.stalled(Stalled::All, times.write_stall, &activity) => None,
            }
        }
    };
    if let Some(Err(error)) = served {
        // Clients go away at any time; what matters was answered and logged.
        tracing::debug!(error = %error, "a connection ended early");
    }
}

/// How long a connection lives: give or take a tenth, so that not all begin anew at once.
fn lifetime(age: Duration) -> Duration {
    age.mul_f64(rand::random_range(0.9..1.1))
}

/// A request's body, in a box only where there is one.
fn taken(body: Incoming) -> Body {
    use http_body::Body as _;
    if body.is_end_stream() { Body::empty() } else { Body::new(body) }
}

#[cfg(test)]
mod tests;
