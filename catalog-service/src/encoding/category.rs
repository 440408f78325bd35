//! Categories between the domain and the contract.

use prost::Message as _;
use prost_types::FieldMask;
use proto::catalog as wire;

use super::{Damaged, MaskError, etag_version, mask, time};
use crate::domain::{
    Category, CategoryField, CategoryFields, CategoryId, NewCategory, References, Slug, Uid,
    Violations,
};

const IGNORED: [&str; 6] = ["name", "uid", "etag", "create_time", "update_time", "product_count"];

/// Which fields an update replaces: those that the mask names, or, without one, those that are set in the message.
///
/// # Errors
/// A path that names no field of a category.
pub fn mask(
    message: &wire::Category,
    mask: Option<&FieldMask>,
) -> Result<Vec<CategoryField>, MaskError> {
    let is_set = |field: CategoryField| match field {
        CategoryField::Title => !message.title.is_empty(),
        CategoryField::Slug => !message.slug.is_empty(),
        CategoryField::Description => !message.description.is_empty(),
        CategoryField::Parent => !message.parent.is_empty(),
    };
    let all = CategoryField::ALL.map(|field| (field.name(), field, is_set(field)));
    mask::plain(mask, &all, &IGNORED, "category")
}

/// Reads the masked fields, and notes what they refer to; `at` is the path of the category in the request.
pub fn fields(
    message: wire::Category,
    mask: &[CategoryField],
    at: &str,
    violations: &mut Violations,
    references: &mut References,
) -> CategoryFields {
    let has = |field: CategoryField| mask.contains(&field);
    if has(CategoryField::Title) && message.title.trim().is_empty() {
        violations.add(format!("{at}.title"), "must not be empty");
    }
    let slug = Some(&message.slug).filter(|slug| has(CategoryField::Slug) && !slug.is_empty());
    let slug = slug.and_then(|slug| violations.take(&format!("{at}.slug"), Slug::parse(slug)));
    let parent = Some(&message.parent);
    let parent = parent.filter(|name| has(CategoryField::Parent) && !name.is_empty());
    let field = format!("{at}.parent");
    let parent = parent.and_then(|name| violations.take(&field, CategoryId::from_name(name)));
    if let Some(parent) = &parent {
        references.add_category(field, parent.clone());
    }
    CategoryFields { title: message.title, slug, description: message.description, parent }
}

/// Reads a category to create, and notes what it refers to; `id` is the request's `category_id`.
pub fn new_category(
    id: &str,
    message: wire::Category,
    violations: &mut Violations,
    references: &mut References,
) -> NewCategory {
    let id = match id {
        "" => None,
        id => violations.take("category_id", CategoryId::parse(id)),
    };
    let fields = fields(message, &CategoryField::ALL, "category", violations, references);
    NewCategory { id, fields }
}

/// A category's document.
pub(crate) fn document(category: &Category) -> Vec<u8> {
    let message = wire::Category {
        name: category.id.name(),
        uid: category.uid.as_str().to_owned(),
        etag: category.etag().as_str().to_owned(),
        title: category.title.clone(),
        slug: category.slug.as_str().to_owned(),
        description: category.description.clone(),
        parent: category.parent.as_ref().map(CategoryId::name).unwrap_or_default(),
        create_time: Some(time::to_wire(category.create_time)),
        update_time: Some(time::to_wire(category.update_time)),
        ..wire::Category::default()
    };
    message.encode_to_vec()
}

/// Adds to a category's document how many products stand in it, and how many with those below it.
pub(crate) fn add_counts(document: &mut Vec<u8>, own: u32, subtree: u32) {
    let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let counts = wire::Category {
        product_count: Some(wire::ProductCount { own: count(own), subtree: count(subtree) }),
        ..wire::Category::default()
    };
    // Fields of a message may stand in any order, so what is encoded by itself can stand behind the rest.
    document.extend(counts.encode_to_vec());
}

/// Reads a category's document back.
pub(crate) fn read(bytes: &[u8]) -> Result<Category, Damaged> {
    from_wire(wire::Category::decode(bytes)?).ok_or(Damaged::Content("category"))
}

fn from_wire(message: wire::Category) -> Option<Category> {
    let uid = Uid::new(message.uid);
    Some(Category {
        id: CategoryId::from_name(&message.name).ok()?,
        version: etag_version(&message.etag, &uid)?,
        uid,
        title: message.title,
        slug: Slug::parse(&message.slug).ok()?,
        description: message.description,
        parent: CategoryId::from_name(&message.parent).ok(),
        create_time: time::kept(message.create_time)?,
        update_time: time::kept(message.update_time)?,
    })
}
