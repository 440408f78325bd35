//! The log: readable lines on a terminal, JSON lines otherwise. It goes to standard error, where it mixes with no output.

use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};
use serving::{Lines, StandardError};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::clock;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The log's flags.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// How log lines look
    #[arg(
        long,
        env = "SHELF_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "auto",
        value_enum
    )]
    pub log_format: Format,

    /// What is logged: error, warn, info, debug or trace, or `target=level` directives separated by commas
    #[arg(long, env = "SHELF_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,
}

/// Starts logging for the whole process; called once, by `main`.
///
/// # Errors
/// What is wrong with the directives.
pub fn start(options: &Options) -> Result<(), String> {
    let filter = EnvFilter::try_new(&options.log)
        .map_err(|error| format!("--log `{}` is not understood: {error}", options.log))?;
    let json = match options.log_format {
        Format::Auto => !io::stderr().is_terminal(),
        Format::Text => false,
        Format::Json => true,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let started = if json {
        registry.with(Lines::to(StandardError::new, clock::now)).try_init()
    } else {
        let lines = fmt::layer().compact().with_target(false).with_writer(io::stderr);
        registry.with(lines).try_init()
    };
    started.map_err(|error| error.to_string())
}
