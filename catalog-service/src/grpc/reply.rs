//! Writes answers: stored documents as they are, users and sessions as messages.

use bytes::Bytes;
use jiff::Timestamp;
use proto::access as wire;
use tonic::Status;

use super::{
    GrpcService,
    credentials::Identity,
    page_token::{PageTokens, Query},
    wire::Encoded,
};
use crate::{
    access::{Session, SignedIn, User},
    domain::{Cursor, Document, Page, Role, Snapshot},
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

/// One page of a list, with how many there are of all.
///
/// # Errors
/// INTERNAL when the next page has no token.
pub(super) fn page<T>(
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

/// A session; its token stays empty but in the answer to signing in.
pub(super) fn session(session: &Session, user: &User) -> wire::Session {
    wire::Session {
        name: session.id.name(),
        user: Some(self::user(user)),
        token: String::new(),
        create_time: Some(timestamp(session.create_time)),
        expire_time: Some(timestamp(session.expire_time())),
    }
}

/// A session that has just begun, with its token.
pub(super) fn new_session(signed_in: &SignedIn, token: &str) -> wire::Session {
    wire::Session { token: token.to_owned(), ..session(&signed_in.session, &signed_in.user) }
}

/// A user.
pub(super) fn user(user: &User) -> wire::User {
    wire::User {
        name: user.id.name(),
        etag: user.etag().as_str().to_owned(),
        login: user.login.as_str().to_owned(),
        display_name: user.display_name.clone(),
        role: role(user.role).into(),
        disabled: user.disabled,
        create_time: Some(timestamp(user.create_time)),
        update_time: Some(timestamp(user.update_time)),
    }
}

fn role(role: Role) -> wire::Role {
    match role {
        Role::Anyone => wire::Role::Anyone,
        Role::Viewer => wire::Role::Viewer,
        Role::Editor => wire::Role::Editor,
        Role::Admin => wire::Role::Admin,
    }
}

fn timestamp(time: Timestamp) -> prost_types::Timestamp {
    let nanos = i64::try_from(time.as_nanosecond().rem_euclid(1_000_000_000)).unwrap_or_default();
    prost_types::Timestamp {
        seconds: i64::try_from(time.as_nanosecond().div_euclid(1_000_000_000)).unwrap_or_default(),
        nanos: i32::try_from(nanos).unwrap_or_default(),
    }
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

    #[test]
    fn times_before_1970_keep_their_nanoseconds_positive() {
        let time = Timestamp::from_millisecond(-1).unwrap();
        assert_eq!(timestamp(time), prost_types::Timestamp { seconds: -1, nanos: 999_000_000 });
    }
}
