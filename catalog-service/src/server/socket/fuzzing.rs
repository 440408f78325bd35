//! What stands before every call: the host, the guard and the credentials, against the decisions that are written down here once more.
//! See `crate::fuzzing`.

use std::net::{IpAddr, Ipv4Addr};

use http::{HeaderName, HeaderValue, Request, Uri, Version};
use tonic::body::Body;

use super::{Hosts, guard};
use crate::{config::Settings, grpc::fuzzing::assert_bearer};

/// The names of a service that listens on this machine alone, and one of its settings.
const OURS: [&str; 4] = ["localhost", "127.0.0.1", "[::1]", "shop.example"];

/// The types that are gRPC-Web, and those that are gRPC.
const WEB: [&str; 4] = [
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
];
const PLAIN: [&str; 2] = ["application/grpc", "application/grpc+proto"];

/// A request passes exactly if it names one host of ours and is a POST of one of gRPC's types.
///
/// It speaks the version that the type needs, and credentials are taken exactly as their grammar has them.
///
/// The first line is `METHOD target VERSION`, each other one a header.
///
/// # Panics
/// Where that does not hold.
pub fn headers(input: &[u8]) {
    let Some((request, headers)) = request(input) else { return };
    let mut settings = Settings::new("sqlite::memory:");
    settings.allowed_hosts = vec!["shop.example".to_owned()];
    let hosts = Hosts::of(&settings, IpAddr::V4(Ipv4Addr::LOCALHOST));
    let probe = request.uri().path().starts_with("/grpc.health.v1.Health/");
    let named = one_host(&request, &headers).is_some_and(|host| OURS.contains(&host.as_str()));
    assert_eq!(hosts.refusal(&request).is_none(), probe || named, "{request:?}");
    let kinds = all(&headers, "content-type");
    let [kind] = kinds.as_slice() else {
        return assert!(guard::refusal(&request).is_some(), "{request:?}");
    };
    let is_one = |kinds: &[&str]| kinds.iter().any(|known| known.as_bytes() == *kind);
    let speaks = is_one(&WEB) || is_one(&PLAIN) && request.version() == Version::HTTP_2;
    let passes = request.method() == "POST" && speaks;
    assert_eq!(guard::refusal(&request).is_none(), passes, "{request:?}");
    assert_bearer(request.headers());
}

type Headers<'i> = Vec<(HeaderName, &'i [u8])>;

fn request(input: &[u8]) -> Option<(Request<Body>, Headers<'_>)> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let mut first = std::str::from_utf8(lines.next()?).ok()?.split(' ');
    let mut request = Request::new(Body::empty());
    *request.method_mut() = first.next()?.parse().ok()?;
    *request.uri_mut() = first.next()?.parse::<Uri>().ok()?;
    *request.version_mut() = match first.next()? {
        "1" => Version::HTTP_11,
        "2" => Version::HTTP_2,
        _ => return None,
    };
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

/// The one host, without its port and in lower case, that `Host` and target agree on.
fn one_host(request: &Request<Body>, headers: &Headers<'_>) -> Option<String> {
    let target = request.uri().authority().map(|target| target.as_str().to_ascii_lowercase());
    let authority = match all(headers, "host").as_slice() {
        [] => target?,
        [host] => {
            let host = std::str::from_utf8(host).ok()?.to_ascii_lowercase();
            target.is_none_or(|target| target == host).then_some(host)?
        }
        _ => return None,
    };
    let end = match authority.starts_with('[') {
        true => authority.find(']')? + 1,
        false => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at(end);
    let is_port = |digits: &str| digits.parse::<u16>().is_ok() && !digits.starts_with('+');
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then(|| host.to_owned())
}
