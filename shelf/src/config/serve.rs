//! The settings under which both services are served.

use std::{net::SocketAddr, path::PathBuf};

use catalog_service::config::{
    DiskOptions, KEEP_REVISIONS, LimitOptions, Limits, Problems as CatalogProblems, Retention,
    keep_revisions,
};
use clap::{Args, builder::FalseyValueParser};
use gateway::config::{self, Problems};

/// How both services are started, as it was written.
#[derive(Clone, Debug, Args)]
pub struct ServeArguments {
    /// The folder that holds the database
    #[arg(long, env = "SHELF_DATA_DIR", default_value = "./shelf-data", value_name = "FOLDER")]
    pub data_dir: PathBuf,

    /// Address and port to listen on for gRPC and gRPC-Web
    #[arg(
        long,
        env = "SHELF_GRPC_LISTEN",
        default_value = "127.0.0.1:50051",
        value_name = "ADDRESS"
    )]
    pub grpc_listen: String,

    /// Leave a new database empty instead of loading the sample shop
    #[arg(long, env = "SHELF_EMPTY", value_parser = FalseyValueParser::new())]
    pub empty: bool,

    /// How long what a product was before is kept after it was replaced, and who changed what: days, such as `730d`, or `forever`
    #[arg(long, env = "SHELF_KEEP_REVISIONS", value_name = "SPAN", default_value = KEEP_REVISIONS)]
    pub keep_revisions: String,
    /// The disk that the database lies on.
    #[command(flatten)]
    pub disk: DiskOptions,

    /// What the gateway needs.
    #[command(flatten)]
    pub gateway: config::Options,

    /// How much the catalog-service takes at a time.
    #[command(flatten)]
    pub catalog_limits: LimitOptions,

    /// How logs are written.
    #[command(flatten)]
    pub logs: gateway::logs::Options,
}

/// How both services are started.
#[derive(Clone, Debug)]
pub struct ServeSettings {
    /// The folder that holds the database.
    pub data_dir: PathBuf,
    /// Where gRPC and gRPC-Web are answered.
    pub grpc_listen: SocketAddr,
    /// Whether a new database stays empty.
    pub empty: bool,
    /// How long a revision is kept after it was replaced; none: for ever.
    pub keep_revisions: Retention,
    /// Whether the public origin follows the port that is listened on.
    pub local_origin: bool,
    /// The gateway's own settings.
    pub gateway: config::Settings,
    /// What the catalog-service refuses for being too much.
    pub catalog_limits: Limits,
}

impl ServeArguments {
    /// The settings.
    ///
    /// # Errors
    /// Every problem with them.
    pub fn settings(self) -> Result<ServeSettings, Problems> {
        let local_origin = self.gateway.public_origin.is_none();
        let own = Problems::both(self.grpc_listen(), self.keep_revisions());
        let both = Problems::both(self.gateway.settings(), own);
        let both = Problems::both(both, self.catalog_limits())?;
        let ((gateway, (grpc_listen, keep_revisions)), catalog_limits) = both;
        let Self { data_dir, empty, .. } = self;
        Ok(ServeSettings {
            data_dir,
            grpc_listen,
            empty,
            keep_revisions,
            local_origin,
            gateway,
            catalog_limits,
        })
    }

    fn keep_revisions(&self) -> Result<Retention, Problems> {
        let text = &self.keep_revisions;
        let wrong = |advice| Problems(vec![format!("--keep-revisions is `{text}`: {advice}")]);
        keep_revisions(text).map_err(wrong)
    }

    fn catalog_limits(&self) -> Result<Limits, Problems> {
        let mut problems = CatalogProblems::default();
        let disk = self.disk.limits(&mut problems);
        let limits = Limits { disk, ..self.catalog_limits.limits(&mut problems) };
        problems.none_or(limits).map_err(|problems| Problems(problems.into_lines()))
    }

    fn grpc_listen(&self) -> Result<SocketAddr, Problems> {
        let text = &self.grpc_listen;
        let problem = match text.parse::<SocketAddr>() {
            Ok(address) if address.ip().is_loopback() || self.gateway.allow_cleartext => {
                return Ok(address);
            }
            Ok(_) => format!(
                "--grpc-listen `{text}` can be reached from other machines, and is not encrypted: \
                 put a TLS proxy in front and say --allow-cleartext, or listen on 127.0.0.1"
            ),
            Err(_) => {
                format!(
                    "--grpc-listen `{text}` is not an address and port, such as 127.0.0.1:50051"
                )
            }
        };
        Err(Problems(vec![problem]))
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, CommandFactory as _, Parser as _};
    use rstest::rstest;

    use super::*;
    use crate::config::CommandLine;

    fn settings(flags: &[&str]) -> Result<ServeSettings, Problems> {
        CommandLine::parse_from([&["shelf"], flags].concat()).serve.settings()
    }

    #[test]
    fn nothing_said_is_this_machine_alone() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.grpc_listen.to_string(), "127.0.0.1:50051");
        assert_eq!(settings.gateway.listen.to_string(), "127.0.0.1:8080");
        assert!(settings.local_origin && !settings.empty);
        assert_eq!(settings.catalog_limits, Limits::default());
    }

    #[rstest]
    #[case("1", true)]
    #[case("true", true)]
    #[case("0", false)]
    #[case("no", false)]
    #[case("", false)]
    fn the_variable_for_an_empty_shop_is_read_as_people_write_it(
        #[case] text: &str,
        #[case] empty: bool,
    ) {
        // A variable goes through the parser of the flag's value, as this does.
        let valued = |arg: Arg| arg.action(ArgAction::Set).num_args(1);
        let command = CommandLine::command().mut_arg("empty", valued);
        let matches = command.try_get_matches_from(["shelf", "--empty", text]).unwrap();
        assert_eq!(matches.get_flag("empty"), empty);
    }

    #[test]
    fn the_problems_of_both_services_are_told_at_once() {
        let flags = [
            "--listen=nowhere",
            "--grpc-listen=0.0.0.0:1",
            "--public-origin=shop",
            "--keep-revisions=2y",
            "--catalog-reads-at-once=0",
            "--database-ballast-mib=some",
        ];
        assert_eq!(settings(&flags).unwrap_err().0.len(), 6);
        assert!(settings(&["--grpc-listen=0.0.0.0:1", "--allow-cleartext"]).is_ok());
    }
}
