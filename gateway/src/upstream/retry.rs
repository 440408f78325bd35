//! Sending again: reads, and writes with a `request_id`, at most twice, with jitter, and at most a tenth of the traffic.

use std::{
    collections::HashMap,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::{Buf as _, Bytes};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use rand::RngExt as _;
use tonic::{Code, Status, body::Body};

use super::{
    Channels,
    reads::{only_reads, path_of},
};

/// How often a call is sent again.
const AGAIN: u32 = 2;
/// The longest pause before the first repetition; the second may wait three times as long.
const PAUSE: Duration = Duration::from_millis(100);

/// What may be sent again, and how much of it.
pub(crate) struct Retries {
    safe: &'static HashMap<String, Safe>,
    budget: Budget,
}

/// Why a method may be called twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Safe {
    /// It only reads.
    Read,
    /// Its request has a `request_id`, the field of this number, which makes two calls one.
    WhenNamed(u32),
}

impl Retries {
    /// The rules that follow from the contract: its GET methods, and those with a `request_id`.
    pub(crate) fn of_the_contract() -> Self {
        static SAFE: LazyLock<HashMap<String, Safe>> = LazyLock::new(safe_methods);
        Self { safe: &SAFE, budget: Budget::default() }
    }
}

fn safe_methods() -> HashMap<String, Safe> {
    let mut safe = HashMap::new();
    let services = proto::descriptor_pool().services();
    for method in services.flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let path = path_of(&method);
        let named = method.input().get_field_by_name("request_id");
        match (only_reads(&method), named) {
            _ if method.is_client_streaming() || method.is_server_streaming() => {}
            (true, _) => drop(safe.insert(path, Safe::Read)),
            (false, Some(field)) => drop(safe.insert(path, Safe::WhenNamed(field.number()))),
            (false, None) => {}
        }
    }
    safe
}

/// Calls the service, again where that is safe and the service was not there.
pub(super) async fn call(
    channels: &Channels,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    let Some(safe) = channels.retries.safe.get(request.uri().path()).copied() else {
        return channels.call(request).await;
    };
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let safe = match safe {
        Safe::Read => true,
        Safe::WhenNamed(field) => names_itself(&body, field),
    };
    channels.retries.budget.earn();
    let mut sent = 0;
    loop {
        let request = Request::from_parts(head.clone(), Body::new(Full::new(body.clone())));
        let answer = channels.call(request).await;
        if !safe || sent == AGAIN || !is_unavailable(&answer) || !channels.retries.budget.spend() {
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
        Ok(response) => Status::from_header_map(response.headers())
            .is_some_and(|status| status.code() == Code::Unavailable),
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

    fn frame(message: &DeleteProductRequest) -> Bytes {
        let mut frame = vec![0; 5];
        message.encode(&mut frame).unwrap();
        frame.into()
    }

    #[test]
    fn a_write_is_repeated_only_under_a_request_id() {
        let safe = safe_methods();
        assert_eq!(safe["/shelf.catalog.v1.ProductService/GetProduct"], Safe::Read);
        let Safe::WhenNamed(field) = safe["/shelf.catalog.v1.ProductService/DeleteProduct"] else {
            panic!("a delete is a write");
        };
        let mut request = DeleteProductRequest { name: "products/a".into(), ..Default::default() };
        assert!(!names_itself(&frame(&request), field));
        request.request_id = "r1".into();
        assert!(names_itself(&frame(&request), field));
    }

    #[test]
    fn signing_in_is_never_repeated() {
        assert!(!safe_methods().contains_key("/shelf.access.v1.SessionService/CreateSession"));
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
