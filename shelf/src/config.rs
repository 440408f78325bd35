//! Shelf's command line and environment, read once at start. Every problem is told at once.

mod load;

use std::{fmt::Write as _, path::PathBuf};

use clap::{Args, Parser, Subcommand};

pub use load::LoadSettings;

/// A product catalog: the catalog-service and the gateway in one process.
#[derive(Debug, Parser)]
#[command(name = "shelf", version, about, args_conflicts_with_subcommands = true)]
pub struct CommandLine {
    /// Another command than to serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub serve: ServeArguments,
}

/// What `shelf` does beside serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Loads products from a file, one CreateProductRequest in ProtoJSON per line.
    Load(load::LoadArguments),
}

/// How both services are started.
#[derive(Clone, Debug, Args)]
pub struct ServeArguments {
    /// The folder that holds the database.
    #[arg(long, env = "SHELF_DATA_DIR", default_value = "./shelf-data", value_name = "FOLDER")]
    pub data_dir: PathBuf,
    /// Where the pages and the JSON are served.
    #[arg(long, env = "SHELF_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: String,
    /// Where gRPC and gRPC-Web are served.
    #[arg(
        long,
        env = "SHELF_GRPC_LISTEN",
        default_value = "127.0.0.1:50051",
        value_name = "ADDRESS"
    )]
    pub grpc_listen: String,
    /// The address under which browsers find the shop; http://localhost and the port when not given.
    #[arg(long, env = "SHELF_PUBLIC_ORIGIN", value_name = "ORIGIN")]
    pub public_origin: Option<String>,
    /// Starts a new database without the sample shop.
    #[arg(long, env = "SHELF_EMPTY")]
    pub empty: bool,
}

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", listed(.0))]
pub struct Problems(pub Vec<String>);

fn listed(problems: &[String]) -> String {
    let mut text = String::from("the settings cannot be used:");
    for problem in problems {
        let _ = write!(text, "\n  {problem}");
    }
    text
}
