//! What callers may do with products.

use super::{Catalog, Error, Result, check_batch, only};
use crate::domain::{
    Address, Audience, Caller, Document, Filter, NewProduct, Order, Page, PageRequest, Product,
    ProductChange, ProductExpunge, ProductId, ProductQuery, Refusal, Slug, Snapshot, View, Wish,
    Write,
};

/// How many products go for good in one transaction, so that no write waits long behind them.
const PURGED_TOGETHER: usize = 20;

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
            among: None,
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

    /// Changes, deletes, restores, publishes, unpublishes or archives a product, and answers it in the basic view.
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

    /// Removes a deleted product for good.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::EtagMismatch`], [`Refusal::Live`].
    pub async fn expunge_product(&self, write: Write, expunge: ProductExpunge) -> Result<()> {
        self.store.expunge_product(write, expunge).await.map_err(Error::of_one)
    }

    /// Removes some of the products for good whose time has come, and answers whether there may be more.
    ///
    /// # Errors
    /// None but those of the store.
    pub async fn purge_some_products(&self) -> Result<bool> {
        Ok(self.store.purge_products(PURGED_TOGETHER).await? == PURGED_TOGETHER)
    }

    /// The product that an address in the shop leads to, with its slug now. Without credentials only a public one.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], and [`Refusal::Expunged`] for the address of a public product that is gone for good.
    pub async fn resolve_slug(
        &self,
        caller: &Caller,
        slug: &Slug,
    ) -> Result<Snapshot<(ProductId, Slug)>> {
        let name = format!("/p/{slug}");
        let found = self.store.resolve_slug(slug, caller.audience()).await?;
        let missing = || Error::Refused(Refusal::NotFound { name: name.clone() });
        found.ok_or_else(missing)?.try_map(|address| match address {
            Address::Of { product, slug } => Ok((product, slug)),
            Address::Gone => Err(Error::Refused(Refusal::Expunged { name: name.clone() })),
        })
    }
}

fn created(product: &NewProduct) -> Wish {
    Wish::NewProduct { at: "product".to_owned(), new: product.clone() }
}
