//! Both services in one process: the gateway calls the catalog-service directly, without a socket.
//!
//! Both ports are bound before anything is served, so that a port in use costs nothing; the gateway stops first, because its
//! requests need the service.

use std::{fs, io, net::SocketAddr, sync::Arc};

use catalog_service::{
    Settings as CatalogSettings,
    clock::{Clock, SystemClock},
    config::Origin as CatalogOrigin,
    server::{self as catalog, StartError as CatalogStartError},
};
use gateway::{
    app::Gateway,
    config::Origin,
    server::{self as front, Bound as Front},
    upstream::Upstream,
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::ServeSettings,
    sample::{self, Sample},
};

/// Why Shelf does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder of the data cannot be made.
    #[error("cannot use the folder `{0}`: {1}; choose another with --data-dir")]
    Folder(String, #[source] io::Error),
    /// The gateway's address cannot be listened on.
    #[error("cannot listen on `{0}`: {1}; choose another address with --listen")]
    Listen(SocketAddr, #[source] io::Error),
    /// The shop has no address for browsers.
    #[error(transparent)]
    Origin(gateway::config::OriginInvalid),
    /// The catalog-service does not start.
    #[error(transparent)]
    Catalog(#[from] CatalogStartError),
    /// The sample shop cannot be loaded.
    #[error(transparent)]
    Sample(#[from] sample::Error),
    /// The link of the first account cannot be made.
    #[error("cannot make the link of the first account: {0}")]
    Setup(#[source] catalog_service::access::Error),
}

impl StartError {
    /// The exit code of a program that does not start for this reason (sysexits.h).
    pub fn exit_code(&self) -> u8 {
        match self {
            // EX_CANTCREAT
            Self::Folder(..) => 73,
            // EX_UNAVAILABLE
            Self::Listen(..) => 69,
            Self::Catalog(error) => error.exit_code(),
            // EX_SOFTWARE
            Self::Origin(_) | Self::Sample(_) | Self::Setup(_) => 70,
        }
    }
}

/// Both services, bound and ready to answer.
#[derive(Debug)]
pub struct Shelf {
    front: Front,
    catalog: catalog::Bound,
    gateway: Gateway,
    sample: Option<Sample>,
    setup_link: Option<String>,
}

/// Binds both ports, opens the database, and loads the sample shop into a new one.
///
/// # Errors
/// A port, a folder or a database that cannot be used.
pub async fn bind(settings: ServeSettings) -> Result<Shelf, StartError> {
    bind_with_clock(settings, Arc::new(SystemClock)).await
}

/// As [`bind`], with another clock of the catalog-service, for tests.
///
/// # Errors
/// A port, a folder or a database that cannot be used.
pub async fn bind_with_clock(
    settings: ServeSettings,
    clock: Arc<dyn Clock>,
) -> Result<Shelf, StartError> {
    let ServeSettings {
        data_dir,
        grpc_listen,
        empty,
        keep_revisions,
        local_origin,
        gateway: mut door,
        catalog_limits,
    } = settings;
    let listen = door.listen;
    let front = front::bind(listen).await.map_err(|error| StartError::Listen(listen, error))?;
    if local_origin {
        door.origin = local_origin_of(front.address().port())?;
    }
    let folder = data_dir.display().to_string();
    fs::create_dir_all(&data_dir).map_err(|error| StartError::Folder(folder, error))?;
    let database = format!("sqlite:{}", data_dir.join("shelf.db").display());
    let origin = CatalogOrigin::parse(&door.origin.to_string()).ok();
    let catalog = CatalogSettings {
        listen: grpc_listen,
        public_origin: origin.clone(),
        picture_host: door.picture_host.clone(),
        keep_revisions,
        allowed_hosts: door.allowed_hosts.clone(),
        trusted_proxies: door.trusted_proxies.clone(),
        limits: catalog_limits,
        cors_origins: origin.clone().into_iter().collect(),
        // Reflection tells everything about the contract, which on this machine alone is what it is for.
        reflection: grpc_listen.ip().is_loopback(),
        ..CatalogSettings::new(database)
    };
    let catalog = catalog::bind_with_clock(catalog, clock).await?;

    let instance = catalog.instance();
    let sample = sample::load_into_new(instance, empty).await?;
    let setup_link = match &origin {
        Some(origin) => instance.access().setup_link(origin).await.map_err(StartError::Setup)?,
        None => None,
    };
    let service = instance.service();
    let upstream = Upstream::in_process(service.clone())
        .with_whole_calls(move |call| service.clone().answer_whole(call));
    let gateway = Gateway::new(door, upstream);
    Ok(Shelf { front, catalog, gateway, sample, setup_link })
}

/// This machine's own name, with the port that was really taken.
fn local_origin_of(port: u16) -> Result<Origin, StartError> {
    format!("http://localhost:{port}").parse().map_err(StartError::Origin)
}

impl Shelf {
    /// Where pages and JSON are served.
    pub fn address(&self) -> SocketAddr {
        self.front.address()
    }

    /// Where gRPC and gRPC-Web are served.
    pub fn grpc_address(&self) -> SocketAddr {
        self.catalog.local_addr()
    }

    /// The one-time link of the first account; none once there is one.
    pub fn setup_link(&self) -> Option<&str> {
        self.setup_link.as_deref()
    }

    /// What a person at the terminal wants to know, a line each.
    pub fn greeting(&self) -> Vec<String> {
        let mut lines = vec![
            format!("shop: {}", self.gateway.origin()),
            format!("gRPC: http://localhost:{}", self.grpc_address().port()),
        ];
        if let Some(Sample { products, categories }) = self.sample {
            lines.push(format!(
                "a sample shop was loaded: {products} products in {categories} categories (--empty declines it)"
            ));
        }
        if let Some(link) = &self.setup_link {
            lines.push(format!("setup: {link}"));
        }
        lines
    }

    /// Serves until `shutdown`, then lets what was asked finish: the gateway first, then the service that it asks.
    pub async fn serve(self, shutdown: CancellationToken) {
        let Self { front, catalog, gateway, .. } = self;
        let gateway_gone = CancellationToken::new();
        let gone = gateway_gone.clone();
        let gateway = async move {
            front.serve(gateway, shutdown).await;
            gone.cancel();
        };
        tokio::join!(gateway, catalog.serve(gateway_gone));
    }
}
