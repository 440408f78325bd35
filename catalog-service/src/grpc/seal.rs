//! Sealed tokens: given out, and taken back only as they were made, where they are meant for and while they live.
//!
//! A token is `version, hour of expiry, payload, HMAC-SHA-256 cut to 16 bytes`, in base64url. Its expiry is cut to the
//! full hour and nothing in it is random, so that equal answers have equal bytes. It is not secret: anybody can read its payload.

use std::{fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;

/// Changed when the layout of tokens or the meaning of a payload changes.
const VERSION: u8 = 1;

/// Bytes of the seal.
const SEAL: usize = 16;

/// Bytes before the payload: the version and the hour of expiry.
const HEAD: usize = 5;

const HOUR: i64 = 3600;

/// Hours from the beginning of the current one until expiry: a token lives 24 to 25 hours.
const LIFETIME: i64 = 25;

/// Seals and opens tokens.
pub(super) struct Seals {
    /// Ready for a message: the first key seals, each of them opens.
    keys: [Hmac<Sha256>; 2],
    clock: Arc<dyn Clock>,
}

/// What a token is for; it opens for nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Purpose([u8; 32]);

impl Purpose {
    /// A digest that begins with a name of its own tells one purpose from every other.
    pub(super) fn new(digest: Sha256) -> Self {
        Self(digest.finalize().into())
    }
}

/// Why a token does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unopened {
    /// It was not made here, or for something else.
    Foreign,
    /// It was made more than a day ago.
    Expired,
}

impl Seals {
    /// The first key seals, each of them opens.
    pub(super) fn new(keys: [[u8; 32]; 2], clock: Arc<dyn Clock>) -> Self {
        Self { keys: keys.map(keyed), clock }
    }

    /// Until which hour a token lives that is made now.
    pub(super) fn expiry(&self) -> u32 {
        u32::try_from(hour(self.clock.now()) + LIFETIME).unwrap_or(u32::MAX)
    }

    /// The token of a payload.
    pub(super) fn seal(&self, purpose: Purpose, payload: &[u8]) -> String {
        self.seal_until(self.expiry(), purpose, payload)
    }

    /// The token of a payload that lives until an hour; the same again is the same token.
    pub(super) fn seal_until(&self, expiry: u32, purpose: Purpose, payload: &[u8]) -> String {
        let mut token = Vec::with_capacity(HEAD + payload.len() + SEAL);
        token.push(VERSION);
        token.extend(expiry.to_be_bytes());
        token.extend(payload);
        let seal = seal(&self.keys[0], purpose, &token);
        token.extend(&seal.finalize().into_bytes()[..SEAL]);
        BASE64_URL_SAFE_NO_PAD.encode(token)
    }

    /// The payload of a token.
    ///
    /// # Errors
    /// [`Unopened`], when it is not a living token of this purpose.
    pub(super) fn open(&self, purpose: Purpose, token: &str) -> Result<Vec<u8>, Unopened> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| Unopened::Foreign)?;
        let (sealed, given) = bytes.split_last_chunk::<SEAL>().ok_or(Unopened::Foreign)?;
        let genuine = |key| seal(key, purpose, sealed).verify_truncated_left(given).is_ok();
        if !self.keys.iter().any(genuine) {
            return Err(Unopened::Foreign);
        }
        let ([version, expiry @ ..], payload) =
            sealed.split_first_chunk::<HEAD>().ok_or(Unopened::Foreign)?;
        if *version != VERSION {
            return Err(Unopened::Foreign);
        }
        if hour(self.clock.now()) >= i64::from(u32::from_be_bytes(*expiry)) {
            return Err(Unopened::Expired);
        }
        Ok(payload.to_vec())
    }
}

fn hour(time: Timestamp) -> i64 {
    time.as_second().div_euclid(HOUR)
}

/// The key, taken in once: every page is sealed.
fn keyed(key: [u8; 32]) -> Hmac<Sha256> {
    // RFC 2104 fills a short key up with zeros.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(&key);
    Hmac::<Sha256>::new(&block.into())
}

fn seal(key: &Hmac<Sha256>, purpose: Purpose, sealed: &[u8]) -> Hmac<Sha256> {
    key.clone().chain_update(purpose.0).chain_update(sealed)
}

impl fmt::Debug for Seals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seals").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
