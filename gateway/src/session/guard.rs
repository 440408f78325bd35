//! The same-origin guard: whether an unsafe request was caused by our own pages, or by nobody's browser.

use http::{HeaderMap, HeaderName, header, uri::Authority};

use super::cookie;

/// Fetch Metadata's word on where a request comes from; browsers send it to https and to this machine.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether an unsafe request may act.
///
/// `Sec-Fetch-Site` decides where it is sent. Where it is missing, `Origin` has to be the Host's own. A request with neither
/// comes from no browser, or from one too old to tell: it may act on credentials that it states, but not on a cookie.
pub(crate) fn same_origin(headers: &HeaderMap, host: &Authority) -> bool {
    let once = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(value), None) => Ok(Some(value.as_bytes())),
            (Some(_), Some(_)) => Err(()),
        }
    };
    match (once(FETCH_SITE), once(header::ORIGIN)) {
        (Err(()), _) | (_, Err(())) => false,
        (Ok(Some(site)), _) => site == b"same-origin",
        (Ok(None), Ok(Some(origin))) => is_of(origin, host),
        (Ok(None), Ok(None)) => !cookie::is_there(headers),
    }
}

/// Whether an `Origin` is that of the host, whose port may be left out where it is the scheme's own.
fn is_of(origin: &[u8], host: &Authority) -> bool {
    let Ok(origin) = std::str::from_utf8(origin) else { return false };
    let (authority, port) = match origin.split_once("://") {
        Some(("https", authority)) => (authority, 443),
        Some(("http", authority)) => (authority, 80),
        _ => return false,
    };
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    if !serving::is_plain_host(&authority) {
        return false;
    }
    let same_port = authority.port_u16().unwrap_or(port) == host.port_u16().unwrap_or(port);
    same_port && authority.host().eq_ignore_ascii_case(host.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value of Fetch Metadata, absent too, by every kind of Origin, by every kind of credentials.
    #[test]
    fn only_the_allowed_cells_act() {
        let host: Authority = "shop.example:8080".parse().unwrap();
        let sites =
            [None, Some("same-origin"), Some("same-site"), Some("cross-site"), Some("none")];
        let origins =
            [None, Some("http://shop.example:8080"), Some("https://evil.example"), Some("null")];
        let credentials = [
            None,
            Some((header::COOKIE, "a=b; __Host-sid=secret")),
            Some((header::AUTHORIZATION, "Bearer secret")),
        ];
        for site in sites {
            for origin in origins {
                for credential in &credentials {
                    let mut headers = HeaderMap::new();
                    if let Some(site) = site {
                        headers.insert(FETCH_SITE, site.parse().unwrap());
                    }
                    if let Some(origin) = origin {
                        headers.insert(header::ORIGIN, origin.parse().unwrap());
                    }
                    if let Some((name, value)) = credential {
                        headers.insert(name, value.parse().unwrap());
                    }
                    let cookie = matches!(credential, Some((name, _)) if name == header::COOKIE);
                    let may = match (site, origin) {
                        (Some(site), _) => site == "same-origin",
                        (None, Some(origin)) => origin == "http://shop.example:8080",
                        (None, None) => !cookie,
                    };
                    let found = same_origin(&headers, &host);
                    assert_eq!(found, may, "{site:?} {origin:?} {credential:?}");
                }
            }
        }
    }

    #[test]
    fn an_origin_equals_the_host_up_to_the_schemes_own_port() {
        for (origin, host, same) in [
            ("https://shop.example", "shop.example", true),
            ("https://shop.example", "shop.example:443", true),
            ("http://shop.example", "shop.example:443", false),
            ("http://SHOP.example", "shop.example", true),
            ("http://shop.example:81", "shop.example", false),
            ("http://shop.example.evil", "shop.example", false),
            ("http://[::1]:8080", "[::1]:8080", true),
            ("ftp://shop.example", "shop.example", false),
            ("shop.example", "shop.example", false),
            ("https://ada@shop.example", "shop.example", false),
            ("https://shop.example:", "shop.example", false),
            ("https://shop.example:65536", "shop.example", false),
        ] {
            let host: Authority = host.parse().unwrap();
            assert_eq!(is_of(origin.as_bytes(), &host), same, "{origin} {host}");
        }
    }

    #[test]
    fn a_header_that_comes_twice_is_no_answer() {
        let host: Authority = "shop.example".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append(FETCH_SITE, "same-origin".parse().unwrap());
        headers.append(FETCH_SITE, "cross-site".parse().unwrap());
        assert!(!same_origin(&headers, &host));
    }
}
