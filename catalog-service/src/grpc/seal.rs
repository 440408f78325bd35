//! Sealed tokens: given out, and taken back only as they were made, where they are meant for and while they live.
//!
//! A token is `version, seal, hidden (hour of expiry, payload)`, in base64url. The seal is HMAC-SHA-256 of what is hidden, cut to 16
//! bytes, and what hides it is made of the key and the seal: a synthetic initialization vector, as in RFC 5297. The expiry is cut to
//! the full hour and nothing is random, so that equal answers have equal bytes; and those who hold a token learn nothing from it, so
//! that nobody counts the writes of the shop by what its reads answer.

use std::{fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;

/// Changed when the layout of tokens or the meaning of a payload changes.
const VERSION: u8 = 2;

/// The version before, whose payloads could be read: `version, hour of expiry, payload, seal`.
const READABLE: u8 = 1;

/// No version, so that no seal is ever what hides something.
const HIDING: u8 = 0;

/// Bytes of the seal.
const SEAL: usize = 16;

/// Bytes that one HMAC hides.
const BLOCK: usize = 32;

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
        let [key, _] = &self.keys;
        let mut content = [&expiry.to_be_bytes(), payload].concat();
        let seal = mac(key, purpose, VERSION, &content).finalize().into_bytes();
        let seal = &seal[..SEAL];
        hide(key, purpose, seal, &mut content);
        BASE64_URL_SAFE_NO_PAD.encode([&[VERSION], seal, &content].concat())
    }

    /// The payload of a token.
    ///
    /// # Errors
    /// [`Unopened`], when it is not a living token of this purpose. One of the version before counts as expired: whoever brings
    /// it begins anew.
    pub(super) fn open(&self, purpose: Purpose, token: &str) -> Result<Vec<u8>, Unopened> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| Unopened::Foreign)?;
        match bytes.split_first() {
            Some((&VERSION, sealed)) => self.open_sealed(purpose, sealed),
            Some((&READABLE, sealed)) if self.is_readable(purpose, sealed) => {
                Err(Unopened::Expired)
            }
            _ => Err(Unopened::Foreign),
        }
    }

    fn open_sealed(&self, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        let (seal, hidden) = sealed.split_first_chunk::<SEAL>().ok_or(Unopened::Foreign)?;
        let shown = |key| {
            let mut content = hidden.to_vec();
            hide(key, purpose, seal, &mut content);
            let genuine = mac(key, purpose, VERSION, &content).verify_truncated_left(seal);
            genuine.is_ok().then_some(content)
        };
        let content = self.keys.iter().find_map(shown).ok_or(Unopened::Foreign)?;
        let (expiry, payload) = content.split_first_chunk().ok_or(Unopened::Foreign)?;
        if hour(self.clock.now()) >= i64::from(u32::from_be_bytes(*expiry)) {
            return Err(Unopened::Expired);
        }
        Ok(payload.to_vec())
    }

    /// Whether it was made here when payloads could be read.
    fn is_readable(&self, purpose: Purpose, sealed: &[u8]) -> bool {
        let Some((content, seal)) = sealed.split_last_chunk::<SEAL>() else { return false };
        let genuine =
            |key| mac(key, purpose, READABLE, content).verify_truncated_left(seal).is_ok();
        self.keys.iter().any(genuine)
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

fn mac(key: &Hmac<Sha256>, purpose: Purpose, version: u8, content: &[u8]) -> Hmac<Sha256> {
    key.clone().chain_update(purpose.0).chain_update([version]).chain_update(content)
}

/// Hides what can be read, and shows what is hidden.
fn hide(key: &Hmac<Sha256>, purpose: Purpose, seal: &[u8], content: &mut [u8]) {
    for (number, block) in (0_u8..).zip(content.chunks_mut(BLOCK)) {
        let stream = mac(key, purpose, HIDING, seal).chain_update([number]).finalize();
        block.iter_mut().zip(stream.into_bytes()).for_each(|(byte, with)| *byte ^= with);
    }
}

impl fmt::Debug for Seals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seals").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
