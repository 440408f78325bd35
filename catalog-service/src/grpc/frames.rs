//! Counts the gRPC frames of a request while they pass: how many messages there are, and how long each says it is.
//!
//! tonic drops a second message in silence and calls an oversized one OUT_OF_RANGE; here both are refused as soon as the
//! bytes that show it are there, however the transport has cut them. Nothing is held back and nothing is decoded.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use http_body::{Body as HttpBody, Frame};
use tonic::{Status, body::Body};

use super::{status, steady::Steady};
use crate::config::Limits;

/// The bytes before each message: whether it is compressed, and its length (big-endian).
pub(super) const PREFIX: usize = 5;

/// How many messages a request has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Messages {
    /// Exactly one: unary and server-streaming methods.
    One,
    /// Any number: client-streaming methods.
    Any,
}

/// A request body whose frames are counted as they are read.
#[derive(Debug)]
pub(crate) struct Counted<B> {
    body: B,
    counter: Counter,
    ended: bool,
}

impl<B> Counted<B> {
    /// Counts the frames of `body`, none of which may be longer than `limit` bytes.
    pub(crate) fn new(body: B, messages: Messages, limit: usize) -> Self {
        Self { body, counter: Counter::new(messages, limit), ended: false }
    }
}

/// The body of a request that has to bring one message, and to keep coming.
pub(super) fn one(body: Body, limits: &Limits) -> Counted<Steady> {
    Counted::new(Steady::new(body, limits.times), Messages::One, limits.message_bytes)
}

impl<B: HttpBody<Data = Bytes, Error = Status> + Unpin> HttpBody for Counted<B> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let verdict = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(Ok(()), |data| self.counter.read(data)),
            Some(Err(_)) => Ok(()),
            None => self.counter.finish(),
        };
        if let Err(refusal) = verdict {
            self.ended = true;
            return Poll::Ready(Some(Err(refusal)));
        }
        Poll::Ready(frame)
    }
}

/// Where in the frames the bytes read so far have got to.
#[derive(Debug)]
struct Counter {
    messages: Messages,
    limit: usize,
    prefix: [u8; PREFIX],
    /// Bytes of the prefix that are there.
    filled: usize,
    /// Bytes of the message that are still to come.
    remaining: usize,
    /// Messages that have come whole.
    whole: usize,
}

impl Counter {
    fn new(messages: Messages, limit: usize) -> Self {
        Self { messages, limit, prefix: [0; PREFIX], filled: 0, remaining: 0, whole: 0 }
    }

    fn read(&mut self, mut data: &[u8]) -> Result<(), Status> {
        while !data.is_empty() {
            if self.messages == Messages::One && self.whole == 1 {
                return Err(status::one_message_expected("a second message"));
            }
            if self.filled < PREFIX {
                let taken = data.len().min(PREFIX - self.filled);
                self.prefix[self.filled..self.filled + taken].copy_from_slice(&data[..taken]);
                self.filled += taken;
                data.advance(taken);
                if self.filled < PREFIX {
                    return Ok(());
                }
                self.remaining = self.announced_length()?;
            }
            let taken = data.len().min(self.remaining);
            self.remaining -= taken;
            data.advance(taken);
            if self.remaining == 0 {
                self.whole += 1;
                self.filled = 0;
            }
        }
        Ok(())
    }

    fn announced_length(&self) -> Result<usize, Status> {
        let [_, length @ ..] = self.prefix;
        let length = u32::from_be_bytes(length) as usize;
        if length > self.limit {
            return Err(status::message_too_large(length, self.limit));
        }
        Ok(length)
    }

    fn finish(&self) -> Result<(), Status> {
        if self.filled > 0 {
            return Err(status::message_cut_short());
        }
        if self.messages == Messages::One && self.whole == 0 {
            return Err(status::one_message_expected("none"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    const LIMIT: usize = 64;

    fn frame(message: &[u8]) -> Vec<u8> {
        let length = u32::try_from(message.len()).unwrap();
        [&[0][..], &length.to_be_bytes(), message].concat()
    }

    /// Reads `bytes` in the given pieces and answers the first refusal.
    fn verdict(messages: Messages, pieces: &[&[u8]]) -> Result<(), Code> {
        let mut counter = Counter::new(messages, LIMIT);
        for piece in pieces {
            counter.read(piece).map_err(|status| status.code())?;
        }
        counter.finish().map_err(|status| status.code())
    }

    /// The verdict, which must be the same wherever the bytes are cut in two, and when each comes alone.
    fn verdict_however_cut(messages: Messages, bytes: &[u8]) -> Result<(), Code> {
        let whole = verdict(messages, &[bytes]);
        for cut in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(cut);
            assert_eq!(verdict(messages, &[head, tail]), whole, "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(verdict(messages, &single), whole, "byte by byte");
        whole
    }

    #[test]
    fn one_message_passes_however_it_is_cut() {
        for message in [&b""[..], b"m", b"a message", &[7; LIMIT]] {
            assert_eq!(verdict_however_cut(Messages::One, &frame(message)), Ok(()));
        }
    }

    #[test]
    fn no_message_and_a_second_one_are_unimplemented() {
        assert_eq!(verdict(Messages::One, &[]), Err(Code::Unimplemented));
        let two = [frame(b"first"), frame(b"")].concat();
        assert_eq!(verdict_however_cut(Messages::One, &two), Err(Code::Unimplemented));
        let one_and_a_byte = [frame(b"first"), vec![0]].concat();
        assert_eq!(verdict_however_cut(Messages::One, &one_and_a_byte), Err(Code::Unimplemented));
    }

    #[test]
    fn a_stream_may_have_any_number_of_messages() {
        assert_eq!(verdict(Messages::Any, &[]), Ok(()));
        let three = [frame(b"a"), frame(b""), frame(b"ccc")].concat();
        assert_eq!(verdict_however_cut(Messages::Any, &three), Ok(()));
    }

    #[test]
    fn the_length_prefix_decides_the_limit() {
        let announced = |length: u32| [&[0][..], &length.to_be_bytes()].concat();
        for (length, expected) in [
            (LIMIT as u32 - 1, Code::InvalidArgument),
            (LIMIT as u32, Code::InvalidArgument),
            (LIMIT as u32 + 1, Code::ResourceExhausted),
            (u32::MAX, Code::ResourceExhausted),
        ] {
            assert_eq!(verdict_however_cut(Messages::One, &announced(length)), Err(expected));
        }
    }

    #[test]
    fn a_message_that_breaks_off_is_refused() {
        let whole = frame(b"broken");
        for end in 1..whole.len() {
            let verdict = verdict_however_cut(Messages::One, &whole[..end]);
            assert_eq!(verdict, Err(Code::InvalidArgument), "ends after {end}");
        }
    }
}
