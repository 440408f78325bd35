//! The gateway's settings: flags and environment variables of the same names, read once at start.
//!
//! Nothing else in the gateway looks at the environment. Every problem is reported, not only the first.

mod form_key;
mod limits;
mod origin;
mod service;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, builder::FalseyValueParser};
use http::{Uri, uri::Authority};

pub use limits::{Deadlines, Http2, LimitOptions, Limits, Rate, Sizes, Times};
pub use origin::{Origin, OriginInvalid};
pub use service::ServiceOptions;

use crate::session::FormKey;

/// The exit code for settings that cannot be used (`EX_USAGE`).
pub const EXIT_USAGE: u8 = 64;

/// What the gateway was told at start, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where browsers find this shop: links are built from it, never from a request's Host.
    pub origin: Origin,
    /// Names besides those of the origin and of this machine under which it may be asked for.
    pub allowed_hosts: Vec<String>,
    /// A host besides our own that pictures may come from, over https.
    pub picture_host: Option<String>,
    /// Proxies in front, whose word on a client's address is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What forms are sealed with that have to wait for a sign-in.
    pub form_key: FormKey,
    /// What is refused for being too much.
    pub limits: Limits,
}

/// The gateway's flags, for `gateway` itself and, flattened, for `shelf`. Texts are checked by [`Options::settings`], all at once.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// Address and port to listen on for browsers
    #[arg(long, env = "SHELF_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: String,

    /// Where browsers find the shop, such as `https://shop.example`; localhost and the port listened on when not given
    #[arg(long, env = "SHELF_PUBLIC_ORIGIN", value_name = "ORIGIN")]
    pub public_origin: Option<String>,

    /// Further host names to answer to, separated by commas
    #[arg(long, env = "SHELF_ALLOWED_HOSTS", value_name = "HOSTS", value_delimiter = ',')]
    pub allowed_hosts: Vec<String>,

    /// A host that product pictures may come from over https, besides the shop's own
    #[arg(long, env = "SHELF_PICTURE_HOST", value_name = "HOST")]
    pub picture_host: Option<String>,

    /// Addresses of proxies in front whose `X-Forwarded-For` is believed, separated by commas
    #[arg(long, env = "SHELF_TRUSTED_PROXIES", value_name = "ADDRESSES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,

    /// Listen on other addresses than this machine's own without TLS: only behind a proxy or in a network you trust
    #[arg(long, env = "SHELF_ALLOW_CLEARTEXT", value_parser = FalseyValueParser::new())]
    pub allow_cleartext: bool,

    /// A file with the secret, of 32 bytes or more, that all gateways of a shop seal waiting forms with; one made at start when not given
    #[arg(long, env = "SHELF_FORM_KEY_FILE", value_name = "FILE")]
    pub form_key_file: Option<PathBuf>,

    /// How much is taken at a time.
    #[command(flatten)]
    pub limits: LimitOptions,
}

/// The flag by which a gateway of its own finds the catalog-service.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct CatalogOptions {
    /// Where the catalog-service answers; several instances separated by commas
    #[arg(
        long,
        env = "SHELF_CATALOG",
        value_name = "URLS",
        value_delimiter = ',',
        default_value = "http://127.0.0.1:50051"
    )]
    pub catalog: Vec<String>,
}

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl Options {
    /// Checks all of them.
    ///
    /// # Errors
    /// Every problem, each naming its flag.
    pub fn settings(&self) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let listen: Option<SocketAddr> = match self.listen.parse() {
            Ok(listen) => Some(listen),
            Err(_) => {
                let text = &self.listen;
                problems.add(format!(
                    "--listen `{text}` is not an address and port, such as 127.0.0.1:8080"
                ));
                None
            }
        };
        if let Some(listen) =
            listen.filter(|listen| !listen.ip().is_loopback() && !self.allow_cleartext)
        {
            problems.add(format!(
                "--listen `{listen}` can be reached from other machines, and the gateway speaks no TLS: \
                 put a TLS proxy in front and say --allow-cleartext, or listen on 127.0.0.1"
            ));
        }
        let origin = match &self.public_origin {
            None => Origin::local(listen.map_or(8080, |listen| listen.port())),
            Some(text) => text.parse().unwrap_or_else(|error: OriginInvalid| {
                problems.add(format!("--public-origin {error}"));
                Origin::local(8080)
            }),
        };
        let hosts = said(&self.allowed_hosts);
        for host in hosts.clone().chain(self.picture_host.as_deref()) {
            if !is_host(host) {
                problems.add(format!("`{host}` is not a host name"));
            }
        }
        let mut trusted_proxies = Vec::new();
        for proxy in said(&self.trusted_proxies) {
            match proxy.parse() {
                Ok(proxy) => trusted_proxies.push(proxy),
                Err(_) => problems.add(format!("--trusted-proxies `{proxy}` is not an address")),
            }
        }
        let form_key = form_key::read(self.form_key_file.as_deref(), &mut problems);
        let limits = self.limits.limits(&mut problems);
        let allowed_hosts = hosts.map(str::to_owned).collect();
        let picture_host = self.picture_host.clone();
        match listen {
            Some(listen) if problems.0.is_empty() => Ok(Settings {
                listen,
                origin,
                allowed_hosts,
                picture_host,
                trusted_proxies,
                form_key,
                limits,
            }),
            _ => Err(problems),
        }
    }
}

impl CatalogOptions {
    /// The addresses of the catalog-service's instances.
    ///
    /// # Errors
    /// Every address that is none.
    pub fn instances(&self) -> Result<Vec<Uri>, Problems> {
        let mut problems = Problems::default();
        let instances = instances("--catalog", &self.catalog, &mut problems);
        if problems.0.is_empty() { Ok(instances) } else { Err(problems) }
    }
}

/// The addresses that a flag lists.
fn instances(flag: &str, texts: &[String], problems: &mut Problems) -> Vec<Uri> {
    let mut instances = Vec::new();
    for text in texts.iter().map(|text| text.trim()) {
        match text.parse::<Origin>().ok().and_then(|origin| origin.to_string().parse().ok()) {
            // The gateway's own TLS to the service is not built yet; a proxy beside it can do it.
            Some(_) if text.starts_with("https") => {
                problems.add(format!(
                    "{flag} `{text}` is https, which the gateway does not speak to the service yet"
                ));
            }
            Some(uri) => instances.push(uri),
            None => problems
                .add(format!("{flag} `{text}` is not an address, such as http://127.0.0.1:50051")),
        }
    }
    instances
}

/// What a list holds besides the empty text that an empty variable leaves.
fn said(list: &[String]) -> impl Iterator<Item = &str> + Clone {
    list.iter().map(|item| item.trim()).filter(|item| !item.is_empty())
}

/// A host name or address without a port, as it may stand in a `Host` or in a policy.
fn is_host(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.[]:".contains(&byte);
    let authority: Option<Authority> = text.parse().ok();
    authority.is_some_and(|it| it.port().is_none() && it.host() == text) && text.bytes().all(plain)
}

impl Problems {
    /// Adds one.
    pub fn add(&mut self, problem: String) {
        self.0.push(problem);
    }

    /// Both results, or the problems of both.
    ///
    /// # Errors
    /// The problems of either or both.
    pub fn both<A, B>(a: Result<A, Self>, b: Result<B, Self>) -> Result<(A, B), Self> {
        match (a, b) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (Err(Self(mut all)), Err(Self(more))) => {
                all.extend(more);
                Err(Self(all))
            }
            (Err(problems), Ok(_)) | (Ok(_), Err(problems)) => Err(problems),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}error: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        options: Options,
        #[command(flatten)]
        catalog: CatalogOptions,
    }

    fn settings(flags: &[&str]) -> Result<(Settings, Vec<Uri>), Vec<String>> {
        let command = Command::parse_from([&["gateway"], flags].concat());
        Problems::both(command.options.settings(), command.catalog.instances())
            .map_err(|Problems(all)| all)
    }

    #[test]
    fn nothing_said_is_this_machine_alone() {
        let (settings, catalog) = settings(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.origin.to_string(), "http://localhost:8080");
        assert_eq!(catalog, ["http://127.0.0.1:50051"]);
        assert_eq!(settings.limits, Limits::default());
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let flags = [
            "--listen=0.0.0.0:80",
            "--public-origin=shop.example",
            "--allowed-hosts=shop.example,a b",
            "--picture-host=pictures.example:8443",
            "--trusted-proxies=192.0.2.1,proxy.example",
            "--max-requests=0",
            "--reads-per-second=fast",
            "--drain-seconds=601",
            "--catalog=somewhere,https://catalog.example,http://127.0.0.1:1",
        ];
        assert_eq!(settings(&flags).unwrap_err().len(), 10);
        assert_eq!(settings(&["--listen=here"]).unwrap_err().len(), 1);
    }

    #[test]
    fn limits_are_settings() {
        let flags = [
            "--max-requests-per-address=3",
            "--searches-per-second=2",
            "--searches-at-once=6",
            "--writes-per-second=4",
            "--writes-at-once=5",
        ];
        let limits = settings(&flags).unwrap().0.limits;
        assert_eq!(limits.requests_per_address, 3);
        assert_eq!(limits.searches, Rate { per_second: 2, burst: 6 });
        assert_eq!(limits.writes, Rate { per_second: 4, burst: 5 });
        assert!(settings(&["--max-requests=1000000"]).is_ok());
        assert!(settings(&["--max-requests=1000001"]).is_err());
    }

    #[test]
    fn cleartext_on_other_addresses_has_to_be_allowed() {
        assert!(settings(&["--listen=192.0.2.1:80"]).is_err());
        assert!(settings(&["--listen=192.0.2.1:80", "--allow-cleartext"]).is_ok());
        assert!(settings(&["--listen=[::1]:80"]).is_ok());
    }
}
