//! Starting, and the memory in use afterwards.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;

use crate::{
    asked,
    house::{OneProcess, Service, start_gateway},
    load::{self, Bound, CALLERS},
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
    /// Memory of `shelf` with 64 callers, in bytes.
    pub(crate) busy: u64,
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
    let idle = one.shelf.resident()?;
    let work = asked::product(one.http, names);
    let busy = load::slice(&work, CALLERS, bound, &one.shelf, None).await?.resident;
    let (gateway, http) = start_gateway(service.grpc)?;
    first_answer(http, names).await?;
    gateway.settle().await?;
    Ok(Start { first_answer: first, gateway: gateway.resident()?, idle, busy })
}

async fn first_answer(http: SocketAddr, names: &[String]) -> Result<()> {
    asked::answered_bytes(&asked::product(http, names)).await.map(drop)
}
