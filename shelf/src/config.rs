//! Shelf's command line and environment, read once at start. Every problem is told at once.

mod load;
mod serve;

use clap::{Parser, Subcommand};

pub use gateway::config::{EXIT_USAGE, Problems};
pub use load::{LoadArguments, LoadSettings};
pub use serve::{ServeArguments, ServeSettings};

/// A product catalog: the catalog-service and the gateway in one process.
#[derive(Debug, Parser)]
#[command(name = "shelf", version)]
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
    /// Loads products from a file, one CreateProductRequest in ProtoJSON per line
    Load(LoadArguments),
}
