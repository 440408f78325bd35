//! Where a call comes from, and on whose account it goes.
//!
//! A connection's peer is believed about itself. About others (`x-forwarded-for`) only the gateway in this process, this
//! machine and the proxies of the settings are believed; everything left of such an entry may be the client's invention.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};

use super::credentials::Identity;
use crate::{access::UserId, network::Network};

/// The header in which a gateway or a proxy says whom it asks for.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of a connection; the socket puts it on every request, and a call within the process has none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Where a call comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// The caller's network; none for what this process asks by itself.
    pub(super) network: Option<Network>,
    /// Whether it was made within the process, behind a gateway that counts anonymous requests by itself.
    pub(super) within: bool,
}

/// On whose account a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Account {
    /// That of a user whose credentials are good.
    User(UserId),
    /// That of everybody else at this network.
    Network(Network),
}

impl Source {
    /// Where a call comes from, given its peer, if it has one, and the proxies that are believed besides this machine.
    pub(super) fn of(peer: Option<&Peer>, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let peer = peer.map(|Peer(address)| address.to_canonical());
        let address = client(peer, headers, trusted);
        Self { network: address.map(Network::of), within: peer.is_none() }
    }

    /// The account of a call; none where limits by caller do not apply: on this machine itself, unless proxies are on it.
    pub(super) fn account(
        self,
        identity: Option<&Identity>,
        trusted: &[IpAddr],
    ) -> Option<Account> {
        let network = self.network.filter(|it| !(it.is_loopback() && trusted.is_empty()))?;
        let user = identity.and_then(|identity| identity.session.as_ref());
        Some(user.map_or(Account::Network(network), |(user, _)| Account::User(user.clone())))
    }
}

/// Follows `x-forwarded-for` from the right for as long as whoever wrote an entry is believed.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let believed = |address: IpAddr| address.is_loopback() || trusted.contains(&address);
    let mut client = peer;
    let lines = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|line| line.to_str().ok());
    for entry in lines.flat_map(|line| line.rsplit(',')) {
        match entry.trim().parse::<IpAddr>() {
            Ok(before) if client.is_none_or(believed) => client = Some(before.to_canonical()),
            _ => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn source(peer: &str, said: &[&str]) -> Option<Network> {
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let peer = peer.parse().ok().map(Peer);
        Source::of(peer.as_ref(), &headers, &["10.0.0.1".parse().unwrap()]).network
    }

    #[rstest]
    #[case("192.0.2.1", &[], "192.0.2.1")]
    #[case("192.0.2.1", &["198.51.100.7"], "192.0.2.1")]
    #[case("127.0.0.1", &["198.51.100.7"], "198.51.100.7")]
    #[case("::ffff:127.0.0.1", &["198.51.100.7"], "198.51.100.7")]
    #[case("10.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7")]
    #[case("10.0.0.1", &["203.0.113.9", "198.51.100.7, 10.0.0.1"], "198.51.100.7")]
    #[case("10.0.0.1", &["nonsense"], "10.0.0.1")]
    #[case("within the process", &["198.51.100.7"], "198.51.100.7")]
    fn only_those_who_are_believed_speak_for_others(
        #[case] peer: &str,
        #[case] said: &[&str],
        #[case] wanted: &str,
    ) {
        assert_eq!(source(peer, said), Some(Network::of(wanted.parse().unwrap())));
    }

    #[test]
    fn what_the_process_asks_by_itself_comes_from_nowhere() {
        assert_eq!(source("within the process", &[]), None);
    }

    #[test]
    fn this_machine_has_an_account_only_once_there_are_proxies() {
        let network = Some(Network::of("::1".parse().unwrap()));
        let source = Source { network, within: false };
        assert_eq!(source.account(None, &[]), None);
        assert!(source.account(None, &["10.0.0.1".parse().unwrap()]).is_some());
    }
}
