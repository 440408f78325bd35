//! A service of tonic's whose every call a test answers by hand, message by message.

use std::{convert::Infallible, future::Future};

use bytes::{Buf as _, BufMut as _, Bytes};
use http::Request;
use prost::Message;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{
    Response, Status, Streaming,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    metadata::MetadataMap,
};

use crate::house::{A_WHILE, soon};

/// One call that the service got.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) metadata: MetadataMap,
    requests: Streaming<Bytes>,
    head: Option<oneshot::Sender<Result<MetadataMap, Status>>>,
    replies: mpsc::Sender<Result<Bytes, Status>>,
}

impl Call {
    /// The next message of the client; `None` at its end.
    pub(crate) async fn asked<M: Message + Default>(&mut self) -> Option<M> {
        self.heard().await.unwrap()
    }

    /// The same, or how the stream broke off.
    pub(crate) async fn heard<M: Message + Default>(&mut self) -> Result<Option<M>, Status> {
        let message = soon(self.requests.message()).await?;
        Ok(message.map(|message| M::decode(message).unwrap()))
    }

    /// Sends the head of the answer.
    pub(crate) fn begin(&mut self) {
        if let Some(head) = self.head.take() {
            head.send(Ok(MetadataMap::new())).unwrap();
        }
    }

    /// Sends a message, once there is room for it.
    pub(crate) async fn say(&mut self, message: &impl Message) {
        self.begin();
        soon(self.replies.send(Ok(message.encode_to_vec().into()))).await.unwrap();
    }

    /// Sends messages until there is no more room; how many there were.
    pub(crate) async fn say_until_held_back(&mut self, message: &impl Message) -> usize {
        self.begin();
        let message = Bytes::from(message.encode_to_vec());
        let mut count = 0;
        while let Ok(sent) = timeout(A_WHILE, self.replies.send(Ok(message.clone()))).await {
            sent.unwrap();
            count += 1;
        }
        count
    }

    /// Ends the answer with a status.
    pub(crate) async fn fail(mut self, status: Status) {
        match self.head.take() {
            Some(head) => head.send(Err(status)).unwrap(),
            None => soon(self.replies.send(Err(status))).await.unwrap(),
        }
    }

    /// The one message of an answer.
    pub(crate) async fn answer(mut self, message: &impl Message) {
        self.say(message).await;
    }

    /// Comes when nobody waits for the answer any more.
    pub(crate) async fn taken_back(mut self) {
        match &mut self.head {
            Some(head) => soon(head.closed()).await,
            None => soon(self.replies.closed()).await,
        }
    }
}

/// Gives every call to the test.
#[derive(Clone)]
pub(crate) struct Service(mpsc::UnboundedSender<Call>);

impl Service {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Call>) {
        let (calls, called) = mpsc::unbounded_channel();
        (Self(calls), called)
    }

    /// Answers one call, whichever way it came.
    pub(crate) fn call<B>(
        self,
        request: Request<B>,
    ) -> impl Future<Output = Result<http::Response<tonic::body::Body>, Infallible>> + Send
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
    {
        let method = request.uri().path().rsplit('/').next().unwrap().to_owned();
        let answer = tower::service_fn(move |request: tonic::Request<Streaming<Bytes>>| {
            let (method, calls) = (method.clone(), self.0.clone());
            async move {
                let (metadata, _, requests) = request.into_parts();
                let (head, begun) = oneshot::channel();
                let (replies, said) = mpsc::channel(1);
                let call = Call { method, metadata, requests, head: Some(head), replies };
                let _ = calls.send(call);
                let metadata = begun.await.unwrap_or_else(|_| Err(Status::internal("dropped")))?;
                let mut response = Response::new(ReceiverStream::new(said));
                *response.metadata_mut() = metadata;
                Ok::<_, Status>(response)
            }
        });
        async move { Ok(tonic::server::Grpc::new(Raw).streaming(answer, request).await) }
    }
}

/// Messages as they are.
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

    fn decode(&mut self, wire: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(wire.copy_to_bytes(wire.remaining())))
    }
}
