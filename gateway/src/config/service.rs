//! The settings of a gateway in front of any service.

use std::{path::PathBuf, time::Duration};

use clap::{Args, builder::FalseyValueParser};
use http::{HeaderName, Uri};
use transcoder::{ErrorShape, ParseOptions, PrintOptions};

use super::{Problems, instances};
use crate::{
    contract::{Manner, Passed, Profile},
    service::{RuleFile, Service, Source},
};

/// The flags of a gateway in front of any service instead of Shelf's.
#[derive(Args, Clone, Debug)]
#[group(skip)]
#[command(next_help_heading = "In front of any service")]
pub struct ServiceOptions {
    /// Where a service answers whose JSON API is served, and nothing else; several instances separated by commas
    #[arg(
        long,
        env = "SHELF_UPSTREAM",
        value_name = "URLS",
        value_delimiter = ',',
        conflicts_with = "catalog"
    )]
    pub upstream: Vec<String>,

    /// The file that describes the service: a serialized google.protobuf.FileDescriptorSet with its imports
    #[arg(long, env = "SHELF_DESCRIPTOR_SET", value_name = "FILE", conflicts_with = "reflect")]
    pub descriptor_set: Option<PathBuf>,

    /// Let the service describe itself by gRPC server reflection
    #[arg(long, env = "SHELF_REFLECT", value_parser = FalseyValueParser::new())]
    pub reflect: bool,

    /// Seconds after which the description is read again; a change counts when it was read twice
    #[arg(long, env = "SHELF_REREAD_SECONDS", value_name = "SECONDS", default_value = "30")]
    pub reread_seconds: String,

    /// Leave out methods with faulty rules, and log each, instead of refusing the whole description
    #[arg(long, env = "SHELF_SKIP_INVALID", value_parser = FalseyValueParser::new())]
    pub skip_invalid: bool,

    /// A YAML file with HTTP rules, as google.api.Service has them under `http`; they replace those of the description
    #[arg(long, env = "SHELF_SERVICE_CONFIG", value_name = "FILE")]
    pub service_config: Option<PathBuf>,

    /// Drop what is unknown in a body, and let the path win over a body that says otherwise
    #[arg(long, env = "SHELF_LENIENT_BODY", value_parser = FalseyValueParser::new())]
    pub lenient_body: bool,

    /// Ignore unknown parameters of a query, and those that the path says
    #[arg(long, env = "SHELF_LENIENT_QUERY", value_parser = FalseyValueParser::new())]
    pub lenient_query: bool,

    /// Leave fields that hold their default out of answers
    #[arg(long, env = "SHELF_OMIT_DEFAULTS", value_parser = FalseyValueParser::new())]
    pub omit_defaults: bool,

    /// Print 64-bit integers as numbers instead of strings
    #[arg(long, env = "SHELF_INT64_AS_NUMBERS", value_parser = FalseyValueParser::new())]
    pub int64_as_numbers: bool,

    /// Print enums as numbers instead of names
    #[arg(long, env = "SHELF_ENUMS_AS_INTS", value_parser = FalseyValueParser::new())]
    pub enums_as_ints: bool,

    /// Print the names of fields as the .proto files spell them
    #[arg(long, env = "SHELF_PROTO_NAMES", value_parser = FalseyValueParser::new())]
    pub proto_names: bool,

    /// How an error looks: `envelope`, as AIP-193 has it, or `status`, a plain google.rpc.Status
    #[arg(
        long,
        env = "SHELF_ERRORS",
        value_name = "SHAPE",
        value_parser = ["envelope", "status"],
        default_value = "envelope"
    )]
    pub errors: String,

    /// Request headers that the service gets as metadata besides those it always gets, separated by commas
    #[arg(long, env = "SHELF_PASS_ON", value_name = "NAMES", value_delimiter = ',')]
    pub pass_on: Vec<String>,

    /// Metadata of replies that become headers besides those that always do, separated by commas
    #[arg(long, env = "SHELF_PASS_BACK", value_name = "NAMES", value_delimiter = ',')]
    pub pass_back: Vec<String>,

    /// `grpc-gateway` is for clients of that project: its errors, streams, headers, forms and rules
    #[arg(long, env = "SHELF_PROFILE", value_name = "NAME", value_parser = ["grpc-gateway"])]
    pub profile: Option<String>,
}

impl ServiceOptions {
    /// The service and its instances, if there is one.
    ///
    /// # Errors
    /// Every problem, those of the file of rules with their lines.
    pub fn service(&self) -> Result<Option<(Service, Vec<Uri>)>, Problems> {
        let mut problems = Problems::default();
        if self.upstream.iter().all(|url| url.trim().is_empty()) {
            for flag in self.given() {
                problems
                    .add(format!("{flag} goes with --upstream, which says where the service is"));
            }
            return if problems.0.is_empty() { Ok(None) } else { Err(problems) };
        }
        let instances = instances("--upstream", &self.upstream, &mut problems);
        let every =
            self.reread_seconds.parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
        if every.is_none() {
            let said = &self.reread_seconds;
            problems.add(format!("--reread-seconds `{said}` is not a number from 1 to 86400"));
        }
        if self.descriptor_set.is_none() && !self.reflect {
            problems.add(
                "--upstream needs --descriptor-set with a file that describes the service, or --reflect"
                    .to_owned(),
            );
        }
        let rules = self.service_config.as_deref().map_or(Ok(RuleFile::default()), RuleFile::read);
        let rules = rules.unwrap_or_else(|invalid| {
            invalid.0.into_iter().for_each(|why| problems.add(format!("--service-config {why}")));
            RuleFile::default()
        });
        let source = self.descriptor_set.clone().map_or(Source::Reflection, Source::File);
        let every = Duration::from_secs(every.unwrap_or_default());
        let passed = Passed {
            on: names("--pass-on", &self.pass_on, &mut problems),
            back: names("--pass-back", &self.pass_back, &mut problems),
        };
        let (skip_invalid, manner) = (self.skip_invalid, self.manner(passed));
        let service = Service { source, every, skip_invalid, rules, manner };
        if problems.0.is_empty() { Ok(Some((service, instances))) } else { Err(problems) }
    }

    /// How JSON is read and written.
    fn manner(&self, passed: Passed) -> Manner {
        let as_grpc_gateway = self.profile.is_some();
        let parse = ParseOptions {
            lenient_body: self.lenient_body || as_grpc_gateway,
            lenient_query: self.lenient_query || as_grpc_gateway,
            any_content_type: as_grpc_gateway,
            ..ParseOptions::default()
        };
        let print = PrintOptions {
            omit_defaults: self.omit_defaults,
            int64_as_numbers: self.int64_as_numbers,
            enums_as_ints: self.enums_as_ints,
            proto_names: self.proto_names,
            ..PrintOptions::default()
        };
        let errors = match as_grpc_gateway || self.errors == "status" {
            true => ErrorShape::Status,
            false => ErrorShape::Envelope,
        };
        let profile = if as_grpc_gateway { Profile::GrpcGateway } else { Profile::Own };
        Manner { parse, print, errors, profile, passed }
    }

    /// The flags that say something.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("--descriptor-set", self.descriptor_set.is_some()),
            ("--reflect", self.reflect),
            ("--skip-invalid", self.skip_invalid),
            ("--service-config", self.service_config.is_some()),
            ("--lenient-body", self.lenient_body),
            ("--lenient-query", self.lenient_query),
            ("--omit-defaults", self.omit_defaults),
            ("--int64-as-numbers", self.int64_as_numbers),
            ("--enums-as-ints", self.enums_as_ints),
            ("--proto-names", self.proto_names),
            ("--errors", self.errors != "envelope"),
            ("--pass-on", !self.pass_on.is_empty()),
            ("--pass-back", !self.pass_back.is_empty()),
            ("--profile", self.profile.is_some()),
        ]
        .into_iter()
        .filter_map(|(flag, given)| given.then_some(flag))
    }
}

/// Headers that never pass, whoever names them: those of the connection, of the body and of cookies by default, and those that the
/// gateway speaks itself. `content-*` and `grpc-*` are among them.
const OWN: [&str; 17] = [
    "authorization",
    "connection",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-http-code",
    "x-request-id",
];

/// The names of headers that may pass.
fn names(flag: &str, given: &[String], problems: &mut Problems) -> Vec<HeaderName> {
    let mut names = Vec::new();
    for text in given.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        match HeaderName::try_from(text) {
            Ok(name) if is_own(&name) => problems.add(format!(
                "{flag} `{text}` belongs to HTTP, to gRPC or to the gateway itself; leave it out"
            )),
            Ok(name) if !names.contains(&name) => names.push(name),
            Ok(_) => {}
            Err(_) => problems.add(format!("{flag} `{text}` is not the name of a header")),
        }
    }
    names
}

fn is_own(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("grpc-") || name.starts_with("content-") || OWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::CatalogOptions;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        catalog: CatalogOptions,
        #[command(flatten)]
        service: ServiceOptions,
    }

    fn service(flags: &[&str]) -> Result<Option<(Service, Vec<Uri>)>, Vec<String>> {
        let command = Command::parse_from([&["gateway"], flags].concat());
        assert_eq!(command.catalog.catalog.len(), 1);
        command.service.service().map_err(|Problems(all)| all)
    }

    #[test]
    fn nothing_said_is_no_service() {
        assert!(service(&[]).unwrap().is_none());
        let told = service(&["--reflect", "--proto-names", "--errors=status"]).unwrap_err();
        assert_eq!(told.len(), 3, "{told:?}");
    }

    #[test]
    fn a_service_has_a_description_from_one_place() {
        let (read, instances) =
            service(&["--upstream=http://[::1]:1,http://a:2", "--reflect"]).unwrap().unwrap();
        assert_eq!((read.source, instances.len()), (Source::Reflection, 2));
        assert_eq!((read.every, read.manner), (Duration::from_secs(30), Manner::default()));
        let flags = ["--upstream=http://a:2", "--descriptor-set=a.binpb", "--reread-seconds=1"];
        let (read, _) = service(&flags).unwrap().unwrap();
        assert_eq!(read.source, Source::File("a.binpb".into()));
        for both in [["--descriptor-set=a", "--reflect"], ["--catalog=http://a:1", "--reflect"]] {
            let flags = [&["gateway", "--upstream=http://a:2"][..], &both].concat();
            assert!(Command::try_parse_from(flags).is_err(), "{both:?}");
        }
    }

    #[test]
    fn every_problem_of_a_service_is_told_at_once() {
        let flags = [
            "--upstream=here,https://a",
            "--reread-seconds=0",
            "--service-config=/nowhere/rules.yaml",
        ];
        let told = service(&flags).unwrap_err();
        assert_eq!(told.len(), 5, "{told:?}");
    }

    #[test]
    fn the_profile_bundles_what_it_says() {
        let manner = |flags: &[&str]| {
            let flags = [&["--upstream=http://a:2", "--reflect"], flags].concat();
            service(&flags).unwrap().unwrap().0.manner
        };
        let bundled = ["--lenient-body", "--lenient-query", "--errors=status"];
        let mut expected = manner(&bundled);
        expected.profile = Profile::GrpcGateway;
        expected.parse.any_content_type = true;
        assert_eq!(manner(&["--profile=grpc-gateway"]), expected);
        assert_ne!(manner(&bundled), Manner::default());
    }

    #[test]
    fn headers_pass_by_their_names_and_the_gateways_own_never_do() {
        let with = |on: &str, back: &str| {
            let flags = ["--upstream=http://a:2", "--reflect", on, back];
            service(&flags).map(|both| both.unwrap().0.manner.passed)
        };
        let passed =
            with("--pass-on=X-Tenant, cookie,x-trace-bin,x-tenant", "--pass-back=X-Cost").unwrap();
        assert_eq!(passed.on, ["x-tenant", "cookie", "x-trace-bin"]);
        assert_eq!(passed.back, ["x-cost"]);
        for own in ["host", "Content-Type", "content-md5", "grpc-timeout", "te", "Connection"] {
            let told =
                with(&format!("--pass-on={own}"), &format!("--pass-back={own}")).unwrap_err();
            assert_eq!(told.len(), 2, "{told:?}");
            assert!(told[0].contains(own) && told[1].starts_with("--pass-back"), "{told:?}");
        }
        assert_eq!(with("--pass-on=a b", "--pass-back=x-a").unwrap_err().len(), 1);
    }
}
