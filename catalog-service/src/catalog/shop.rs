//! What callers may do with the shop.

use super::{Catalog, Error, Result};
use crate::domain::{Document, Shop, ShopChange, Snapshot, Write};

impl Catalog {
    /// The shop.
    ///
    /// # Errors
    /// None but those of the store.
    pub async fn shop(&self) -> Result<Snapshot<Document<Shop>>> {
        Ok(self.store.shop().await?)
    }

    /// Changes the shop.
    ///
    /// # Errors
    /// [`crate::domain::Refusal::EtagMismatch`].
    pub async fn change_shop(&self, write: Write, change: ShopChange) -> Result<Document<Shop>> {
        self.store.change_shop(write, change).await.map_err(Error::of_one)
    }
}
