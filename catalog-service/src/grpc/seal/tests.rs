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

/// The bytes of a token.
fn bytes(token: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(token).unwrap()
}

/// What the version before made of a payload.
fn readable(seals: &Seals, purpose: Purpose, payload: &[u8]) -> Vec<u8> {
    let content = [&seals.expiry().to_be_bytes(), payload].concat();
    let seal = mac(&seals.keys[0], purpose, READABLE, &content).finalize().into_bytes();
    [&[READABLE], &content[..], &seal[..SEAL]].concat()
}

#[test]
fn nothing_of_a_payload_can_be_read_from_its_token() {
    let seals = seals(KEYS);
    let token = bytes(&seals.seal(purpose("a"), &[0; 300]));
    let expiry = seals.expiry().to_be_bytes();
    assert!(token.windows(expiry.len()).all(|part| part != expiry));
    // Where all is the same, something would come back if what hides it did.
    let parts: std::collections::BTreeSet<_> = token.windows(4).collect();
    assert_eq!(parts.len(), token.len() - 3);
}

#[test]
fn the_tokens_of_neighbouring_numbers_have_nothing_in_common() {
    let seals = seals(KEYS);
    let token = |number: u64| bytes(&seals.seal(purpose("a"), &number.to_be_bytes()));
    let (mut bits, mut different) = (0, 0);
    for number in 1_000_u64..1_256 {
        let (one, next) = (token(number), token(number + 1));
        assert_eq!(one.len(), next.len(), "a length tells nothing");
        let parts = one[1..].iter().zip(&next[1..]);
        different += parts.map(|(one, next)| (one ^ next).count_ones()).sum::<u32>();
        bits += 8 * (one.len() as u32 - 1);
    }
    // Of what is chosen blindly one half differs; the numbers themselves differ in two bits of sixty-four.
    assert!((bits * 49 / 100..bits * 51 / 100).contains(&different), "{different} of {bits}");
}

#[test]
fn one_payload_is_hidden_otherwise_for_each_purpose_and_hour() {
    let clock = clock();
    let seals = Seals::new(KEYS, Arc::clone(&clock) as Arc<dyn Clock>);
    let token = |name| bytes(&seals.seal(purpose(name), &[0; 8]));
    let (one, other) = (token("a"), token("b"));
    clock.advance(SignedDuration::from_hours(1));
    let later = token("a");
    let hidden = |token: &[u8]| token[1 + SEAL + 4..].to_vec();
    assert_ne!(hidden(&one), hidden(&other));
    assert_ne!(hidden(&one), hidden(&later));
}

#[test]
fn a_token_that_could_be_read_is_expired_and_a_forged_one_foreign() {
    let seals = seals(KEYS);
    let token = readable(&seals, purpose("a"), b"kettle");
    let open = |token: &[u8]| seals.open(purpose("a"), &BASE64_URL_SAFE_NO_PAD.encode(token));
    assert_eq!(open(&token), Err(Unopened::Expired));
    for bit in 0..token.len() * 8 {
        let mut flipped = token.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(open(&flipped), Err(Unopened::Foreign), "bit {bit}");
    }
    let elsewhere = seals.open(purpose("b"), &BASE64_URL_SAFE_NO_PAD.encode(&token));
    assert_eq!(elsewhere, Err(Unopened::Foreign));
    let cut = (0..token.len()).map(|end| open(&token[..end]));
    assert!(cut.into_iter().all(|opened| opened == Err(Unopened::Foreign)));
}
