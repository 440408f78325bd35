//! What callers may do with categories.

use super::{Catalog, Error, Result};
use crate::domain::{
    Caller, Category, CategoryChange, CategoryId, Document, NewCategory, Page, PageRequest,
    Refusal, Snapshot, Write,
};

impl Catalog {
    /// One category.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn category(&self, id: &CategoryId) -> Result<Snapshot<Document<Category>>> {
        let found = self.store.category(id).await?;
        found.ok_or_else(|| Error::Refused(Refusal::NotFound { name: id.name() }))
    }

    /// The categories by title; when `counted`, with how many products stand in each, of those that the caller may see.
    ///
    /// # Errors
    /// [`Error::QueryTooExpensive`] when there is too much to count.
    pub async fn categories(
        &self,
        caller: &Caller,
        counted: bool,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Category>>>> {
        Ok(self.store.categories(counted.then(|| caller.audience()), page).await?)
    }

    /// Creates a category.
    ///
    /// # Errors
    /// [`Refusal::IdTaken`], [`Refusal::SlugTaken`], [`Refusal::Invalid`] for a parent that does not exist.
    pub async fn create_category(
        &self,
        write: Write,
        category: NewCategory,
    ) -> Result<Document<Category>> {
        self.store.create_category(write, category).await.map_err(Error::of_one)
    }

    /// Changes, moves or deletes a category; one that was deleted is answered as it was.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::EtagMismatch`], [`Refusal::SlugTaken`], [`Refusal::Invalid`], [`Refusal::CategoryCycle`],
    /// [`Refusal::HasChildren`], by the action.
    pub async fn change_category(
        &self,
        write: Write,
        change: CategoryChange,
    ) -> Result<Document<Category>> {
        self.store.change_category(write, change).await.map_err(Error::of_one)
    }
}
