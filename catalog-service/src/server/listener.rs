//! The socket that the service listens on: opened here, or handed over by whoever started the process.

use std::{io, net::SocketAddr};

use tokio::net::TcpListener;

use super::StartError;

/// A listening socket that a supervisor opened and passed on (`LISTEN_FDS`), if there is one.
///
/// # Errors
/// When what was passed on is not a TCP socket.
pub fn handed_over() -> Result<Option<std::net::TcpListener>, StartError> {
    listenfd::ListenFd::from_env().take_tcp_listener(0).map_err(StartError::HandedOver)
}

/// Listens at `address`, where port 0 takes a free one.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::AddressInUse(address),
        _ => StartError::Listen(address, error),
    })
}

/// Takes over a socket that listens already.
pub(super) fn take_over(listener: std::net::TcpListener) -> Result<TcpListener, StartError> {
    listener.set_nonblocking(true).map_err(StartError::HandedOver)?;
    TcpListener::from_std(listener).map_err(StartError::HandedOver)
}
