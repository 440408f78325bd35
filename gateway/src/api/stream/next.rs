//! What happens next in a stream.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::running::Opening;
use crate::upstream::Messages;

/// What happened.
#[derive(Debug)]
pub(super) enum Next {
    /// A message came.
    Message(Bytes),
    /// The service has ended the stream.
    End,
    /// It failed.
    Failed(Status),
    /// The service has begun to answer.
    Opened(Messages),
    /// Nothing, for as long as was waited.
    Quiet,
    /// The gateway stops.
    Stopping,
}

impl Next {
    /// Waits for as long as it takes.
    pub(super) async fn of(messages: &mut Messages) -> Self {
        match messages.next().await {
            Ok(Some(message)) => Self::Message(message),
            Ok(None) => Self::End,
            Err(status) => Self::Failed(status),
        }
    }

    /// Waits no longer than that.
    pub(super) async fn within(time: Duration, messages: &mut Messages) -> Self {
        timeout(time, Self::of(messages)).await.unwrap_or(Self::Quiet)
    }

    /// Waits for the head of the answer, no longer than that and until the gateway stops.
    pub(super) async fn opened(
        stopping: &CancellationToken,
        time: Duration,
        opening: &mut Opening,
    ) -> Self {
        let opened = async {
            match timeout(time, opening).await {
                Ok(Ok(messages)) => Self::Opened(messages),
                Ok(Err(status)) => Self::Failed(status),
                Err(_) => Self::Quiet,
            }
        };
        tokio::select! {
            biased;
            () = stopping.cancelled() => Self::Stopping,
            next = opened => next,
        }
    }

    /// The same, but until the gateway stops.
    pub(super) async fn until(
        stopping: &CancellationToken,
        time: Duration,
        messages: &mut Messages,
    ) -> Self {
        tokio::select! {
            biased;
            () = stopping.cancelled() => Self::Stopping,
            next = Self::within(time, messages) => next,
        }
    }
}
