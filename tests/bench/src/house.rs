//! All the servers of a run, started and stocked with the same products.

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use prost::Message as _;
use proto::catalog::CreateProductRequest;
use tempfile::TempDir;
use tonic::transport::Endpoint;

use crate::{
    asked,
    express::Express,
    made,
    process::{Lines, Program, Server, free_address},
    serve::{Answer, Sizes},
    shop::{self, Shop},
};

/// How many products the reads go round.
const READ: usize = 1_000;
/// How many products lie before the deep page, where there are so many.
const DEPTH: usize = 10_000;
/// What the line with the link of the first account holds.
const SETUP: &str = "/admin/setup#";

/// Both services in one process, with the editor of its shop.
#[derive(Debug)]
pub(crate) struct OneProcess {
    pub(crate) shelf: Server,
    pub(crate) http: SocketAddr,
    pub(crate) shop: Shop,
    program: Program,
    _folder: TempDir,
}

/// The services as two processes.
#[derive(Debug)]
pub(crate) struct TwoProcesses {
    pub(crate) gateway: Server,
    pub(crate) http: SocketAddr,
    pub(crate) service: Service,
}

/// A catalog-service alone, with the editor of its shop.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) server: Server,
    pub(crate) grpc: SocketAddr,
    pub(crate) shop: Shop,
    program: Program,
    folder: TempDir,
}

/// Everything that runs.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) constant: Server,
    pub(crate) constant_at: SocketAddr,
    pub(crate) empty: Server,
    pub(crate) empty_at: SocketAddr,
    pub(crate) canned: Server,
    pub(crate) canned_at: SocketAddr,
    /// For the calls that only read.
    pub(crate) reading: (OneProcess, TwoProcesses),
    /// For the calls that create, so that what they leave does not weigh on the reads.
    pub(crate) creating: (OneProcess, TwoProcesses),
    /// The gateway that others would write, before the service of the reads and before that of the creations.
    pub(crate) express: Option<(Express, Express)>,
    /// Two shops of different sizes, where they are compared.
    pub(crate) sized: Option<made::Sizes>,
    /// The products that are read.
    pub(crate) names: Vec<String>,
    /// How many products lie before the deep page.
    pub(crate) depth: i32,
    /// How long the real answers are.
    pub(crate) sizes: Sizes,
    _answers: TempDir,
}

impl House {
    /// Starts everything, with these products in every catalog but those that differ in size.
    pub(crate) async fn open(
        products: &[CreateProductRequest],
        sized: Option<made::Sizes>,
        node: Option<&Path>,
    ) -> Result<Self> {
        eprintln!("stocking four catalogs with {} products", products.len());
        let reading = (OneProcess::open(products).await?, TwoProcesses::open(products).await?);
        let creating = (OneProcess::open(products).await?, TwoProcesses::open(products).await?);
        let depth = i32::try_from(DEPTH.min(products.len().saturating_sub(50)))?;
        let names: Vec<String> = products.iter().take(READ).map(shop::name).collect();
        let answers = answers(&reading.1.service, &names).await?;
        let sizes = sizes(&reading.0, &creating.0, &names).await?;
        let express = match node {
            Some(node) => Some(Express::pair(node, &reading.1, &creating.1, &names).await?),
            None => None,
        };
        let (constant, constant_at) = floor(&constant_arguments(sizes))?;
        let (empty, empty_at) = floor(&["empty".into()])?;
        let (canned, canned_at) = floor(&["canned".into(), answers.path().into()])?;
        Ok(Self {
            constant,
            constant_at,
            empty,
            empty_at,
            canned,
            canned_at,
            reading,
            creating,
            express,
            sized,
            names,
            depth,
            sizes,
            _answers: answers,
        })
    }
}

impl OneProcess {
    /// Starts one on a new folder, stocks it, and starts it again as it will be measured.
    async fn open(products: &[CreateProductRequest]) -> Result<Self> {
        let (folder, http, grpc) = (tempfile::tempdir()?, free_address()?, free_address()?);
        let program = Program::named("shelf")?
            .with("--empty")
            .listening("--listen", http)
            .listening("--grpc-listen", grpc)
            .with("--data-dir")
            .with(folder.path());
        let (first, lines) = program.start_read()?;
        let shop = open_shop(grpc, &lines).await?;
        stock(&shop, products).await?;
        first.stop().await?;
        Ok(Self { shelf: program.start()?, http, shop, program, _folder: folder })
    }

    /// The same on the same folder, started again.
    pub(crate) async fn again(self) -> Result<Self> {
        self.shelf.stop().await?;
        Ok(Self { shelf: self.program.start()?, ..self })
    }
}

impl TwoProcesses {
    async fn open(products: &[CreateProductRequest]) -> Result<Self> {
        let service = Service::open().await?;
        stock(&service.shop, products).await?;
        let service = service.again().await?;
        let (gateway, http) = start_gateway(service.grpc)?;
        Ok(Self { gateway, http, service })
    }
}

impl Service {
    /// Starts one on a new database. What it writes is read.
    pub(crate) async fn open() -> Result<Self> {
        let (folder, grpc) = (tempfile::tempdir()?, free_address()?);
        let mut url = OsString::from("sqlite:");
        url.push(database(folder.path()));
        let program = Program::named("catalog-service")?
            .listening("--catalog-listen", grpc)
            .with("--database-url")
            .with(url);
        let (server, lines) = program.start_read()?;
        let shop = open_shop(grpc, &lines).await?;
        Ok(Self { server, grpc, shop, program, folder })
    }

    /// The same on the same database, started again as it will be measured.
    async fn again(self) -> Result<Self> {
        self.server.stop().await?;
        Ok(Self { server: self.program.start()?, ..self })
    }

    /// Its database.
    pub(crate) fn database(&self) -> PathBuf {
        database(self.folder.path())
    }

    /// Stops the server, and keeps what it has written for as long as the folder is kept.
    pub(crate) async fn stop(self) -> Result<(TempDir, PathBuf)> {
        let database = self.database();
        self.server.stop().await?;
        Ok((self.folder, database))
    }
}

/// Starts a gateway before a service.
pub(crate) fn start_gateway(grpc: SocketAddr) -> Result<(Server, SocketAddr)> {
    let http = free_address()?;
    let program = Program::named("gateway")?.listening("--listen", http);
    let gateway = program.with("--catalog").with(format!("http://{grpc}")).start()?;
    Ok((gateway, http))
}

/// A gRPC server's address as a client needs it.
pub(crate) fn endpoint(grpc: SocketAddr) -> Result<Endpoint> {
    Ok(Endpoint::from_shared(format!("http://{grpc}"))?.tcp_nodelay(true))
}

/// Starts one of this program's own servers.
fn floor(arguments: &[OsString]) -> Result<(Server, SocketAddr)> {
    let listen = free_address()?;
    let program = Program::named("bench")?.with("serve").listening("--listen", listen);
    Ok((arguments.iter().fold(program, Program::with).start()?, listen))
}

fn database(folder: &Path) -> PathBuf {
    folder.join("shelf.db")
}

async fn open_shop(grpc: SocketAddr, lines: &Lines) -> Result<Shop> {
    Shop::open(&endpoint(grpc)?, &lines.with(SETUP)?).await
}

async fn stock(shop: &Shop, products: &[CreateProductRequest]) -> Result<()> {
    shop.load(products).await?;
    shop.publish(products).await
}

/// The answers of the real service, for the gateway whose upstream answers from memory.
pub(crate) async fn answers(service: &Service, names: &[String]) -> Result<TempDir> {
    let endpoint = endpoint(service.grpc)?;
    let name = names.first().context("there is no product")?;
    let product = shop::product(&endpoint, name.clone()).await?.encode_to_vec();
    let folder = tempfile::tempdir()?;
    for (answer, message) in [
        (Answer::Product, &product),
        (Answer::Created, &product),
        (Answer::Page, &shop::first_page(&endpoint).await?.encode_to_vec()),
        (Answer::StaffPage, &service.shop.staff_page().await?.encode_to_vec()),
        (Answer::Session, &service.shop.session().await?.encode_to_vec()),
        (Answer::Shop, &shop::shop(&endpoint).await?.encode_to_vec()),
        (Answer::Categories, &shop::categories(&endpoint).await?.encode_to_vec()),
    ] {
        std::fs::write(folder.path().join(answer.file()), message)?;
    }
    Ok(folder)
}

/// How long the real answers are, in bytes of JSON.
async fn sizes(reading: &OneProcess, creating: &OneProcess, names: &[String]) -> Result<Sizes> {
    let create = asked::create(creating.http, "sized", creating.shop.authorization()?)?;
    Ok(Sizes {
        product: asked::answered_bytes(&asked::product(reading.http, names)).await?,
        page: asked::answered_bytes(&asked::page(reading.http)).await?,
        created: asked::answered_bytes(&create).await?,
    })
}

/// What makes this program answer with constants of these sizes.
pub(crate) fn constant_arguments(sizes: Sizes) -> Vec<OsString> {
    let Sizes { product, page, created } = sizes;
    let flags = [("--product", product), ("--page", page), ("--created", created)];
    let flags = flags.map(|(flag, size)| [flag.to_owned(), size.to_string()]);
    let arguments = ["constant".to_owned()].into_iter().chain(flags.into_iter().flatten());
    arguments.map(OsString::from).collect()
}
