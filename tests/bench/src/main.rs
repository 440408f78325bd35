//! `make bench`: what a request costs, as ratios of one run. It measures, and never judges a slow figure a failure; it
//! fails only when something did not answer as it should.

mod aims;
mod asked;
mod express;
mod figures;
mod house;
mod instructions;
mod load;
mod loads;
mod made;
mod meaning;
mod process;
mod products;
mod report;
mod rounds;
mod search;
mod serve;
mod shop;
mod starts;
mod store;
mod targets;

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    house::House,
    load::Bound,
    report::{Circumstances, Report},
    serve::Serve,
    targets::Measured,
};

/// The most calls of a slice.
const CALLS: u64 = 1_000_000;

/// Measures Shelf on this machine
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    /// Fewer and shorter rounds: about two minutes
    #[arg(long)]
    quick: bool,
    /// How many products are made, where none are given
    #[arg(long, default_value_t = 5_000)]
    products: u64,
    /// Products to take instead, one CreateProductRequest in ProtoJSON per line
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// How many products the large one of two made shops has, whose sizes are compared; none: they are not compared
    #[arg(long, value_name = "PRODUCTS")]
    large: Option<u64>,
    /// Where the large shop is kept, and taken up again
    #[arg(long, value_name = "FOLDER", requires = "large")]
    shop: Option<PathBuf>,
    /// Node.js, which runs the Express gateway of tests/bench/express; none: it is not compared
    #[arg(long, value_name = "FILE")]
    node: Option<PathBuf>,
    /// Writes a section to stand below the results of another run
    #[arg(long)]
    section: bool,
    /// Where the results are written
    #[arg(long, value_name = "FILE", default_value = "tests/bench/RESULTS.md")]
    write: PathBuf,
    /// A line about this run for the head of the results: machine, commit, compiler, date
    #[arg(long, value_name = "LINE")]
    about: Vec<String>,
}

/// What the program does for itself, in processes of their own.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Serves what the measured servers are compared with
    #[command(hide = true)]
    Serve(Serve),
    /// Measures the search alone: how well it finds, and how fast
    Search(search::Search),
    /// Counts the instructions of a call, by valgrind
    Instructions(instructions::Instructions),
}

fn main() -> Result<()> {
    let mut command_line = CommandLine::parse();
    match command_line.command.take() {
        // The floors have as many threads as the servers that they are the floors of.
        Some(Command::Serve(serve)) => tokio::runtime::Runtime::new()?.block_on(async {
            tokio::select! {
                served = serve::run(serve) => served,
                stopped = told_to_stop() => stopped,
            }
        }),
        Some(Command::Search(search)) => {
            tokio::runtime::Runtime::new()?.block_on(search::run(&search))
        }
        Some(Command::Instructions(counted)) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(unless_stopped(instructions::run(&counted)))
        }
        // One thread of load leaves the other cores to the measured server.
        None => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(unless_stopped(measure(&command_line)))
        }
    }
}

/// Ends early when the program is told to, so that no server outlives it.
async fn unless_stopped(measure: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::select! {
        measured = measure => measured,
        stopped = told_to_stop() => stopped.and_then(|()| bail!("stopped; nothing is written")),
    }
}

async fn told_to_stop() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminated.recv() => Ok(()),
        _ = interrupted.recv() => Ok(()),
    }
}

async fn measure(command_line: &CommandLine) -> Result<()> {
    let (count, repeats, time) = if command_line.quick {
        (3, 2, Duration::from_millis(700))
    } else {
        (9, 5, Duration::from_millis(1_500))
    };
    let bound = Bound { time, calls: CALLS };
    let products = products::taken(command_line.data.as_deref(), command_line.products)?;
    let sized = match command_line.large {
        Some(count) => Some(made::Sizes::open(count, command_line.shop.as_deref()).await?),
        None => None,
    };
    let made = sized.as_ref().map(|sized| (sized.small.count, sized.large.count));
    let loads = loads::run(&products, repeats).await?;
    let house = House::open(&products, sized, command_line.node.as_deref()).await?;
    let rounds = rounds::run(&house, count, bound).await?;
    let House { reading: (one, two), names, sizes, depth, sized, .. } = house;
    let starts = starts::run(one, &two.service, &names, repeats, bound).await?;
    let large_starts = match sized {
        Some(sized) => starts::run_large(sized.large, repeats, bound).await?,
        None => Vec::new(),
    };
    let circumstances = Circumstances {
        about: command_line.about.clone(),
        rounds: count,
        seconds: time.as_secs_f64(),
        products: products.len(),
        series: if command_line.data.is_some() { "given" } else { "generated" }.to_owned(),
        depth,
        sizes,
        made,
    };
    let measured = Measured { rounds, loads, starts, large_starts };
    let report = Report {
        circumstances: &circumstances,
        measured: &measured,
        is_section: command_line.section,
    };
    fs::write(&command_line.write, report.to_string())
        .with_context(|| format!("`{}` cannot be written", command_line.write.display()))
}
