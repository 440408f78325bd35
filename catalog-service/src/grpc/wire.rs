//! One call on the wire: a message in, an encoded answer out, or a stream of them.
//!
//! Answers are bytes, because the store keeps resources as they are sent: they are framed here and never decoded.

mod frame;

use std::mem;

use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::Stream;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Body as HttpBody;
use http_body_util::Full;
use prost::Message;
use serving::Answer;
use tonic::{
    Request, Response, Status,
    body::Body,
    codec::{
        Codec,
        CompressionEncoding::{Gzip, Zstd},
        DecodeBuf, Decoder, EncodeBuf, Encoder,
    },
    server::Grpc,
};
use tower::service_fn;

use super::{credentials::Identity, dispatch::Answering, frames, resume_token::SHELF_RESUME_TOKEN};
use crate::config::Limits;

/// The length in bytes from which an answer is compressed for those who take it. Making a compressor ready costs five times
/// as much as the rest of a short call, and what fits in two packets arrives no sooner as one.
const WORTH_PACKING: usize = 2048;

/// How a message is compressed, and how an answer may be.
const GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// An encoded message on its way out, and the resume token beside it when a read answers it.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    message: Bytes,
    resume_token: Option<HeaderValue>,
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
    pub(super) fn with_resume_token(self, token: HeaderValue) -> Self {
        Self { resume_token: Some(token), ..self }
    }

    /// The same, if it is no longer than the limit. Said here, the refusal has its reason; in the body it would come after an answer
    /// that looks well.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED, MESSAGE_TOO_LARGE.
    pub(super) fn within(self, limit: usize) -> Result<Self, Status> {
        match self.message.len() {
            length if length > limit => Err(super::status::answer_too_large(length, limit)),
            _ => Ok(self),
        }
    }

    /// The answer for somebody in this process.
    pub(super) fn into_answer(self) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(token) = self.resume_token {
            headers.insert(SHELF_RESUME_TOKEN, token);
        }
        Answer { headers, message: self.message }
    }

    /// The answer to a unary call, framed.
    fn into_http(self) -> http::Response<Body> {
        let mut response = http::Response::new(Body::new(frame::Framed::of(&self.message)));
        let Answer { mut headers, .. } = self.into_answer();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        *response.headers_mut() = headers;
        response
    }

    fn into_response(mut self) -> Response<Self> {
        let token = self.resume_token.take();
        let packs = self.message.len() >= WORTH_PACKING;
        let mut response = Response::new(self);
        if !packs {
            response.disable_compression();
        }
        if let Some(token) = token {
            response.metadata_mut().as_mut().insert(SHELF_RESUME_TOKEN, token);
        }
        response
    }
}

/// Answers a unary call: reads its message, lets `method` answer it, and frames what comes out.
///
/// Calls that say nothing of compression are read and framed here, because all that tonic could do for them it would do at three
/// times the cost; the others, and messages that claim to be compressed all the same, are left to it. That is in a box, so that no
/// call is larger than it has to be.
#[expect(clippy::manual_async_fn, reason = "an `async fn` would hold its arguments twice")]
pub(super) fn unary<'s, F>(
    limits: &'s Limits,
    identity: Identity,
    request: &'s mut http::Request<Body>,
    method: F,
) -> impl Future<Output = http::Response<Body>> + Send + 's
where
    F: Fn(Identity, Bytes) -> Result<Answering<'s>, Status> + Send + Sync + 's,
{
    async move {
        if says_how_packed(request.headers()) {
            let request = mem::take(request).map(|body| frames::one(body, limits));
            return Box::pin(unary_by_tonic(limits, identity, request, method)).await;
        }
        let framed = frame::read(frames::one(mem::take(request.body_mut()), limits)).await;
        let answering = match framed.map(frame::opened) {
            Ok(Ok(message)) => method(identity, message),
            Ok(Err(packed)) => {
                let request = mem::take(request).map(|_read| Body::new(Full::new(packed)));
                return Box::pin(unary_by_tonic(limits, identity, request, method)).await;
            }
            Err(refusal) => Err(refusal),
        };
        let answer = match answering {
            Ok(answering) => answering.await.and_then(|it| it.within(limits.message_bytes)),
            Err(refusal) => Err(refusal),
        };
        answer.map_or_else(Status::into_http, Encoded::into_http)
    }
}

/// Whether a call comes compressed, or its answer may.
fn says_how_packed(headers: &HeaderMap) -> bool {
    headers.contains_key(GRPC_ENCODING) || headers.contains_key(GRPC_ACCEPT_ENCODING)
}

async fn unary_by_tonic<'s, B, F>(
    limits: &Limits,
    identity: Identity,
    request: http::Request<B>,
    method: F,
) -> http::Response<Body>
where
    B: HttpBody<Data = Bytes, Error = Status> + Send + 'static,
    F: Fn(Identity, Bytes) -> Result<Answering<'s>, Status> + Send + Sync,
{
    let limit = limits.message_bytes;
    let service = service_fn(|request: Request<Bytes>| {
        let answering = method(identity.clone(), request.into_inner());
        async move { answering?.await?.within(limit).map(Encoded::into_response) }
    });
    tonic_framed(limit).send_compressed(Gzip).send_compressed(Zstd).unary(service, request).await
}

/// Answers a call with a stream: reads its message, lets `method` open the stream, and frames what comes out of it, message by message.
/// They are short and each would be packed by itself, so none is.
pub(super) async fn streaming<F, Fut, S>(
    limits: &Limits,
    request: &mut http::Request<Body>,
    method: F,
) -> http::Response<Body>
where
    F: Fn(Bytes) -> Fut + Clone + Send,
    Fut: Future<Output = Result<S, Status>> + Send,
    S: Stream<Item = Result<Encoded, Status>> + Send + 'static,
{
    let service = service_fn(|request: Request<Bytes>| {
        let opened = method(request.into_inner());
        async move { Ok::<_, Status>(Response::new(opened.await?)) }
    });
    let request = mem::take(request).map(|body| frames::one(body, limits));
    tonic_framed(limits.message_bytes).server_streaming(service, request).await
}

/// How tonic frames messages: packed ones are read, and none is longer than the limit.
fn tonic_framed(limit: usize) -> Grpc<AsItIs> {
    Grpc::new(AsItIs)
        .accept_compressed(Gzip)
        .accept_compressed(Zstd)
        .apply_max_message_size_config(Some(limit), Some(limit))
}

/// What the bytes of a message say.
///
/// # Errors
/// INTERNAL, as tonic has it, for bytes that are no such message.
pub(super) fn decoded<M: Message + Default>(message: Bytes) -> Result<M, Status> {
    M::decode(message).map_err(|error| Status::internal(error.to_string()))
}

/// Reads and writes encoded messages as they are.
#[derive(Clone, Copy, Debug)]
struct AsItIs;

impl Codec for AsItIs {
    type Encode = Encoded;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Decoder for AsItIs {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

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
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::{domain::Caller, grpc::refusal::reason_of};

    /// Sends a frame under some headers; an answer of this length comes back where it may.
    async fn answer(
        headers: &[(&'static str, &'static str)],
        frame: &'static [u8],
        (length, limit): (usize, usize),
    ) -> http::Response<Body> {
        let identity =
            Identity { caller: Caller::system(), user: None, session: None, network: None };
        let mut request = http::Request::new(Body::new(Full::from(frame)));
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        let limits = Limits { message_bytes: limit, ..Limits::default() };
        let method = move |_, _| -> Result<Answering<'_>, Status> {
            Ok(Box::pin(async move { Ok(Encoded::bytes(vec![0; length].into())) }))
        };
        unary(&limits, identity, &mut request, method).await
    }

    /// A call that says nothing of compression, and one that takes it: the first is framed here, and the other by tonic.
    const BOTH: [&[(&str, &str)]; 2] = [&[], &[("grpc-accept-encoding", "gzip")]];
    const EMPTY: &[u8] = &[0; 5];

    #[tokio::test]
    async fn only_long_answers_are_compressed_and_only_for_those_who_take_that() {
        for (length, compressed) in [(0, 0), (2_047, 0), (2_048, 1), (2_049, 1)] {
            for (headers, compressed) in BOTH.into_iter().zip([0, compressed]) {
                let body = answer(headers, EMPTY, (length, 4096)).await.into_body();
                let body = body.collect().await.unwrap().to_bytes();
                assert_eq!(body.first(), Some(&compressed), "{length} {headers:?}");
            }
        }
    }

    #[tokio::test]
    async fn an_answer_is_the_same_whoever_frames_it() {
        let [mut here, mut tonic] = [None, None];
        for (headers, answered) in BOTH.into_iter().zip([&mut here, &mut tonic]) {
            let (head, body) = answer(headers, EMPTY, (3, 64)).await.into_parts();
            let mut said = head.headers;
            said.remove("grpc-encoding");
            let body = body.collect().await.unwrap();
            let trailers = body.trailers().cloned();
            *answered = Some((head.status, said, trailers, body.to_bytes()));
        }
        assert!(here.is_some());
        assert_eq!(here, tonic);
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_is_refused_before_its_body_begins() {
        for headers in BOTH {
            let answered = async |length| answer(headers, EMPTY, (length, 64)).await;
            assert!(answered(64).await.extensions().get::<Status>().is_none());
            let refused = answered(65).await;
            let refused = refused.extensions().get::<Status>().unwrap();
            assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
            assert_eq!(reason_of(refused).as_deref(), Some("MESSAGE_TOO_LARGE"));
        }
    }

    #[tokio::test]
    async fn a_message_that_is_packed_as_nobody_said_is_refused() {
        for headers in BOTH {
            for frame in [&[1, 0, 0, 0, 0][..], &[2, 0, 0, 0, 0]] {
                let refused = answer(headers, frame, (0, 64)).await;
                let refused = refused.extensions().get::<Status>().unwrap();
                assert_eq!(refused.code(), tonic::Code::Internal, "{frame:?} {headers:?}");
            }
        }
    }
}
