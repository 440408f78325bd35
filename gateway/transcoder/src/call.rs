//! One routed request: its body, query, path and header fields become the request message, its
//! reply becomes JSON.
//!
//! Parts are appended in the order body, query, path, header fields: a protobuf parser takes the
//! last value of a singular field and merges messages, so precedence needs no patching. What
//! merging alone would get wrong (lists that grow, oneof members that replace one another,
//! differing values for one field) is checked and refused.

mod found;
mod headers;
mod media_type;
mod path;
mod query;
mod reply;
mod stream;

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

pub use stream::MessageWriter;

use crate::fault::FaultClass;
use crate::json_in::{self, Target};
use crate::plan::{Body, Rule};
use crate::tables::Msg;
use crate::wire;
use crate::{Fault, MsgId, ParseOptions, Plan, PlanError};

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
    /// The rule of this path was left out when the plan was compiled: 501.
    LeftOut {
        /// Why.
        error: &'p PlanError,
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
    /// `Last-Event-ID`, which a browser sends to take up a broken stream of events.
    pub last_event_id: Option<&'a str>,
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
    pub(crate) reads: bool,
    pub(crate) request_id: Option<u32>,
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

    /// `package.Service`.
    pub fn service(&self) -> &str {
        self.full_name.rsplit_once('.').map_or("", |(service, _)| service)
    }

    /// The request type.
    pub fn input(&self) -> MsgId {
        self.input
    }

    /// The reply type.
    pub fn output(&self) -> MsgId {
        self.output
    }

    /// Its rule is a GET: it changes nothing.
    pub fn reads(&self) -> bool {
        self.reads
    }

    /// The number of the request's string field `request_id`, which makes two calls one.
    pub fn request_id(&self) -> Option<u32> {
        self.request_id
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

/// The number of a rule in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleId(pub(crate) usize);

/// A request whose rule is known. Borrows from the plan and from the request path.
#[derive(Clone, Copy, Debug)]
pub struct Call<'p, 'u> {
    pub(crate) plan: &'p Plan,
    pub(crate) rule: &'p Rule,
    pub(crate) rpc: &'p Arc<Rpc>,
    pub(crate) number: usize,
    /// The raw path, without the verb.
    pub(crate) path: &'u str,
    pub(crate) head: bool,
}

impl<'p, 'u> Call<'p, 'u> {
    /// The gRPC method to call.
    pub fn rpc(&self) -> &'p Arc<Rpc> {
        self.rpc
    }

    /// The rule that matched, for [`Plan::call_of`].
    pub fn rule_id(&self) -> RuleId {
        RuleId(self.number)
    }

    /// The rule that matched, as `GET /v1/{name=shelves/*}`: a label for logs and metrics.
    pub fn rule(&self) -> &'p str {
        &self.rule.text
    }

    /// The HTTP method is HEAD and the rule is for GET: run the call and drop the body.
    pub fn is_head(&self) -> bool {
        self.head
    }

    /// What the rule does with a body.
    pub fn body(&self) -> BodyKind {
        match self.rule.body {
            Body::None => BodyKind::None,
            _ if self.rule.raw_body => BodyKind::Raw,
            _ => BodyKind::Json,
        }
    }

    /// Refuses, before the body is read, a body that the rule has no place for (400) and a
    /// content type that it cannot read (415).
    ///
    /// # Errors
    /// A fault of class `Malformed` or `MediaType`.
    pub fn admit(
        &self,
        content_type: &str,
        has_body: bool,
        options: &ParseOptions,
    ) -> Result<(), Fault> {
        match self.body() {
            _ if !has_body => Ok(()),
            BodyKind::None => Err(Fault::bad("BODY_UNEXPECTED", "this method takes no body")),
            BodyKind::Raw => Ok(()),
            BodyKind::Json if options.any_content_type => Ok(()),
            BodyKind::Json => {
                let (taken, name) = match self.rpc.client_streaming {
                    true => (media_type::is_lines(content_type), "application/x-ndjson"),
                    false => (media_type::is_json(content_type), "application/json"),
                };
                if taken {
                    return Ok(());
                }
                let message = format!("the body must have the content type `{name}` in UTF-8");
                Err(Fault::new(FaultClass::MediaType, 415, "CONTENT_TYPE_UNSUPPORTED", message))
            }
        }
    }

    /// Appends the request message, in wire bytes, to `out`.
    ///
    /// # Errors
    /// Whatever is wrong with body, query, path or header fields; `out` then holds nothing new.
    /// Methods with a client stream are refused.
    pub fn request(
        &self,
        input: &Input<'_>,
        options: &ParseOptions,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        let start = out.len();
        let written = self.write_request(input, options, start, out);
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    fn write_request(
        &self,
        input: &Input<'_>,
        options: &ParseOptions,
        start: usize,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        if self.rpc.client_streaming {
            let message = "this method takes a stream of messages";
            return Err(Fault::new(FaultClass::Unsupported, 501, "STREAM_UNSUPPORTED", message));
        }
        self.admit(input.content_type, !input.body.is_empty(), options)?;
        let mask = self.write_body(input, options, out)?;
        self.write_query(input.query, options, start, out)?;
        self.write_captures(options, start, out)?;
        self.write_headers(&input.headers, start, out)?;
        if let Some((index, paths)) = mask {
            let number = self.request_type().fields[index].number;
            // A mask that the query gave wins over the recorded one.
            if !found::has_field(&out[start..], number) {
                wire::put_bytes(out, number, &paths);
            }
        }
        Ok(())
    }

    /// Appends the body. The answer is the mask of a PATCH: its field and its content.
    fn write_body(
        &self,
        input: &Input<'_>,
        options: &ParseOptions,
        out: &mut BytesMut,
    ) -> Result<Option<(usize, BytesMut)>, Fault> {
        if input.body.is_empty() {
            return Ok(None);
        }
        if self.rule.raw_body {
            self.write_raw_body(input, options, out)?;
            return Ok(None);
        }
        let target = match self.rule.body {
            Body::None => return Ok(None),
            Body::Root => Target::Message(self.rpc.input),
            Body::Field(index) => Target::Field(&self.request_type().fields[index]),
        };
        let unlisted = self.rule.mask.map(|_| &*self.rule.unlisted);
        let tables = &self.plan.tables;
        let paths = json_in::read(tables, target, input.body, options, unlisted, out)?;
        Ok(self.rule.mask.map(|index| (index, paths)))
    }

    /// Appends a `google.api.HttpBody` with the request's content type and bytes.
    fn write_raw_body(
        &self,
        input: &Input<'_>,
        options: &ParseOptions,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        if input.body.len() > options.max_bytes {
            let message = format!("the body is longer than {} bytes", options.max_bytes);
            return Err(Fault::new(FaultClass::Limit, 413, "BODY_TOO_LARGE", message));
        }
        let length = match self.rule.body {
            Body::Field(index) => {
                wire::put_tag(out, self.request_type().fields[index].number, wire::LEN);
                Some(wire::begin(out, wire::varint_len(input.body.len() as u64)))
            }
            _ => None,
        };
        if !input.content_type.is_empty() {
            wire::put_bytes(out, 1, input.content_type.as_bytes());
        }
        wire::put_bytes(out, 2, input.body);
        if let Some(length) = length {
            wire::end(out, length);
        }
        Ok(())
    }

    fn request_type(&self) -> &'p Msg {
        self.plan.tables.msg(self.rpc.input)
    }
}
