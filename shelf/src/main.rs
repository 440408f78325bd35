//! The program `shelf`: serves both services, or loads products. Settings in, exit code out.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use gateway::logs;
use shelf::{
    config::{Command, CommandLine, EXIT_USAGE, LoadSettings, Problems, ServeSettings},
    load,
    serve::{self, StartError},
};
use tokio_util::sync::CancellationToken;

/// What ends the program early: a sentence for people, and the exit code.
struct Failure(String, u8);

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(asked) if !asked.use_stderr() => asked.exit(),
        Err(error) => return failed(&error.render().to_string(), EXIT_USAGE),
    };
    let logs = logs::start(&line.serve.logs).map_err(|problem| Problems(vec![problem]));
    let done = match line.command {
        Some(Command::Load(arguments)) => Problems::both(arguments.settings(), logs)
            .map_err(Failure::from)
            .and_then(|(settings, ())| load(&settings)),
        None => Problems::both(line.serve.settings(), logs)
            .map_err(Failure::from)
            .and_then(|(settings, ())| serve(settings)),
    };
    match done {
        Ok(code) => code,
        Err(Failure(sentence, code)) => failed(&format!("{sentence}\n"), code),
    }
}

/// Serves until Ctrl-C or SIGTERM.
#[tokio::main]
async fn serve(settings: ServeSettings) -> Result<ExitCode, Failure> {
    let shutdown = CancellationToken::new();
    // From now on: a signal that comes while the sample shop is loaded stops the start in good order, too.
    gateway::server::cancel_on_signal(shutdown.clone())
        .map_err(|error| Failure(format!("error: cannot listen for signals: {error}"), 71))?;
    let shelf = serve::bind(settings).await?;
    say(&shelf.greeting().join("\n"));
    shelf.serve(shutdown).await;
    Ok(ExitCode::SUCCESS)
}

/// Loads a file; faulty lines make the exit code 1.
#[tokio::main]
async fn load(settings: &LoadSettings) -> Result<ExitCode, Failure> {
    let outcome = load::run(settings, &mut io::stderr()).await;
    let outcome = outcome.map_err(|error| Failure(format!("error: {error}"), 1))?;
    say(&outcome.sentence());
    Ok(ExitCode::from(u8::from(outcome.faulty > 0)))
}

/// Writes to standard output; when nobody reads it, there is nothing to be done.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _unread = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn failed(text: &str, code: u8) -> ExitCode {
    let _unread = io::stderr().lock().write_all(text.as_bytes());
    ExitCode::from(code)
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self(problems.to_string(), EXIT_USAGE)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self(format!("error: {error}"), error.exit_code())
    }
}
