//! Whom a request is for: exactly one Host, equal to the target's authority, and one of our names.
//!
//! Names are compared without their port: what matters is that a foreign name never reaches us.

use std::net::IpAddr;

use axum::body::Body;
use http::{Request, StatusCode, header, uri::Authority};
use transcoder::Code;

use super::{Kind, Refusal, Visit};
use crate::config::Settings;

/// 400 for a Host that cannot be meant, 421 for a name that is not ours. Probes of health ask by any name.
pub(crate) fn check(
    request: &Request<Body>,
    visit: &Visit,
    settings: &Settings,
) -> Result<(), Refusal> {
    if visit.kind() == Kind::Health {
        return Ok(());
    }
    let local = visit.peer().map(|peer| peer.local);
    let is_ours = match simple_name(request) {
        Some(name) => is_ours(name, local, settings),
        None => is_ours(authority(request)?.host(), local, settings),
    };
    if is_ours {
        return Ok(());
    }
    let message = "this server does not answer under that name";
    Err(Refusal::new(
        StatusCode::MISDIRECTED_REQUEST,
        Code::InvalidArgument,
        "HOST_UNKNOWN",
        message,
    ))
}

/// The host of a request that says it as nearly all do: in one `Host`, as a name or an IPv4 address, with or without a port. What
/// says it in any other way is for [`authority`] to look at.
fn simple_name(request: &Request<Body>) -> Option<&str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None, None) = (hosts.next(), hosts.next(), request.uri().authority()) else {
        return None;
    };
    let host = std::str::from_utf8(host.as_bytes()).ok()?;
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let is_simple = !name.is_empty()
        && name.bytes().all(letter)
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok();
    is_simple.then_some(name)
}

/// The one authority that a request names, in its Host, its target or both.
pub(super) fn authority(request: &Request<Body>) -> Result<Authority, Refusal> {
    let invalid = |message: &'static str| Refusal::bad("HOST_INVALID", message);
    let target = request.uri().authority().cloned();
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (_, Some(_)) => return Err(invalid("a request has exactly one `Host`")),
        (None, None) => None,
        (Some(host), None) => {
            let host = Authority::try_from(host.as_bytes()).ok();
            Some(host.ok_or_else(|| invalid("the `Host` is not a host name"))?)
        }
    };
    let authority = match (host, target) {
        (Some(host), Some(target)) if host != target => {
            return Err(invalid("the `Host` is not that of the request's target"));
        }
        (Some(authority), _) | (None, Some(authority)) => authority,
        (None, None) => return Err(invalid("a request has exactly one `Host`")),
    };
    if !serving::is_plain_host(&authority) {
        return Err(invalid("the `Host` is not a host name"));
    }
    Ok(authority)
}

/// Loopback names, the address that was reached, the public origin's and the configured names.
fn is_ours(host: &str, local: Option<IpAddr>, settings: &Settings) -> bool {
    let named = |name: &str| host.eq_ignore_ascii_case(name);
    let literal: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    match literal {
        Some(address) if address.is_loopback() || Some(address) == local => return true,
        _ => {}
    }
    named("localhost")
        || named(settings.origin.authority().host())
        || settings.allowed_hosts.iter().any(|name| named(name))
}
