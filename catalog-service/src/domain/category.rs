//! A category: a place in the shop's tree.

use jiff::Timestamp;

use super::{CategoryId, Etag, Slug, Uid};

/// A category as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The last part of its name.
    pub id: CategoryId,
    /// Never used again.
    pub uid: Uid,
    /// Rises with every write.
    pub version: u64,
    /// What it is called.
    pub title: String,
    /// Its part of the public address.
    pub slug: Slug,
    /// Markdown.
    pub description: String,
    /// The category above it.
    pub parent: Option<CategoryId>,
    /// When it was created.
    pub create_time: Timestamp,
    /// When it was last changed.
    pub update_time: Timestamp,
}

impl Category {
    /// The tag of this version.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.uid, self.version)
    }
}

/// The fields of a category that callers set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryFields {
    /// What it is called.
    pub title: String,
    /// Its part of the public address; none: made from the title.
    pub slug: Option<Slug>,
    /// Markdown.
    pub description: String,
    /// The category above it.
    pub parent: Option<CategoryId>,
}

/// A category to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCategory {
    /// The id the caller chose.
    pub id: Option<CategoryId>,
    /// What is said about it.
    pub fields: CategoryFields,
}

/// A field that callers may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CategoryField {
    /// `title`
    Title,
    /// `slug`
    Slug,
    /// `description`
    Description,
    /// `parent`
    Parent,
}

impl CategoryField {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 4] = [Self::Title, Self::Slug, Self::Description, Self::Parent];

    /// Its name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Slug => "slug",
            Self::Description => "description",
            Self::Parent => "parent",
        }
    }
}

impl CategoryFields {
    /// Puts the masked fields into a category, all but the slug, which needs a look at those of the others.
    pub fn put_into(&self, mask: &[CategoryField], category: &mut Category) {
        for field in mask {
            match field {
                CategoryField::Title => category.title.clone_from(&self.title),
                CategoryField::Slug => {}
                CategoryField::Description => category.description.clone_from(&self.description),
                CategoryField::Parent => category.parent.clone_from(&self.parent),
            }
        }
    }
}

impl Category {
    /// The names of the fields in which this category differs from an earlier state of itself.
    pub fn changed_fields(&self, before: &Self) -> Vec<String> {
        let differs = |field: &CategoryField| match field {
            CategoryField::Title => self.title != before.title,
            CategoryField::Slug => self.slug != before.slug,
            CategoryField::Description => self.description != before.description,
            CategoryField::Parent => self.parent != before.parent,
        };
        let changed = CategoryField::ALL.into_iter().filter(differs);
        changed.map(|field| field.name().to_owned()).collect()
    }
}
