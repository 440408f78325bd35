//! Which fields of a product a change names.

use std::collections::BTreeSet;

/// A field that callers may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProductField {
    /// `title`
    Title,
    /// `slug`
    Slug,
    /// `description`
    Description,
    /// `brand`
    Brand,
    /// `categories`
    Categories,
    /// `tags`
    Tags,
    /// `attributes`
    Attributes,
    /// `options`
    Options,
    /// `images`
    Images,
    /// `publish_time`
    PublishTime,
    /// `unpublish_time`
    UnpublishTime,
}

impl ProductField {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 11] = [
        Self::Title,
        Self::Slug,
        Self::Description,
        Self::Brand,
        Self::Categories,
        Self::Tags,
        Self::Attributes,
        Self::Options,
        Self::Images,
        Self::PublishTime,
        Self::UnpublishTime,
    ];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Slug => "slug",
            Self::Description => "description",
            Self::Brand => "brand",
            Self::Categories => "categories",
            Self::Tags => "tags",
            Self::Attributes => "attributes",
            Self::Options => "options",
            Self::Images => "images",
            Self::PublishTime => "publish_time",
            Self::UnpublishTime => "unpublish_time",
        }
    }
}

/// The fields that a change replaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductMask {
    fields: BTreeSet<ProductField>,
    attributes: BTreeSet<String>,
}

impl ProductMask {
    /// Every field: full replacement.
    pub fn all() -> Self {
        Self { fields: ProductField::ALL.into(), attributes: BTreeSet::new() }
    }

    /// Adds a field.
    pub fn add(&mut self, field: ProductField) {
        self.fields.insert(field);
    }

    /// Adds one attribute by its name.
    pub fn add_attribute(&mut self, name: impl Into<String>) {
        self.attributes.insert(name.into());
    }

    /// Whether a whole field is replaced.
    pub fn has(&self, field: ProductField) -> bool {
        self.fields.contains(&field)
    }

    /// The attributes that are replaced one by one.
    pub fn attributes(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(String::as_str)
    }
}

impl FromIterator<ProductField> for ProductMask {
    fn from_iter<I: IntoIterator<Item = ProductField>>(fields: I) -> Self {
        Self { fields: fields.into_iter().collect(), attributes: BTreeSet::new() }
    }
}
