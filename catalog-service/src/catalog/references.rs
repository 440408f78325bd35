//! What requests refer to and wish: categories have to exist, pictures have to be where pictures may be, and what is to be changed
//! has to fit what is kept.
//!
//! A write is checked for all of it once more where it counts: pictures before it, everything else inside its transaction.

use super::{Catalog, Error, Result};
use crate::domain::{ProductFields, References, Refusal, Violations, Wish};

impl Catalog {
    /// What is wrong with what a request refers to and wishes, for callers who have to mend something else anyway. Writes find the
    /// same by themselves.
    ///
    /// # Errors
    /// None but those of the store.
    pub async fn faults_of(&self, references: References) -> Result<Violations> {
        Ok(self.faults(vec![references]).await?.pop().unwrap_or_default())
    }

    /// Refuses products with pictures from elsewhere, all at once, and tells what else their writes would find wrong. When all
    /// pictures are in order, it looks at nothing else: the write does. `wish` makes the wish of an item.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] by the index of the item.
    pub(super) async fn check_pictures(
        &self,
        items: &[Option<&ProductFields>],
        wish: impl Fn(usize) -> Option<Wish>,
    ) -> Result<()> {
        let images = items.iter().flatten().flat_map(|fields| &fields.images);
        if images.into_iter().all(|image| self.allows_picture(&image.uri)) {
            return Ok(());
        }
        let references = items.iter().enumerate().map(|(index, fields)| {
            let of = |fields: &&ProductFields| References::of(fields, "product");
            let mut references = fields.as_ref().map(of).unwrap_or_default();
            references.add_wishes(wish(index));
            references
        });
        let faults = self.faults(references.collect()).await?;
        let refused = faults
            .into_iter()
            .enumerate()
            .filter_map(|(item, faults)| Some((item, Refusal::Invalid(faults.finish().err()?))));
        Err(Error::Batch(refused.collect()))
    }

    async fn faults(&self, requests: Vec<References>) -> Result<Vec<Violations>> {
        let mut all: Vec<_> = requests.iter().map(|one| self.faults_of_pictures(one)).collect();
        let found = self.store.faults(requests).await?;
        for (faults, more) in all.iter_mut().zip(found) {
            faults.append(more);
        }
        Ok(all)
    }

    fn faults_of_pictures(&self, references: &References) -> Violations {
        let mut faults = Violations::default();
        for (field, _) in references.pictures().filter(|(_, uri)| !self.allows_picture(uri)) {
            faults.add(field, self.picture_rule());
        }
        faults
    }
}
