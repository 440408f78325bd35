//! One call on the wire: a message in, an encoded answer out, or a stream of them.
//!
//! Answers are bytes, because the store keeps resources as they are sent: they are framed here and never decoded.

use std::marker::PhantomData;

use bytes::{BufMut as _, Bytes};
use futures_util::Stream;
use prost::Message;
use tonic::{
    Request, Response, Status,
    body::Body,
    codec::{
        BufferSettings, Codec,
        CompressionEncoding::{Gzip, Zstd},
        EncodeBuf, Encoder,
    },
    metadata::{Ascii, MetadataValue},
    server::Grpc,
};
use tonic_prost::ProstDecoder;
use tower::service_fn;

use super::{credentials::Identity, resume_token::SHELF_RESUME_TOKEN};

/// The length in bytes from which an answer is compressed for those who take it. Making a compressor ready costs five times
/// as much as the rest of a short call, and what fits in two packets arrives no sooner as one.
const WORTH_PACKING: usize = 2048;

/// An encoded message on its way out, and the resume token beside it when a read answers it.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    message: Bytes,
    resume_token: Option<MetadataValue<Ascii>>,
}

impl Encoded {
    /// Bytes that are a message already.
    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self { message: bytes, resume_token: None }
    }

    /// A message.
    pub(super) fn message(message: &impl Message) -> Self {
        Self::bytes(message.encode_to_vec().into())
    }

    /// `google.protobuf.Empty`.
    pub(super) fn empty() -> Self {
        Self::bytes(Bytes::new())
    }

    /// The same message, beside which stands from where a stream of changes goes on.
    pub(super) fn with_resume_token(self, token: MetadataValue<Ascii>) -> Self {
        Self { resume_token: Some(token), ..self }
    }

    fn into_response(mut self) -> Response<Self> {
        let token = self.resume_token.take();
        let packs = self.message.len() >= WORTH_PACKING;
        let mut response = Response::new(self);
        if !packs {
            response.disable_compression();
        }
        if let Some(token) = token {
            response.metadata_mut().insert(SHELF_RESUME_TOKEN, token);
        }
        response
    }
}

/// Answers a unary call: reads its message, lets `handler` work on it, and frames what comes out.
pub(super) async fn unary<M, F, Fut>(
    limit: usize,
    request: http::Request<Body>,
    handler: F,
) -> http::Response<Body>
where
    M: Message + Default + 'static,
    F: Fn(Identity, M) -> Fut + Clone + Send,
    Fut: Future<Output = Result<Encoded, Status>> + Send,
{
    let method = service_fn(|request: Request<M>| {
        let handler = handler.clone();
        async move {
            let (identity, message) = whose(request)?;
            let answer = handler(identity, message).await?;
            // Said here, the refusal has its reason; in the body it would come after an answer that looks well.
            match answer.message.len() {
                length if length > limit => Err(super::status::answer_too_large(length, limit)),
                _ => Ok(answer.into_response()),
            }
        }
    });
    framed::<M>(limit).send_compressed(Gzip).send_compressed(Zstd).unary(method, request).await
}

/// Answers a call with a stream: reads its message, lets `handler` open the stream, and frames what comes out of it, message by message.
/// They are short and each would be packed by itself, so none is.
pub(super) async fn streaming<M, F, Fut, S>(
    limit: usize,
    request: http::Request<Body>,
    handler: F,
) -> http::Response<Body>
where
    M: Message + Default + 'static,
    F: Fn(Identity, M) -> Fut + Clone + Send,
    Fut: Future<Output = Result<S, Status>> + Send,
    S: Stream<Item = Result<Encoded, Status>> + Send + 'static,
{
    let method = service_fn(|request: Request<M>| {
        let handler = handler.clone();
        async move {
            let (identity, message) = whose(request)?;
            Ok::<_, Status>(Response::new(handler(identity, message).await?))
        }
    });
    framed::<M>(limit).server_streaming(method, request).await
}

/// How messages are framed: packed ones are read, and none is longer than the limit.
fn framed<M: Message + Default + 'static>(limit: usize) -> Grpc<EncodedCodec<M>> {
    Grpc::new(EncodedCodec(PhantomData))
        .accept_compressed(Gzip)
        .accept_compressed(Zstd)
        .apply_max_message_size_config(Some(limit), Some(limit))
}

/// A request's message, and who sends it.
fn whose<M>(request: Request<M>) -> Result<(Identity, M), Status> {
    let (_metadata, mut extensions, message) = request.into_parts();
    let identity = extensions.remove::<Identity>();
    Ok((identity.ok_or_else(|| super::status::internal(&"nobody was established"))?, message))
}

struct EncodedCodec<M>(PhantomData<fn() -> M>);

impl<M: Message + Default + 'static> Codec for EncodedCodec<M> {
    type Encode = Encoded;
    type Decode = M;
    type Encoder = AsItIs;
    type Decoder = ProstDecoder<M>;

    fn encoder(&mut self) -> AsItIs {
        AsItIs
    }

    fn decoder(&mut self) -> ProstDecoder<M> {
        ProstDecoder::new(BufferSettings::default())
    }
}

/// Writes an encoded message as it is.
#[derive(Debug)]
struct AsItIs;

impl Encoder for AsItIs {
    type Item = Encoded;
    type Error = Status;

    fn encode(&mut self, item: Encoded, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.reserve(item.message.len());
        buffer.put(item.message);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;
    use crate::{domain::Caller, grpc::refusal::reason_of};

    async fn answer(length: usize, limit: usize) -> http::Response<Body> {
        let mut request = http::Request::new(Body::new(Full::from(&[0; 5][..])));
        request.extensions_mut().insert(Identity {
            caller: Caller::system(),
            user: None,
            session: None,
            network: None,
        });
        let handler = async |_, _: ()| Ok(Encoded::bytes(vec![0; length].into()));
        request
            .headers_mut()
            .insert("grpc-accept-encoding", http::HeaderValue::from_static("gzip"));
        unary(limit, request, handler).await
    }

    async fn answered(length: usize, limit: usize) -> Option<Status> {
        answer(length, limit).await.extensions().get::<Status>().cloned()
    }

    #[tokio::test]
    async fn only_long_answers_are_compressed() {
        for (length, compressed) in [(0, 0), (2_047, 0), (2_048, 1), (2_049, 1)] {
            let body = answer(length, 4096).await.into_body().collect().await.unwrap();
            assert_eq!(body.to_bytes().first(), Some(&compressed), "{length}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_refused_before_its_body_begins() {
        assert!(answered(64, 64).await.is_none());
        let refused = answered(65, 64).await.unwrap();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert_eq!(reason_of(&refused).as_deref(), Some("MESSAGE_TOO_LARGE"));
    }
}
