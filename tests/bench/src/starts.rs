//! Starting, and the memory in use afterwards.

use std::{path::Path, time::Duration};

use anyhow::Result;

use crate::{
    asked, house,
    load::{self, Bound, CALLERS, Work},
};

/// What one start measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From the start of `shelf` to its first answer, a product by JSON.
    pub(crate) first_answer: Duration,
    /// Memory of the gateway alone after its first answer, in bytes.
    pub(crate) gateway: u64,
    /// Memory of `shelf` after its first answer, in bytes.
    pub(crate) idle: u64,
    /// Memory of `shelf` with 64 callers, in bytes.
    pub(crate) busy: u64,
}

/// Starts `shelf` on a stocked folder, and a gateway before a service that runs already.
pub(crate) async fn run(
    folder: &Path,
    catalog: &str,
    names: &[String],
    times: usize,
    bound: Bound,
) -> Result<Vec<Start>> {
    let mut starts = Vec::with_capacity(times);
    for number in 1..=times {
        eprintln!("start {number} of {times}");
        starts.push(once(folder, catalog, names, bound).await?);
    }
    Ok(starts)
}

async fn once(folder: &Path, catalog: &str, names: &[String], bound: Bound) -> Result<Start> {
    let shelf = house::restart_shelf(folder)?;
    let work = asked::product(asked::address(shelf.said("shop")?)?, names);
    answer(&work).await?;
    let first_answer = shelf.started().elapsed();
    let idle = shelf.resident()?;
    load::slice(&work, CALLERS, bound, &shelf, None).await?;
    let busy = shelf.resident()?;
    shelf.stop()?;
    Ok(Start { first_answer, gateway: gateway(catalog, names).await?, idle, busy })
}

async fn gateway(catalog: &str, names: &[String]) -> Result<u64> {
    let gateway = house::start_gateway(catalog)?;
    answer(&asked::product(asked::address(gateway.said("shop")?)?, names)).await?;
    gateway.resident()
}

async fn answer(work: &Work) -> Result<()> {
    asked::answered_bytes(work).await.map(drop)
}
