//! A call by gRPC with bytes that need not be a message at all.

use bytes::{Buf as _, BufMut as _, Bytes};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use tonic::{
    Request, Response, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use super::{Outcome, Rpc};
use crate::people::Person;

impl Rpc {
    /// Calls it by gRPC.
    pub async fn call(&self, person: &Person, request: &DynamicMessage) -> Outcome {
        match self.call_raw(person, request.encode_to_vec().into()).await {
            Ok(answer) => self.read(answer.into_inner()),
            Err(status) => Outcome::Refused(status.into()),
        }
    }

    /// Calls it by gRPC with these bytes, and answers as it was answered.
    ///
    /// # Errors
    /// As the service answers.
    pub async fn call_raw(&self, person: &Person, bytes: Bytes) -> Result<Response<Bytes>, Status> {
        let path = format!("/{}/{}", self.method.parent_service().full_name(), self.name());
        let mut client = Grpc::new(person.way()).max_decoding_message_size(8 << 20);
        client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
        client.unary(Request::new(bytes), path.parse().expect("a path"), Raw).await
    }

    /// Reads an answer of it.
    pub(super) fn read(&self, bytes: Bytes) -> Outcome {
        let answer = DynamicMessage::decode(self.method.output(), bytes);
        Outcome::Accepted(answer.expect("the service answers with the contract's message"))
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

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(message.copy_to_bytes(message.remaining())))
    }
}
