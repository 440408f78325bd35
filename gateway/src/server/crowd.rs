//! How many connections there are, in all and from one address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::app::Network;

/// The connections that are open.
#[derive(Clone, Debug)]
pub(super) struct Crowd {
    all: usize,
    each: usize,
    count: Arc<Mutex<Count>>,
}

#[derive(Debug, Default)]
struct Count {
    all: usize,
    of: HashMap<Network, usize>,
}

/// One connection's place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    network: Network,
}

impl Crowd {
    /// Room for `all` connections, `each` of them from one address; this machine's own (a proxy's) are not counted apart.
    pub(super) fn new(all: usize, each: usize) -> Self {
        Self { all, each, count: Arc::default() }
    }

    /// A place for one more connection; `None` when there are enough.
    pub(super) fn enter(&self, network: Network) -> Option<Place> {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let of_this = count.of.get(&network).copied().unwrap_or(0);
        if count.all >= self.all || (of_this >= self.each && !network.is_loopback()) {
            return None;
        }
        count.all += 1;
        count.of.insert(network, of_this + 1);
        Some(Place { crowd: self.clone(), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut count = self.crowd.count.lock().unwrap_or_else(PoisonError::into_inner);
        count.all -= 1;
        match count.of.get_mut(&self.network) {
            Some(of_this) if *of_this > 1 => *of_this -= 1,
            _ => drop(count.of.remove(&self.network)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().unwrap())
    }

    fn places(crowd: &Crowd, address: &str, tries: usize) -> Vec<Place> {
        (0..tries).map_while(|_| crowd.enter(network(address))).collect()
    }

    #[test]
    fn one_address_takes_a_hundred_places_and_another_still_finds_one() {
        let crowd = Crowd::new(4096, 100);
        let greedy = places(&crowd, "192.0.2.1", 200);
        assert_eq!(greedy.len(), 100);
        assert!(crowd.enter(network("192.0.2.2")).is_some());
        drop(greedy);
        assert_eq!(places(&crowd, "192.0.2.1", 1).len(), 1);
    }

    #[test]
    fn all_together_take_what_there_is() {
        let crowd = Crowd::new(4096, 100);
        assert_eq!(places(&crowd, "127.0.0.1", 4097).len(), 4096);
        let held = places(&crowd, "127.0.0.1", 4096);
        assert_eq!(held.len(), 4096);
        assert!(crowd.enter(network("192.0.2.1")).is_none());
    }
}
