//! Counts the open connections, all together and by address, and admits no more than the limits.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::network::Network;

/// The open connections.
#[derive(Clone, Debug)]
pub(super) struct Census {
    limits: (usize, usize),
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_network: HashMap<Network, usize>,
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    census: Census,
    network: Network,
}

impl Census {
    /// Room for `all` connections, `per_address` of them from one address.
    pub(super) fn new(all: usize, per_address: usize) -> Self {
        Self { limits: (all, per_address), open: Arc::default() }
    }

    /// A place for a connection from a network, if there is room.
    pub(super) fn admit(&self, network: Network) -> Option<Place> {
        let mut open = self.lock();
        let of_address = open.by_network.get(&network).copied().unwrap_or(0);
        if open.all >= self.limits.0 || (!network.is_loopback() && of_address >= self.limits.1) {
            return None;
        }
        open.all += 1;
        open.by_network.insert(network, of_address + 1);
        Some(Place { census: self.clone(), network })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.census.lock();
        open.all -= 1;
        let last = open.by_network.get_mut(&self.network).is_none_or(|count| {
            *count -= 1;
            *count == 0
        });
        if last {
            open.by_network.remove(&self.network);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_own_limit_and_loopback_only_the_common_one() {
        let census = Census::new(5, 2);
        let network = |text: &str| Network::of(text.parse().unwrap());
        let (far, mapped) = (network("192.0.2.1"), network("::ffff:192.0.2.1"));
        let loopback = network("127.0.0.1");

        let first = census.admit(far).unwrap();
        let _second = census.admit(mapped).unwrap();
        assert!(census.admit(far).is_none());
        let _near: Vec<_> = (0..3).map(|_| census.admit(loopback).unwrap()).collect();
        assert!(census.admit(loopback).is_none(), "five are open");

        drop(first);
        let again = census.admit(far).unwrap();
        drop(again);
        assert_eq!(census.lock().all, 4);
        assert_eq!(census.lock().by_network[&far], 1);
    }
}
