//! The use cases: what callers may do with the catalog.
//!
//! Permission comes before existence, and all that is wrong with a request is said at once. The rules are the domain's, the
//! transactions the store's; nothing here knows gRPC or SQL.

mod categories;
mod error;
mod history;
mod pictures;
mod products;
mod references;
mod search;
mod shop;
#[cfg(test)]
mod tests;
mod variants;
mod watch;

use std::sync::Arc;

pub use error::{Error, Result};
pub use history::{Base, Comparison};
pub use products::ProductList;

pub use search::{Found, FoundPage};
pub use watch::{Seen, Watching};

use self::watch::News;
use crate::{clock::Clock, config::Watch, search::Search, store::Store};

/// The catalog of one shop.
#[derive(Clone)]
pub struct Catalog {
    store: Arc<dyn Store>,
    search: Search,
    clock: Arc<dyn Clock>,
    picture_host: Option<Arc<str>>,
    news: News,
}

impl Catalog {
    /// The most items of one batch.
    pub const LARGEST_BATCH: usize = 500;

    /// The catalog in a store and its search, with the shop's own pictures only.
    pub fn new(store: Arc<dyn Store>, search: Search, clock: Arc<dyn Clock>) -> Self {
        let news = News::new(Watch::default());
        Self { store, search, clock, picture_host: None, news }
    }

    /// Lets changes be watched within these limits.
    #[must_use]
    pub fn with_watch(self, limits: Watch) -> Self {
        Self { news: News::new(limits), ..self }
    }

    /// Takes pictures from a host too, over https.
    #[must_use]
    pub fn with_picture_host(self, host: Option<&str>) -> Self {
        Self { picture_host: host.map(Arc::from), ..self }
    }

    /// The keys that seal tokens: the first one seals, each of them opens.
    pub fn token_keys(&self) -> [[u8; 32]; 2] {
        self.store.token_keys()
    }
}

/// Refuses a batch that is too large.
///
/// # Errors
/// [`Error::BatchTooLarge`].
fn check_batch(given: usize) -> Result<()> {
    let most = Catalog::LARGEST_BATCH;
    if given > most { Err(Error::BatchTooLarge { given, most }) } else { Ok(()) }
}

/// The answer of a write of one item.
fn only<T>(mut answers: Vec<T>) -> Result<T> {
    answers.pop().ok_or_else(|| Error::Internal("the store answered nothing".into()))
}
