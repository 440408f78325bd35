//! The program `catalog-service`: settings in, one service out, stopped by SIGTERM or Ctrl-C.

use std::{io, process::ExitCode};

use anyhow::Context as _;
use catalog_service::{
    EXIT_CONFIG, Settings, bind,
    config::{self, Origin, Problems},
    logs,
    server::{self, Bound, StartError},
};
use clap::Parser;
use tokio_util::sync::CancellationToken;

/// Shelf's catalog-service: owns the shop's data and answers gRPC and gRPC-Web.
#[derive(Debug, Parser)]
#[command(name = "catalog-service", version, about)]
struct CommandLine {
    #[command(flatten)]
    service: config::Options,

    /// Under which address people reach the shop, for links such as the one that makes the first account
    #[arg(
        long,
        env = "SHELF_PUBLIC_ORIGIN",
        value_name = "ORIGIN",
        default_value = "http://localhost:8080"
    )]
    public_origin: String,

    /// A host that product pictures may come from over https, besides the shop's own; the gateway needs the same
    #[arg(long, env = "SHELF_PICTURE_HOST", value_name = "HOST")]
    picture_host: Option<String>,

    #[command(flatten)]
    logs: logs::Options,
}

impl CommandLine {
    fn settings(&self) -> Result<(Settings, logs::Settings), Problems> {
        let mut problems = Problems::default();
        let given = &self.public_origin;
        let origin = problems.take("public-origin", given, Origin::parse(given));
        let given = self.picture_host.as_deref();
        let picture_host =
            given.and_then(|text| problems.take("picture-host", text, config::host(text)));
        let service = self.service.settings().map_err(|others| problems.append(others)).ok();
        let logs = self.logs.settings().map_err(|others| problems.append(others)).ok();
        match (service, logs) {
            (Some(service), Some(logs)) => {
                let service = Settings { public_origin: origin, picture_host, ..service };
                problems.none_or((service, logs))
            }
            _ => Err(problems),
        }
    }
}

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Nowhere is left to say that this could not be said.
            let _unsaid = error.print();
            return ExitCode::from(if error.use_stderr() { EXIT_CONFIG } else { 0 });
        }
    };
    let settings = match line.settings() {
        Ok((settings, logs)) => {
            logs.install();
            settings
        }
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(EXIT_CONFIG);
        }
    };
    match run(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{:#}", error.0);
            ExitCode::from(error.1)
        }
    }
}

/// An error with the exit code of the program.
struct Failure(anyhow::Error, u8);

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        let code = error.exit_code();
        Self(error.into(), code)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self(error, 1)
    }
}

#[tokio::main]
async fn run(settings: Settings) -> Result<(), Failure> {
    let shutdown = CancellationToken::new();
    cancel_on_signal(shutdown.clone()).context("cannot listen for signals")?;
    let origin = settings.public_origin.clone();
    let bound = match server::handed_over()? {
        Some(listener) => server::bind_handed_over(settings, listener).await?,
        None => bind(settings).await?,
    };
    if let Some(origin) = origin {
        print_setup_link(&bound, &origin).await?;
    }
    bound.serve(shutdown).await;
    Ok(())
}

/// The link goes to the terminal alone, never into a log.
async fn print_setup_link(bound: &Bound, origin: &Origin) -> anyhow::Result<()> {
    if let Some(link) = bound.instance().access().setup_link(origin).await? {
        eprintln!(
            "\nThere is no account yet. Within an hour, create the first one here:\n\n  {link}\n"
        );
    }
    Ok(())
}

/// Listens from now on: a signal that comes while the database is opened stops the start in good order, too.
fn cancel_on_signal(shutdown: CancellationToken) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.cancel();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn the_picture_host_is_a_setting() {
        let line = ["catalog-service", "--picture-host=Pictures.example"];
        let (settings, _) = CommandLine::try_parse_from(line).unwrap().settings().unwrap();
        assert_eq!(settings.picture_host.as_deref(), Some("pictures.example"));
    }

    #[test]
    fn faults_of_every_part_are_told_together() {
        let line = [
            "catalog-service",
            "--catalog-listen=x",
            "--public-origin=y",
            "--picture-host=https://pictures.example",
            "--log-format=z",
        ];
        let problems = CommandLine::try_parse_from(line).unwrap().settings().unwrap_err();
        let text = problems.to_string();
        for flag in ["--catalog-listen", "--public-origin", "--picture-host", "--log-format"] {
            assert!(text.contains(flag), "{text}");
        }
    }
}
