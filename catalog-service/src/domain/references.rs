//! What a request names and wishes outside of itself, by its fields: no look at the request alone tells whether it is right.

use super::{CategoryId, ProductFields, Wish};

/// The categories and pictures that a request refers to, each with the path of its field, and what it wishes of things kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct References {
    categories: Vec<(String, CategoryId)>,
    pictures: Vec<(String, String)>,
    wishes: Vec<Wish>,
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

    /// Adds what the request wishes.
    pub fn add_wishes(&mut self, wishes: impl IntoIterator<Item = Wish>) {
        self.wishes.extend(wishes);
    }

    /// The categories by their fields, in the order they were found.
    pub fn categories(&self) -> impl Iterator<Item = (&str, &CategoryId)> {
        self.categories.iter().map(|(field, category)| (field.as_str(), category))
    }

    /// The addresses of the pictures by their fields, in the order they were found.
    pub fn pictures(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pictures.iter().map(|(field, uri)| (field.as_str(), uri.as_str()))
    }

    /// What is wished, in the order it was found.
    pub fn wishes(&self) -> &[Wish] {
        &self.wishes
    }
}
