//! The two services as two processes, as in production.

use std::{net::SocketAddr, path::Path};

use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use crate::{people::People, process::Process, web::Web};

/// A catalog-service and a gateway in front of it.
#[derive(Debug)]
pub struct Pair {
    /// The catalog-service; none while it is down.
    pub catalog: Option<Process>,
    /// The gateway.
    pub gateway: Process,
    /// Where the catalog-service answers, also after a restart.
    pub catalog_address: SocketAddr,
    /// Where the gateway answers.
    pub gateway_address: SocketAddr,
    /// One of each role.
    pub people: People,
    folder: TempDir,
    settings: Settings,
}

/// Variables for the catalog-service, besides those that every pair needs.
pub type Settings = &'static [(&'static str, &'static str)];

impl Pair {
    /// Starts both on a new database, and settles the people.
    pub async fn start() -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"), &[]).await
    }

    /// Starts both on a new database in a folder, and settles the people.
    pub async fn start_in(folder: TempDir, settings: Settings) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut catalog = start_catalog(&folder, any, settings);
        let link = catalog.line("/admin/setup#").await;
        let catalog_address = address(&mut catalog).await;
        let url = format!("http://{catalog_address}");
        let mut gateway = Process::start(
            "gateway",
            &["--listen", "127.0.0.1:0", "--catalog", &url],
            &[("SHELF_LOG_FORMAT", "json")],
        );
        let gateway_address = address(&mut gateway).await;
        let people = People::settle(channel(catalog_address), token(&link)).await;
        let people = people.expect("the first account");
        let catalog = Some(catalog);
        Self { catalog, gateway, catalog_address, gateway_address, people, folder, settings }
    }

    /// Kills the catalog-service without a warning.
    pub async fn kill_catalog(&mut self) {
        self.catalog.take().expect("a running catalog-service").kill().await;
    }

    /// Asks the catalog-service to stop, and waits until it has.
    pub async fn stop_catalog(&mut self) {
        let catalog = self.catalog.take().expect("a running catalog-service");
        catalog.terminate().await;
        let (status, output) = catalog.ended().await;
        assert!(status.success(), "{status}: {output}");
    }

    /// The folder of the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the catalog-service again, at its old address.
    pub async fn start_catalog(&mut self) {
        assert!(self.catalog.is_none(), "it runs already");
        let mut catalog = start_catalog(&self.folder, self.catalog_address, self.settings);
        assert_eq!(address(&mut catalog).await, self.catalog_address);
        self.catalog = Some(catalog);
    }

    /// A client of the gateway.
    pub fn web(&self) -> Web {
        Web::at(self.gateway_address)
    }

    /// A new connection to the catalog-service.
    pub fn channel(&self) -> Channel {
        channel(self.catalog_address)
    }
}

fn start_catalog(folder: &TempDir, listen: SocketAddr, settings: Settings) -> Process {
    let database = format!("sqlite:{}", folder.path().join("shelf.db").display());
    let listen = listen.to_string();
    let variables = [
        ("SHELF_CATALOG_LISTEN", listen.as_str()),
        ("SHELF_DATABASE_URL", &database),
        ("SHELF_PUBLIC_ORIGIN", "http://localhost:8080"),
        ("SHELF_LOG_FORMAT", "json"),
    ];
    Process::start("catalog-service", &[], &[&variables, settings].concat())
}

/// The address that a service logs once it answers.
pub async fn address(process: &mut Process) -> SocketAddr {
    let line = process.line("\"address\":\"").await;
    let address = line.split("\"address\":\"").nth(1).and_then(|rest| rest.split('"').next());
    address.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no address: {line}"))
}

/// The token of a one-time link.
pub fn token(line: &str) -> &str {
    let token = line.split("/admin/setup#").nth(1).unwrap_or_default();
    token.split(|letter: char| letter == '"' || letter.is_whitespace()).next().unwrap_or_default()
}

/// A connection that is made with the first call.
pub fn channel(address: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    endpoint.connect_lazy()
}
