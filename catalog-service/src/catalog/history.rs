//! What callers may do with histories: read them, compare, and go back.

use jiff::SignedDuration;

use super::{Catalog, Error, Result};
use crate::{
    domain::{
        self, Difference, Document, Etag, FeedEntry, FeedFilter, Page, PageRequest, Product,
        ProductId, Refusal, Revision, RevisionFilter, RevisionName, RevisionQuery, Rollback,
        Snapshot, View, Violations, WhichRevision, Write,
    },
    encoding,
};

/// How many revisions, or changes of the feed, go in one transaction.
const FORGOTTEN_AT_ONCE: usize = 100;

/// What to compare a revision with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The last one before it that is kept, if there is one.
    Before,
    /// The one of this number.
    Number(u64),
    /// The one that gave the product this etag.
    Etag(Etag),
}

/// What differs between two revisions of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The earlier one; none: the later one is compared with nothing.
    pub base: Option<RevisionName>,
    /// Field by field.
    pub differences: Vec<Difference>,
}

impl Catalog {
    /// One revision.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn product_revision(
        &self,
        name: &RevisionName,
    ) -> Result<Snapshot<Document<Revision>>> {
        let found = self.store.revision(&name.product, &WhichRevision::Number(name.number)).await?;
        found.ok_or_else(|| missing(name))
    }

    /// One page of the history of a product, or of all products, newest first.
    ///
    /// # Errors
    /// [`Error::Filter`], [`Refusal::NotFound`] and [`Error::QueryTooExpensive`].
    pub async fn product_revisions(
        &self,
        product: Option<ProductId>,
        filter: &str,
        view: View,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<Revision>>>> {
        let name = product.as_ref().map(ProductId::name).unwrap_or_default();
        let query = RevisionQuery { product, filter: RevisionFilter::parse(filter)?, view };
        let found = self.store.revisions(query, page).await?;
        found.ok_or(Error::Refused(Refusal::NotFound { name }))
    }

    /// What differs between a revision and an earlier one of its product.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for either.
    pub async fn compare_revisions(
        &self,
        name: &RevisionName,
        base: Base,
    ) -> Result<Snapshot<Comparison>> {
        let later = self.product_revision(name).await?;
        let which = match &base {
            Base::Before => WhichRevision::Before(name.number),
            Base::Number(number) => WhichRevision::Number(*number),
            Base::Etag(etag) => WhichRevision::OfEtag(etag.clone()),
        };
        let earlier = self.store.revision(&name.product, &which).await?;
        if earlier.is_none() && base != Base::Before {
            return Err(missing_base(name, &base));
        }
        let (product, variants) = opened(&later.content)?;
        let earlier = earlier.as_ref().map(|earlier| numbered(&earlier.content)).transpose()?;
        let old = earlier.as_ref().map(|(_, product, variants)| (product, variants.as_slice()));
        let of_base = |number| RevisionName { product: name.product.clone(), number };
        let comparison = Comparison {
            differences: domain::differences(old, (&product, &variants)),
            base: earlier.as_ref().map(|(number, ..)| of_base(*number)),
        };
        // Revisions never change, so whoever saw the later one saw the earlier one too.
        Ok(later.map(|_| comparison))
    }

    /// Forgets some of the revisions that were replaced longer than `kept` ago; false: none are left. Few at a time, so that other
    /// writes come in between.
    ///
    /// # Errors
    /// None but those of the store.
    pub async fn forget_some_revisions(&self, kept: SignedDuration) -> Result<bool> {
        Ok(self.store.forget_revisions(kept, FORGOTTEN_AT_ONCE).await? == FORGOTTEN_AT_ONCE)
    }

    /// One page of the feed of changes, newest first.
    ///
    /// # Errors
    /// [`Error::Filter`] and [`Error::QueryTooExpensive`].
    pub async fn changes(
        &self,
        filter: &str,
        page: PageRequest,
    ) -> Result<Snapshot<Page<Document<FeedEntry>>>> {
        Ok(self.store.list_changes(FeedFilter::parse(filter)?, page).await?)
    }

    /// Forgets some of the changes that were made longer than `kept` ago; false: none are left.
    ///
    /// # Errors
    /// None but those of the store.
    pub async fn forget_some_changes(&self, kept: SignedDuration) -> Result<bool> {
        Ok(self.store.forget_changes(kept, FORGOTTEN_AT_ONCE).await? == FORGOTTEN_AT_ONCE)
    }

    /// Gives a product the content of one of its revisions, and answers it in the basic view.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::EtagMismatch`], [`Refusal::Deleted`], [`Refusal::SlugTaken`], [`Refusal::SkuTaken`] and
    /// [`Refusal::Invalid`].
    pub async fn roll_back(&self, write: Write, rollback: Rollback) -> Result<Document<Product>> {
        // A revision never changes, so it may be judged before the write.
        let revision = self.product_revision(&rollback.to).await?;
        let (product, _) = opened(&revision.content)?;
        let mut foreign = Violations::default();
        for (index, image) in product.images.iter().enumerate() {
            if !self.allows_picture(&image.uri) {
                foreign.add(format!("product.images[{index}].uri"), self.picture_rule());
            }
        }
        foreign.finish().map_err(|found| Error::Refused(Refusal::Invalid(found)))?;
        self.store.roll_back(write, rollback).await.map_err(Error::of_one)
    }
}

fn missing(name: &RevisionName) -> Error {
    Error::Refused(Refusal::NotFound { name: name.to_string() })
}

fn missing_base(of: &RevisionName, base: &Base) -> Error {
    let product = of.product.clone();
    match base {
        Base::Number(number) => missing(&RevisionName { product, number: *number }),
        Base::Etag(etag) => {
            let name = format!("{} of {}", product.name(), etag.as_str());
            Error::Refused(Refusal::NotFound { name })
        }
        Base::Before => missing(of),
    }
}

fn opened(revision: &Document<Revision>) -> Result<(Product, Vec<domain::Variant>)> {
    encoding::revision::product(revision.bytes()).map_err(|error| Error::Internal(error.into()))
}

fn numbered(revision: &Document<Revision>) -> Result<(u64, Product, Vec<domain::Variant>)> {
    let damaged = |error: encoding::Damaged| Error::Internal(error.into());
    let number = encoding::revision::number(revision.bytes()).map_err(damaged)?;
    let (product, variants) = opened(revision)?;
    Ok((number, product, variants))
}
