//! Which names a request may be for at all, before anybody asks whether they are ours.

use std::net::Ipv6Addr;

use http::uri::Authority;

/// Whether an authority is a host with or without a port, and nothing else that the `http` crate takes for one.
///
/// That is a name that is not empty (RFC 9110, 4.2.1), of the bytes that names have, or an address in brackets; no user, and behind a
/// colon a port in digits.
pub fn is_plain_host(authority: &Authority) -> bool {
    let host = authority.host();
    let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_name = match literal {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(may_name),
    };
    let rest = authority.as_str().strip_prefix(host);
    is_name && rest.is_some_and(|rest| rest.is_empty() || is_port(rest))
}

/// Whether a host's name may have this byte: what RFC 3986 (3.2.2) calls unreserved and sub-delims. No name of ours needs an escape.
fn may_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

/// A colon and a port (RFC 3986, 3.2.3): Rust would read a sign, too.
fn is_port(text: &str) -> bool {
    let digits =
        text.strip_prefix(':').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    digits.is_some_and(|digits| digits.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for host in ["shop.example", "localhost:8080", "127.0.0.1:1", "[::1]", "[::1]:65535", "a~b"]
        {
            assert!(is_plain_host(&host.parse().unwrap()), "{host}");
        }
    }

    #[test]
    fn anything_else_that_is_read_as_an_authority_is_none() {
        let all = [
            ":8080",
            "a[]b",
            "localhost:+80",
            "localhost:",
            "localhost:65536",
            "[::1%25lo]:80",
            "user@localhost",
            "localhost:80:80",
            "[]",
            "[1]",
            "a%20b",
        ];
        for host in all {
            let authority: Option<Authority> = host.parse().ok();
            assert!(!authority.is_some_and(|authority| is_plain_host(&authority)), "{host}");
        }
    }
}
