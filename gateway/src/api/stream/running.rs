//! A stream on its way: each message is printed when the client has room for it, and only then is the next one asked for.
//!
//! It outlives its request, and keeps the contract that the request found.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream::unfold;
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use transcoder::{ErrorOptions, Fault, FrameWriter, Framing, Plan, Reply, RuleId};

use super::{next::Next, trailers};
use crate::{
    api::{Asked, Failure, reply::raw_type},
    app::Place,
    contract::Contract,
    session::RequestId,
    upstream::Messages,
};

/// The call of a service that has not begun to answer.
pub(super) type Opening = Pin<Box<dyn Future<Output = Result<Messages, Status>> + Send>>;

/// How far a call is when its client is answered.
pub(super) enum Opened {
    /// The service has begun to answer.
    Now(Messages),
    /// It has not, and is waited for in the stream.
    Later(Opening),
}

/// The stream of one request.
pub(super) struct Running {
    contract: Arc<Contract>,
    plan: Arc<Plan>,
    rule: RuleId,
    framing: Framing,
    frames: FrameWriter,
    stage: Stage,
    /// What goes out next.
    ready: Option<Bytes>,
    /// Every message is printed here; what has gone out makes room for what comes.
    out: BytesMut,
    errors: ErrorOptions,
    with_trailers: bool,
    beat: Duration,
    stopping: CancellationToken,
    id: RequestId,
    _place: Option<Place>,
}

/// How far it is.
enum Stage {
    Opening(Opening),
    Open(Messages),
    Ending(HeaderMap),
    Aborted,
    Over,
}

/// Bytes that cannot say that they are not all: the transfer is broken off.
#[derive(Debug, thiserror::Error)]
#[error("the stream of the service broke off")]
struct Aborted;

impl Running {
    /// Waits for the first message, a moment at most, and tells the content type of the answer.
    ///
    /// # Errors
    /// The stream failed before its first message, or that cannot be printed.
    pub(super) async fn begin(
        asked: &Asked<'_>,
        framing: Framing,
        opened: Opened,
        place: Option<Place>,
    ) -> Result<(Self, HeaderValue), Failure> {
        let limits = &asked.gateway.settings().limits;
        let (first, stage) = match opened {
            Opened::Later(opening) => (Next::Quiet, Stage::Opening(opening)),
            Opened::Now(mut messages) => {
                let first = match framing {
                    // Its type is in the first message.
                    Framing::Raw => Next::of(&mut messages).await,
                    Framing::Sse => Next::within(Duration::ZERO, &mut messages).await,
                    _ => Next::within(limits.deadlines.first, &mut messages).await,
                };
                (first, Stage::Open(messages))
            }
        };
        let headers = &asked.head.headers;
        let contract = asked.gateway.contract();
        let mut errors = contract.errors();
        errors.if_match = headers.contains_key(header::IF_MATCH);
        let mut running = Self {
            contract: Arc::clone(contract),
            plan: Arc::clone(asked.plan),
            rule: asked.call.rule_id(),
            framing,
            frames: asked.call.frames(framing, contract.print()),
            stage,
            ready: None,
            out: BytesMut::new(),
            errors,
            with_trailers: trailers::are_taken(headers),
            beat: limits.times.beat,
            stopping: asked.gateway.draining().clone(),
            id: asked.visit.id().clone(),
            _place: place,
        };
        let mut content_type = HeaderValue::from_static(framing.content_type());
        match first {
            Next::Failed(status) => return Err(status.into()),
            Next::Message(wire) => {
                let (frame, told) = running.printed(&wire)?;
                running.ready = Some(frame);
                if framing == Framing::Raw {
                    content_type = raw_type(told);
                }
            }
            Next::End => {
                if framing == Framing::Raw {
                    content_type = raw_type(String::new());
                }
                running.finish();
            }
            Next::Quiet | Next::Stopping | Next::Opened(_) => {}
        }
        if matches!(running.stage, Stage::Opening(_)) {
            running.beat();
        }
        Ok((running, content_type))
    }

    /// The rest of it, as the body of an answer. Dropping it takes the call back.
    pub(super) fn into_body(self) -> Body {
        let frames = unfold(Box::new(self), |mut running| async {
            running.next().await.map(|frame| (frame, running))
        });
        Body::new(StreamBody::new(frames))
    }

    /// The next frame of the body.
    async fn next(&mut self) -> Option<Result<Frame<Bytes>, Aborted>> {
        loop {
            if let Some(ready) = self.ready.take().filter(|ready| !ready.is_empty()) {
                return Some(Ok(Frame::data(ready)));
            }
            let next = match (&mut self.stage, self.framing) {
                (Stage::Opening(opening), _) => {
                    Next::opened(&self.stopping, self.beat, opening).await
                }
                (Stage::Open(messages), Framing::Sse) => {
                    Next::until(&self.stopping, self.beat, messages).await
                }
                (Stage::Open(messages), _) => Next::of(messages).await,
                (Stage::Ending(_) | Stage::Aborted | Stage::Over, _) => return self.last(),
            };
            match next {
                Next::Opened(messages) => self.stage = Stage::Open(messages),
                Next::Message(wire) => match self.printed(&wire) {
                    Ok((frame, _)) => self.ready = Some(frame),
                    Err(fault) => self.fail(&fault.into()),
                },
                Next::End => self.finish(),
                Next::Failed(status) => self.fail(&status.into()),
                Next::Quiet => self.beat(),
                // Without a word: a browser then comes back by itself, and goes on where it was.
                Next::Stopping => self.end(&Status::unavailable("the gateway stops")),
            }
        }
    }

    /// What follows the last frame.
    fn last(&mut self) -> Option<Result<Frame<Bytes>, Aborted>> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Ending(trailers) => Some(Ok(Frame::trailers(trailers))),
            Stage::Aborted => Some(Err(Aborted)),
            Stage::Opening(_) | Stage::Open(_) | Stage::Over => None,
        }
    }

    /// A message in its frame, and the type that it tells if it is one of raw bytes.
    fn printed(&mut self, wire: &Bytes) -> Result<(Bytes, String), Fault> {
        let call = self.plan.call_of(self.rule);
        if self.framing == Framing::Raw
            && let Reply::Raw { content_type, data } =
                call.response(wire, self.contract.print(), &mut self.out)?
        {
            return Ok((data, content_type));
        }
        self.frames.message(&call, wire, &mut self.out)?;
        Ok((self.out.split().freeze(), String::new()))
    }

    /// Shows that the stream lives.
    fn beat(&mut self) {
        self.frames.heartbeat(&mut self.out);
        self.ready = Some(self.out.split().freeze());
    }

    /// The stream is complete.
    fn finish(&mut self) {
        self.frames.clone().finish(&mut self.out);
        self.ready = Some(self.out.split().freeze());
        self.end(&Status::new(tonic::Code::Ok, ""));
    }

    /// The stream failed where only its body can say so.
    fn fail(&mut self, failure: &Failure) {
        let front = self.contract.front();
        let (status, rule) = (failure.status(front), self.plan.call_of(self.rule).rule());
        let (id, code) = (self.id.as_str(), status.code());
        tracing::warn!(id, rule, ?code, "a stream failed after it had begun");
        if self.framing == Framing::Raw {
            self.stage = Stage::Aborted;
            return;
        }
        let mut body = BytesMut::new();
        failure.put(&self.plan, front, &self.errors, &mut body);
        self.frames.clone().error(&body, self.errors.shape, &mut self.out);
        self.ready = Some(self.out.split().freeze());
        self.end(&status);
    }

    /// There is nothing more to come of the service, which is told so if it does not know.
    fn end(&mut self, status: &Status) {
        self.stage = match self.with_trailers {
            true => Stage::Ending(trailers::of(status)),
            false => Stage::Over,
        };
    }
}
