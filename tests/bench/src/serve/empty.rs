//! The floor of a gRPC call: tonic's own server with one method that takes nothing and answers nothing.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use anyhow::Result;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{Grpc, NamedService, UnaryService},
    transport::Server,
};
use tonic_prost::ProstCodec;
use tower::Service;

/// The method's path.
pub(crate) const METHOD: &str = "/bench.Empty/Call";

/// Serves until the process is ended.
pub(super) async fn serve(listen: SocketAddr) -> Result<()> {
    let connections = TcpListenerStream::new(TcpListener::bind(listen).await?);
    Ok(Server::builder()
        .tcp_nodelay(true)
        .add_service(Empty)
        .serve_with_incoming(connections)
        .await?)
}

/// The service, and its one method.
#[derive(Clone, Copy, Debug)]
struct Empty;

impl NamedService for Empty {
    const NAME: &'static str = "bench.Empty";
}

impl Service<http::Request<Body>> for Empty {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let mut grpc = Grpc::new(ProstCodec::<(), ()>::default());
        Box::pin(async move { Ok(grpc.unary(Self, request).await) })
    }
}

impl UnaryService<()> for Empty {
    type Response = ();
    type Future = Ready<Result<Response<()>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}
