//! A product: what the shop sells, in one or more variants.

mod action;
mod content;
mod difference;
mod fields;
mod mask;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use fields::{NewProduct, ProductFields};
pub use mask::{ProductField, ProductMask};

use super::{Actor, AttributeValue, CategoryId, Etag, ProductId, Slug, Uid, Window};

/// Where a product is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Not public yet.
    Draft,
    /// Public, within its window.
    Active,
    /// Not public any more.
    Archived,
}

impl State {
    /// Its name in the contract, without the prefix of the enum.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Active => "ACTIVE",
            Self::Archived => "ARCHIVED",
        }
    }
}

/// What a buyer chooses between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductOption {
    /// Such as `Colour`.
    pub name: String,
    /// Such as `white`, in the order they are shown; no two alike.
    pub values: Vec<String>,
}

impl ProductOption {
    /// Checks that a variant chooses one value of each option, in their order.
    ///
    /// # Errors
    /// What is wrong with the choice, for the caller to read.
    pub fn check_choice(options: &[Self], values: &[String]) -> Result<(), String> {
        if options.len() != values.len() {
            let names: Vec<_> = options.iter().map(|option| option.name.as_str()).collect();
            return Err(match names.as_slice() {
                [] => "must be empty, because the product has no options".to_owned(),
                _ => format!("must be one value for each of the options: {}", names.join(", ")),
            });
        }
        Self::check_kept_choice(options, values)
    }

    /// Checks that a choice made earlier still stands among the options, which may have become more.
    ///
    /// # Errors
    /// What is wrong with the choice, for the caller to read.
    pub fn check_kept_choice(options: &[Self], values: &[String]) -> Result<(), String> {
        for (index, value) in values.iter().enumerate() {
            match options.get(index) {
                Some(option) if option.values.contains(value) => {}
                Some(option) => {
                    return Err(format!(
                        "`{value}` is not a value of the option `{}`",
                        option.name
                    ));
                }
                None => return Err(format!("`{value}` belongs to no option")),
            }
        }
        Ok(())
    }
}

/// A picture of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// `/pictures/…` of this shop, or an https address.
    pub uri: String,
    /// What it shows, for those who do not see it.
    pub alternative_text: String,
}

/// A product as it stands. Its variants stand beside it, with versions of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// The last part of its name.
    pub id: ProductId,
    /// Never used again.
    pub uid: Uid,
    /// Rises with every write of the product itself.
    pub version: u64,
    /// Where it is in its life.
    pub state: State,
    /// What it is called.
    pub title: String,
    /// Its part of the public address.
    pub slug: Slug,
    /// Markdown.
    pub description: String,
    /// Who makes it.
    pub brand: String,
    /// Where it stands.
    pub categories: Vec<CategoryId>,
    /// Free words.
    pub tags: Vec<String>,
    /// Named properties.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// What a buyer chooses between.
    pub options: Vec<ProductOption>,
    /// Pictures, the first one for lists.
    pub images: Vec<Image>,
    /// When it is public, as long as it is active.
    pub window: Window,
    /// When it was created.
    pub create_time: Timestamp,
    /// When it was last changed.
    pub update_time: Timestamp,
    /// When it was deleted.
    pub delete_time: Option<Timestamp>,
    /// When it will be gone for good.
    pub purge_time: Option<Timestamp>,
    /// Who changed it last.
    pub update_actor: Actor,
    /// Who deleted it.
    pub delete_actor: Option<Actor>,
}

impl Product {
    /// How many attributes a product may have.
    pub const MOST_ATTRIBUTES: usize = 250;

    /// The tag of this version.
    pub fn etag(&self) -> Etag {
        Etag::of(&self.uid, self.version)
    }

    /// Whether everybody may see it at a time.
    pub fn is_public(&self, now: Timestamp) -> bool {
        self.state == State::Active && !self.is_deleted() && self.window.contains(now)
    }

    /// Whether everybody could see it at some time since its last change.
    pub fn has_been_public(&self, now: Timestamp) -> bool {
        let is_live = self.state == State::Active && !self.is_deleted();
        is_live && self.window.is_open_between(self.update_time, now)
    }

    /// Whether it is deleted.
    pub fn is_deleted(&self) -> bool {
        self.delete_time.is_some()
    }
}
