//! Starting, and the memory in use afterwards.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;

use crate::{
    asked,
    house::{OneProcess, Service, endpoint, start_gateway},
    load::{self, Bound, CALLERS},
    made::{self, Made},
};

/// What one start measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From the start of `shelf` to its first answer, a product by JSON.
    pub(crate) first_answer: Duration,
    /// Memory of the gateway alone, at rest after its first answer, in bytes.
    pub(crate) gateway: u64,
    /// Memory of `shelf`, at rest after its first answer, in bytes.
    pub(crate) idle: u64,
    /// Of that, what no file holds.
    pub(crate) idle_own: u64,
    /// Memory of `shelf` with 64 callers, in bytes.
    pub(crate) busy: u64,
}

/// What one start on a large shop measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LargeStart {
    /// From the start of `shelf` to its first answer, a product by JSON.
    pub(crate) first_answer: Duration,
    /// From the start to the first answer of a search, by an index that is complete.
    pub(crate) first_found: Duration,
    /// Memory at rest after the first answers, in bytes.
    pub(crate) idle: u64,
    /// The most memory with 64 callers, in bytes.
    pub(crate) busy: u64,
    /// Of that, what is the process's own and no page of a file.
    pub(crate) busy_own: u64,
}

/// Starts `shelf` on the large shop, and lets 64 callers read products, list and search.
pub(crate) async fn run_large(
    mut shelf: Made,
    times: usize,
    bound: Bound,
) -> Result<Vec<LargeStart>> {
    let mut starts = Vec::with_capacity(times);
    for number in 1..=times {
        eprintln!("start {number} of {times} with the large shop");
        shelf = shelf.again().await?;
        starts.push(once_large(&shelf, bound).await?);
    }
    Ok(starts)
}

async fn once_large(large: &Made, bound: Bound) -> Result<LargeStart> {
    first_answer(large.http, &large.names).await?;
    let first = large.shelf.started().elapsed();
    let search = asked::search(large.http, &made::word())?;
    asked::answered_whole(&search).await?;
    let first_found = large.shelf.started().elapsed();
    large.shelf.settle().await?;
    let idle = large.shelf.resident()?;
    let (mut busy, mut busy_own) = (0, 0);
    let served = endpoint(large.grpc)?;
    for work in [
        asked::product(large.http, &large.names),
        asked::page(large.http),
        asked::rpc_product(&served, &large.names),
        search,
    ] {
        let slice = load::slice(&work, CALLERS, bound, &large.shelf, None).await?;
        (busy, busy_own) = (busy.max(slice.resident), busy_own.max(slice.own));
    }
    Ok(LargeStart { first_answer: first, first_found, idle, busy, busy_own })
}

/// Starts `shelf` on a stocked folder, and a gateway before a service that runs already.
pub(crate) async fn run(
    mut shelf: OneProcess,
    service: &Service,
    names: &[String],
    times: usize,
    bound: Bound,
) -> Result<Vec<Start>> {
    let mut starts = Vec::with_capacity(times);
    for number in 1..=times {
        eprintln!("start {number} of {times}");
        shelf = shelf.again().await?;
        starts.push(once(&shelf, service, names, bound).await?);
    }
    Ok(starts)
}

async fn once(
    one: &OneProcess,
    service: &Service,
    names: &[String],
    bound: Bound,
) -> Result<Start> {
    first_answer(one.http, names).await?;
    let first = one.shelf.started().elapsed();
    one.shelf.settle().await?;
    let (idle, idle_own) = (one.shelf.resident()?, one.shelf.resident_own()?);
    let work = asked::product(one.http, names);
    let busy = load::slice(&work, CALLERS, bound, &one.shelf, None).await?.resident;
    let (gateway, http) = start_gateway(service.grpc)?;
    first_answer(http, names).await?;
    gateway.settle().await?;
    Ok(Start { first_answer: first, gateway: gateway.resident()?, idle, idle_own, busy })
}

async fn first_answer(http: SocketAddr, names: &[String]) -> Result<()> {
    asked::answered_bytes(&asked::product(http, names)).await.map(drop)
}
