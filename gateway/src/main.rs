//! The binary `gateway`: reads the settings, starts the server, stops it when asked.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Parser;
use gateway::{
    app::Gateway,
    config::{self, EXIT_USAGE, Problems, Settings},
    contract::Contract,
    logs, server,
    service::Watch,
    upstream::Upstream,
};
use http::Uri;
use tokio_util::sync::CancellationToken;

/// The shop's front door: pages, JSON and gRPC-Web in front of a catalog-service; or the JSON API of any gRPC service.
///
/// With --catalog it is in front of Shelf's catalog-service. With --upstream it serves the API that any other service describes by
/// google.api.http rules, without a build and without pages:
///
///   gateway --upstream http://127.0.0.1:50052 --reflect
///
///   gateway --upstream http://127.0.0.1:50052 --descriptor-set api.binpb
///
/// The description comes from the service itself or from a file, such as `protoc --include_imports --descriptor_set_out=api.binpb`
/// writes; it is read again every --reread-seconds, and a change takes effect without a restart. Rules for a service that has none
/// come from --service-config. Unary calls are JSON, streams of answers a JSON array, lines or server-sent events, streams of
/// requests lines of JSON; google.api.HttpBody is bytes. With --profile grpc-gateway all is as clients of that project know it. gRPC, gRPC-Web and streams both ways are not served in front of such a
/// service.
#[derive(Debug, Parser)]
#[command(name = "gateway", version)]
struct Command {
    #[command(flatten)]
    options: config::Options,
    #[command(flatten)]
    catalog: config::CatalogOptions,
    #[command(flatten)]
    service: config::ServiceOptions,
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
    let settings = Problems::both(command.options.settings(), command.behind());
    let (settings, behind) = match Problems::both(settings, logs) {
        Ok((both, ())) => both,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    match run(settings, behind) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What the gateway is in front of.
enum Behind {
    /// A catalog-service.
    Catalog(Vec<Uri>),
    /// Any service, with its contract and what keeps that up to date.
    Service { instances: Vec<Uri>, contract: Arc<Contract>, watch: Watch },
}

impl Command {
    fn behind(&self) -> Result<Behind, Problems> {
        let (service, catalog) = Problems::both(self.service.service(), self.catalog.instances())?;
        let Some((service, instances)) = service else { return Ok(Behind::Catalog(catalog)) };
        let (contract, watch) = service.begin().map_err(|errors| {
            Problems(errors.iter().map(|error| format!("--descriptor-set {error}")).collect())
        })?;
        Ok(Behind::Service { instances, contract, watch })
    }
}

#[tokio::main]
async fn run(settings: Settings, behind: Behind) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    // From now on: whoever is let in at the port is never cut off by a signal.
    server::cancel_on_signal(shutdown.clone()).context("cannot listen for signals")?;
    let listen = settings.listen;
    let bound = match server::inherited(0)? {
        Some(listener) => listener,
        None => server::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?,
    };
    match behind {
        Behind::Catalog(instances) => {
            let gateway = Gateway::new(settings, Upstream::connect(&instances));
            bound.serve(gateway, shutdown).await;
        }
        Behind::Service { instances, contract, watch } => {
            let upstream = Upstream::connect(&instances);
            let gateway = Gateway::following(contract, settings, upstream.clone());
            tokio::join!(bound.serve(gateway, shutdown.clone()), watch.run(upstream, shutdown));
        }
    }
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
