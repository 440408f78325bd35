//! `shelf load`: puts the products of a file into the catalog, over gRPC, as an editor would.
//!
//! It never changes what is there already, and never gives up on a file because of one of its lines. What it knows of
//! products is what the contract says: it reads ProtoJSON and sends it on.

mod chunk;
pub mod json;
mod lines;
mod progress;
mod refusal;
mod send;

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::PathBuf,
};

use tokio::sync::mpsc;

pub use chunk::{Chunk, Chunks, MOST_BYTES, MOST_LINES};
pub use lines::{Fault, Line, Lines};
pub use progress::Progress;
pub use refusal::{Refusal, refusals};
pub use send::{Catalog, Error};

use crate::config::LoadSettings;

/// How many chunks are read ahead of the one being sent.
const READ_AHEAD: usize = 2;

/// Where the lines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input, written `-`.
    Stdin,
}

impl Source {
    /// What `FILE` on the command line means.
    pub fn named(name: &str) -> Self {
        if name == "-" { Self::Stdin } else { Self::File(name.into()) }
    }

    /// The lines, and how many bytes they are where that is known.
    ///
    /// # Errors
    /// The file cannot be opened.
    fn open(&self) -> io::Result<(Box<dyn BufRead + Send>, Option<u64>)> {
        match self {
            Self::Stdin => Ok((Box::new(BufReader::new(io::stdin())), None)),
            Self::File(path) => {
                let file = File::open(path)?;
                let length = file.metadata().ok().map(|facts| facts.len());
                Ok((Box::new(BufReader::new(file)), length))
            }
        }
    }
}

/// What became of the lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Lines that are products now.
    pub loaded: usize,
    /// Lines whose product was there before, and was left as it is.
    pub present: usize,
    /// Lines that could not be loaded, each reported.
    pub faulty: usize,
}

impl Outcome {
    /// The last word of a run, for people.
    pub fn sentence(&self) -> String {
        let Self { loaded, present, faulty } = *self;
        match (loaded, present, faulty) {
            (0, 0, 0) => "nothing to load: the file has no lines".into(),
            (0, _, 0) => format!("nothing changed: all {present} products were there already"),
            _ => format!(
                "{loaded} products loaded, {present} were there already, {faulty} lines faulty"
            ),
        }
    }
}

/// Loads a whole file and reports each faulty line on `faults`.
///
/// # Errors
/// The file cannot be read, or the service refuses the caller or cannot be reached.
pub async fn run(
    settings: &LoadSettings,
    faults: &mut (dyn Write + Send),
) -> Result<Outcome, Error> {
    let (source, length) = settings.source.open().map_err(Error::Unreadable)?;
    let mut catalog = Catalog::connect(&settings.catalog, &settings.token)?;
    let mut progress = Progress::new(length, faults);
    let (sender, mut chunks) = mpsc::channel::<io::Result<Chunk>>(READ_AHEAD);
    let reader = tokio::task::spawn_blocking(move || {
        for chunk in Chunks::new(Lines::new(source)) {
            if sender.blocking_send(chunk).is_err() {
                break;
            }
        }
    });
    let mut outcome = Outcome::default();
    while let Some(chunk) = chunks.recv().await {
        let chunk = chunk.map_err(Error::Unreadable)?;
        let bytes = chunk.read;
        catalog.load(chunk, &mut outcome, &mut progress).await?;
        progress.advance(bytes, &outcome);
    }
    progress.finish();
    reader.await.map_err(|error| Error::Unreadable(io::Error::other(error)))?;
    Ok(outcome)
}
