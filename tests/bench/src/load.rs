//! The load: a fixed number of callers, each sending its next call when the last one is answered.
//!
//! Bounded in time and in calls, loopback only. A call that is not answered as expected ends the whole run: a refused
//! or shed call is cheap, and would make a figure look better than it is.

mod grpc;
mod http;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

pub(crate) use grpc::{Grpc, GrpcCaller};
pub(crate) use http::{Http, HttpCaller};

use crate::process::Server;

/// How many call at the same time.
pub(crate) const CALLERS: usize = 64;
/// How long the last answers of a slice may take.
const GRACE: Duration = Duration::from_secs(30);

/// When a slice of load ends: whichever comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) time: Duration,
    pub(crate) calls: u64,
}

/// What a slice of load was answered, and what it took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    pub(crate) calls: u64,
    pub(crate) time: Duration,
    /// Within what time 99 of 100 calls were answered.
    pub(crate) slowest: Duration,
    /// CPU time of the measured server.
    pub(crate) cpu: Duration,
    /// CPU time of the server behind it, where there is one.
    pub(crate) cpu_behind: Duration,
    /// Memory of the measured server while the callers were connected, in bytes.
    pub(crate) resident: u64,
    /// Of that, what is its own and no page of a file.
    pub(crate) own: u64,
}

impl Slice {
    /// CPU time of the measured server, in microseconds a call.
    pub(crate) fn cpu_per_call(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.calls as f64
    }

    /// CPU time of the server behind it, in microseconds a call.
    pub(crate) fn cpu_behind_per_call(&self) -> f64 {
        self.cpu_behind.as_secs_f64() * 1e6 / self.calls as f64
    }

    /// Answered calls a second.
    pub(crate) fn rate(&self) -> f64 {
        self.calls as f64 / self.time.as_secs_f64()
    }
}

/// What is asked, and whom.
#[derive(Clone)]
pub(crate) enum Work {
    Http(Http),
    Grpc(Grpc),
}

/// One of the callers, with its connection.
pub(crate) enum Caller {
    Http(HttpCaller),
    Grpc(GrpcCaller),
}

impl Work {
    /// Callers, connected.
    pub(crate) async fn callers(&self, count: usize) -> Result<Vec<Caller>> {
        match self {
            Self::Http(http) => http.callers(count).await,
            Self::Grpc(grpc) => grpc.callers(count).await,
        }
    }
}

impl Caller {
    async fn call(&mut self) -> Result<()> {
        match self {
            Self::Http(caller) => caller.call().await,
            Self::Grpc(caller) => caller.call().await,
        }
    }
}

/// Puts one slice of load on a server, after one call each that is not counted.
pub(crate) async fn slice(
    work: &Work,
    callers: usize,
    bound: Bound,
    server: &Server,
    behind: Option<&Server>,
) -> Result<Slice> {
    let connected = work.callers(callers).await?;
    let (connected, _) = together(connected, Bound { time: GRACE, calls: callers as u64 }).await?;
    let cpu_of = |server: Option<&Server>| server.map_or(Ok(Duration::ZERO), Server::cpu);
    let (cpu, cpu_behind, started) = (server.cpu()?, cpu_of(behind)?, Instant::now());
    let (_connected, waits) = together(connected, bound).await?;
    let time = started.elapsed();
    Ok(Slice {
        calls: waits.len() as u64,
        time,
        slowest: slowest(waits),
        cpu: server.cpu()? - cpu,
        cpu_behind: cpu_of(behind)? - cpu_behind,
        resident: server.resident()?,
        own: server.resident_own()?,
    })
}

/// Within what time 99 of 100 were answered.
fn slowest(mut waits: Vec<Duration>) -> Duration {
    waits.sort_unstable();
    waits.get(waits.len() * 99 / 100).copied().unwrap_or_default()
}

/// Lets all callers call until the bound is met; answers them and how long each of their calls waited.
async fn together(callers: Vec<Caller>, bound: Bound) -> Result<(Vec<Caller>, Vec<Duration>)> {
    let until = Instant::now() + bound.time;
    let left = Arc::new(AtomicU64::new(bound.calls));
    let mut tasks = JoinSet::new();
    for caller in callers {
        tasks.spawn(alone(caller, until, Arc::clone(&left)));
    }
    let all = async {
        let (mut callers, mut waits) = (Vec::new(), Vec::new());
        while let Some(done) = tasks.join_next().await {
            let (caller, its) = done??;
            callers.push(caller);
            waits.extend(its);
        }
        Ok((callers, waits))
    };
    let late = "the last answers of a slice did not come in time";
    tokio::time::timeout(bound.time + GRACE, all).await.context(late)?
}

async fn alone(
    mut caller: Caller,
    until: Instant,
    left: Arc<AtomicU64>,
) -> Result<(Caller, Vec<Duration>)> {
    let (mut waits, mut now) = (Vec::new(), Instant::now());
    while now < until && take_one(&left) {
        caller.call().await?;
        let asked = std::mem::replace(&mut now, Instant::now());
        waits.push(now - asked);
    }
    Ok((caller, waits))
}

fn take_one(left: &AtomicU64) -> bool {
    left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}
