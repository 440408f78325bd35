//! The one message of a relayed call, read whole before the service is asked, and never beyond a limit, which is the service's own.
//!
//! Every method of the contract takes exactly one message, so nothing waits longer than it would at the service.

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use tonic::{Code, Status, body::Body};

use crate::upstream;

/// What stands before each message: a flag and the length.
const HEADER: usize = 5;

/// The frame as it came.
pub(super) async fn read(mut body: Body, most: usize) -> Result<Bytes, Status> {
    if body.size_hint().lower() > (HEADER + most) as u64 {
        return Err(upstream::too_large(most));
    }
    let mut framed = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(told)?.into_data() else { continue };
        if framed.len() + data.len() > HEADER + most {
            return Err(upstream::too_large(most));
        }
        framed.extend_from_slice(&data);
        if announced(&framed).is_some_and(|length| length > most) {
            return Err(upstream::too_large(most));
        }
    }
    Ok(framed.freeze())
}

/// To the layer in front, bytes that are no frame are a fault of its own, told in words that depend on how they were cut; it is the
/// client that has sent them.
fn told(status: Status) -> Status {
    match status.code() {
        Code::Internal | Code::DataLoss => upstream::unreadable_frame(),
        _ => status,
    }
}

/// How long the first message says it is.
fn announced(framed: &[u8]) -> Option<usize> {
    let (&[_, a, b, c, d], _) = framed.split_first_chunk()?;
    Some(u32::from_be_bytes([a, b, c, d]) as usize)
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt as _, stream};
    use http_body_util::{Full, StreamBody};

    use super::*;

    const BODY: usize = 4 << 20;

    fn whole(framed: Vec<u8>) -> Body {
        Body::new(Full::from(framed))
    }

    fn framed(length: usize) -> Vec<u8> {
        let mut framed = vec![0];
        framed.extend(u32::try_from(length).unwrap().to_be_bytes());
        framed.resize(HEADER + length, b'x');
        framed
    }

    /// A body of this beginning that never ends.
    fn endless(first: Vec<u8>) -> Body {
        let first = stream::iter([Ok::<_, Status>(http_body::Frame::data(Bytes::from(first)))]);
        let more = || http_body::Frame::data(Bytes::from(vec![b'x'; 64 << 10]));
        Body::new(StreamBody::new(first.chain(stream::repeat_with(move || Ok(more())))))
    }

    #[tokio::test]
    async fn the_largest_message_is_read_and_one_byte_more_is_not() {
        assert_eq!(read(whole(framed(BODY)), BODY).await.unwrap(), framed(BODY));
        let refused = read(whole(framed(BODY + 1)), BODY).await.unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
    }

    #[tokio::test]
    async fn more_than_was_announced_ends_at_the_limit() {
        let refused = read(endless(framed(1)), BODY).await.unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
    }

    #[tokio::test]
    async fn an_announced_length_is_refused_before_it_comes() {
        let announced = stream::iter([Ok::<_, Status>(http_body::Frame::data(Bytes::from(
            framed(BODY + 1)[..HEADER].to_vec(),
        )))]);
        let held = Body::new(StreamBody::new(announced.chain(stream::pending())));
        assert_eq!(read(held, BODY).await.unwrap_err().code(), Code::ResourceExhausted);
    }
}
