//! A shop of both services in this process, on free ports and a database of its own.

use std::{net::SocketAddr, sync::Arc};

use catalog_service::clock::{Clock, SystemClock};
use clap::Parser as _;
use shelf::{config::CommandLine, serve};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;

use crate::{
    pair::{channel, token},
    people::People,
    web::Web,
};

/// A running shop with its people.
#[derive(Debug)]
pub struct Shop {
    /// One of each role; all of them anyone in an unsettled shop.
    pub people: People,
    running: Running,
    folder: TempDir,
    flags: Vec<String>,
    clock: ServiceClock,
}

/// The clock of the catalog-service.
#[derive(Clone)]
struct ServiceClock(Arc<dyn Clock>);

impl std::fmt::Debug for ServiceClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a clock")
    }
}

#[derive(Debug)]
struct Running {
    http: SocketAddr,
    grpc: SocketAddr,
    setup_token: String,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

impl Shop {
    /// An empty shop with its people.
    pub async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// An empty shop with its people, under further flags.
    pub async fn open_with(flags: &[&str]) -> Self {
        Self::begin(&[&["--empty"], flags].concat()).await.settled().await
    }

    /// A shop with the sample products, and its people.
    pub async fn with_sample() -> Self {
        Self::begin(&[]).await.settled().await
    }

    /// An empty shop without an account.
    pub async fn unsettled() -> Self {
        Self::begin(&["--empty"]).await
    }

    /// An empty shop with its people, whose catalog-service goes by this clock.
    pub async fn open_at(clock: Arc<dyn Clock>) -> Self {
        Self::begin_at(&["--empty"], clock).await.settled().await
    }

    async fn begin(flags: &[&str]) -> Self {
        Self::begin_at(flags, Arc::new(SystemClock)).await
    }

    async fn begin_at(flags: &[&str], clock: Arc<dyn Clock>) -> Self {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ServiceClock(clock);
        let running = Running::start(&folder, &flags, &clock).await;
        let people = People::strangers(channel(running.grpc));
        Self { people, running, folder, flags, clock }
    }

    async fn settled(mut self) -> Self {
        let people = People::settle(self.channel(), self.setup_token()).await;
        self.people = people.expect("the first account");
        self
    }

    /// Stops the shop, and starts it again on the same database.
    #[must_use]
    pub async fn restart(self) -> Self {
        self.restart_with(&[]).await
    }

    /// The same, with more settings this once.
    #[must_use]
    pub async fn restart_with(self, more: &[&str]) -> Self {
        let Self { people, running, folder, flags, clock } = self;
        running.stop().await;
        let now = [flags.clone(), more.iter().map(|flag| (*flag).to_owned()).collect()].concat();
        let running = Running::start(&folder, &now, &clock).await;
        let people = people.again(&channel(running.grpc));
        Self { people, running, folder, flags, clock }
    }

    /// Stops the shop.
    pub async fn close(self) {
        self.running.stop().await;
    }

    /// A client of the gateway.
    pub fn web(&self) -> Web {
        Web::at(self.running.http)
    }

    /// A new connection to the catalog-service.
    pub fn channel(&self) -> Channel {
        channel(self.running.grpc)
    }

    /// The catalog-service's address as a setting.
    pub fn catalog(&self) -> String {
        format!("http://{}", self.running.grpc)
    }

    /// Where gRPC and gRPC-Web are answered.
    pub fn grpc_address(&self) -> SocketAddr {
        self.running.grpc
    }

    /// Where the gateway answers.
    pub fn http_address(&self) -> SocketAddr {
        self.running.http
    }

    /// The token of the one-time link with which this shop started; empty if it had none.
    pub fn setup_token(&self) -> &str {
        &self.running.setup_token
    }
}

impl Running {
    async fn start(folder: &TempDir, flags: &[String], clock: &ServiceClock) -> Self {
        let data_dir = folder.path().display().to_string();
        let mut line = vec!["shelf", "--data-dir", &data_dir];
        line.extend(["--listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"]);
        // Nobody fills these disks, and there are many shops.
        line.extend(["--database-ballast-mib", "0"]);
        line.extend(flags.iter().map(String::as_str));
        let settings = CommandLine::parse_from(line).serve.settings().expect("settings");
        let shelf = serve::bind_with_clock(settings, Arc::clone(&clock.0)).await;
        let shelf = shelf.expect("a start");
        let (http, grpc) = (shelf.address(), shelf.grpc_address());
        let setup_token = shelf.setup_link().map(token).unwrap_or_default().to_owned();
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(shelf.serve(shutdown.clone()));
        Self { http, grpc, setup_token, shutdown, served }
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.served.await.expect("a clean stop");
    }
}
