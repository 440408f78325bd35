//! How many connections there are, in all and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Connections at once.
const ALL: usize = 4096;
/// Connections at once from one address; this machine's own (a proxy's) are not counted apart.
const EACH: usize = 100;

/// The connections that are open.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd(Arc<Mutex<Count>>);

#[derive(Debug, Default)]
struct Count {
    all: usize,
    of: HashMap<IpAddr, usize>,
}

/// One connection's place, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    address: IpAddr,
}

impl Crowd {
    /// A place for one more connection; `None` when there are enough.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Place> {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_this = count.of.get(&address).copied().unwrap_or(0);
        if count.all >= ALL || (of_this >= EACH && !address.is_loopback()) {
            return None;
        }
        count.all += 1;
        count.of.insert(address, of_this + 1);
        Some(Place { crowd: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut count = self.crowd.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.all -= 1;
        match count.of.get_mut(&self.address) {
            Some(of_this) if *of_this > 1 => *of_this -= 1,
            _ => drop(count.of.remove(&self.address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(crowd: &Crowd, address: &str, tries: usize) -> Vec<Place> {
        let address: IpAddr = address.parse().unwrap();
        (0..tries).map_while(|_| crowd.enter(address)).collect()
    }

    #[test]
    fn one_address_takes_a_hundred_places_and_another_still_finds_one() {
        let crowd = Crowd::default();
        let greedy = places(&crowd, "192.0.2.1", 200);
        assert_eq!(greedy.len(), EACH);
        assert!(crowd.enter("192.0.2.2".parse().unwrap()).is_some());
        drop(greedy);
        assert_eq!(places(&crowd, "192.0.2.1", 1).len(), 1);
    }

    #[test]
    fn all_together_take_what_there_is() {
        let crowd = Crowd::default();
        assert_eq!(places(&crowd, "127.0.0.1", ALL + 1).len(), ALL);
        let held = places(&crowd, "127.0.0.1", ALL);
        assert_eq!(held.len(), ALL);
        assert!(crowd.enter("192.0.2.1".parse().unwrap()).is_none());
    }
}
