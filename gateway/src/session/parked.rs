//! A form that came after its sender's sign-in had ended, sealed so that the browser can hold it: the gateway keeps nothing of it.
//!
//! Nobody reads or changes what is sealed, and it is good for ten minutes. No password may be put into it.

use std::fmt;

use aes_gcm::{
    Aes256Gcm, KeyInit as _,
    aead::{Aead as _, Payload},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How long a form may wait for its sender.
pub(crate) const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What stands before the sealed bytes: 96 bits by chance, which with one key serve for more forms than there will ever be.
const NONCE: usize = 12;
/// What the key seals here: what was sealed for another purpose opens nothing.
const PURPOSE: &[u8] = b"shelf parked form 1";

/// The key that forms are sealed with; those of several gateways in front of one service are the same.
#[derive(Clone)]
pub struct FormKey(Aes256Gcm);

/// A form that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parked {
    /// The mark of the one who was signed in, as `last_user` makes it; empty when that is not known.
    pub(crate) user: String,
    /// Where it was sent to: path and query.
    pub(crate) target: String,
    /// What it said, as `application/x-www-form-urlencoded`.
    pub(crate) form: String,
    /// Until when it is good, in seconds since 1970.
    pub(crate) until: i64,
}

/// What became of a form that was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    /// It is as it was sent.
    Good(Parked),
    /// So it was sent, but too long ago to be done.
    Expired(Parked),
    /// It was sealed by no key of ours, or was changed since.
    Unreadable,
}

impl FormKey {
    /// A key that ends with the process.
    pub fn random() -> Self {
        Self::of(&rand::random::<[u8; 32]>())
    }

    /// The key that a secret makes, however long that is.
    pub fn of(secret: &[u8]) -> Self {
        let key: [u8; 32] =
            Sha256::new_with_prefix(b"shelf form key\0").chain_update(secret).finalize().into();
        Self(Aes256Gcm::new(&key.into()))
    }

    /// Seals a form: text that can stand in a form of its own.
    pub(crate) fn seal(&self, parked: &Parked) -> String {
        let nonce: [u8; NONCE] = rand::random();
        let plain = serde_json::to_vec(parked).unwrap_or_default();
        let payload = Payload { msg: &plain, aad: PURPOSE };
        // It fails for more bytes than a form can have, and what is empty opens to nothing.
        let sealed = self.0.encrypt(&nonce.into(), payload).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed.
    pub(crate) fn open(&self, sealed: &str, now: Timestamp) -> Opened {
        match self.opened(sealed) {
            Some(parked) if now.as_second() < parked.until => Opened::Good(parked),
            Some(parked) => Opened::Expired(parked),
            None => Opened::Unreadable,
        }
    }

    fn opened(&self, sealed: &str) -> Option<Parked> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: PURPOSE };
        let plain = self.0.decrypt(&(*nonce).into(), payload).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

impl fmt::Debug for FormKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FormKey")
    }
}

impl Parked {
    /// A form that begins to wait.
    pub(crate) fn since(now: Timestamp, user: &str, target: &str, form: String) -> Self {
        let until = now.as_second() + GOOD_FOR.as_secs();
        Self { user: user.to_owned(), target: target.to_owned(), form, until }
    }

    /// Whether somebody else than the one with this mark sent it.
    pub(crate) fn is_anothers(&self, mark: &str) -> bool {
        !self.user.is_empty() && self.user != mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn parked() -> Parked {
        let form = "title=Mug+%3Cb%3E&request_id=r1".to_owned();
        Parked::since(begun(), "mark", "/admin/products/mug/save", form)
    }

    #[test]
    fn what_is_sealed_opens_for_ten_minutes_and_is_known_afterwards() {
        let key = FormKey::of(b"a secret");
        let sealed = key.seal(&parked());
        let last = begun() + GOOD_FOR - SignedDuration::from_secs(1);
        assert_eq!(key.open(&sealed, begun()), Opened::Good(parked()));
        assert_eq!(key.open(&sealed, last), Opened::Good(parked()));
        assert_eq!(key.open(&sealed, begun() + GOOD_FOR), Opened::Expired(parked()));
    }

    #[test]
    fn gateways_of_one_secret_open_each_others_and_no_one_elses() {
        let sealed = FormKey::of(b"a secret").seal(&parked());
        assert_eq!(FormKey::of(b"a secret").open(&sealed, begun()), Opened::Good(parked()));
        for other in [FormKey::of(b"another"), FormKey::random()] {
            assert_eq!(other.open(&sealed, begun()), Opened::Unreadable);
        }
    }

    #[test]
    fn nothing_of_it_can_be_read_and_the_same_form_never_looks_the_same() {
        let key = FormKey::random();
        let (one, other) = (key.seal(&parked()), key.seal(&parked()));
        assert_ne!(one, other);
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&one).unwrap();
        assert!(!bytes.windows(5).any(|part| part == b"title"));
    }

    #[test]
    fn every_changed_bit_and_every_cut_is_noticed() {
        let key = FormKey::random();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(key.seal(&parked())).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let sealed = BASE64_URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(key.open(&sealed, begun()), Opened::Unreadable, "bit {bit}");
        }
        for length in 0..bytes.len() {
            let sealed = BASE64_URL_SAFE_NO_PAD.encode(&bytes[..length]);
            assert_eq!(key.open(&sealed, begun()), Opened::Unreadable, "{length} bytes");
        }
        assert_eq!(key.open("no base64 at all!", begun()), Opened::Unreadable);
    }

    #[test]
    fn a_form_is_anothers_only_where_it_is_known_whose_it_is() {
        assert!(!parked().is_anothers("mark") && parked().is_anothers("other"));
        let nobodys = Parked { user: String::new(), ..parked() };
        assert!(!nobodys.is_anothers("mark"));
    }
}
