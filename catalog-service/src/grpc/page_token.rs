//! Page tokens: where a list goes on, sealed so that they work only for the query and the kind of caller they were made for.
//!
//! A token is `version, hour of expiry, position, HMAC-SHA-256 cut to 16 bytes`, in base64url. Its expiry is cut to the
//! full hour and nothing in it is random, so that equal pages have equal bytes. It is not secret: it says where a page ends.

use std::{fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use prost::{Message as _, Name};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use super::status;
use crate::{
    clock::Clock,
    domain::{Audience, Cursor, CursorValue},
};

/// Changed when the layout of tokens or the meaning of positions changes.
const VERSION: u8 = 1;

/// Bytes of the seal.
const SEAL: usize = 16;

/// Bytes before the position: the version and the hour of expiry.
const HEAD: usize = 5;

/// The longest token, as the contract has it.
const LONGEST: usize = 512;

const HOUR: i64 = 3600;

/// Hours from the beginning of the current one until expiry: a token lives 24 to 25 hours.
const LIFETIME: i64 = 25;

/// Seals and opens page tokens.
pub(super) struct PageTokens {
    keys: [[u8; 32]; 2],
    clock: Arc<dyn Clock>,
}

/// What a token is bound to: the query without its page, and for whom it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query([u8; 32]);

impl Query {
    /// The query of a list request from which `page_size` and `page_token` have been taken.
    pub(super) fn of<M: Name>(bare: &M, audience: Audience, whose: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(M::full_name());
        digest.update([match audience {
            Audience::Public => 0,
            Audience::Staff => 1,
        }]);
        digest.update((whose.len() as u64).to_be_bytes());
        digest.update(whose);
        digest.update(bare.encode_to_vec());
        Self(digest.finalize().into())
    }
}

impl PageTokens {
    /// The first key seals, each of them opens.
    pub(super) fn new(keys: [[u8; 32]; 2], clock: Arc<dyn Clock>) -> Self {
        Self { keys, clock }
    }

    /// The token of the page behind `cursor`.
    ///
    /// # Errors
    /// INTERNAL when the position is too long for a token.
    pub(super) fn seal(&self, query: Query, cursor: &Cursor) -> Result<String, Status> {
        let mut token = vec![VERSION];
        let expiry = u32::try_from(hour(self.clock.now()) + LIFETIME).unwrap_or(u32::MAX);
        token.extend(expiry.to_be_bytes());
        token.extend(Position::from(cursor).encode_to_vec());
        let seal = seal(&self.keys[0], query, &token);
        token.extend(&seal.finalize().into_bytes()[..SEAL]);
        let text = BASE64_URL_SAFE_NO_PAD.encode(token);
        if text.len() > LONGEST {
            return Err(status::internal(&"a position is too long for a page token"));
        }
        Ok(text)
    }

    /// Where the page begins; none for an empty token, which is the first page.
    ///
    /// # Errors
    /// PAGE_TOKEN_INVALID for a token that was not made here, for this query and this kind of caller, or is too old.
    pub(super) fn open(&self, query: Query, token: &str) -> Result<Option<Cursor>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let foreign = || status::page_token_invalid("was not made for this query");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| foreign())?;
        let (sealed, given) = bytes.split_last_chunk::<SEAL>().ok_or_else(foreign)?;
        let genuine = |key| seal(key, query, sealed).verify_truncated_left(given).is_ok();
        if !self.keys.iter().any(genuine) {
            return Err(foreign());
        }
        let ([version, expiry @ ..], position) =
            sealed.split_first_chunk::<HEAD>().ok_or_else(foreign)?;
        if *version != VERSION {
            return Err(foreign());
        }
        if hour(self.clock.now()) >= i64::from(u32::from_be_bytes(*expiry)) {
            return Err(status::page_token_invalid("is more than a day old"));
        }
        let position = Position::decode(position).map_err(|_| foreign())?;
        Ok(Some(position.into()))
    }
}

fn hour(time: Timestamp) -> i64 {
    time.as_second().div_euclid(HOUR)
}

fn seal(key: &[u8; 32], query: Query, sealed: &[u8]) -> Hmac<Sha256> {
    // RFC 2104 fills a short key up with zeros.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    Hmac::<Sha256>::new(&block.into()).chain_update(query.0).chain_update(sealed)
}

/// A cursor on its way.
#[derive(Clone, PartialEq, prost::Message)]
struct Position {
    #[prost(message, repeated, tag = "1")]
    values: Vec<Value>,
    #[prost(string, tag = "2")]
    id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Value {
    #[prost(sint64, optional, tag = "1")]
    number: Option<i64>,
    #[prost(string, optional, tag = "2")]
    text: Option<String>,
}

impl From<&Cursor> for Position {
    fn from(cursor: &Cursor) -> Self {
        let value = |value: &CursorValue| match value {
            CursorValue::Missing => Value::default(),
            CursorValue::Number(number) => Value { number: Some(*number), text: None },
            CursorValue::Text(text) => Value { number: None, text: Some(text.clone()) },
        };
        Self { values: cursor.values.iter().map(value).collect(), id: cursor.id.clone() }
    }
}

impl From<Position> for Cursor {
    fn from(position: Position) -> Self {
        let value = |value: Value| match (value.number, value.text) {
            (Some(number), _) => CursorValue::Number(number),
            (None, Some(text)) => CursorValue::Text(text),
            (None, None) => CursorValue::Missing,
        };
        Self { values: position.values.into_iter().map(value).collect(), id: position.id }
    }
}

impl fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageTokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
