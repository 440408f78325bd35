//! How often one address may ask without credentials: reads, searches and writes, each from a bucket of its own.
//!
//! A request with credentials is counted by the service, which alone knows whether they are good; counting it here as well,
//! by address, would let one program's writes refuse everybody's behind the same router.
//!
//! Of a bucket only the time at which it is full again is kept (the generic cell rate algorithm). A name that is not
//! there has a full bucket, so forgetting one that was long unseen changes nothing. Under a flood of names those unseen
//! longest are forgotten first.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::body::Body;
use http::{Method, Request};
use tokio::time::Instant;
use transcoder::{Plan, Routed};

use super::{Kind, Refusal, Visit, network::Network};
use crate::{
    config::{Limits, Rate},
    contract::{self, Front, Purpose},
    session,
};

/// Names in one generation; two are remembered.
const GENERATION: usize = 1 << 16;

/// The buckets of all addresses.
#[derive(Debug)]
pub(super) struct Pace {
    reads: Buckets,
    searches: Buckets,
    writes: Buckets,
}

impl Pace {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            reads: Buckets::new(limits.reads),
            searches: Buckets::new(limits.searches),
            writes: Buckets::new(limits.writes),
        }
    }

    /// Counts a request; 429 when it is one too many.
    pub(super) fn count(
        &self,
        plan: Option<&Plan>,
        visit: &Visit,
        request: &Request<Body>,
    ) -> Result<(), Refusal> {
        if matches!(visit.kind(), Kind::Asset | Kind::Picture | Kind::Description | Kind::Health) {
            return Ok(());
        }
        let Some(network) = visit.network() else { return Ok(()) };
        // Whether another service counts is not known.
        if visit.front() == Front::Shelf && session::credentials(request.headers()).is_some() {
            return Ok(());
        }
        let buckets = match purpose(plan, visit.kind(), request) {
            Purpose::Read => &self.reads,
            Purpose::Search => &self.searches,
            Purpose::Write => &self.writes,
        };
        buckets.take(network, Instant::now()).map_err(Refusal::too_often)
    }
}

/// What a request is for: a call by the contract, a page by its method, and the page that answers searches by its path.
fn purpose(plan: Option<&Plan>, kind: Kind, request: &Request<Body>) -> Purpose {
    let (method, path) = (request.method(), request.uri().path());
    match kind {
        Kind::Relay => contract::purpose(path),
        Kind::Api => match plan.map(|plan| plan.route(method.as_str(), path)) {
            Some(Routed::Hit(call)) => contract::purpose_of(call.rpc()),
            // What is refused at once changes nothing.
            Some(Routed::WrongMethod { .. } | Routed::LeftOut { .. } | Routed::Miss) | None => {
                Purpose::Read
            }
        },
        _ if !matches!(*method, Method::GET | Method::HEAD) => Purpose::Write,
        _ if path == "/search" && request.uri().query().is_some() => Purpose::Search,
        _ => Purpose::Read,
    }
}

/// A bucket for each network.
#[derive(Debug)]
struct Buckets {
    start: Instant,
    every: Duration,
    depth: Duration,
    seen: Mutex<Seen>,
}

/// When the buckets are full, counted from the start.
#[derive(Debug, Default)]
struct Seen {
    lately: HashMap<Network, Duration>,
    before: HashMap<Network, Duration>,
}

impl Buckets {
    fn new(rate: Rate) -> Self {
        let every = Duration::from_secs(1) / rate.per_second.max(1);
        let depth = every.saturating_mul(rate.burst);
        Self { start: Instant::now(), every, depth, seen: Mutex::default() }
    }

    /// Takes a token out of a network's bucket, or tells how long it takes until there is one.
    fn take(&self, network: Network, now: Instant) -> Result<(), Duration> {
        let now = now.duration_since(self.start);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let full = seen.when_full(network).unwrap_or(now).max(now);
        let wait = (full + self.every).saturating_sub(now + self.depth);
        seen.note(network, if wait.is_zero() { full + self.every } else { full });
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }
}

impl Seen {
    fn when_full(&self, network: Network) -> Option<Duration> {
        self.lately.get(&network).or_else(|| self.before.get(&network)).copied()
    }

    fn note(&mut self, network: Network, full: Duration) {
        if let Some(noted) = self.lately.get_mut(&network) {
            *noted = full;
            return;
        }
        if self.lately.len() >= GENERATION {
            self.before = mem::take(&mut self.lately);
        }
        self.lately.insert(network, full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets() -> Buckets {
        Buckets::new(Rate { per_second: 10, burst: 20 })
    }

    fn network(number: u32) -> Network {
        Network::of(std::net::Ipv4Addr::from_bits(number).into())
    }

    fn taken(buckets: &Buckets, number: u32, after: Duration) -> usize {
        let now = buckets.start + after;
        (0..1_000).take_while(|_| buckets.take(network(number), now).is_ok()).count()
    }

    #[test]
    fn a_burst_and_then_the_rate() {
        let buckets = buckets();
        assert_eq!(taken(&buckets, 1, Duration::ZERO), 20);
        assert_eq!(buckets.take(network(1), buckets.start), Err(Duration::from_millis(100)));
        assert_eq!(taken(&buckets, 1, Duration::from_micros(99_999)), 0);
        assert_eq!(taken(&buckets, 1, Duration::from_millis(100)), 1);
        assert_eq!(taken(&buckets, 2, Duration::from_millis(100)), 20, "another has its own");
        assert_eq!(taken(&buckets, 1, Duration::from_secs(60)), 20);
    }

    #[test]
    fn names_are_bounded_and_the_last_ones_are_remembered() {
        let buckets = buckets();
        for number in 0..1_000_000 {
            assert!(buckets.take(network(number), buckets.start).is_ok());
        }
        let seen = buckets.seen.lock().unwrap();
        assert!(seen.lately.len() <= GENERATION && seen.before.len() <= GENERATION);
        drop(seen);
        assert_eq!(taken(&buckets, 999_999, Duration::ZERO), 19);
        assert_eq!(taken(&buckets, 0, Duration::ZERO), 20);
    }

    #[test]
    fn the_contract_says_what_reads_and_what_searches() {
        for (kind, method, path, expected) in [
            (Kind::Page, "GET", "/", Purpose::Read),
            (Kind::Page, "POST", "/admin/products", Purpose::Write),
            (Kind::Page, "GET", "/search", Purpose::Read),
            (Kind::Page, "GET", "/search?q=mug", Purpose::Search),
            (Kind::Page, "HEAD", "/search?q=mug", Purpose::Search),
            (Kind::Api, "GET", "/v1/products", Purpose::Read),
            (Kind::Api, "GET", "/v1/products:batchGet", Purpose::Read),
            (Kind::Api, "GET", "/v1/products:search?query=mug", Purpose::Search),
            (Kind::Api, "GET", "/v1/products:suggest?query=mug", Purpose::Search),
            (Kind::Api, "POST", "/v1/products", Purpose::Write),
            (Kind::Api, "DELETE", "/v1/products/mug", Purpose::Write),
            (Kind::Api, "POST", "/v1/nothing", Purpose::Read),
            (Kind::Relay, "POST", "/shelf.catalog.v1.ProductService/ListProducts", Purpose::Read),
            (
                Kind::Relay,
                "POST",
                "/shelf.catalog.v1.ProductService/SearchProducts",
                Purpose::Search,
            ),
            (Kind::Relay, "POST", "/shelf.catalog.v1.ProductService/CreateProduct", Purpose::Write),
        ] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            assert_eq!(
                purpose(Some(contract::plan()), kind, &request),
                expected,
                "{method} {path}"
            );
        }
    }
}
