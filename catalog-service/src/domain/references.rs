//! What a request names outside of itself, by the fields that name it: no look at the request alone tells whether it is right.

use super::{CategoryId, ProductFields};

/// The categories and pictures that a request refers to, each with the path of its field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    categories: Vec<(String, CategoryId)>,
    pictures: Vec<(String, String)>,
}

impl References {
    /// What fields of a product refer to; `at` is the path of the product, such as `product`.
    pub fn of(fields: &ProductFields, at: &str) -> Self {
        let mut references = Self::default();
        for (index, category) in fields.categories.iter().enumerate() {
            references.add_category(format!("{at}.categories[{index}]"), category.clone());
        }
        for (index, image) in fields.images.iter().enumerate() {
            references.add_picture(format!("{at}.images[{index}].uri"), image.uri.clone());
        }
        references
    }

    /// Adds a category by its field.
    pub fn add_category(&mut self, field: String, category: CategoryId) {
        self.categories.push((field, category));
    }

    /// Adds a picture's address by its field.
    pub fn add_picture(&mut self, field: String, uri: String) {
        self.pictures.push((field, uri));
    }

    /// The categories by their fields, in the order they were found.
    pub fn categories(&self) -> impl Iterator<Item = (&str, &CategoryId)> {
        self.categories.iter().map(|(field, category)| (field.as_str(), category))
    }

    /// The addresses of the pictures by their fields, in the order they were found.
    pub fn pictures(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pictures.iter().map(|(field, uri)| (field.as_str(), uri.as_str()))
    }
}
