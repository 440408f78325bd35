//! What requests refer to: categories, which have to exist, and pictures, which have to be where pictures may be.
//!
//! A write is checked for both once more where it counts: pictures before it, categories inside its transaction.

use std::collections::BTreeSet;

use super::{Catalog, Error, Result};
use crate::domain::{CategoryId, ProductFields, References, Refusal, Violations};

impl Catalog {
    /// What is wrong with what a request refers to, for callers who have to mend something else anyway. Writes find the same by
    /// themselves.
    ///
    /// # Errors
    /// None but those of the store.
    pub async fn faults_of(&self, references: &References) -> Result<Violations> {
        let unknown = self.unknown_categories(std::slice::from_ref(references)).await?;
        Ok(self.faults(references, &unknown))
    }

    /// Refuses products with pictures from elsewhere, all at once, and tells which of their categories do not exist. When all
    /// pictures are in order, it asks for no category: the write does.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] by the index of the item.
    pub(super) async fn check_pictures(&self, items: &[Option<&ProductFields>]) -> Result<()> {
        let images = items.iter().flatten().flat_map(|fields| &fields.images);
        if images.into_iter().all(|image| self.allows_picture(&image.uri)) {
            return Ok(());
        }
        let of = |fields: &ProductFields| References::of(fields, "product");
        let references: Vec<_> = items.iter().map(|fields| fields.map(of)).collect();
        let references: Vec<_> = references.into_iter().map(Option::unwrap_or_default).collect();
        let unknown = self.unknown_categories(&references).await?;
        let refused = references.iter().enumerate().filter_map(|(item, references)| {
            let faults = self.faults(references, &unknown).finish().err()?;
            Some((item, Refusal::Invalid(faults)))
        });
        Err(Error::Batch(refused.collect()))
    }

    async fn unknown_categories(&self, references: &[References]) -> Result<BTreeSet<CategoryId>> {
        let named = references.iter().flat_map(References::categories);
        let named = named.map(|(_, category)| category.clone()).collect();
        Ok(self.store.unknown_categories(named).await?)
    }

    fn faults(&self, references: &References, unknown: &BTreeSet<CategoryId>) -> Violations {
        let mut faults = Violations::default();
        for (field, _) in references.pictures().filter(|(_, uri)| !self.allows_picture(uri)) {
            faults.add(field, self.picture_rule());
        }
        for (field, category) in references.categories().filter(|(_, id)| unknown.contains(id)) {
            faults.add(field, format_args!("`{}` does not exist", category.name()));
        }
        faults
    }
}
