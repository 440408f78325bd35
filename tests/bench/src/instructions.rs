//! How many instructions a call takes, counted by valgrind's callgrind: the same on a busy machine as on a quiet one, so that a change
//! of a few per cent can be seen. What the kernel does, and waiting, is not in the number.
//!
//! A server is started twice for every call, and called so often, then twice as often: the difference holds nothing of its start.

use std::{
    ffi::OsString,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::{
    asked,
    house::{self, Service, endpoint},
    load::{self, Bound, CALLERS, Work},
    process::{Program, free_address},
    products,
    serve::Sizes,
    shop,
};

/// How long the calls may take under valgrind, which is some fifty times slower.
const LONGEST: Duration = Duration::from_secs(600);

/// Counts instructions
#[derive(Debug, clap::Args)]
pub(crate) struct Instructions {
    /// How many products the catalog has
    #[arg(long, default_value_t = 5_000)]
    products: u64,
    /// Products to take instead, one CreateProductRequest in ProtoJSON per line
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// How many calls are counted
    #[arg(long, default_value_t = 2_000)]
    calls: u64,
    /// Counts only what has this in its name
    #[arg(long, default_value = "", hide_default_value = true)]
    only: String,
    /// Where callgrind's files are kept, for `callgrind_annotate`
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// A stocked catalog that no server has open.
struct Catalog {
    folder: PathBuf,
    database: PathBuf,
    names: Vec<String>,
    authorization: String,
    token: String,
    answers: TempDir,
}

/// What is counted: its name, the server, and what it is asked.
type Case = (&'static str, fn(&Catalog, SocketAddr) -> Result<Program>, Ask);

/// What a server is asked.
#[derive(Clone, Copy)]
enum Ask {
    /// Requests that are known before it runs.
    Known(fn(&Catalog, SocketAddr) -> Result<Work>),
    /// For products that have not changed, by the entity tags that it gives.
    Unchanged,
}

const PRODUCT: Ask = Ask::Known(|catalog, at| Ok(asked::product(at, &catalog.names)));
const PAGE: Ask = Ask::Known(|_, at| Ok(asked::page(at)));

const CASES: [Case; 14] = [
    ("one product, constant", constant, PRODUCT),
    ("empty, gRPC", empty, Ask::Known(|_, at| Ok(asked::rpc_empty(&endpoint(at)?)))),
    (
        "one product, gRPC",
        service,
        Ask::Known(|catalog, at| Ok(asked::rpc_product(&endpoint(at)?, &catalog.names))),
    ),
    (
        "page of 50, gRPC",
        service,
        Ask::Known(|_, at| Ok(asked::rpc_page(&endpoint(at)?, String::new()))),
    ),
    ("one product, gateway", gateway, PRODUCT),
    ("304, gateway", gateway, Ask::Unchanged),
    ("page of 50, gateway", gateway, PAGE),
    (
        "create, gateway",
        gateway,
        Ask::Known(|catalog, at| asked::create(at, "counted", &catalog.authorization)),
    ),
    ("shop's list as HTML, gateway", gateway, Ask::Known(|_, at| Ok(asked::shop_list(at)))),
    (
        "admin's list as HTML, gateway",
        gateway,
        Ask::Known(|catalog, at| asked::admin_list(at, &catalog.token)),
    ),
    ("one product, shelf", shelf, PRODUCT),
    ("304, shelf", shelf, Ask::Unchanged),
    ("page of 50, shelf", shelf, PAGE),
    (
        "create, shelf",
        shelf,
        Ask::Known(|catalog, at| {
            let series = format!("counted-{}", at.port());
            asked::create(at, &series, &catalog.authorization)
        }),
    ),
];

impl Ask {
    async fn of(self, catalog: &Catalog, at: SocketAddr) -> Result<Work> {
        match self {
            Self::Known(requests) => requests(catalog, at),
            Self::Unchanged => asked::unchanged(at, &catalog.names).await,
        }
    }
}

/// `bench instructions`: counts and prints.
#[expect(clippy::print_stdout, reason = "printing is what it is for")]
pub(crate) async fn run(instructions: &Instructions) -> Result<()> {
    let own = Service::open().await?;
    let products = products::taken(instructions.data.as_deref(), instructions.products)?;
    own.shop.load(&products).await?;
    own.shop.publish(&products).await?;
    let names: Vec<String> = products.iter().take(1_000).map(shop::name).collect();
    let answers = house::answers(&own, &names).await?;
    let (authorization, token) =
        (own.shop.authorization()?.to_owned(), own.shop.token()?.to_owned());
    let (folder, database) = own.stop().await?;
    let folder_of = folder.path().to_owned();
    let catalog = Catalog { folder: folder_of, database, names, authorization, token, answers };
    let outputs = tempfile::tempdir()?;
    let outputs = instructions.keep.as_deref().unwrap_or(outputs.path());
    fs::create_dir_all(outputs)?;
    for case in CASES.iter().filter(|case| case.0.contains(&instructions.only)) {
        let once = counted(&catalog, case, instructions.calls, outputs).await?;
        let twice = counted(&catalog, case, instructions.calls * 2, outputs).await?;
        println!("{:>9} instructions: {}", twice.saturating_sub(once) / instructions.calls, case.0);
    }
    Ok(())
}

/// All instructions of a server that is called so often.
async fn counted(catalog: &Catalog, case: &Case, calls: u64, outputs: &Path) -> Result<u64> {
    let (name, program, ask) = case;
    let listen = free_address()?;
    let output = outputs.join(format!("{}-{calls}.callgrind", name.replace([',', ' ', '\''], "-")));
    let mut file = OsString::from("--callgrind-out-file=");
    file.push(&output);
    let valgrind = [OsString::from("--tool=callgrind"), file];
    let server = program(catalog, listen)?.under("valgrind", valgrind).start()?;
    let bound = Bound { time: LONGEST, calls };
    let work = ask.of(catalog, listen).await?;
    // What it does by itself after its start has to be done both times, or it would be in the difference.
    load::slice(&work, CALLERS, Bound { calls: CALLERS as u64, ..bound }, &server, None).await?;
    server.settle().await?;
    load::slice(&work, CALLERS, bound, &server, None).await?;
    server.stop().await?;
    let written = fs::read_to_string(&output)?;
    let total = written.lines().find_map(|line| line.strip_prefix("summary: "));
    let total = total.and_then(|total| total.split_whitespace().next());
    Ok(total.context("callgrind has written no sum")?.parse()?)
}

fn empty(_: &Catalog, listen: SocketAddr) -> Result<Program> {
    Ok(Program::named("bench")?.with("serve").listening("--listen", listen).with("empty"))
}

/// The gateway alone: what it calls answers from memory.
fn gateway(catalog: &Catalog, listen: SocketAddr) -> Result<Program> {
    let program = Program::named("bench")?.with("serve").listening("--listen", listen);
    Ok(program.with("canned").with(catalog.answers.path()))
}

/// What a request costs before anything is done for it.
fn constant(_: &Catalog, listen: SocketAddr) -> Result<Program> {
    let program = Program::named("bench")?.with("serve").listening("--listen", listen);
    let sizes = Sizes { product: 900, page: 30_000, created: 900 };
    Ok(house::constant_arguments(sizes).iter().fold(program, Program::with))
}

fn service(catalog: &Catalog, listen: SocketAddr) -> Result<Program> {
    let mut url = OsString::from("sqlite:");
    url.push(&catalog.database);
    let program = Program::named("catalog-service")?.listening("--catalog-listen", listen);
    Ok(program.with("--database-url").with(url))
}

fn shelf(catalog: &Catalog, listen: SocketAddr) -> Result<Program> {
    let program = Program::named("shelf")?.listening("--listen", listen);
    let program = program.with("--grpc-listen").with("127.0.0.1:0");
    Ok(program.with("--data-dir").with(&catalog.folder))
}
