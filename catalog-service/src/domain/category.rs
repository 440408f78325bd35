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
