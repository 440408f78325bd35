//! The count of gRPC frames, against one that sees all bytes at once.

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http_body_util::{BodyExt as _, BodyStream, StreamBody};
use tonic::{Code, Status, body::Body};

use crate::grpc::frames::{Counted, Messages};

/// The longest message that is let pass.
const LIMIT: usize = 64;

/// The verdict is the same however the bytes are cut, and that of looking at them whole; every piece passes as it came, and at once, so
/// that nothing is held.
///
/// The first byte chooses the kind of method and how the bytes are cut; the rest are the bytes.
///
/// # Panics
/// Where that does not hold.
pub fn frames(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else { return };
    let messages = if choice & 1 == 0 { Messages::One } else { Messages::Any };
    let expected = whole(messages, bytes);
    for step in [usize::from(choice >> 1) + 1, 1, bytes.len().max(1)] {
        assert_eq!(counted(messages, bytes, step), expected, "cut every {step}");
    }
}

/// Reads the body in pieces of `step` bytes, each of which has to come out as it went in.
fn counted(messages: Messages, bytes: &[u8], step: usize) -> Result<(), Code> {
    let pieces: Vec<_> = bytes.chunks(step).map(Bytes::copy_from_slice).collect();
    let frames =
        pieces.clone().into_iter().map(|piece| Ok::<_, Status>(http_body::Frame::data(piece)));
    let body = Body::new(StreamBody::new(stream::iter(frames)));
    let mut counted = BodyStream::new(Counted::new(body, messages, LIMIT).map_err(|status| status));
    let mut next = || counted.next().now_or_never().expect("nothing is waited for");
    for piece in pieces {
        let frame = next().expect("no piece is kept back").map_err(|status| status.code())?;
        assert_eq!(frame.into_data().ok(), Some(piece));
    }
    match next() {
        None => Ok(()),
        Some(Ok(frame)) => panic!("{frame:?} was never sent"),
        Some(Err(status)) => Err(status.code()),
    }
}

/// The verdict on all bytes of a body.
fn whole(messages: Messages, mut bytes: &[u8]) -> Result<(), Code> {
    let mut seen = 0;
    while !bytes.is_empty() {
        if messages == Messages::One && seen == 1 {
            return Err(Code::Unimplemented);
        }
        let Some((head, rest)) = bytes.split_at_checked(5) else {
            return Err(Code::InvalidArgument);
        };
        let length = head[1..].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        if length > LIMIT {
            return Err(Code::ResourceExhausted);
        }
        bytes = rest.get(length..).ok_or(Code::InvalidArgument)?;
        seen += 1;
    }
    if messages == Messages::One && seen == 0 { Err(Code::Unimplemented) } else { Ok(()) }
}
