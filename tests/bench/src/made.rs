//! Two shops of products that are made from a seed, a small one and a large one of the same make: what the size of a catalog costs.
//!
//! A large shop takes minutes to stock. It may be kept in a folder, and one that is whole is taken up again as it is.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context as _, Result, ensure};
use catalog_service::domain::{Caller, ProductId, View};
use tempfile::TempDir;

use crate::{
    house::endpoint,
    process::{Program, Server, free_address},
    products::long_tailed::LongTailed,
    search::{Service, stock, unhurried},
    shop,
};

/// How many products the small shop has: as many as the real ones that Shelf is tried with.
pub(crate) const SMALL: u64 = 19_406;
/// The seed of both shops.
const SEED: u64 = 1;
/// How many products the reads go round, spread over the whole shop.
const READ: u64 = 10_000;

/// A stocked shop, and `shelf` that serves it.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) shelf: Server,
    pub(crate) http: SocketAddr,
    pub(crate) grpc: SocketAddr,
    /// The products that are read.
    pub(crate) names: Vec<String>,
    pub(crate) count: u64,
    program: Program,
    _folder: Option<TempDir>,
}

/// Both shops.
#[derive(Debug)]
pub(crate) struct Sizes {
    pub(crate) small: Made,
    pub(crate) large: Made,
}

impl Sizes {
    /// Opens both; the large one in `folder`, where one is given.
    pub(crate) async fn open(count: u64, folder: Option<&Path>) -> Result<Self> {
        ensure!(count > SMALL, "a large shop has more than {SMALL} products");
        let small = Made::open(SMALL, None).await?;
        Ok(Self { small, large: Made::open(count, folder).await? })
    }
}

impl Made {
    async fn open(count: u64, folder: Option<&Path>) -> Result<Self> {
        let temporary = if folder.is_none() { Some(tempfile::tempdir()?) } else { None };
        let folder = folder.or(temporary.as_ref().map(TempDir::path)).context("a folder")?;
        stocked(folder, count).await?;
        let (http, grpc) = (free_address()?, free_address()?);
        let program = Program::named("shelf")?
            .with("--empty")
            .listening("--listen", http)
            .listening("--grpc-listen", grpc)
            .with("--data-dir")
            .with(folder);
        let shelf = program.start()?;
        let names = spread(count).map(|number| shop::name(&LongTailed::new(SEED).request(number)));
        let names = names.collect();
        Ok(Self { shelf, http, grpc, names, count, program, _folder: temporary })
    }

    /// The same shop, served by a process that has just started.
    pub(crate) async fn again(self) -> Result<Self> {
        self.shelf.stop().await?;
        Ok(Self { shelf: self.program.start()?, ..self })
    }

    /// The token of the page that has `depth` products before it.
    pub(crate) async fn token_at(&self, depth: i32) -> Result<String> {
        shop::token_at(&endpoint(self.grpc)?, depth).await
    }
}

/// A word that some titles of every shop have.
pub(crate) fn word() -> String {
    let title = LongTailed::new(SEED).request(0).product.unwrap_or_default().title;
    title.split_whitespace().nth(1).unwrap_or_default().to_lowercase()
}

/// The numbers of the products that are read: evenly spread, and none near the one before.
fn spread(count: u64) -> impl Iterator<Item = u64> {
    let read = READ.min(count);
    // Coprime to any number of products that is asked for here, so that none comes twice.
    (0..read).map(move |place| (place * 7919 % read) * count / read)
}

/// Puts the products into the folder, unless they are there, and waits until all are in the index.
async fn stocked(folder: &Path, count: u64) -> Result<()> {
    let url = format!("sqlite:{}", folder.join("shelf.db").display());
    let instance = catalog_service::open(unhurried(&url)).await?;
    let last = LongTailed::new(SEED).request(count - 1);
    let title = last.product.unwrap_or_default().title;
    if instance.is_empty().await? {
        eprintln!("stocking a shop with {count} products");
        stock::made(&instance, SEED, count).await?;
    } else {
        let id = ProductId::parse(&last.product_id)?;
        let there = instance.catalog().product(&Caller::system(), &id, View::Basic).await;
        let folder = folder.display();
        there.with_context(|| format!("the shop in `{folder}` is not whole; remove it"))?;
    }
    let service = Service { instance };
    stock::until_found(&service, &title).await?;
    service.instance.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_is_read_is_spread_over_the_whole_shop() {
        for count in [5, SMALL, 1_000_000] {
            let read: HashSet<u64> = spread(count).collect();
            assert_eq!(read.len() as u64, READ.min(count));
            assert!(read.iter().all(|number| *number < count));
            assert!(read.iter().max().is_some_and(|last| *last >= count - count.div_ceil(READ)));
        }
    }
}
