//! Under which names the service may be called. Links are never built from what a request says of itself.

use std::net::IpAddr;

use http::{HeaderValue, Request, Response, StatusCode, header, uri::Authority};
use tonic::body::Body;

use super::refused;
use crate::config::Settings;

/// Health checks come from machines that know an address and no name.
const EXEMPT: &str = "/grpc.health.v1.Health/";

/// The host names that are the service's own.
#[derive(Clone, Debug)]
pub(crate) struct Hosts(Vec<String>);

impl Hosts {
    /// Loopback, the address it listens on, the public origin, and those of the settings.
    pub(crate) fn of(settings: &Settings, listening: IpAddr) -> Self {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
        match listening {
            address if address.is_unspecified() => {}
            IpAddr::V4(address) => names.push(address.to_string()),
            IpAddr::V6(address) => names.push(format!("[{address}]")),
        }
        names.extend(settings.public_origin.iter().map(|origin| origin.host().to_owned()));
        names.extend(settings.allowed_hosts.iter().cloned());
        Self(names)
    }

    /// The refusal of a request that does not name exactly one host, the same everywhere (400), or not one of ours (421).
    pub(super) fn refusal(&self, request: &Request<Body>) -> Option<Response<Body>> {
        if request.uri().path().starts_with(EXEMPT) {
            return None;
        }
        let Some(host) = named(request) else {
            let why = "the request has to name exactly one host";
            return Some(refused(StatusCode::BAD_REQUEST, why));
        };
        if self.0.iter().any(|name| name.eq_ignore_ascii_case(host.host())) {
            return None;
        }
        Some(refused(
            StatusCode::MISDIRECTED_REQUEST,
            "this host name is not one of the service's; allow it with SHELF_CATALOG_ALLOWED_HOSTS",
        ))
    }
}

/// The one host that the target and the `Host` header agree on.
fn named(request: &Request<Body>) -> Option<Authority> {
    let mut headers = request.headers().get_all(header::HOST).iter();
    let (host, second) = (headers.next(), headers.next());
    if second.is_some() {
        return None;
    }
    match (request.uri().authority(), host) {
        (Some(target), None) => plain(target.clone()),
        (None, Some(host)) => parsed(host),
        (Some(target), Some(host)) => {
            let host = parsed(host)?;
            host.as_str().eq_ignore_ascii_case(target.as_str()).then_some(host)
        }
        (None, None) => None,
    }
}

fn parsed(host: &HeaderValue) -> Option<Authority> {
    plain(Authority::try_from(host.as_bytes()).ok()?)
}

fn plain(authority: Authority) -> Option<Authority> {
    serving::is_plain_host(&authority).then_some(authority)
}
