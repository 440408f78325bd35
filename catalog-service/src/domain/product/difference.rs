//! Which fields differ between two states of a product.

use super::{Product, ProductField};
use crate::domain::{Variant, VariantField};

impl Product {
    /// The paths of the fields in which this product differs from an earlier state of itself, such as `title` or `attributes.colour`.
    /// What changes with every write is not among them.
    pub fn changed_fields(&self, before: &Self) -> Vec<String> {
        let mut paths = Vec::new();
        if self.state != before.state {
            paths.push("state".to_owned());
        }
        for field in ProductField::ALL {
            if field == ProductField::Attributes {
                self.add_changed_attributes(before, &mut paths);
            } else if self.differs(before, field) {
                paths.push(field.name().to_owned());
            }
        }
        if self.delete_time != before.delete_time {
            paths.push("delete_time".to_owned());
        }
        paths
    }

    fn differs(&self, before: &Self, field: ProductField) -> bool {
        match field {
            ProductField::Title => self.title != before.title,
            ProductField::Slug => self.slug != before.slug,
            ProductField::Description => self.description != before.description,
            ProductField::Brand => self.brand != before.brand,
            ProductField::Categories => self.categories != before.categories,
            ProductField::Tags => self.tags != before.tags,
            ProductField::Attributes => self.attributes != before.attributes,
            ProductField::Options => self.options != before.options,
            ProductField::Images => self.images != before.images,
            ProductField::PublishTime => self.window.start != before.window.start,
            ProductField::UnpublishTime => self.window.end != before.window.end,
        }
    }

    fn add_changed_attributes(&self, before: &Self, paths: &mut Vec<String>) {
        let gone = before.attributes.keys().filter(|name| !self.attributes.contains_key(*name));
        let new = self.attributes.iter().filter(|(name, value)| {
            before.attributes.get(*name).is_none_or(|earlier| earlier != *value)
        });
        let mut names: Vec<_> = gone.chain(new.map(|(name, _)| name)).collect();
        names.sort_unstable();
        paths.extend(names.into_iter().map(|name| format!("attributes.{name}")));
    }
}

impl Variant {
    /// The paths of the fields in which this variant differs from an earlier state of itself, such as `variants/white.prices`.
    pub fn changed_fields(&self, before: &Self) -> Vec<String> {
        let differs = |field: &VariantField| match field {
            VariantField::Sku => self.sku != before.sku,
            VariantField::Gtins => self.gtins != before.gtins,
            VariantField::OptionValues => self.option_values != before.option_values,
            VariantField::Prices => self.prices != before.prices,
        };
        let changed = VariantField::ALL.into_iter().filter(differs);
        changed.map(|field| format!("variants/{}.{}", self.id, field.name())).collect()
    }
}
