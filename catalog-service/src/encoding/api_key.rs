//! API keys between the domain and the contract.

use jiff::{SignedDuration, Timestamp};
use prost::Message as _;
use proto::access as wire;

use super::{Damaged, kept_etag, role, time};
use crate::{
    access::{ApiKey, ApiKeyId, Expiry, NewApiKey, UserId},
    domain::Violations,
};

const NO_SPAN: &str = "must be a duration of less than 10,000 years, its parts of one sign";

/// Reads a key to make.
pub fn new_key(message: wire::ApiKey, violations: &mut Violations) -> Option<NewApiKey> {
    if message.display_name.trim().is_empty() {
        violations.add("api_key.display_name", "must not be empty");
    }
    let role = violations.take("api_key.role", role::from_wire(message.role()));
    let expiry = expiry(message.expire_time, message.ttl, violations);
    Some(NewApiKey { display_name: message.display_name, role: role?, expiry: expiry? })
}

fn expiry(
    time: Option<prost_types::Timestamp>,
    ttl: Option<prost_types::Duration>,
    violations: &mut Violations,
) -> Option<Expiry> {
    match (time, ttl) {
        (None, None) => Some(Expiry::Default),
        (time, None) => {
            time::from_wire(time, &|| "api_key.expire_time".into(), violations).map(Expiry::At)
        }
        (None, Some(ttl)) => {
            violations.take("api_key.ttl", span(ttl).ok_or(NO_SPAN)).map(Expiry::In)
        }
        (Some(_), Some(_)) => {
            violations.add("api_key.ttl", "is given beside `expire_time`; give one of them");
            None
        }
    }
}

/// A duration of the well-known type: up to 10,000 years, and its parts have one sign.
fn span(given: prost_types::Duration) -> Option<SignedDuration> {
    const MOST_SECONDS: u64 = 315_576_000_000;
    let one_sign = given.seconds.signum() * i64::from(given.nanos.signum()) >= 0;
    let in_range =
        given.seconds.unsigned_abs() <= MOST_SECONDS && given.nanos.unsigned_abs() < 1_000_000_000;
    (one_sign && in_range).then(|| SignedDuration::new(given.seconds, given.nanos))
}

/// The message of a key, without its secret.
pub fn message(key: &ApiKey) -> wire::ApiKey {
    let wire_time = |time: Timestamp| Some(time::to_wire(time));
    wire::ApiKey {
        name: key.id.name(),
        etag: key.etag().as_str().to_owned(),
        display_name: key.display_name.clone(),
        role: role::to_wire(key.role).into(),
        secret: String::new(),
        user: key.user.name(),
        create_time: wire_time(key.create_time),
        expire_time: wire_time(key.expire_time),
        ttl: None,
        last_use_time: key.last_used.and_then(wire_time),
    }
}

/// A key as a request that may be repeated is answered.
pub(crate) fn document(key: &ApiKey) -> Vec<u8> {
    message(key).encode_to_vec()
}

/// Reads such an answer back.
pub(crate) fn read_document(bytes: &[u8]) -> Result<ApiKey, Damaged> {
    from_wire(wire::ApiKey::decode(bytes)?).ok_or(Damaged::Content("API key"))
}

fn from_wire(message: wire::ApiKey) -> Option<ApiKey> {
    let (uid, _) = kept_etag(&message.etag)?;
    Some(ApiKey {
        id: ApiKeyId::from_name(&message.name)?,
        uid,
        role: role::from_wire(message.role()).ok()?,
        display_name: message.display_name,
        user: UserId::from_name(&message.user)?,
        create_time: time::kept(message.create_time)?,
        expire_time: time::kept(message.expire_time)?,
        last_used: time::kept(message.last_use_time),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(3_600, 0, true)]
    #[case(-3_600, -1, true)]
    #[case(315_576_000_000, 999_999_999, true)]
    #[case(315_576_000_001, 0, false)]
    #[case(i64::MIN, 0, false)]
    #[case(i64::MAX, i32::MAX, false)]
    #[case(1, -1, false)]
    #[case(-1, 1, false)]
    #[case(0, 1_000_000_000, false)]
    fn a_duration_is_one_of_the_well_known_type(
        #[case] seconds: i64,
        #[case] nanos: i32,
        #[case] is_one: bool,
    ) {
        assert_eq!(span(prost_types::Duration { seconds, nanos }).is_some(), is_one);
    }
}
