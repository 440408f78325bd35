//! All the servers of a run, started and stocked with the same products.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use prost::Message as _;
use proto::catalog::CreateProductRequest;
use tempfile::TempDir;
use tonic::transport::Endpoint;

use crate::{
    asked,
    process::Server,
    serve::{CREATED, PAGE, PRODUCT, Sizes},
    shop::{self, Shop},
};

/// How many products the reads go round.
const READ: usize = 1_000;
/// How many products lie before the deep page, where there are so many.
const DEPTH: usize = 10_000;

/// Both services in one process, with the editor of its shop.
#[derive(Debug)]
pub(crate) struct OneProcess {
    pub(crate) shelf: Server,
    pub(crate) shop: Shop,
    folder: TempDir,
}

/// The services as two processes.
#[derive(Debug)]
pub(crate) struct TwoProcesses {
    pub(crate) gateway: Server,
    pub(crate) service: Service,
}

/// A catalog-service alone, with the editor of its shop.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) server: Server,
    pub(crate) shop: Shop,
    folder: TempDir,
}

/// Everything that runs.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) constant: Server,
    pub(crate) empty: Server,
    pub(crate) canned: Server,
    /// For the calls that only read.
    pub(crate) reading: (OneProcess, TwoProcesses),
    /// For the calls that create, so that what they leave does not weigh on the reads.
    pub(crate) creating: (OneProcess, TwoProcesses),
    /// The products that are read.
    pub(crate) names: Vec<String>,
    /// How many products lie before the deep page.
    pub(crate) depth: i32,
    /// How long the real answers are.
    pub(crate) sizes: Sizes,
    _answers: TempDir,
}

impl House {
    /// Starts everything, with these products in every catalog.
    pub(crate) async fn open(products: &[CreateProductRequest]) -> Result<Self> {
        let reading = (OneProcess::open(products).await?, TwoProcesses::open(products).await?);
        let creating = (OneProcess::open(products).await?, TwoProcesses::open(products).await?);
        let depth = i32::try_from(DEPTH.min(products.len().saturating_sub(50)))?;
        let names: Vec<String> = products.iter().take(READ).map(shop::name).collect();
        let answers = answers(&reading.1.service, &names).await?;
        let canned = start("bench", &["serve".into(), "canned".into(), answers.path().into()], &["shop"])?;
        let sizes = sizes(&reading.0.shelf, &creating.0, &names).await?;
        let constant = start("bench", &constant_arguments(sizes), &["shop"])?;
        let empty = start("bench", &["serve".into(), "empty".into()], &["gRPC"])?;
        Ok(Self { constant, empty, canned, reading, creating, names, depth, sizes, _answers: answers })
    }
}

impl OneProcess {
    async fn open(products: &[CreateProductRequest]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let shelf = start_shelf(folder.path(), &["shop", "gRPC", "setup"])?;
        let shop = Shop::open(&endpoint(&shelf)?, shelf.said("setup")?).await?;
        stock(&shop, products).await?;
        Ok(Self { shelf, shop, folder })
    }

    /// Stops it, and keeps what it has written for as long as the folder is kept.
    pub(crate) fn stop(self) -> Result<TempDir> {
        self.shelf.stop()?;
        Ok(self.folder)
    }
}

impl TwoProcesses {
    async fn open(products: &[CreateProductRequest]) -> Result<Self> {
        let service = Service::open().await?;
        stock(&service.shop, products).await?;
        let gateway = start_gateway(service.server.said("gRPC")?)?;
        Ok(Self { gateway, service })
    }
}

impl Service {
    /// Starts one on a new database.
    pub(crate) async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut url = OsString::from("sqlite:");
        url.push(database(folder.path()));
        let arguments = ["--catalog-listen".into(), "127.0.0.1:0".into(), "--database-url".into(), url];
        let server = start("catalog-service", &arguments, &["gRPC", "setup"])?;
        let shop = Shop::open(&endpoint(&server)?, server.said("setup")?).await?;
        Ok(Self { server, shop, folder })
    }

    /// Where its gRPC is.
    pub(crate) fn endpoint(&self) -> Result<Endpoint> {
        endpoint(&self.server)
    }

    /// Its database.
    pub(crate) fn database(&self) -> PathBuf {
        database(self.folder.path())
    }

    /// Stops the server, and keeps what it has written for as long as the folder is kept.
    pub(crate) fn stop(self) -> Result<(TempDir, PathBuf)> {
        let database = self.database();
        self.server.stop()?;
        Ok((self.folder, database))
    }
}

/// Starts both services in one process on a folder that they have used already.
pub(crate) fn restart_shelf(folder: &Path) -> Result<Server> {
    start_shelf(folder, &["shop", "gRPC"])
}

fn start_shelf(folder: &Path, words: &[&str]) -> Result<Server> {
    let arguments = [
        "--empty".into(),
        "--listen".into(),
        "127.0.0.1:0".into(),
        "--grpc-listen".into(),
        "127.0.0.1:0".into(),
        "--data-dir".into(),
        folder.as_os_str().to_owned(),
    ];
    start("shelf", &arguments, words)
}

/// Starts a gateway before a service.
pub(crate) fn start_gateway(catalog: &str) -> Result<Server> {
    let arguments = ["--listen", "127.0.0.1:0", "--catalog", catalog].map(OsString::from);
    start("gateway", &arguments, &["shop"])
}

/// Where a server's gRPC is.
pub(crate) fn endpoint(server: &Server) -> Result<Endpoint> {
    Ok(Endpoint::from_shared(server.said("gRPC")?.to_owned())?.tcp_nodelay(true))
}

/// Starts a program that was built beside this one.
fn start(program: &str, arguments: &[OsString], words: &[&str]) -> Result<Server> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("this program lies in a folder")?;
    Server::start(&folder.join(program), arguments, words)
}

fn database(folder: &Path) -> PathBuf {
    folder.join("shelf.db")
}

async fn stock(shop: &Shop, products: &[CreateProductRequest]) -> Result<()> {
    shop.load(products).await?;
    shop.publish(products).await
}

/// The answers of the real service, for the gateway whose upstream answers from memory.
async fn answers(service: &Service, names: &[String]) -> Result<TempDir> {
    let endpoint = service.endpoint()?;
    let name = names.first().context("there is no product")?;
    let product = shop::product(&endpoint, name.clone()).await?.encode_to_vec();
    let page = shop::first_page(&endpoint).await?.encode_to_vec();
    let folder = tempfile::tempdir()?;
    for (method, message) in [(PRODUCT, &product), (CREATED, &product), (PAGE, &page)] {
        std::fs::write(folder.path().join(method), message)?;
    }
    Ok(folder)
}

/// How long the real answers are, in bytes of JSON.
async fn sizes(shelf: &Server, creating: &OneProcess, names: &[String]) -> Result<Sizes> {
    let address = asked::address(shelf.said("shop")?)?;
    let other = asked::address(creating.shelf.said("shop")?)?;
    let create = asked::create(other, "sized", creating.shop.authorization()?)?;
    Ok(Sizes {
        product: asked::answered_bytes(&asked::product(address, names)).await?,
        page: asked::answered_bytes(&asked::page(address)).await?,
        created: asked::answered_bytes(&create).await?,
    })
}

fn constant_arguments(sizes: Sizes) -> Vec<OsString> {
    let Sizes { product, page, created } = sizes;
    let sizes = [("--product", product), ("--page", page), ("--created", created)];
    let sizes = sizes.map(|(flag, size)| [flag.to_owned(), size.to_string()]);
    ["serve", "constant"].map(str::to_owned).into_iter().chain(sizes.into_iter().flatten()).map(Into::into).collect()
}
