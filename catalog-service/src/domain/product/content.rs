//! Going back: a product with the content of an earlier state of itself.

use jiff::Timestamp;

use super::Product;
use crate::domain::{Actor, Uid, Variant};

impl Product {
    /// This product with what an earlier state of it said. Whether and when it is public stays: somebody who brings a text back
    /// does not mean to publish.
    #[must_use]
    pub fn with_content_of(&self, earlier: &Self, actor: &Actor, now: Timestamp) -> Self {
        Self {
            title: earlier.title.clone(),
            slug: earlier.slug.clone(),
            description: earlier.description.clone(),
            brand: earlier.brand.clone(),
            categories: earlier.categories.clone(),
            tags: earlier.tags.clone(),
            attributes: earlier.attributes.clone(),
            options: earlier.options.clone(),
            images: earlier.images.clone(),
            // The version rises even when the content is the same, so that two writers can never both win.
            version: self.version + 1,
            update_time: now.max(self.update_time),
            update_actor: actor.clone(),
            ..self.clone()
        }
    }
}

impl Variant {
    /// This variant with what an earlier state of it said; its version rises only if that differs.
    #[must_use]
    pub fn with_content_of(&self, earlier: &Self, now: Timestamp) -> Self {
        let restored = Self {
            sku: earlier.sku.clone(),
            gtins: earlier.gtins.clone(),
            option_values: earlier.option_values.clone(),
            prices: earlier.prices.clone(),
            ..self.clone()
        };
        if restored == *self {
            return restored;
        }
        Self { version: self.version + 1, update_time: now.max(self.update_time), ..restored }
    }

    /// This variant made again after it was removed: a new resource under its old id, so that no etag is ever used twice.
    #[must_use]
    pub fn made_again(&self, uid: Uid, now: Timestamp) -> Self {
        Self { uid, version: 1, create_time: now, update_time: now, ..self.clone() }
    }
}
