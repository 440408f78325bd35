//! What callers may do with products.

use super::{Catalog, Error, Result};
use crate::domain::{
    Audience, Caller, Document, Filter, NewProduct, Order, Page, PageRequest, Product,
    ProductChange, ProductId, ProductQuery, Refusal, Revision, Snapshot, View, Wish, Write,
};

/// A list of products as a caller asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductList<'a> {
    /// AIP-160.
    pub filter: &'a str,
    /// AIP-132.
    pub order_by: &'a str,
    /// Deleted ones too; needs the viewer's role.
    pub show_deleted: bool,
}

impl Catalog {
    /// One product. Without credentials only a public one.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn product(
        &self,
        caller: &Caller,
        id: &ProductId,
        view: View,
    ) -> Result<Snapshot<Document<Product>>> {
        let found = self.store.product(id, view, caller.audience()).await?;
        found.ok_or_else(|| Error::Refused(Refusal::NotFound { name: id.name() }))
    }

    /// Several products, in the order of the ids.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for each that is missing, by its index; [`Error::BatchTooLarge`].
    pub async fn products(
        &self,
        caller: &Caller,
        ids: &[ProductId],
        view: View,
    ) -> Result<Snapshot<Vec<Document<Product>>>> {
        check_batch(ids.len())?;
        let read = self.store.products(ids, view, caller.audience()).await?;
        let found = &read.content;
        let missing = |index: usize| (index, Refusal::NotFound { name: ids[index].name() });
        let missing: Vec<_> = (0..ids.len()).filter(|i| found[*i].is_none()).map(missing).collect();
        if missing.is_empty() {
            Ok(read.map(|found| found.into_iter().flatten().collect()))
        } else {
            Err(Error::Batch(missing))
        }
    }

    /// One page of products. Without credentials only public ones.
    ///
    /// # Errors
    /// [`Error::Filter`], [`Error::Order`], [`Error::RoleMissing`] and [`Error::QueryTooExpensive`].
    pub async fn list_products(
        &self,
        caller: &Caller,
        list: ProductList<'_>,
        view: View,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Product>>>> {
        let audience = caller.audience();
        if list.show_deleted && audience == Audience::Public {
            return Err(Error::RoleMissing("show_deleted"));
        }
        let query = ProductQuery {
            filter: Filter::parse(list.filter)?,
            order: Order::parse(list.order_by)?,
            show_deleted: list.show_deleted,
            view,
            audience,
        };
        Ok(self.store.list_products(query, page).await?)
    }

    /// Creates a draft with its variants, and answers it in the full view.
    ///
    /// # Errors
    /// [`Refusal::IdTaken`], [`Refusal::SlugTaken`], [`Refusal::SkuTaken`], [`Refusal::Invalid`].
    pub async fn create_product(
        &self,
        write: Write,
        product: NewProduct,
    ) -> Result<Document<Product>> {
        let (fields, wish) = ([Some(&product.fields)], |_| Some(created(&product)));
        self.check_pictures(&fields, wish).await.map_err(Error::alone)?;
        let created = self.store.create_products(write, vec![product], View::Full).await;
        only(created.map_err(Error::of_one)?)
    }

    /// Creates all of the products or none, and answers them in the basic view.
    ///
    /// # Errors
    /// As [`Self::create_product`], by index, and [`Error::BatchTooLarge`].
    pub async fn create_products(
        &self,
        write: Write,
        products: Vec<NewProduct>,
    ) -> Result<Vec<Document<Product>>> {
        check_batch(products.len())?;
        let fields: Vec<_> = products.iter().map(|product| Some(&product.fields)).collect();
        self.check_pictures(&fields, |index| Some(created(&products[index]))).await?;
        Ok(self.store.create_products(write, products, View::Basic).await?)
    }

    /// Changes, deletes, restores, publishes or unpublishes a product, and answers it in the basic view.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::EtagMismatch`], [`Refusal::Deleted`], [`Refusal::NotDeleted`], [`Refusal::SlugTaken`],
    /// [`Refusal::SkuTaken`], [`Refusal::Invalid`], by the action.
    pub async fn change_product(
        &self,
        write: Write,
        change: ProductChange,
    ) -> Result<Document<Product>> {
        let (fields, wish) = ([change.fields()], |_| change.wish("product"));
        self.check_pictures(&fields, wish).await.map_err(Error::alone)?;
        let changed = self.store.change_products(write, vec![change]).await;
        only(changed.map_err(Error::of_one)?)
    }

    /// Does all of the changes or none.
    ///
    /// # Errors
    /// As [`Self::change_product`], by index, and [`Error::BatchTooLarge`].
    pub async fn change_products(
        &self,
        write: Write,
        changes: Vec<ProductChange>,
    ) -> Result<Vec<Document<Product>>> {
        check_batch(changes.len())?;
        let fields: Vec<_> = changes.iter().map(ProductChange::fields).collect();
        self.check_pictures(&fields, |index| changes[index].wish("product")).await?;
        Ok(self.store.change_products(write, changes).await?)
    }

    /// The history of a product, newest first.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn product_revisions(
        &self,
        product: &ProductId,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Revision>>>> {
        let found = self.store.revisions(product, page).await?;
        found.ok_or_else(|| Error::Refused(Refusal::NotFound { name: product.name() }))
    }
}

fn created(product: &NewProduct) -> Wish {
    Wish::NewProduct { at: "product".to_owned(), new: product.clone() }
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
