//! Where logs go and how they look: readable lines on a terminal, JSON otherwise.
//!
//! Set up once, by a program's `main`; libraries only emit. Everything goes to standard error.

use std::io::{self, IsTerminal as _};

use serving::{Lines, StandardError};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::{
    clock::{Clock as _, SystemClock},
    config::Problems,
};

/// How logs are written.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Options {
    /// How logs look: text, json, or auto, which is text on a terminal and JSON otherwise
    #[arg(long, env = "SHELF_LOG_FORMAT", value_name = "FORMAT", default_value = "auto")]
    pub log_format: String,

    /// What is logged: error, warn, info, debug or trace, for all or by module, such as `info,catalog_service=debug`
    #[arg(long, env = "SHELF_LOG", value_name = "LEVELS", default_value = "info")]
    pub log: String,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// How logs are written, checked.
#[derive(Debug)]
pub struct Settings {
    /// The shape of a line.
    pub format: Format,
    filter: EnvFilter,
}

impl Options {
    /// Reads and checks both settings.
    ///
    /// # Errors
    /// All that is wrong, together.
    pub fn settings(&self) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let format = match self.log_format.as_str() {
            "text" => Ok(Format::Text),
            "json" => Ok(Format::Json),
            "auto" if io::stderr().is_terminal() => Ok(Format::Text),
            "auto" => Ok(Format::Json),
            _ => Err("write `auto`, `text` or `json`"),
        };
        let format = problems.take("log-format", &self.log_format, format);
        let filter = EnvFilter::try_new(&self.log)
            .map_err(|_| "write a level, such as `info`, or levels by module");
        let filter = problems.take("log", &self.log, filter);
        problems.none_or(Settings {
            format: format.unwrap_or(Format::Text),
            filter: filter.unwrap_or_default(),
        })
    }
}

impl Settings {
    /// Starts writing logs. A second call in one process changes nothing.
    pub fn install(self) {
        let registry = tracing_subscriber::registry().with(self.filter);
        // An error says that logs are written already, as in tests.
        let _already = match self.format {
            Format::Text => {
                let lines = fmt::layer().with_ansi(io::stderr().is_terminal()).with_target(false);
                registry.with(lines.with_writer(io::stderr)).try_init()
            }
            Format::Json => {
                registry.with(Lines::to(StandardError::new, || SystemClock.now())).try_init()
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(log_format: &str, log: &str) -> Options {
        Options { log_format: log_format.to_owned(), log: log.to_owned() }
    }

    #[test]
    fn the_formats_are_text_and_json() {
        assert_eq!(options("text", "info").settings().unwrap().format, Format::Text);
        assert_eq!(
            options("json", "warn,catalog_service=debug").settings().unwrap().format,
            Format::Json
        );
        assert!(options("auto", "error").settings().is_ok());
    }

    #[test]
    fn both_faults_are_told_at_once() {
        let text = options("xml", "a=b=c").settings().unwrap_err().to_string();
        assert!(text.contains("SHELF_LOG_FORMAT) is `xml`"), "{text}");
        assert!(text.contains("SHELF_LOG) is `a=b=c`"), "{text}");
    }
}
