//! One routed request: its binding, its request bytes, its reply.

use bytes::{Bytes, BytesMut};

use crate::{Coding, ETag, Fault, MsgId, ParseOptions, Plan, PrintOptions};

/// The answer of [`Plan::route`].
#[derive(Debug)]
pub enum Routed<'p, 'u> {
    /// A rule matched.
    Hit(Call<'p, 'u>),
    /// The path is known, the HTTP method is not: 405.
    WrongMethod {
        /// The `Allow` header.
        allow: &'p str,
    },
    /// No rule has this path: 404.
    Miss,
}

/// The parts of an HTTP request that a call reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// The raw query string, without `?`.
    pub query: &'a str,
    /// The `Content-Type` header, empty when absent.
    pub content_type: &'a str,
    /// The whole body, decoded.
    pub body: &'a [u8],
    /// Header fields that fill request fields.
    pub headers: HeaderFields<'a>,
}

/// Header fields that fill request fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderFields<'a> {
    /// `If-Match`, several lines joined with commas.
    pub if_match: Option<&'a str>,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<&'a str>,
}

/// A reply ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// JSON was appended to the output buffer.
    Json,
    /// A `google.api.HttpBody`: these bytes, and nothing in the output buffer.
    Raw {
        /// The content type the service set; empty when it set none.
        content_type: String,
        /// A slice of the reply.
        data: Bytes,
    },
}

/// What a rule does with the HTTP body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// A body is refused.
    None,
    /// JSON of the request, or of one of its fields.
    Json,
    /// Any content type: the body fills a `google.api.HttpBody`.
    Raw,
}

/// One gRPC method with at least one HTTP rule.
#[derive(Debug)]
pub struct Rpc {
    pub(crate) grpc_path: String,
    pub(crate) full_name: String,
    pub(crate) input: MsgId,
    pub(crate) output: MsgId,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
}

impl Rpc {
    /// The gRPC path, `/package.Service/Method`.
    pub fn grpc_path(&self) -> &str {
        &self.grpc_path
    }

    /// `package.Service.Method`.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// The request type.
    pub fn input(&self) -> MsgId {
        self.input
    }

    /// The reply type.
    pub fn output(&self) -> MsgId {
        self.output
    }

    /// The client sends a stream. [`Call::request`] refuses these methods.
    pub fn client_streaming(&self) -> bool {
        self.client_streaming
    }

    /// The server answers with a stream.
    pub fn server_streaming(&self) -> bool {
        self.server_streaming
    }
}

/// A request whose rule is known. Borrows from the plan and from the request path.
#[derive(Clone, Copy, Debug)]
pub struct Call<'p, 'u> {
    pub(crate) plan: &'p Plan,
    pub(crate) path: &'u str,
}

impl<'p, 'u> Call<'p, 'u> {
    /// The gRPC method to call.
    pub fn rpc(&self) -> &'p Rpc {
        unimplemented!()
    }

    /// The HTTP method is HEAD: run the call and drop the body.
    pub fn is_head(&self) -> bool {
        unimplemented!()
    }

    /// What the rule does with a body.
    pub fn body(&self) -> BodyKind {
        unimplemented!()
    }

    /// Refuses, before the body is read, a body that the rule has no place for (400) and a
    /// content type that it cannot read (415).
    ///
    /// # Errors
    /// A fault of class `Malformed` or `MediaType`.
    pub fn admit(&self, content_type: &str, has_body: bool) -> Result<(), Fault> {
        unimplemented!()
    }

    /// Appends the request message, in wire bytes, to `out`.
    ///
    /// # Errors
    /// Whatever is wrong with body, query, path or header fields; `out` then holds nothing new.
    pub fn request(
        &self,
        input: &Input<'_>,
        options: &ParseOptions,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        unimplemented!()
    }

    /// Appends the JSON of a reply to `out`, or hands out the bytes of an `HttpBody`.
    ///
    /// # Errors
    /// The reply is broken, too large or not expressible in JSON; `out` then holds nothing new.
    pub fn response(
        &self,
        wire: &Bytes,
        options: &PrintOptions,
        out: &mut BytesMut,
    ) -> Result<Reply, Fault> {
        unimplemented!()
    }

    /// The strong entity tag of a reply, made from its wire bytes before anything is printed.
    pub fn etag(&self, wire: &[u8], options: &PrintOptions, coding: Coding) -> ETag {
        unimplemented!()
    }
}
