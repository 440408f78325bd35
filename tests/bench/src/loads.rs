//! The load of many products through the API, next to the least that SQLite takes for the same rows.

use anyhow::Result;
use proto::catalog::CreateProductRequest;

use crate::{house::Service, shop, store};

/// What one load measured, in products a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Through BatchCreateProducts, acknowledged and durable.
    pub(crate) rate: f64,
    /// Of the same rows into the same tables by SQLite alone.
    pub(crate) raw_rate: f64,
    /// CPU time of the service, in microseconds a product.
    pub(crate) cpu: f64,
}

impl Load {
    /// How much of SQLite's own rate is reached.
    pub(crate) fn share(&self) -> f64 {
        self.rate / self.raw_rate
    }
}

/// Loads the products into new catalogs, and inserts what each of them holds again by SQLite alone.
pub(crate) async fn run(products: &[CreateProductRequest], times: usize) -> Result<Vec<Load>> {
    let mut loads = Vec::with_capacity(times);
    for number in 1..=times {
        eprintln!("load {number} of {times}");
        loads.push(once(products).await?);
    }
    Ok(loads)
}

async fn once(products: &[CreateProductRequest]) -> Result<Load> {
    let service = Service::open().await?;
    let before = service.server.cpu()?;
    let taken = service.shop.load(products).await?;
    let cpu = service.server.cpu()? - before;
    let (_folder, database) = service.stop().await?;
    let raw = store::insert_again(&database, shop::batches(products))?;
    let count = products.len() as f64;
    Ok(Load {
        rate: count / taken.as_secs_f64(),
        raw_rate: count / raw.as_secs_f64(),
        cpu: cpu.as_secs_f64() * 1e6 / count,
    })
}
