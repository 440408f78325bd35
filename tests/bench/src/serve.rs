//! The servers that the products are compared with, each a process of its own like the measured ones.

mod canned;
mod constant;
mod empty;

use std::{
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
};

use anyhow::Result;

pub(crate) use canned::{CREATED, PAGE, PRODUCT};
pub(crate) use empty::METHOD as EMPTY_METHOD;

/// What to serve until the process is ended.
#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum Serve {
    /// Constant answers over HTTP, by the gateway's own server code and without its layers
    Constant(Sizes),
    /// An empty unary call over gRPC
    Empty,
    /// The whole gateway before an upstream in the same process that answers from memory
    Canned {
        /// The folder with the answers
        answers: PathBuf,
    },
}

/// How long the constant answers are, in bytes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Sizes {
    /// Of one product
    #[arg(long)]
    pub(crate) product: usize,
    /// Of a page
    #[arg(long)]
    pub(crate) page: usize,
    /// Of a product just created
    #[arg(long)]
    pub(crate) created: usize,
}

/// Serves on a free port of the loopback interface, and says which on standard output.
pub(crate) async fn run(serve: Serve) -> Result<()> {
    match serve {
        Serve::Constant(sizes) => constant::serve(sizes).await,
        Serve::Empty => empty::serve().await,
        Serve::Canned { answers } => canned::serve(&answers).await,
    }
}

/// Says where a server listens, in the line that `shelf` prints too.
fn announce(word: &str, address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{word}: http://{address}")
}
