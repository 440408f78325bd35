//! Starting and stopping: [`open`] gives the service in this process, [`bind`] a listening socket as well, and
//! [`Bound::serve`] answers until it is told to stop.
//!
//! The same functions start the service in production, in the single process and in every test.

mod census;
mod connections;
mod forget;
mod listener;
mod purge;
mod socket;

use std::{fmt, io, net::SocketAddr, sync::Arc};

use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::listener::handed_over;
#[cfg(any(test, fuzzing))]
pub use self::socket::fuzzing::headers;
use self::socket::{Hosts, Socket};
use crate::{
    access::Access,
    catalog::Catalog,
    clock::{Clock, SystemClock},
    config::Settings,
    disk::SystemDisk,
    grpc::GrpcService,
    search::Search,
    store::{self, OpenError, Store},
};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error(
        "`{0}` is in use by another program; stop it, or choose another address with SHELF_CATALOG_LISTEN"
    )]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on `{0}`: {1}; choose another address with SHELF_CATALOG_LISTEN")]
    Listen(SocketAddr, #[source] io::Error),
    /// The socket that was handed over is of no use.
    #[error("the listening socket that was handed over cannot be used: {0}")]
    HandedOver(#[source] io::Error),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
}

impl StartError {
    /// The exit code of a program that does not start for this reason (sysexits.h).
    pub fn exit_code(&self) -> u8 {
        match self {
            // EX_UNAVAILABLE
            Self::AddressInUse(_) | Self::Listen(..) | Self::HandedOver(_) => 69,
            // EX_IOERR
            Self::Database(_) => 74,
        }
    }
}

/// The service in this process, with its database open.
#[derive(Clone)]
pub struct Instance {
    store: Arc<dyn Store>,
    search: Search,
    catalog: Catalog,
    access: Access,
    service: GrpcService,
    settings: Settings,
}

impl Instance {
    /// The service itself, to be called without a socket. It keeps every promise but those about HTTP.
    pub fn service(&self) -> GrpcService {
        self.service.clone()
    }

    /// The use cases of the catalog, for what the process itself does, as [`crate::domain::Caller::system`].
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The use cases of access, among them the link of the first account.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Whether there is nothing in the catalog yet.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_empty(&self) -> store::Result<bool> {
        self.store.is_empty().await
    }

    /// Finishes what was begun and closes the database. [`Bound::serve`] does so by itself.
    pub async fn close(&self) {
        self.service.close().await;
        self.search.close().await;
        self.store.close().await;
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Opens the database and makes the service, without listening.
///
/// # Errors
/// [`StartError::Database`].
pub async fn open(settings: Settings) -> Result<Instance, StartError> {
    open_with_clock(settings, Arc::new(SystemClock)).await
}

/// As [`open`], with another clock, for tests.
///
/// # Errors
/// [`StartError::Database`].
pub async fn open_with_clock(
    settings: Settings,
    clock: Arc<dyn Clock>,
) -> Result<Instance, StartError> {
    let (url, limits) = (settings.database_url.expose_secret(), &settings.limits);
    let store = store::open(url, Arc::clone(&clock), Arc::new(SystemDisk), limits).await?;
    let search = Search::start(Arc::clone(&store));
    let catalog = Catalog::new(Arc::clone(&store), search.clone(), Arc::clone(&clock))
        .with_picture_host(settings.picture_host.as_deref())
        .with_watch(limits.watch);
    let access = Access::new(Arc::clone(&store) as _, Arc::clone(&clock), limits);
    let service = GrpcService::new(catalog.clone(), access.clone(), clock, &settings);
    service.start().await;
    Ok(Instance { store, search, catalog, access, service, settings })
}

/// The service with its socket, ready to answer.
#[derive(Debug)]
pub struct Bound {
    instance: Instance,
    listener: TcpListener,
    address: SocketAddr,
}

/// Listens, and opens the database.
///
/// # Errors
/// An address or a database that cannot be used.
pub async fn bind(settings: Settings) -> Result<Bound, StartError> {
    bind_with_clock(settings, Arc::new(SystemClock)).await
}

/// As [`bind`], with another clock, for tests.
///
/// # Errors
/// An address or a database that cannot be used.
pub async fn bind_with_clock(
    settings: Settings,
    clock: Arc<dyn Clock>,
) -> Result<Bound, StartError> {
    let listener = listener::listen(settings.listen).await?;
    Bound::new(open_with_clock(settings, clock).await?, listener)
}

/// Takes over a socket that listens already, and opens the database.
///
/// # Errors
/// A socket or a database that cannot be used.
pub async fn bind_handed_over(
    settings: Settings,
    listener: std::net::TcpListener,
) -> Result<Bound, StartError> {
    let listener = listener::take_over(listener)?;
    Bound::new(open(settings).await?, listener)
}

impl Instance {
    /// Listens for an instance that is open already.
    ///
    /// # Errors
    /// An address that cannot be used.
    pub async fn bind(self) -> Result<Bound, StartError> {
        let listener = listener::listen(self.settings.listen).await?;
        Bound::new(self, listener)
    }
}

impl Bound {
    fn new(instance: Instance, listener: TcpListener) -> Result<Self, StartError> {
        let address = listener.local_addr().map_err(StartError::HandedOver)?;
        Ok(Self { instance, listener, address })
    }

    /// Where it listens; the port is never 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The service in this process.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Answers until `shutdown`, lets open calls finish, and closes the database.
    pub async fn serve(self, shutdown: CancellationToken) {
        let Self { instance, listener, address } = self;
        let settings = &instance.settings;
        let hosts = Hosts::of(settings, address.ip());
        let socket = Socket::new(hosts, &settings.cors_origins, instance.service());
        tracing::info!(%address, limits = ?settings.limits, "catalog-service answers gRPC and gRPC-Web");

        // Health checks learn of the end before connections do.
        let unhealthy = {
            let (service, shutdown) = (instance.service(), shutdown.clone());
            async move {
                shutdown.cancelled().await;
                service.stop().await;
            }
        };
        let purging = purge::every_hour(instance.catalog(), &shutdown);
        let forgetting = forget::every_hour(instance.catalog(), settings.keep_revisions, &shutdown);
        let serving = connections::serve(listener, socket, &settings.limits, shutdown.clone());
        tokio::join!(unhealthy, purging, forgetting, serving);
        instance.close().await;
        tracing::info!("catalog-service has stopped");
    }
}

#[cfg(test)]
mod tests;
