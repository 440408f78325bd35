//! Sending again: reads, and writes with a `request_id`, at most twice, with jitter, and at most a tenth of the traffic.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use bytes::{Buf as _, Bytes};
use http::Response;
use rand::RngExt as _;
use tonic::{Code, Status, body::Body};
use transcoder::Rpc;

use super::{Head, Links};

/// How often a call is sent again.
const AGAIN: u32 = 2;
/// The longest pause before the first repetition; the second may wait three times as long.
const PAUSE: Duration = Duration::from_millis(100);

/// How much may be sent again.
#[derive(Default)]
pub(crate) struct Retries(Budget);

/// Whether a call may come twice: what only reads, and what has a `request_id`, which makes two calls one.
pub(super) fn is_safe(rpc: Option<&Rpc>, message: &Bytes) -> bool {
    match rpc {
        Some(rpc) if rpc.client_streaming() => false,
        Some(rpc) if rpc.reads() => true,
        Some(rpc) => rpc.request_id().is_some_and(|field| names_itself(message, field)),
        None => false,
    }
}

/// Calls the service with one message, again where that is safe and the service was not there. `head` makes the head of each
/// attempt.
pub(super) async fn call(
    links: &Links,
    rpc: Option<&Rpc>,
    head: impl Fn() -> Result<Head, Status>,
    message: Bytes,
) -> Result<Response<Body>, Status> {
    let (safe, Retries(budget)) = (is_safe(rpc, &message), &links.retries);
    budget.earn();
    let mut sent = 0;
    loop {
        let answer = links.call(head()?, message.clone()).await;
        if !safe || sent == AGAIN || !is_unavailable(&answer) || !budget.spend() {
            return answer;
        }
        sent += 1;
        pause(sent).await;
    }
}

/// Waits between a third of the pause and all of it, so that callers do not come back in step.
#[expect(clippy::disallowed_methods, reason = "a pause is what keeps repetitions from piling up")]
async fn pause(sent: u32) {
    let longest = PAUSE * (2 * sent - 1);
    let jitter = rand::rng().random_range(0.3..=1.0);
    tokio::time::sleep(longest.mul_f64(jitter)).await;
}

/// Whether the service was not there: no answer at all, or a refusal before any other word.
fn is_unavailable(answer: &Result<Response<Body>, Status>) -> bool {
    match answer {
        Err(status) => status.code() == Code::Unavailable,
        Ok(response) => response
            .headers()
            .get("grpc-status")
            .is_some_and(|status| Code::from_bytes(status.as_bytes()) == Code::Unavailable),
    }
}

/// Whether a framed message sets the text field of this number.
fn names_itself(frame: &Bytes, field: u32) -> bool {
    let Some(mut message) = frame.get(5..) else { return false };
    while message.has_remaining() {
        let Ok((number, kind)) = prost::encoding::decode_key(&mut message) else { return false };
        if number == field && kind == prost::encoding::WireType::LengthDelimited {
            return prost::encoding::decode_varint(&mut message).is_ok_and(|length| length > 0);
        }
        let context = prost::encoding::DecodeContext::default();
        if prost::encoding::skip_field(kind, number, &mut message, context).is_err() {
            return false;
        }
    }
    false
}

/// A tenth of the calls may be repetitions: every call earns a tenth of one, ten are kept at most.
struct Budget(AtomicU32);

impl Budget {
    const EARNED: u32 = 1;
    const COST: u32 = 10;
    const MOST: u32 = 100;

    fn earn(&self) {
        let add = |saved: u32| (saved < Self::MOST).then(|| saved + Self::EARNED);
        // Full already is as good as earned.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    fn spend(&self) -> bool {
        let take = |saved: u32| saved.checked_sub(Self::COST);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(Self::MOST))
    }
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use proto::catalog::DeleteProductRequest;

    use super::*;
    use crate::contract;

    fn frame(message: &DeleteProductRequest) -> Bytes {
        let mut frame = vec![0; 5];
        message.encode(&mut frame).unwrap();
        frame.into()
    }

    #[test]
    fn a_write_is_repeated_only_under_a_request_id() {
        let (get, delete) = ["GetProduct", "DeleteProduct"]
            .map(|method| contract::method(&format!("/shelf.catalog.v1.ProductService/{method}")))
            .into();
        let mut request = DeleteProductRequest { name: "products/a".into(), ..Default::default() };
        assert!(is_safe(get, &frame(&request)));
        assert!(!is_safe(delete, &frame(&request)));
        request.request_id = "r1".into();
        assert!(is_safe(delete, &frame(&request)));
    }

    #[test]
    fn signing_in_is_never_repeated() {
        let message = proto::access::CreateSessionRequest::default().encode_to_vec();
        let framed = [&[0; 5][..], &message].concat().into();
        let rpc = contract::method("/shelf.access.v1.SessionService/CreateSession");
        assert!(rpc.is_some() && !is_safe(rpc, &framed));
    }

    #[test]
    fn repetitions_are_a_tenth_of_the_calls() {
        let budget = Budget::default();
        let first = (0..50).filter(|_| budget.spend()).count();
        assert_eq!(first, 10);
        for _ in 0..50 {
            budget.earn();
        }
        let then = (0..50).filter(|_| budget.spend()).count();
        assert_eq!(then, 5);
    }
}
