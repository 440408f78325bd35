//! The servers that the products are compared with, each a process of its own like the measured ones.

mod canned;
mod constant;
mod empty;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Result;

pub(crate) use canned::Answer;
pub(crate) use empty::METHOD as EMPTY_METHOD;

/// What to serve until the process is ended, and where.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Serve {
    /// A loopback address
    #[arg(long)]
    listen: SocketAddr,
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
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

/// Serves until the process is ended.
pub(crate) async fn run(serve: Serve) -> Result<()> {
    match serve.what {
        What::Constant(sizes) => constant::serve(serve.listen, sizes).await,
        What::Empty => empty::serve(serve.listen).await,
        What::Canned { answers } => canned::serve(serve.listen, &answers).await,
    }
}
