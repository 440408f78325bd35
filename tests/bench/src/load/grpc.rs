//! Callers over gRPC that share one HTTP/2 connection, as a gateway's calls do.
//!
//! Messages stay bytes: building and reading them would take the same cores from the measured server.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context as _, Result};
use bytes::{Buf as _, BufMut as _, Bytes};
use http::uri::PathAndQuery;
use tonic::{
    Request, Status,
    client::Grpc as Client,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::{Channel, Endpoint},
};

use super::Caller;

/// What is asked of a gRPC server: one method with messages in turn.
#[derive(Clone, Debug)]
pub(crate) struct Grpc(Arc<Asked>);

#[derive(Debug)]
struct Asked {
    endpoint: Endpoint,
    method: PathAndQuery,
    messages: Vec<Bytes>,
    next: AtomicUsize,
}

impl Grpc {
    /// Calls of `method`, such as `/package.Service/Method`, with encoded messages.
    pub(crate) fn new(endpoint: Endpoint, method: &'static str, messages: Vec<Bytes>) -> Self {
        let (method, next) = (PathAndQuery::from_static(method), AtomicUsize::default());
        Self(Arc::new(Asked { endpoint, method, messages, next }))
    }

    pub(super) async fn callers(&self, count: usize) -> Result<Vec<Caller>> {
        let channel = self.0.endpoint.connect().await.context("no gRPC connection")?;
        let caller =
            || GrpcCaller { client: Client::new(channel.clone()), asked: Arc::clone(&self.0) };
        Ok((0..count).map(|_| Caller::Grpc(caller())).collect())
    }
}

/// One caller.
#[derive(Debug)]
pub(crate) struct GrpcCaller {
    client: Client<Channel>,
    asked: Arc<Asked>,
}

impl GrpcCaller {
    pub(super) async fn call(&mut self) -> Result<()> {
        let turn = self.asked.next.fetch_add(1, Ordering::Relaxed) % self.asked.messages.len();
        let message = self.asked.messages[turn].clone();
        self.client.ready().await?;
        let method = self.asked.method.clone();
        let answer = self.client.unary(Request::new(message), method, Raw).await;
        answer.with_context(|| format!("`{}` failed", self.asked.method))?;
        Ok(())
    }
}

/// Messages as they are on the wire.
#[derive(Clone, Copy, Debug)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(message.copy_to_bytes(message.remaining())))
    }
}
