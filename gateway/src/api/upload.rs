//! A method that takes a stream: JSON, or the bytes of a file, each message as soon as it has come. The answer is one.
//!
//! The client is asked for more only when the service has room for it.

mod cut;

use std::future::pending;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use transcoder::{BodyKind, MessageWriter, ParseOptions};

use super::{Asked, Failure, ROOM, accept, body, given::Given, metadata, reply, unpack::Unpacking};
use crate::{
    config::Sizes,
    contract::Profile,
    upstream::{self, Sender, Upload},
};

use cut::Cut;

/// The most that one message has of a file.
const PIECE: usize = 64 << 10;

/// Answers one call.
pub(super) async fn answer(asked: &Asked<'_>, body: Body) -> Result<Response, Failure> {
    accept::framing(asked)?;
    let given = Given::of(asked.head)?;
    let contract = asked.gateway.contract();
    asked.call.admit(given.content_type, !body.is_end_stream(), contract.parse())?;
    let coding = body::coding(&asked.head.headers)?;
    // Held until the answer is there.
    let _place = asked.gateway.enter_streams(asked.visit).await?;
    let sizes = &asked.gateway.settings().limits.sizes;
    let options = ParseOptions { max_bytes: sizes.body, ..*contract.parse() };
    let unpacking = coding.map(|coding| Unpacking::of(coding, sizes)).transpose()?;
    let (sender, messages) = Upload::new();
    let sending = Sending {
        writer: asked.call.messages(&given.input(&[]), &options),
        kind: asked.call.body(),
        cut: match contract.profile() {
            Profile::Own => Cut::lines(sizes.body),
            Profile::GrpcGateway => Cut::values(sizes.body),
        },
        has_sent: false,
        sender,
    };
    let outgoing = metadata::on(asked)?.ending(asked.visit.stream_deadline());
    let upstream = asked.gateway.upstream();
    let answer = upstream.upload(asked.call.rpc(), &outgoing, messages, sizes.message);
    let failed = async {
        match sending.all_of(body, unpacking, sizes).await {
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
    Ok(reply::write(asked, reply::Secret::None, answer)?.await)
}

/// The messages of one upload on their way.
struct Sending<'a> {
    writer: MessageWriter<'a, 'a, 'a>,
    kind: BodyKind,
    cut: Cut,
    has_sent: bool,
    sender: Sender,
}

impl Sending<'_> {
    /// Sends the body, message by message.
    async fn all_of(
        mut self,
        mut body: Body,
        mut unpacking: Option<Unpacking>,
        sizes: &Sizes,
    ) -> Result<(), Failure> {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| body::refusal(&error, sizes))?;
            let Ok(data) = frame.into_data() else { continue };
            match &mut unpacking {
                None => self.some(data).await?,
                Some(unpacking) => {
                    for piece in Unpacking::steps(&data) {
                        self.some(unpacking.step(piece)?).await?;
                    }
                }
            }
        }
        unpacking.map(Unpacking::end).transpose()?;
        if let Some((line, message)) = self.cut.last()? {
            self.send(line, &message).await?;
        }
        self.end().await
    }

    /// Sends what has come by now.
    async fn some(&mut self, data: Bytes) -> Result<(), Failure> {
        match self.kind {
            BodyKind::Json => self.cut_off(&data).await,
            BodyKind::Raw | BodyKind::None => self.pieces(data).await,
        }
    }

    async fn cut_off(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.cut.push(data);
        while let Some((line, message)) = self.cut.next()? {
            self.send(line, &message).await?;
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
