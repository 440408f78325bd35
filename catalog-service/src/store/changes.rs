//! The feed of changes, for people and for projections of the catalog, which also need whole products as they stand now.
//!
//! A projection reads the feed from where it stopped and reads anew what is named there, so that it may do so twice, or skip
//! what changed again meanwhile.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::Result;
use crate::domain::{
    CategoryId, Document, FeedEntry, FeedFilter, Page, PageRequest, Product, ProductId, Snapshot,
    Variant,
};

/// One change, by its number in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its number; the next one's is one more.
    pub number: i64,
    /// The name of what changed: a product, a variant, a category or the shop.
    pub resource: String,
}

/// A product with all its variants.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeProduct {
    /// The product.
    pub product: Product,
    /// Its variants in their order.
    pub variants: Vec<Variant>,
}

/// Which products a walk comes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Walk {
    /// All of them, deleted ones too.
    All,
    /// Those that stand in one of these categories themselves.
    In(Vec<CategoryId>),
}

/// Tells what changed, in the order of the writes.
///
/// * A change has its number before its write is answered, and numbers only rise.
/// * The last change is never forgotten, and none is forgotten before one with a smaller number.
/// * A walk comes by each product that is there from its beginning to its end exactly once, by their ids.
#[async_trait]
pub trait ChangeStore: Send + Sync {
    /// The number of the last change; 0 before the first.
    async fn last_change(&self) -> Result<i64>;

    /// When a change was made; none: it is not known, or no longer.
    async fn change_time(&self, number: i64) -> Result<Option<Timestamp>>;

    /// The changes behind a number in their order, at most `most`; none: some of them are no longer known.
    async fn changes_after(&self, number: i64, most: usize) -> Result<Option<Vec<Change>>>;

    /// The same, told as people read them.
    async fn entries_after(&self, number: i64, most: usize) -> Result<Option<Vec<FeedEntry>>>;

    /// One page of the feed, newest first by the time of each change, and counted.
    async fn list_changes(
        &self,
        filter: FeedFilter,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<FeedEntry>>>>;

    /// Forgets changes that were made longer than `kept` ago, at most `most`, the oldest first, and answers how many it were.
    async fn forget_changes(&self, kept: SignedDuration, most: usize) -> Result<usize>;

    /// Products by id as they stand now, without those that are gone.
    async fn whole_products(&self, ids: &[ProductId]) -> Result<Vec<WholeProduct>>;

    /// The next products of a walk, at most `most`, behind the one with the id `after`.
    async fn walk(
        &self,
        walk: &Walk,
        after: Option<&ProductId>,
        most: usize,
    ) -> Result<Vec<WholeProduct>>;

    /// Moves on with every commit, once it can be read and before its writes are answered.
    fn commits(&self) -> watch::Receiver<u64>;
}
