//! Host, Origin and Fetch Metadata, against the decision table, which is written down here once more.

use std::net::{IpAddr, Ipv6Addr};

use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, Uri};

use crate::{
    app::{Visit, guarding, host},
    config::{Limits, Settings},
    contract::Front,
};

/// Names of ours beside those of this machine.
const OURS: [&str; 3] = ["localhost", "shop.example", "also.example"];

/// A request is for us exactly if it names one host, which is ours; an unsafe one may act exactly if Fetch Metadata, or else Origin, or
/// else the lack of a cookie says that no other site has caused it.
///
/// The first line is `METHOD target`, each other one a header.
///
/// # Panics
/// Where that does not hold.
pub fn guard(input: &[u8]) {
    let Some((request, headers)) = request(input) else { return };
    let settings = Settings {
        listen: ([127, 0, 0, 1], 8080).into(),
        origin: "https://shop.example".parse().unwrap_or_else(|_| unreachable!("an origin")),
        allowed_hosts: vec!["also.example".to_owned()],
        picture_host: None,
        trusted_proxies: Vec::new(),
        form_key: crate::session::FormKey::random(),
        limits: Limits::default(),
    };
    let host = one_host(&request, &headers);
    let visit = Visit::begin(None, &request, Front::Shelf, &settings);
    let health = ["/healthz", "/readyz"].contains(&request.uri().path());
    if !health {
        let ours = host.as_deref().is_some_and(is_ours);
        assert_eq!(host::check(&request, &visit, &settings).is_ok(), ours, "{request:?}");
    }
    let method = request.method();
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(method);
    let may = safe || host.is_some_and(|host| may_act(&headers, &host));
    assert_eq!(guarding::check(&request, Front::Shelf).is_ok(), may, "{request:?}");
}

type Headers<'i> = Vec<(HeaderName, &'i [u8])>;

fn request(input: &[u8]) -> Option<(Request<Body>, Headers<'_>)> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = first.split_once(' ')?;
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.parse().ok()?;
    *request.uri_mut() = target.parse::<Uri>().ok()?;
    let mut headers = Vec::new();
    for line in lines.take(16) {
        let at = line.iter().position(|byte| *byte == b':')?;
        let (name, value) =
            (HeaderName::from_bytes(&line[..at]).ok()?, line[at + 1..].trim_ascii());
        request.headers_mut().append(name.clone(), HeaderValue::from_bytes(value).ok()?);
        headers.push((name, value));
    }
    Some((request, headers))
}

fn all<'i>(headers: &Headers<'i>, wanted: &str) -> Vec<&'i [u8]> {
    headers.iter().filter(|(name, _)| name == wanted).map(|(_, value)| *value).collect()
}

/// The one host that `Host` and target agree on, in lower case and with its port.
fn one_host(request: &Request<Body>, headers: &Headers<'_>) -> Option<String> {
    let target = request.uri().authority().map(|target| target.as_str().to_ascii_lowercase());
    let hosts = all(headers, "host");
    let named = match hosts.as_slice() {
        [] => target?,
        [host] => {
            let host = std::str::from_utf8(host).ok()?.to_ascii_lowercase();
            target.is_none_or(|target| target == host).then_some(host)?
        }
        _ => return None,
    };
    parts(&named).is_some().then_some(named)
}

/// Host and port of `host [ ":" port ]` (RFC 3986), without user information. No host of ours needs an escape, so that one with a
/// `%` is nobody's.
fn parts(authority: &str) -> Option<(&str, Option<u16>)> {
    let end = match authority.strip_prefix('[') {
        Some(_) => authority.find(']')? + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte);
    let literal = || {
        let inner = host.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse::<Ipv6Addr>().ok()
    };
    if host.is_empty() || !(host.bytes().all(name) || literal().is_some()) {
        return None;
    }
    match port.strip_prefix(':') {
        None => port.is_empty().then_some((host, None)),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some((host, Some(digits.parse().ok()?)))
        }
        Some(_) => None,
    }
}

fn is_ours(host: &str) -> bool {
    let Some((host, _)) = parts(host) else { return false };
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    OURS.contains(&host) || literal.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The table: `Sec-Fetch-Site` where there is one, else `Origin`, else no cookie of ours.
fn may_act(headers: &Headers<'_>, host: &str) -> bool {
    let (sites, origins) = (all(headers, "sec-fetch-site"), all(headers, "origin"));
    match (sites.as_slice(), origins.as_slice()) {
        ([_, _, ..], _) | (_, [_, _, ..]) => false,
        ([site], _) => *site == b"same-origin",
        ([], [origin]) => is_origin_of(origin, host),
        ([], []) => !all(headers, "cookie").iter().any(|line| has_session(line)),
    }
}

fn is_origin_of(origin: &[u8], host: &str) -> bool {
    let Ok(origin) = std::str::from_utf8(origin) else { return false };
    let (scheme, rest) = match origin.split_once("://") {
        Some(("http", rest)) => (80, rest),
        Some(("https", rest)) => (443, rest),
        _ => return false,
    };
    let rest = rest.to_ascii_lowercase();
    match (parts(&rest), parts(host)) {
        (Some((one, port)), Some((other, other_port))) => {
            one == other && port.unwrap_or(scheme) == other_port.unwrap_or(scheme)
        }
        _ => false,
    }
}

fn has_session(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let names = line.split(';').filter_map(|pair| pair.find('=').map(|at| &pair[..at]));
    names.map(|name| name.trim_matches([' ', '\t'])).any(|name| name == "__Host-sid")
}
