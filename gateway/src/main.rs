//! The binary `gateway`: reads the settings, starts the server, stops it when asked.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use gateway::{
    app::Gateway,
    config::{self, EXIT_USAGE, Problems, Settings},
    logs, server,
    upstream::Upstream,
};
use http::Uri;
use tokio_util::sync::CancellationToken;

/// The shop's front door: pages, JSON and gRPC-Web in front of a catalog-service.
#[derive(Debug, Parser)]
#[command(name = "gateway", version)]
struct Command {
    #[command(flatten)]
    options: config::Options,
    #[command(flatten)]
    catalog: config::CatalogOptions,
    #[command(flatten)]
    logs: logs::Options,
}

fn main() -> ExitCode {
    let command = match Command::try_parse() {
        Ok(command) => command,
        Err(asked) if !asked.use_stderr() => asked.exit(),
        Err(error) => {
            eprint!("{error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let logs = logs::start(&command.logs).map_err(|problem| Problems(vec![problem]));
    let settings = Problems::both(command.options.settings(), command.catalog.instances());
    let (settings, instances) = match Problems::both(settings, logs) {
        Ok((both, ())) => both,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    match run(settings, &instances) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(settings: Settings, instances: &[Uri]) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    // From now on: whoever is let in at the port is never cut off by a signal.
    server::cancel_on_signal(shutdown.clone()).context("cannot listen for signals")?;
    let listen = settings.listen;
    let bound = match server::inherited(0)? {
        Some(listener) => listener,
        None => server::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?,
    };
    let gateway = Gateway::new(settings, Upstream::connect(instances));
    bound.serve(gateway, shutdown).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flags_do_not_contradict_each_other() {
        Command::command().debug_assert();
    }
}
