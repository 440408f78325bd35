//! Page tokens: where a list goes on, sealed so that they work only for the query and the kind of caller they were made for.

use std::sync::Arc;

use prost::{Message as _, Name};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use super::{
    seal::{Purpose, Seals, Unopened},
    status,
};
use crate::domain::{Audience, Cursor, CursorValue};

/// The longest token, as the contract has it.
const LONGEST: usize = 512;

/// Seals and opens page tokens.
#[derive(Debug)]
pub(super) struct PageTokens(Arc<Seals>);

/// What a token is bound to: the query without its page, and for whom it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query(Purpose);

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
        Self(Purpose::new(digest))
    }
}

impl PageTokens {
    /// Page tokens under these seals.
    pub(super) fn new(seals: Arc<Seals>) -> Self {
        Self(seals)
    }

    /// The token of the page behind `cursor`.
    ///
    /// # Errors
    /// INTERNAL when the position is too long for a token.
    pub(super) fn seal(&self, query: Query, cursor: &Cursor) -> Result<String, Status> {
        let token = self.0.seal(query.0, &Position::from(cursor).encode_to_vec());
        if token.len() > LONGEST {
            return Err(status::internal(&"a position is too long for a page token"));
        }
        Ok(token)
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
        let position = self.0.open(query.0, token).map_err(|unopened| match unopened {
            Unopened::Foreign => foreign(),
            Unopened::Expired => {
                status::page_token_invalid("is more than a day old, or of a version before")
            }
        })?;
        let position = Position::decode(position.as_slice()).map_err(|_| foreign())?;
        Ok(Some(position.into()))
    }
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

#[cfg(test)]
mod tests;
