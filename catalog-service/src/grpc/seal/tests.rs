//! Only what was sealed here opens, and only for its purpose and while it lives.

use jiff::SignedDuration;

use super::*;
use crate::clock::ManualClock;

const KEYS: [[u8; 32]; 2] = [[1; 32], [2; 32]];

/// Half past an hour.
const NOW: i64 = 1_800_001_800;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_second(NOW).unwrap()))
}

fn seals(keys: [[u8; 32]; 2]) -> Seals {
    Seals::new(keys, clock())
}

fn purpose(name: &str) -> Purpose {
    Purpose::new(Sha256::new().chain_update(name))
}

#[test]
fn a_token_opens_as_it_was_sealed_and_for_its_purpose_alone() {
    let seals = seals(KEYS);
    for payload in [&b""[..], b"x", &[0; 300]] {
        let token = seals.seal(purpose("a"), payload);
        assert_eq!(seals.open(purpose("a"), &token).as_deref(), Ok(payload));
        assert_eq!(seals.open(purpose("b"), &token), Err(Unopened::Foreign));
    }
}

#[test]
fn equal_payloads_have_equal_tokens_within_the_hour() {
    let clock = clock();
    let seals = Seals::new(KEYS, Arc::clone(&clock) as Arc<dyn Clock>);
    let first = seals.seal(purpose("a"), b"x");
    clock.advance(SignedDuration::from_mins(29));
    assert_eq!(seals.seal(purpose("a"), b"x"), first);
    clock.advance(SignedDuration::from_mins(1));
    assert_ne!(seals.seal(purpose("a"), b"x"), first);
}

#[test]
fn a_token_with_any_bit_flipped_is_refused() {
    let seals = seals(KEYS);
    let token = BASE64_URL_SAFE_NO_PAD.decode(seals.seal(purpose("a"), b"kettle")).unwrap();
    for bit in 0..token.len() * 8 {
        let mut flipped = token.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let opened = seals.open(purpose("a"), &BASE64_URL_SAFE_NO_PAD.encode(flipped));
        assert_eq!(opened, Err(Unopened::Foreign), "bit {bit}");
    }
}

#[test]
fn a_token_lives_a_day() {
    let clock = clock();
    let seals = Seals::new(KEYS, Arc::clone(&clock) as Arc<dyn Clock>);
    let token = seals.seal(purpose("a"), b"x");
    clock.advance(SignedDuration::from_mins(24 * 60 + 29));
    assert_eq!(seals.open(purpose("a"), &token).as_deref(), Ok(&b"x"[..]));
    clock.advance(SignedDuration::from_mins(1));
    assert_eq!(seals.open(purpose("a"), &token), Err(Unopened::Expired));
}

#[test]
fn the_key_before_still_opens_and_a_foreign_one_does_not() {
    let token = seals([[2; 32], [9; 32]]).seal(purpose("a"), b"x");
    assert!(seals(KEYS).open(purpose("a"), &token).is_ok());
    let token = seals([[3; 32], [1; 32]]).seal(purpose("a"), b"x");
    assert_eq!(seals(KEYS).open(purpose("a"), &token), Err(Unopened::Foreign));
}
