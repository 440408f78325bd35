//! One request from its arrival to its line in the log.
//!
//! The log names the route and never the query, the body, a token or an address.

use std::{
    any::Any,
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{body::Body, extract::MatchedPath, middleware::Next, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use tokio::time::Instant;
use transcoder::Rpc;

use super::{deadline::Deadline, network::Network};
use crate::{
    config::Settings,
    contract::Front,
    session::{self, RequestId},
    upstream::Outgoing,
};

/// The header in which a request's id comes and goes.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Whom the proxies in front saw, the nearest last.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Both ends of the connection that a request came over; the server puts them on every request.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The client's address.
    pub remote: IpAddr,
    /// The address of ours that it reached.
    pub local: IpAddr,
    /// The client's address as a header has it: every call that its requests cause carries it.
    text: HeaderValue,
}

impl Peer {
    /// The ends of a connection.
    pub fn new(remote: IpAddr, local: IpAddr) -> Self {
        Self { remote, local, text: text_of(remote) }
    }
}

fn text_of(address: IpAddr) -> HeaderValue {
    // Digits, dots, colons and letters are a header's value.
    HeaderValue::try_from(address.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Which part of the gateway a request is for; its limits, headers and error bodies follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HTML.
    Page,
    /// JSON under `/v1`.
    Api,
    /// gRPC and gRPC-Web.
    Relay,
    /// A file under a digest.
    Asset,
    /// A picture of the sample shop, or the icon.
    Picture,
    /// `/openapi.json`.
    Description,
    /// `/healthz` and `/readyz`.
    Health,
}

impl Kind {
    /// As the log has it.
    fn name(self) -> &'static str {
        match self {
            Self::Page => "Page",
            Self::Api => "Api",
            Self::Relay => "Relay",
            Self::Asset => "Asset",
            Self::Picture => "Picture",
            Self::Description => "Description",
            Self::Health => "Health",
        }
    }

    /// In front of any service all is its own but what asks after the gateway itself.
    fn of(front: Front, path: &str, headers: &HeaderMap) -> Self {
        match (front, path) {
            (Front::Shelf, _) => Self::of_shelf(path, headers),
            (Front::Service, "/openapi.json") => Self::Description,
            (Front::Service, "/healthz" | "/readyz") => Self::Health,
            (Front::Service, _) => Self::Api,
        }
    }

    fn of_shelf(path: &str, headers: &HeaderMap) -> Self {
        let below = |root: &str| {
            path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let grpc = || {
            let content_type = headers.get(header::CONTENT_TYPE);
            content_type.is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
        };
        match path {
            _ if below("/v1") => Self::Api,
            _ if path.starts_with("/shelf.") || path.starts_with("/grpc.") || grpc() => Self::Relay,
            _ if below("/assets") => Self::Asset,
            "/favicon.ico" => Self::Picture,
            _ if below("/pictures") => Self::Picture,
            "/openapi.json" => Self::Description,
            "/healthz" | "/readyz" => Self::Health,
            _ => Self::Page,
        }
    }
}

/// What is known of a request before anything is done with it.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    front: Front,
    kind: Kind,
    method: Method,
    id: RequestId,
    peer: Option<Peer>,
    client: Option<IpAddr>,
    network: Option<Network>,
    has_session: bool,
    begun: Instant,
    deadline: Deadline,
    /// The RPC that it was for, once that is known.
    rpc: OnceLock<Arc<Rpc>>,
}

/// The pattern of the page that answered, for the log: put on a response by whoever routed it.
#[derive(Clone, Debug)]
struct Page(MatchedPath);

impl Visit {
    pub(crate) fn begin(
        peer: Option<Peer>,
        request: &Request<Body>,
        front: Front,
        settings: &Settings,
    ) -> Self {
        let headers = request.headers();
        let begun = Instant::now();
        let client =
            peer.as_ref().map(|peer| client(peer.remote, headers, &settings.trusted_proxies));
        let counts =
            |network: &Network| !(network.is_loopback() && settings.trusted_proxies.is_empty());
        Self {
            front,
            kind: Kind::of(front, request.uri().path(), headers),
            method: request.method().clone(),
            id: request_id(headers),
            peer,
            client,
            network: client.map(Network::of).filter(counts),
            has_session: front == Front::Shelf && session::from_headers(headers).is_some(),
            begun,
            deadline: Deadline { at: begun, is_asked: false },
            rpc: OnceLock::new(),
        }
    }

    /// Notes for the log what was asked for.
    pub(crate) fn was_for(&self, rpc: &Arc<Rpc>) {
        // Nobody asks for two.
        let _ = self.rpc.set(Arc::clone(rpc));
    }

    /// Notes when the answer has to be there.
    pub(crate) fn answer_by(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn front(&self) -> Front {
        self.front
    }

    pub(crate) fn id(&self) -> &RequestId {
        &self.id
    }

    pub(crate) fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// The network whose requests limits count; none for this machine itself, unless there are proxies on it.
    pub(crate) fn network(&self) -> Option<Network> {
        self.network
    }

    /// Whether a session cookie came along; it may have ended.
    pub(crate) fn has_session(&self) -> bool {
        self.has_session
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline.at
    }

    /// When a stream has to be at its end, if its client named a time.
    pub(crate) fn stream_deadline(&self) -> Option<Instant> {
        self.deadline.is_asked.then_some(self.deadline.at)
    }

    /// What every call that this request causes carries: its id, the caller's address, credentials and deadline.
    pub(crate) fn outgoing(&self, headers: &HeaderMap) -> Outgoing {
        let mut outgoing =
            Outgoing::until(self.deadline.at).with_request_id(self.id.as_header().clone());
        if let Some(address) = self.address() {
            outgoing = outgoing.with_address(address);
        }
        let credentials = match self.front {
            Front::Shelf => session::credentials(headers),
            Front::Service => headers.get(header::AUTHORIZATION).cloned(),
        };
        match credentials {
            Some(credentials) => outgoing.with_authorization(credentials),
            None => outgoing,
        }
    }

    /// The client's address as a header.
    fn address(&self) -> Option<HeaderValue> {
        let (client, peer) = (self.client?, self.peer.as_ref()?);
        Some(if client == peer.remote { peer.text.clone() } else { text_of(client) })
    }

    /// Writes the request's one line, and tells the client its id.
    pub(crate) fn end(&self, response: &mut Response) {
        response.headers_mut().insert(REQUEST_ID, self.id.as_header().clone());
        let page = response.extensions_mut().remove::<Page>();
        let page = page.as_ref().map(|Page(pattern)| pattern.as_str());
        let route = self.rpc.get().map(|rpc| rpc.full_name()).or(page).unwrap_or("-");
        let status = response.status().as_u16();
        let (id, method) = (self.id.as_str(), self.method.as_str());
        let ms = (self.begun.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        let kind = self.kind.name();
        if self.kind == Kind::Health {
            // Asked every few seconds by machines that read the answer themselves.
            tracing::debug!(id, method, kind, route, status, ms, "request");
        } else if response.status().is_server_error() {
            tracing::warn!(id, method, kind, route, status, ms, "request failed");
        } else {
            tracing::info!(id, method, kind, route, status, ms, "request");
        }
    }

    pub(crate) fn log_panic(&self, panic: &(dyn Any + Send)) {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let text = text.unwrap_or("no message");
        tracing::error!(
            id = self.id.as_str(),
            kind = self.kind.name(),
            panic = text,
            "a request panicked"
        );
    }
}

/// The id that a proxy in front gave, if it is a plain one, else a new one.
fn request_id(headers: &HeaderMap) -> RequestId {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let given = headers.get(REQUEST_ID).filter(|id| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)
    });
    match given {
        Some(id) => RequestId::given(id.clone()),
        None => RequestId::next(COUNT.fetch_add(1, Ordering::Relaxed)),
    }
}

/// Where a request came from: the peer, unless it is a proxy that is believed; then whom the last proxy that is believed saw.
///
/// Read from the right, since everything left of a believed entry may be the client's own invention.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    let lines = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|line| line.to_str().ok());
    for entry in lines.flat_map(|line| line.rsplit(',')) {
        if !trusted.contains(&client) {
            break;
        }
        match entry.trim().parse::<IpAddr>() {
            Ok(before) => client = before.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

/// Notes a page's pattern on its answer.
pub(super) async fn keep_route(
    pattern: Option<MatchedPath>,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(pattern) = pattern {
        response.extensions_mut().insert(Page(pattern));
    }
    response
}

/// The value of a header that is there once and is text.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).map(HeaderValue::to_str)?.ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("192.0.2.1", &["198.51.100.7"], "192.0.2.1")]
    #[case("10.0.0.1", &[], "10.0.0.1")]
    #[case("10.0.0.1", &["198.51.100.7"], "198.51.100.7")]
    #[case("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7")]
    #[case("10.0.0.1", &["198.51.100.7, 10.0.0.2"], "198.51.100.7")]
    #[case("10.0.0.1", &["203.0.113.9", "198.51.100.7"], "198.51.100.7")]
    #[case("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1")]
    #[case("10.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7")]
    fn only_proxies_that_are_believed_speak_for_others(
        #[case] peer: IpAddr,
        #[case] said: &[&str],
        #[case] wanted: IpAddr,
    ) {
        let trusted = ["10.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        assert_eq!(client(peer, &headers, &trusted), wanted);
    }
}
