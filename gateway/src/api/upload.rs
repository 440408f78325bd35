//! A method that takes a stream: lines of JSON, or the bytes of a file, each a message as soon as it has come. The answer is one.
//!
//! The client is asked for more only when the service has room for it.

use std::future::pending;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use transcoder::{BodyKind, Lines, MessageWriter, ParseOptions};

use super::{Asked, Failure, ROOM, accept, body, given::Given, reply};
use crate::{
    config::Sizes,
    upstream::{self, Sender, Upload},
};

/// The most that one message has of a file.
const PIECE: usize = 64 << 10;

/// Answers one call.
pub(super) async fn answer(asked: &Asked<'_>, body: Body) -> Result<Response, Failure> {
    accept::framing(asked)?;
    let given = Given::of(asked.head)?;
    asked.call.admit(given.content_type, !body.is_end_stream())?;
    body::is_plain(&asked.head.headers)?;
    // Held until the answer is there.
    let _place = asked.gateway.enter_streams(asked.visit).await?;
    let sizes = &asked.gateway.settings().limits.sizes;
    let options = ParseOptions { max_bytes: sizes.body, ..*asked.gateway.contract().parse() };
    let (sender, messages) = Upload::new();
    let sending = Sending {
        writer: asked.call.messages(&given.input(&[]), &options),
        kind: asked.call.body(),
        has_sent: false,
        sender,
    };
    let outgoing = asked.outgoing().ending(asked.visit.stream_deadline());
    let upstream = asked.gateway.upstream();
    let answer = upstream.upload(asked.call.rpc(), &outgoing, messages, sizes.message);
    let failed = async {
        match sending.all_of(body, sizes).await {
            Ok(()) => pending().await,
            Err(failure) => failure,
        }
    };
    let answer = tokio::select! {
        biased;
        // The call is taken back with it.
        failure = failed => return Err(failure),
        answer = answer => answer?,
    };
    reply::write(asked, &Bytes::new(), answer).await
}

/// The messages of one upload on their way.
struct Sending<'a> {
    writer: MessageWriter<'a, 'a, 'a>,
    kind: BodyKind,
    has_sent: bool,
    sender: Sender,
}

impl Sending<'_> {
    /// Sends the body, message by message.
    async fn all_of(mut self, mut body: Body, sizes: &Sizes) -> Result<(), Failure> {
        let mut lines = Lines::new(sizes.body);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| body::refusal(&error, sizes))?;
            let Ok(data) = frame.into_data() else { continue };
            match self.kind {
                BodyKind::Json => self.lines(&mut lines, &data).await?,
                BodyKind::Raw | BodyKind::None => self.pieces(data).await?,
            }
        }
        if let Some((number, line)) = lines.last_line()? {
            self.send(number, &line).await?;
        }
        self.end().await
    }

    async fn lines(&mut self, lines: &mut Lines, data: &[u8]) -> Result<(), Failure> {
        lines.push(data);
        while let Some((number, line)) = lines.next_line()? {
            self.send(number, &line).await?;
        }
        Ok(())
    }

    async fn pieces(&mut self, mut data: Bytes) -> Result<(), Failure> {
        while !data.is_empty() {
            let piece = data.split_to(data.len().min(PIECE));
            self.send(1, &piece).await?;
        }
        Ok(())
    }

    async fn send(&mut self, number: usize, body: &[u8]) -> Result<(), Failure> {
        let message = self.message(number, body)?;
        self.has_sent = true;
        self.sender.send(message).await;
        Ok(())
    }

    fn message(&mut self, number: usize, body: &[u8]) -> Result<Bytes, Failure> {
        let mut message = upstream::begin(body.len() + ROOM);
        self.writer.message(number, body, &mut message)?;
        Ok(upstream::end(message))
    }

    /// Ends the stream. What path and query say of one without a line is read all the same; an empty file is a message, for there is
    /// one.
    async fn end(mut self) -> Result<(), Failure> {
        if !self.has_sent {
            let message = self.message(1, &[])?;
            if self.kind != BodyKind::Json {
                self.sender.send(message).await;
            }
        }
        self.sender.end().await;
        Ok(())
    }
}
