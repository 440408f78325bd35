//! The messages of a stream, read one by one: nothing is taken from the service before it is asked for. Dropping them takes the call
//! back.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::BodyExt as _;
use tokio::time::Instant;
use tonic::{Status, body::Body};

use super::{
    in_time,
    trouble::Ours,
    unary::{self, PREFIX},
};

/// An answer of several messages.
#[derive(Debug)]
pub(crate) struct Messages {
    head: HeaderMap,
    body: Body,
    /// What has come of the messages that follow.
    held: Bytes,
    most: usize,
    deadline: Option<Instant>,
    /// The answer said in its head that the call has succeeded, without any message.
    ended: bool,
}

impl Messages {
    /// The messages of an answer, none of them longer than `most`; the last has to be there by the deadline.
    ///
    /// # Errors
    /// The service has refused the call.
    pub(super) fn of(
        answer: Response<Body>,
        most: usize,
        deadline: Option<Instant>,
    ) -> Result<Self, Status> {
        let (head, body) = answer.into_parts();
        let ended = unary::succeeded(&head.headers)?;
        if !ended && head.status != StatusCode::OK {
            return Err(unary::by_http(head.status));
        }
        Ok(Self { head: head.headers, body, held: Bytes::new(), most, deadline, ended })
    }

    /// The metadata that came before the messages.
    pub(crate) fn head(&self) -> &HeaderMap {
        &self.head
    }

    /// The next message; `None` once the service has said that there are no more. Nothing is lost where the wait is given up.
    ///
    /// # Errors
    /// The status with which the service ended the stream; `OUT_OF_RANGE` for a message that is too long; `INTERNAL` for what is
    /// no stream of messages.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Status> {
        in_time(self.deadline, self.read()).await
    }

    async fn read(&mut self) -> Result<Option<Bytes>, Status> {
        loop {
            if let Some(message) = self.taken()? {
                return Ok(Some(message));
            }
            if self.ended {
                return Ok(None);
            }
            let Some(frame) = self.body.frame().await else { return Err(broken_off()) };
            match frame?.into_data() {
                Ok(data) => self.held = unary::joined(std::mem::take(&mut self.held), data),
                Err(frame) => {
                    let trailers = frame.into_trailers().unwrap_or_default();
                    if !unary::succeeded(&trailers)? || !self.held.is_empty() {
                        return Err(broken_off());
                    }
                    self.ended = true;
                }
            }
        }
    }

    /// The next message, if all of it has come.
    fn taken(&mut self) -> Result<Option<Bytes>, Status> {
        match unary::length(&self.held) {
            Some(length) if length > self.most => {
                Err(Ours::TooLarge.status("the message is too long"))
            }
            // What is packed was not asked for.
            Some(_) if self.held[0] != 0 => Err(Ours::Unreadable.status("the message is packed")),
            Some(length) if self.held.len() >= PREFIX + length => {
                Ok(Some(self.held.split_to(PREFIX + length).slice(PREFIX..)))
            }
            _ => Ok(None),
        }
    }
}

fn broken_off() -> Status {
    Ours::Unreadable.status("the stream ends in the middle")
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http::HeaderValue;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use tonic::Code;

    use super::*;

    /// The messages of these pieces, and how they end.
    async fn read(
        pieces: &[&[u8]],
        trailers: &[(&'static str, &'static str)],
    ) -> (Vec<Bytes>, Code) {
        let mut last = HeaderMap::new();
        for (name, value) in trailers {
            last.insert(*name, HeaderValue::from_static(value));
        }
        let mut frames: Vec<_> = pieces
            .iter()
            .map(|it| Ok::<_, Status>(Frame::data(Bytes::copy_from_slice(it))))
            .collect();
        if !trailers.is_empty() {
            frames.push(Ok(Frame::trailers(last)));
        }
        let answer = Response::new(Body::new(StreamBody::new(stream::iter(frames))));
        let mut messages = Messages::of(answer, 3, None).unwrap();
        let mut all = Vec::new();
        loop {
            match messages.next().await {
                Ok(Some(message)) => all.push(message),
                Ok(None) => return (all, Code::Ok),
                Err(status) => return (all, status.code()),
            }
        }
    }

    const OK: &[(&str, &str)] = &[("grpc-status", "0")];
    const TWO: &[u8] = b"\0\0\0\0\x03abc\0\0\0\0\0\0\0\0\0\x01d";

    #[tokio::test]
    async fn messages_are_read_however_they_are_cut() {
        for cut in 0..=TWO.len() {
            let (first, second) = TWO.split_at(cut);
            let (messages, end) = read(&[first, second], OK).await;
            assert_eq!(
                (messages, end),
                (vec!["abc".into(), "".into(), "d".into()], Code::Ok),
                "{cut}"
            );
        }
    }

    #[tokio::test]
    async fn the_messages_before_a_failure_are_read_and_an_end_without_a_status_is_one() {
        let failed = &[("grpc-status", "5")];
        for (pieces, trailers, count, code) in [
            (&[TWO][..], &failed[..], 3, Code::NotFound),
            (&[], failed, 0, Code::NotFound),
            (&[TWO], &[], 3, Code::Internal),
            (&[TWO, b"\0\0"], OK, 3, Code::Internal),
            (&[TWO, b"\0\0\0\0\x04"], OK, 3, Code::OutOfRange),
            (&[TWO, b"\x01\0\0\0\x01a"], OK, 3, Code::Internal),
        ] {
            let (messages, end) = read(pieces, trailers).await;
            assert_eq!((messages.len(), end), (count, code), "{pieces:?}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_all_head_is_an_empty_stream_or_a_failure() {
        let mut empty = Response::new(Body::empty());
        empty.headers_mut().insert("grpc-status", HeaderValue::from_static("0"));
        assert!(Messages::of(empty, 3, None).unwrap().next().await.unwrap().is_none());
        let gone = Messages::of(Status::not_found("gone").into_http(), 3, None).unwrap_err();
        assert_eq!(gone.code(), Code::NotFound);
        let mut by_a_proxy = Response::new(Body::empty());
        *by_a_proxy.status_mut() = StatusCode::BAD_GATEWAY;
        assert_eq!(Messages::of(by_a_proxy, 3, None).unwrap_err().code(), Code::Unavailable);
    }
}
