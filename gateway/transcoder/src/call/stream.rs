//! Client streams: each message of the body becomes a message of the call, path and query go into the first.

use bytes::BytesMut;

use super::{BodyKind, Call, HeaderFields, Input};
use crate::{Fault, ParseOptions};

/// Writes the messages of one client stream.
#[derive(Debug)]
pub struct MessageWriter<'p, 'u, 'i> {
    call: Call<'p, 'u>,
    query: &'i str,
    content_type: &'i str,
    headers: HeaderFields<'i>,
    options: ParseOptions,
    /// What the path, the query and the headers say is still to be written.
    first: bool,
}

impl<'p, 'u> Call<'p, 'u> {
    /// Writes the messages of a client stream; the body of `input` is not read.
    pub fn messages<'i>(
        &self,
        input: &Input<'i>,
        options: &ParseOptions,
    ) -> MessageWriter<'p, 'u, 'i> {
        MessageWriter {
            call: *self,
            query: input.query,
            content_type: input.content_type,
            headers: input.headers,
            options: *options,
            first: true,
        }
    }
}

impl MessageWriter<'_, '_, '_> {
    /// Appends the message of one line, or of one chunk of an `HttpBody`, in wire bytes. `line` is the number from 1 of the
    /// line that it begins in, from which a fault's own is counted.
    ///
    /// # Errors
    /// Whatever is wrong with the line or, at the first one, with path, query and headers; `out` then holds nothing new.
    pub fn message(&mut self, line: usize, body: &[u8], out: &mut BytesMut) -> Result<(), Fault> {
        let start = out.len();
        let written = self.put_message(body, start, out).map_err(|mut fault| {
            if self.call.body() == BodyKind::Json {
                let (below, column) = fault.line.unwrap_or((1, 1));
                fault.line = Some((line + below - 1, column));
            }
            fault
        });
        match written {
            Ok(()) => self.first = false,
            Err(_) => out.truncate(start),
        }
        written
    }

    fn put_message(&self, body: &[u8], start: usize, out: &mut BytesMut) -> Result<(), Fault> {
        let content_type = if self.first { self.content_type } else { "" };
        let headers = if self.first { self.headers } else { HeaderFields::default() };
        let input = Input { query: self.query, content_type, body, headers };
        self.call.write_body(&input, &self.options, out)?;
        if self.first {
            self.call.write_query(self.query, &self.options, start, out)?;
            self.call.write_captures(&self.options, start, out)?;
            self.call.write_headers(&self.headers, start, out)?;
        }
        Ok(())
    }
}
