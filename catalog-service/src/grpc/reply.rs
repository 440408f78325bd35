//! Writes answers: stored documents as they are, users, sessions and API keys as messages.

use bytes::Bytes;
use proto::access as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::{PageTokens, Query},
    wire::Encoded,
};
use crate::{
    access::{ApiKey, SignedIn, Token, User},
    config::Sessions,
    domain::{Cursor, Document, Page, Snapshot},
    encoding,
};

/// What a read has found, beside which stands from where a stream of changes goes on.
///
/// # Errors
/// INTERNAL when the read has no token.
pub(super) fn read(
    service: &GrpcService,
    who: &Identity,
    read: Snapshot<Encoded>,
) -> Result<Encoded, Status> {
    let token = service.0.resume_tokens.seal(who.caller.audience(), read.position)?;
    Ok(read.content.with_resume_token(token))
}

/// A resource.
pub(super) fn document<T>(document: Document<T>) -> Encoded {
    Encoded::bytes(document.into_bytes())
}

/// Several resources, as the answers of batches have them.
pub(super) fn documents<T>(documents: Vec<Document<T>>) -> Encoded {
    let items = documents.into_iter().map(Document::into_bytes).collect();
    Encoded::message(&List { items, ..List::default() })
}

/// One page of a list.
///
/// # Errors
/// INTERNAL when the next page has no token.
pub(super) fn page<T>(
    page: Page<Document<T>>,
    tokens: &PageTokens,
    query: Query,
) -> Result<Encoded, Status> {
    let items = page.items.into_iter().map(Document::into_bytes).collect();
    let next_page_token = token(page.next.as_ref(), tokens, query)?;
    Ok(Encoded::message(&List { items, next_page_token, ..List::default() }))
}

/// One page of a list that is counted.
///
/// # Errors
/// INTERNAL when the next page has no token.
pub(super) fn counted_page<T>(
    page: Page<Document<T>>,
    tokens: &PageTokens,
    query: Query,
) -> Result<Encoded, Status> {
    let items = page.items.into_iter().map(Document::into_bytes).collect();
    Ok(Encoded::message(&List {
        items,
        next_page_token: token(page.next.as_ref(), tokens, query)?,
        total_size: i32::try_from(page.total.count).unwrap_or(i32::MAX),
        total_size_capped: page.total.capped,
    }))
}

/// The token of the page behind a cursor; empty when there is none.
pub(super) fn token(
    next: Option<&Cursor>,
    tokens: &PageTokens,
    query: Query,
) -> Result<String, Status> {
    next.map_or_else(|| Ok(String::new()), |cursor| tokens.seal(query, cursor))
}

/// The form that all lists and batches of the contract share, with items that are encoded already.
#[derive(Clone, PartialEq, prost::Message)]
struct List {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    items: Vec<Bytes>,
    #[prost(string, tag = "2")]
    next_page_token: String,
    #[prost(int32, tag = "3")]
    total_size: i32,
    #[prost(bool, tag = "4")]
    total_size_capped: bool,
}

/// A session that has just begun, with its token.
pub(super) fn new_session(signed_in: &SignedIn, lasts: &Sessions, token: &str) -> wire::Session {
    let session = encoding::session::message(&signed_in.session, lasts, &signed_in.user, None);
    wire::Session { token: token.to_owned(), ..session }
}

/// A user.
pub(super) fn user(user: &User) -> Encoded {
    Encoded::message(&encoding::user::message(user))
}

/// An API key; its secret is known only where it has just been made.
pub(super) fn api_key(key: &ApiKey, secret: Option<&Token>) -> Encoded {
    let secret = secret.map(|secret| secret.expose().to_owned()).unwrap_or_default();
    Encoded::message(&wire::ApiKey { secret, ..encoding::api_key::message(key) })
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use proto::catalog::{ListProductsResponse, Product};

    use super::*;

    #[test]
    fn a_list_of_documents_reads_as_the_contract_says() {
        let product = Product { name: "products/mug".to_owned(), ..Product::default() };
        let list = List {
            items: vec![product.encode_to_vec().into(), Bytes::new()],
            next_page_token: "next".to_owned(),
            total_size: 10_000,
            total_size_capped: true,
        };
        let read = ListProductsResponse::decode(list.encode_to_vec().as_slice()).unwrap();
        assert_eq!(read.products, [product, Product::default()]);
        assert_eq!((read.next_page_token.as_str(), read.total_size), ("next", 10_000));
        assert!(read.total_size_capped);
    }
}
