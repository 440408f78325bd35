//! Where the catalog is kept: the contract that every backend fulfils.
//!
//! A store speaks the domain's words. No connection, transaction, row or SQL leaves it.

pub mod access;
pub mod changes;
#[cfg(test)]
mod contract;
#[cfg(any(test, fuzzing))]
pub(crate) mod evaluator;
mod sqlite;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::SignedDuration;

use self::{access::AccessStore, changes::ChangeStore};
use crate::{
    clock::Clock,
    config::Limits,
    disk::Disk,
    domain::{
        Address, Audience, Category, CategoryChange, CategoryId, Document, NewCategory, NewProduct,
        NewVariantIn, Page, PageRequest, Product, ProductChange, ProductExpunge, ProductId,
        ProductQuery, References, Refusal, Revision, RevisionQuery, Rollback, Shop, ShopChange,
        Slug, Snapshot, Variant, VariantChange, VariantName, View, Violations, WhichRevision,
        Write,
    },
};

/// How many bytes the resources of one answer may have: what is sent has at most 4 MiB, with the message around them.
pub const LARGEST_ANSWER: usize = 4 * 1024 * 1024 - 16 * 1024;

/// What whoever writes is told when there is no room.
pub(crate) const FULL: &str = "the store has no room left, so nothing was changed; make room where the database lies and send this \
     again, reading and deleting go on meanwhile";

/// Keeps the catalog.
///
/// * Each method is one transaction: it sees one state, and what it writes is there whole or not at all. A read also tells which
///   state it saw, by the number of the last change in it.
/// * A write that is answered is durable. With the resource it keeps the product's revision, its author, and one number of the change feed.
/// * Writes are in one order, which is the order of the feed; a read that starts after a write was answered sees it.
/// * A stale etag never wins: of two writes that carry the same one, at most one succeeds.
/// * A write with a request id answers within 24 hours what it answered first and does nothing twice, also after a crash;
///   with another digest it is [`Error::RequestIdReused`]. Only successes are remembered.
/// * A write that only validates fails as it would, answers as it would, and leaves nothing behind.
/// * A list is in its order, whole and without repetition, however it is cut into pages. A page ends early rather than exceed
///   [`LARGEST_ANSWER`]; whatever else would exceed it is [`Error::AnswerTooLarge`], and a write has then done nothing.
/// * Etags and uids are never used again.
/// * Before the disk is full, what would add to it is [`Error::Full`], while reading, deleting and signing in go on; once there is room
///   again, so does everything else, by itself.
#[async_trait]
pub trait Store: AccessStore + ChangeStore {
    /// One product, if there is one that this audience may see.
    async fn product(
        &self,
        id: &ProductId,
        view: View,
        audience: Audience,
    ) -> Result<Option<Snapshot<Document<Product>>>>;

    /// Several products, in the order of the ids, from one state.
    async fn products(
        &self,
        ids: &[ProductId],
        view: View,
        audience: Audience,
    ) -> Result<Snapshot<Vec<Option<Document<Product>>>>>;

    /// One page of products.
    async fn list_products(
        &self,
        query: ProductQuery,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Product>>>>;

    /// Creates all of the products or none.
    async fn create_products(
        &self,
        write: Write,
        products: Vec<NewProduct>,
        view: View,
    ) -> Result<Vec<Document<Product>>>;

    /// Does all of the changes or none; answers the products in the basic view.
    async fn change_products(
        &self,
        write: Write,
        changes: Vec<ProductChange>,
    ) -> Result<Vec<Document<Product>>>;

    /// Removes a deleted product for good, with its variants and its history.
    async fn expunge_product(&self, write: Write, expunge: ProductExpunge) -> Result<()>;

    /// Removes products for good that were deleted so long ago that it is time, the longest deleted first and at most so many; answers
    /// how many there were.
    async fn purge_products(&self, most: usize) -> Result<usize>;

    /// Where an address in the shop leads, as far as this audience may know: to the product whose slug it is, else to the one that
    /// had it last.
    async fn resolve_slug(
        &self,
        slug: &Slug,
        audience: Audience,
    ) -> Result<Option<Snapshot<Address>>>;

    /// Gives a product the content of one of its revisions; answers it in the basic view.
    async fn roll_back(&self, write: Write, rollback: Rollback) -> Result<Document<Product>>;

    /// One revision of a product, if there is one and it is kept.
    async fn revision(
        &self,
        product: &ProductId,
        which: &WhichRevision,
    ) -> Result<Option<Snapshot<Document<Revision>>>>;

    /// One page of a history, newest first, without a total; none: there is no such product.
    async fn revisions(
        &self,
        query: RevisionQuery,
        page: PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Revision>>>>>;

    /// Forgets revisions that were replaced longer than `kept` ago, at most `most`, the oldest first, and answers how many it were.
    /// The newest of each product stays, however old it is.
    async fn forget_revisions(&self, kept: SignedDuration, most: usize) -> Result<usize>;

    /// One variant, if this audience may see its product.
    async fn variant(
        &self,
        name: &VariantName,
        audience: Audience,
    ) -> Result<Option<Snapshot<Document<Variant>>>>;

    /// The variants of a product in their order; none: there is no such product for this audience.
    async fn variants(
        &self,
        product: &ProductId,
        audience: Audience,
        page: PageRequest,
    ) -> Result<Option<Snapshot<Page<Document<Variant>>>>>;

    /// Adds a variant.
    async fn create_variant(
        &self,
        write: Write,
        variant: NewVariantIn,
    ) -> Result<Document<Variant>>;

    /// Does all of the changes or none; a variant that was removed is answered as it was.
    async fn change_variants(
        &self,
        write: Write,
        changes: Vec<VariantChange>,
    ) -> Result<Vec<Document<Variant>>>;

    /// One category.
    async fn category(&self, id: &CategoryId) -> Result<Option<Snapshot<Document<Category>>>>;

    /// What is wrong with each of these requests beside what is kept, all of them beside one state: categories that do not exist,
    /// and wishes that do not fit. It is what their writes would be refused for as invalid; pictures are not looked at.
    async fn faults(&self, requests: Vec<References>) -> Result<Vec<Violations>>;

    /// The categories by title; with how many products stand in them, of those that an audience may see, when it is given.
    async fn categories(
        &self,
        counted: Option<Audience>,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Category>>>>;

    /// Creates a category.
    async fn create_category(
        &self,
        write: Write,
        category: NewCategory,
    ) -> Result<Document<Category>>;

    /// Changes or deletes a category; one that was deleted is answered as it was.
    async fn change_category(
        &self,
        write: Write,
        change: CategoryChange,
    ) -> Result<Document<Category>>;

    /// The shop.
    async fn shop(&self) -> Result<Snapshot<Document<Shop>>>;

    /// Changes the shop.
    async fn change_shop(&self, write: Write, change: ShopChange) -> Result<Document<Shop>>;

    /// Whether there is no product and no category, deleted ones included.
    async fn is_empty(&self) -> Result<bool>;

    /// The keys that seal tokens, made when the store was: the first one seals, each of them opens.
    fn token_keys(&self) -> [[u8; 32]; 2];

    /// The folder of its files, beside which a projection may keep its own; none: it ends with the process.
    fn folder(&self) -> Option<PathBuf>;

    /// Whether the store answers.
    async fn check(&self) -> Result<()>;

    /// Finishes what was begun, and lets go of the files. Later calls fail with [`Error::Unavailable`].
    async fn close(&self);
}

/// What a store answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse it: what was refused, by the index of the item in the write.
    #[error("{} of the items are refused", .0.len())]
    Refused(Vec<(usize, Refusal)>),
    /// The request id was used for another request.
    #[error("request_id `{id}` was used for another request; choose a new one")]
    RequestIdReused {
        /// The request id.
        id: String,
    },
    /// The answer would be too large to be sent.
    #[error(
        "the answer would have more than {LARGEST_ANSWER} bytes; nothing was done, send or ask for fewer items at a time"
    )]
    AnswerTooLarge,
    /// The query needed more than it may.
    #[error("the query takes too long; narrow the filter or choose another order")]
    TooExpensive,
    /// There is no room left on the disk, or too little to add anything.
    #[error("{FULL}")]
    Full,
    /// More writes wait than may.
    #[error("the store has too much to do; try again")]
    Overloaded,
    /// The store is closed, or cannot be reached.
    #[error("the store is not available")]
    Unavailable,
    /// The store failed.
    #[error("the store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not an address of a store.
    #[error("`{0}` is not an address of a store; give `sqlite:PATH`")]
    Address(String),
    /// A backend that this version does not have.
    #[error("`{0}` stores are not supported by this version; give `sqlite:PATH`")]
    Unsupported(String),
    /// The file or its folder cannot be read or made.
    #[error("cannot open the database `{path}`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process has it open.
    #[error("the database `{path}` is in use by another process; stop that one first")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a database of Shelf.
    #[error("`{path}` is not a database of Shelf; choose another file")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A newer version has written it.
    #[error(
        "the database `{path}` was written by a newer version of Shelf (its schema is {found}, this version knows {known}); use that version"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema of the file.
        found: u32,
        /// The newest schema that this version knows.
        known: u32,
    },
    /// A step of the schema is not the one that this version knows.
    #[error(
        "the database `{path}` was changed from outside: step {step} of its schema is not the one that this version knows; \
         restore a backup, or use the version that wrote it"
    )]
    Altered {
        /// The file.
        path: PathBuf,
        /// Which step.
        step: u32,
    },
}

/// Opens the store at an address: `sqlite:PATH`, or `sqlite::memory:` for one that ends with the process.
///
/// # Errors
/// An address that is not one, and a database that cannot be used.
pub async fn open(
    url: &str,
    clock: Arc<dyn Clock>,
    disk: Arc<dyn Disk>,
    limits: &Limits,
) -> Result<Arc<dyn Store>, OpenError> {
    let (scheme, rest) = url.split_once(':').ok_or_else(|| OpenError::Address(url.to_owned()))?;
    match scheme {
        "sqlite" => sqlite::open(rest, clock, disk, limits).await,
        "postgres" | "postgresql" => Err(OpenError::Unsupported(scheme.to_owned())),
        _ => Err(OpenError::Address(url.to_owned())),
    }
}
