//! Server streams over HTTP: the messages of one reply as a JSON array, as lines, or as events.
//!
//! A stream that fails after its first message says so in its last frame, since the status line is long gone:
//! nobody takes half an answer for a whole one.

use bytes::{BufMut, Bytes, BytesMut};

use crate::call::Reply;
use crate::plan::Rule;
use crate::tables::{Msg, Tables, Wkt};
use crate::{Call, ErrorShape, Fault, PrintOptions, Rpc, accept};

/// How the messages of an answer follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One message, one JSON value.
    Single,
    /// A JSON array, an element a message.
    Array,
    /// A line a message (`application/x-ndjson`).
    Ndjson,
    /// Server-sent events (`text/event-stream`).
    Sse,
    /// A line a message, each under the key `result`, as clients of grpc-gateway read it.
    Results,
    /// The bytes of `google.api.HttpBody`, joined.
    Raw,
}

impl Framing {
    /// The content type of the answer; empty where the messages tell it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Single | Self::Array | Self::Results => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Sse => "text/event-stream",
            Self::Raw => "",
        }
    }
}

/// The framings of a stream, the one for everybody first.
const STREAMED: [Framing; 3] = [Framing::Array, Framing::Ndjson, Framing::Sse];
/// The same for clients of grpc-gateway, which read lines whatever they ask for, but for events.
const RESULTS: [Framing; 2] = [Framing::Results, Framing::Sse];

impl Call<'_, '_> {
    /// The framing that the `Accept` header (its lines joined) prefers; `None` is 406.
    pub fn negotiate(&self, accept: Option<&str>) -> Option<Framing> {
        if self.prints_raw() {
            return Some(Framing::Raw);
        }
        if !self.rpc.server_streaming {
            return accept::choose(accept, &["application/json"]).map(|_| Framing::Single);
        }
        let offered = STREAMED.map(Framing::content_type);
        accept::choose(accept, &offered).map(|index| STREAMED[index])
    }

    /// The same for clients of grpc-gateway, which refuses nothing for its `Accept`.
    pub fn negotiate_results(&self, accept: Option<&str>) -> Framing {
        if self.prints_raw() {
            return Framing::Raw;
        }
        if !self.rpc.server_streaming {
            return Framing::Single;
        }
        let offered = RESULTS.map(Framing::content_type);
        accept::choose(accept, &offered).map_or(Framing::Results, |index| RESULTS[index])
    }

    /// Writes the messages of one stream; it borrows nothing, so that it may outlive the request.
    pub fn frames(&self, framing: Framing, options: &PrintOptions) -> FrameWriter {
        let wrapped = match framing {
            Framing::Array | Framing::Ndjson => self.prints_error(),
            Framing::Results => true,
            Framing::Single | Framing::Sse | Framing::Raw => false,
        };
        FrameWriter { framing, options: *options, wrapped, begun: false }
    }

    fn prints_raw(&self) -> bool {
        let printed = printed(&self.plan.tables, self.rule, self.rpc);
        printed.is_some_and(|msg| msg.wkt == Wkt::HttpBody)
    }

    fn prints_error(&self) -> bool {
        prints_error(&self.plan.tables, self.rule, self.rpc)
    }
}

/// The type of each message of the answer, unless it is a scalar, a list or a map.
fn printed<'p>(tables: &'p Tables, rule: &Rule, rpc: &Rpc) -> Option<&'p Msg> {
    let output = tables.msg(rpc.output);
    match rule.response_body {
        None => Some(output),
        Some(index) => {
            let field = &output.fields[index];
            field.message().filter(|_| !field.is_list()).map(|id| tables.msg(id))
        }
    }
}

/// Whether a message may have a key `error`, which could be taken for the end of a stream: it is then the `result` of its frame.
pub(crate) fn prints_error(tables: &Tables, rule: &Rule, rpc: &Rpc) -> bool {
    printed(tables, rule, rpc).is_some_and(|msg| match msg.wkt {
        Wkt::None => msg.named("error").is_some(),
        Wkt::Struct | Wkt::Value | Wkt::Any => true,
        _ => false,
    })
}

/// Appends the frames of one stream to a buffer, one after the other.
#[derive(Clone, Debug)]
pub struct FrameWriter {
    framing: Framing,
    options: PrintOptions,
    wrapped: bool,
    begun: bool,
}

impl FrameWriter {
    /// Appends one message of the rule of `call`, which is the one that it was made by (see [`crate::Plan::call_of`]).
    ///
    /// # Errors
    /// It cannot be printed; `out` then holds nothing new, and [`FrameWriter::error`] ends the stream.
    pub fn message(
        &mut self,
        call: &Call<'_, '_>,
        wire: &Bytes,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        let start = out.len();
        let written = self.put_message(call, wire, out);
        match written {
            Ok(()) => self.begun = true,
            Err(_) => out.truncate(start),
        }
        written
    }

    fn put_message(
        &self,
        call: &Call<'_, '_>,
        wire: &Bytes,
        out: &mut BytesMut,
    ) -> Result<(), Fault> {
        match self.framing {
            Framing::Array => out.put_u8(if self.begun { b',' } else { b'[' }),
            Framing::Sse => {
                put_id(call, wire, out);
                out.put_slice(b"data: ");
            }
            Framing::Single | Framing::Ndjson | Framing::Results | Framing::Raw => {}
        }
        if self.wrapped {
            out.put_slice(b"{\"result\":");
        }
        if let Reply::Raw { data, .. } = call.response(wire, &self.options, out)? {
            out.put_slice(&data);
        }
        if self.wrapped {
            out.put_u8(b'}');
        }
        self.put_end_of_frame(out);
        Ok(())
    }

    fn put_end_of_frame(&self, out: &mut BytesMut) {
        match self.framing {
            Framing::Ndjson | Framing::Results => out.put_u8(b'\n'),
            Framing::Sse => out.put_slice(b"\n\n"),
            Framing::Single | Framing::Array | Framing::Raw => {}
        }
    }

    /// Ends a stream that failed. `body` is an error body of [`crate::Plan::error_body`] in that shape; without its
    /// envelope it gets the key `error`, by which it is told from a message. Raw bytes have no place for it: the transfer has
    /// to be broken off.
    pub fn error(self, body: &[u8], shape: ErrorShape, out: &mut BytesMut) {
        match self.framing {
            Framing::Array => {
                out.put_u8(if self.begun { b',' } else { b'[' });
                put_error(body, shape, out);
                out.put_u8(b']');
            }
            Framing::Sse => {
                out.put_slice(b"event: error\ndata: ");
                put_error(body, shape, out);
                out.put_slice(b"\n\n");
            }
            Framing::Ndjson | Framing::Results => {
                put_error(body, shape, out);
                out.put_u8(b'\n');
            }
            Framing::Single | Framing::Raw => {}
        }
    }

    /// Ends a stream that is complete.
    pub fn finish(self, out: &mut BytesMut) {
        match self.framing {
            Framing::Array => out.put_slice(if self.begun { b"]" } else { b"[]" }),
            // An event without data is never told to the page.
            Framing::Sse => out.put_slice(b"event: end\ndata: {}\n\n"),
            Framing::Single | Framing::Ndjson | Framing::Results | Framing::Raw => {}
        }
    }

    /// Shows that an idle stream of events lives; other framings have no such sign.
    pub fn heartbeat(&self, out: &mut BytesMut) {
        if self.framing == Framing::Sse {
            out.put_slice(b":\n\n");
        }
    }
}

fn put_error(body: &[u8], shape: ErrorShape, out: &mut BytesMut) {
    match shape {
        ErrorShape::Envelope => out.put_slice(body),
        ErrorShape::Status => {
            out.put_slice(b"{\"error\":");
            out.put_slice(body);
            out.put_u8(b'}');
        }
    }
}

/// The id under which a broken stream of events is taken up again.
fn put_id(call: &Call<'_, '_>, wire: &[u8], out: &mut BytesMut) {
    let Some(resume) = &call.rule.resume else { return };
    let id = call.event_id(resume, wire);
    // A line break would end the id, and NUL makes a browser ignore it.
    if !id.is_empty() && !id.contains(['\n', '\r', '\0']) {
        out.put_slice(b"id: ");
        out.put_slice(id.as_bytes());
        out.put_u8(b'\n');
    }
}
