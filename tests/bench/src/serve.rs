//! The servers that the products are compared with, each a process of its own like the measured ones.

mod canned;
mod constant;
mod empty;

use std::{
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use anyhow::Result;
use tokio::net::TcpListener;

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
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    match serve {
        Serve::Constant(sizes) => constant::serve(announced(listener, "shop", address)?, sizes).await,
        Serve::Empty => empty::serve(announced(listener, "gRPC", address)?).await,
        Serve::Canned { answers } => {
            canned::serve(announced(listener, "shop", address)?, &answers).await
        }
    }
}

/// The line that the measured servers print too.
fn announced(listener: TcpListener, word: &str, address: SocketAddr) -> io::Result<TcpListener> {
    writeln!(io::stdout(), "{word}: http://{address}")?;
    Ok(listener)
}
