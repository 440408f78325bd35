//! Between the domain and the contract's messages: what callers send, read into domain words with everything that is wrong with
//! it; and documents, written once and opened by whoever answers them.
//!
//! Nothing here touches a store or a socket.

mod actor;
pub mod api_key;
pub mod category;
pub(crate) mod change;
mod mask;
pub mod product;
pub(crate) mod revision;
mod role;
pub mod session;
pub mod shop;
#[cfg(test)]
mod tests;
mod time;
pub mod user;
pub mod variant;

pub use mask::MaskError;

use crate::domain::{Document, Etag, Uid};

/// Connects a domain type with the message that its documents hold.
pub trait Message {
    /// The message.
    type Wire: prost::Message + Default;
}

impl Message for crate::domain::Product {
    type Wire = proto::catalog::Product;
}
impl Message for crate::domain::Variant {
    type Wire = proto::catalog::Variant;
}
impl Message for crate::domain::Category {
    type Wire = proto::catalog::Category;
}
impl Message for crate::domain::Shop {
    type Wire = proto::catalog::Shop;
}
impl Message for crate::domain::FeedEntry {
    type Wire = proto::catalog::Change;
}
impl Message for crate::domain::Revision {
    type Wire = proto::catalog::ProductRevision;
}

/// Opens a document as the message that it holds.
///
/// # Errors
/// Bytes that are no such message, which means that the store was damaged.
pub fn message<T: Message>(document: &Document<T>) -> Result<T::Wire, prost::DecodeError> {
    prost::Message::decode(document.bytes().clone())
}

/// What is kept is not what it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Damaged {
    /// The bytes are no message.
    #[error("a document cannot be decoded")]
    Bytes(#[from] prost::DecodeError),
    /// The message lacks something.
    #[error("a {0} lacks what it must have")]
    Content(&'static str),
}

/// The uid and the version of something that was kept with its etag alone. The etag does not tell them apart, so such a uid has
/// no hyphen.
fn kept_etag(etag: &str) -> Option<(Uid, u64)> {
    let (uid, _) = etag.strip_prefix('"')?.split_once('-')?;
    let uid = Uid::new(uid);
    let version = etag_version(etag, &uid)?;
    Some((uid, version))
}

/// The version in the etag of something that was kept.
fn etag_version(etag: &str, uid: &Uid) -> Option<u64> {
    Etag::given(etag)?.version_of(uid)
}
