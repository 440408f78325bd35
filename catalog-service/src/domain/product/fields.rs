//! What callers say about a product.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Image, Product, ProductField, ProductMask, ProductOption, State};
use crate::domain::{Actor, AttributeValue, CategoryId, NewVariant, ProductId, Slug, Uid, Window};

/// The fields of a product that callers set; those that a mask leaves out hold nothing of meaning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductFields {
    /// What it is called.
    pub title: String,
    /// Its part of the public address; none: made from the title.
    pub slug: Option<Slug>,
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
    /// Pictures.
    pub images: Vec<Image>,
    /// When it is public.
    pub window: Window,
}

/// A product to create. Without variants it gets one, without sku and price.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProduct {
    /// The id the caller chose.
    pub id: Option<ProductId>,
    /// What is said about it.
    pub fields: ProductFields,
    /// What is sold of it.
    pub variants: Vec<NewVariant>,
}

impl NewProduct {
    /// The product as it begins. A slug made from the title may not be free yet: that, the store knows.
    pub fn draft(&self, id: ProductId, uid: Uid, actor: Actor, now: Timestamp) -> Product {
        let fields = self.fields.clone();
        Product {
            id,
            uid,
            version: 1,
            state: State::Draft,
            slug: fields.slug.unwrap_or_else(|| Slug::from_title(&fields.title, "product")),
            title: fields.title,
            description: fields.description,
            brand: fields.brand,
            categories: fields.categories,
            tags: fields.tags,
            attributes: fields.attributes,
            options: fields.options,
            images: fields.images,
            window: fields.window,
            create_time: now,
            update_time: now,
            delete_time: None,
            purge_time: None,
            update_actor: actor,
            delete_actor: None,
        }
    }
}

impl ProductFields {
    /// Puts the masked fields into a product, all but the slug, which needs a look at those of the others.
    pub fn put_into(&self, mask: &ProductMask, product: &mut Product) {
        for field in ProductField::ALL.into_iter().filter(|field| mask.has(*field)) {
            self.put_field(field, product);
        }
        for name in mask.attributes() {
            match self.attributes.get(name) {
                Some(value) => product.attributes.insert(name.to_owned(), value.clone()),
                None => product.attributes.remove(name),
            };
        }
    }

    fn put_field(&self, field: ProductField, product: &mut Product) {
        match field {
            ProductField::Title => product.title.clone_from(&self.title),
            ProductField::Slug => {}
            ProductField::Description => product.description.clone_from(&self.description),
            ProductField::Brand => product.brand.clone_from(&self.brand),
            ProductField::Categories => product.categories.clone_from(&self.categories),
            ProductField::Tags => product.tags.clone_from(&self.tags),
            ProductField::Attributes => product.attributes.clone_from(&self.attributes),
            ProductField::Options => product.options.clone_from(&self.options),
            ProductField::Images => product.images.clone_from(&self.images),
            ProductField::PublishTime => product.window.start = self.window.start,
            ProductField::UnpublishTime => product.window.end = self.window.end,
        }
    }
}
