//! The catalog-service's settings: flags and `SHELF_*` variables of the same names, read once and checked all together.
//!
//! [`Options`] is what was written, [`Settings`] what it means. Nothing else reads the environment, and every problem is
//! found before any is reported. The options can be flattened into another program's command line: all their names are
//! the service's own.

mod disk;
mod limit_options;
mod limits;
mod origin;
mod problems;
mod retention;
mod sign_in;

use std::{
    fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

pub use disk::DiskOptions;
pub use limit_options::LimitOptions;
pub use limits::{Deadlines, DiskLimits, Http2, Limits, Passwords, Rate, Times, Watch};
pub use origin::{Origin, host};
pub use problems::{EXIT_CONFIG, Problems};
pub use retention::{KEEP_REVISIONS, Retention, keep_revisions};
use secrecy::{ExposeSecret as _, SecretString};
pub use sign_in::{Guesses, Sessions, SignInOptions};

/// The settings as they were written, each a flag and a variable.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Options {
    /// Where gRPC and gRPC-Web are answered; port 0 takes a free one
    #[arg(
        long,
        env = "SHELF_CATALOG_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:50051"
    )]
    pub catalog_listen: String,

    /// Answer in clear text on an address that is not loopback: on or off
    #[arg(long, env = "SHELF_CATALOG_ALLOW_INSECURE", value_name = "SWITCH", default_value = "off",
          num_args = 0..=1, default_missing_value = "on")]
    pub catalog_allow_insecure: String,

    /// Where the data is: `sqlite:` and the path of the file
    #[arg(
        long,
        env = "SHELF_DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:shelf-data/shelf.db",
        hide_env_values = true
    )]
    pub database_url: String,

    /// A file with the database URL, readable by its owner alone; instead of the URL itself
    #[arg(long, env = "SHELF_DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,

    /// How long what a product was before is kept after it was replaced, and who changed what: days, such as `730d`, or `forever`
    #[arg(long, env = "SHELF_KEEP_REVISIONS", value_name = "SPAN", default_value = KEEP_REVISIONS)]
    pub keep_revisions: String,
    /// The disk that the data lies on.
    #[command(flatten)]
    pub disk: DiskOptions,

    /// Host names, besides loopback and the listen address, under which the service may be called; separated by commas
    #[arg(long, env = "SHELF_CATALOG_ALLOWED_HOSTS", value_name = "NAMES", default_value = "")]
    pub catalog_allowed_hosts: String,

    /// Origins whose pages may call the service with gRPC-Web, such as `https://shop.example`; separated by commas
    #[arg(long, env = "SHELF_CATALOG_CORS_ORIGINS", value_name = "ORIGINS", default_value = "")]
    pub catalog_cors_origins: String,

    /// Answer reflection, so that grpcurl needs no .proto files: on or off
    #[arg(long, env = "SHELF_CATALOG_REFLECTION", value_name = "SWITCH", default_value = "off",
          num_args = 0..=1, default_missing_value = "on")]
    pub catalog_reflection: String,

    /// Addresses of gateways and proxies on other machines whose `x-forwarded-for` is believed; separated by commas
    #[arg(
        long,
        env = "SHELF_CATALOG_TRUSTED_PROXIES",
        value_name = "ADDRESSES",
        default_value = ""
    )]
    pub catalog_trusted_proxies: String,

    /// How much is taken at a time.
    #[command(flatten)]
    pub limits: LimitOptions,
}

/// The settings that the service runs with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where the data is. It may hold a password.
    pub database_url: SecretString,
    /// Under which address people reach the shop, for the link of the first account.
    pub public_origin: Option<Origin>,
    /// A host that product pictures may come from over https, besides the shop's own; the gateway needs the same.
    pub picture_host: Option<String>,
    /// How long a revision is kept after it was replaced, and a change in the feed after it was made; none: for ever. The newest
    /// revision of each product always is, and so is the last change.
    pub keep_revisions: Retention,
    /// Host names under which it may be called, besides loopback, the listen address and the public origin.
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may call it.
    pub cors_origins: Vec<Origin>,
    /// Gateways and proxies on other machines that are believed when they say whom they ask for.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether reflection is answered.
    pub reflection: bool,
    /// What is refused for being too much.
    pub limits: Limits,
}

impl Settings {
    /// The defaults for a database at `database_url`, on a free loopback port.
    pub fn new(database_url: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            database_url: SecretString::from(database_url.into()),
            public_origin: None,
            picture_host: None,
            keep_revisions: keep_revisions(KEEP_REVISIONS).unwrap_or_default(),
            allowed_hosts: Vec::new(),
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            reflection: false,
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// All that is wrong, together.
    pub fn settings(&self) -> Result<Settings, Problems> {
        let mut problems = Problems::default();
        let p = &mut problems;
        let insecure = p.switch("catalog-allow-insecure", &self.catalog_allow_insecure);
        let settings = Settings {
            listen: self.listen(insecure, p),
            database_url: self.database_url(p),
            public_origin: None,
            picture_host: None,
            keep_revisions: p
                .take("keep-revisions", &self.keep_revisions, keep_revisions(&self.keep_revisions))
                .flatten(),
            allowed_hosts: list(&self.catalog_allowed_hosts)
                .filter_map(|name| p.take("catalog-allowed-hosts", name, origin::host(name)))
                .collect(),
            cors_origins: list(&self.catalog_cors_origins)
                .filter_map(|text| p.take("catalog-cors-origins", text, Origin::parse(text)))
                .collect(),
            trusted_proxies: list(&self.catalog_trusted_proxies)
                .filter_map(|text| {
                    let parsed = text.parse().map_err(|_| "write an IP address");
                    p.take("catalog-trusted-proxies", text, parsed)
                })
                .collect(),
            reflection: p.switch("catalog-reflection", &self.catalog_reflection),
            limits: Limits { disk: self.disk.limits(p), ..self.limits.limits(p) },
        };
        problems.none_or(settings)
    }

    fn listen(&self, insecure: bool, problems: &mut Problems) -> SocketAddr {
        let parsed = SocketAddr::from_str(&self.catalog_listen)
            .map_err(|_| "write an address and a port, such as `127.0.0.1:50051` or `[::1]:50051`");
        let address = problems.take("catalog-listen", &self.catalog_listen, parsed);
        let Some(address) = address else { return SocketAddr::from(([127, 0, 0, 1], 0)) };
        if !address.ip().is_loopback() && !insecure {
            problems.add(
                "catalog-listen",
                &self.catalog_listen,
                "it is not a loopback address, and what is sent there is not encrypted; put a proxy with TLS before \
                 the service, or set `catalog-allow-insecure` where the network itself is trusted",
            );
        }
        address
    }

    fn database_url(&self, problems: &mut Problems) -> SecretString {
        let Some(file) = &self.database_url_file else {
            check_database_url(&self.database_url, problems);
            return SecretString::from(self.database_url.clone());
        };
        let read = read_secret(file);
        let url = problems.take("database-url-file", &file.display().to_string(), read);
        let url = url.unwrap_or_default();
        check_database_url(url.expose_secret(), problems);
        url
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Whether the scheme is one that Shelf has a store for. The URL itself is never shown: it may hold a password.
fn check_database_url(url: &str, problems: &mut Problems) {
    let path = url.strip_prefix("sqlite:").map(str::trim);
    if path.is_none_or(str::is_empty) {
        problems.add(
            "database-url",
            url.split(':').next().unwrap_or_default(),
            "write `sqlite:` and the path of the file, such as `sqlite:shelf-data/shelf.db`",
        );
    }
}

/// A secret kept in a file that nobody but its owner may read.
fn read_secret(file: &Path) -> Result<SecretString, String> {
    let unreadable = |error: io::Error| format!("it cannot be read: {error}");
    let metadata = fs::metadata(file).map_err(unreadable)?;
    if open_to_others(&metadata) {
        return Err("others than its owner may read it; run `chmod 600` on it".to_owned());
    }
    let text = fs::read_to_string(file).map_err(unreadable)?;
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests;
