//! What callers say about a product, read into domain words.

use std::collections::{BTreeMap, BTreeSet};

use prost_types::FieldMask;
use proto::catalog as wire;

use crate::{
    domain::{
        AttributeValue, CategoryId, Image, NewProduct, ProductField, ProductFields, ProductId,
        ProductMask, ProductOption, References, Slug, Violations, Window,
    },
    encoding::{
        MaskError,
        mask::{Asked, asked},
        time, variant,
    },
};

/// Fields that a mask may name in vain: they are not the caller's to change.
const IGNORED: [&str; 12] = [
    "name",
    "uid",
    "etag",
    "state",
    "price_range",
    "variants",
    "create_time",
    "update_time",
    "delete_time",
    "purge_time",
    "update_actor",
    "delete_actor",
];

/// Which fields an update replaces: those that the mask names, or, without one, those that are set in the message.
///
/// # Errors
/// A path that names no field of a product.
pub fn mask(message: &wire::Product, mask: Option<&FieldMask>) -> Result<ProductMask, MaskError> {
    let paths = match asked(mask) {
        Asked::Everything => return Ok(ProductMask::all()),
        Asked::WhatIsSet => {
            let set = ProductField::ALL.into_iter().filter(|field| is_set(message, *field));
            return Ok(set.collect());
        }
        Asked::Paths(paths) => paths,
    };
    let mut chosen = ProductMask::default();
    for path in paths.iter().filter(|path| !IGNORED.contains(&path.as_str())) {
        if let Some(field) = ProductField::ALL.into_iter().find(|field| field.name() == path) {
            chosen.add(field);
        } else if let Some(name) = path.strip_prefix("attributes.").filter(|name| !name.is_empty())
        {
            chosen.add_attribute(name.trim_matches('`'));
        } else {
            return Err(MaskError { path: path.clone(), resource: "product" });
        }
    }
    Ok(chosen)
}

fn is_set(message: &wire::Product, field: ProductField) -> bool {
    match field {
        ProductField::Title => !message.title.is_empty(),
        ProductField::Slug => !message.slug.is_empty(),
        ProductField::Description => !message.description.is_empty(),
        ProductField::Brand => !message.brand.is_empty(),
        ProductField::Categories => !message.categories.is_empty(),
        ProductField::Tags => !message.tags.is_empty(),
        ProductField::Attributes => !message.attributes.is_empty(),
        ProductField::Options => !message.options.is_empty(),
        ProductField::Images => !message.images.is_empty(),
        ProductField::PublishTime => message.publish_time.is_some(),
        ProductField::UnpublishTime => message.unpublish_time.is_some(),
    }
}

/// Reads a product to create, with its variants, and notes what it refers to; `at` is the path of the create request: empty, or `requests[3]`.
pub fn new_product(
    request: wire::CreateProductRequest,
    at: &str,
    violations: &mut Violations,
    references: &mut References,
) -> NewProduct {
    let path = |field: &str| {
        if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") }
    };
    let mut message = request.product.unwrap_or_default();
    let given = std::mem::take(&mut message.variants);
    let id = match request.product_id.as_str() {
        "" => None,
        id => violations.take(&path("product_id"), ProductId::parse(id)),
    };
    let product = path("product");
    let fields = fields(message, &ProductMask::all(), &product, violations, references);
    let variants = variant::new_variants(given, &fields.options, &product, violations);
    NewProduct { id, fields, variants }
}

/// Reads the masked fields, and notes what they refer to; `at` is the path of the product in the request, such as `product`.
pub fn fields(
    message: wire::Product,
    mask: &ProductMask,
    at: &str,
    violations: &mut Violations,
    references: &mut References,
) -> ProductFields {
    let mut reader = Reader { at, mask, violations, references };
    let start = reader.time(ProductField::PublishTime, message.publish_time);
    let end = reader.time(ProductField::UnpublishTime, message.unpublish_time);
    let window = Window { start, end };
    if !window.is_possible() {
        reader.add(ProductField::UnpublishTime, "must be later than publish_time");
    }
    ProductFields {
        title: reader.title(message.title),
        slug: reader.slug(&message.slug),
        description: message.description,
        brand: message.brand,
        categories: reader.categories(&message.categories),
        tags: reader.tags(message.tags),
        attributes: reader.attributes(message.attributes),
        options: reader.options(message.options),
        images: reader.images(message.images),
        window,
    }
}

/// Reads fields that the mask names; the others count as empty, whatever they hold.
struct Reader<'a> {
    at: &'a str,
    mask: &'a ProductMask,
    violations: &'a mut Violations,
    references: &'a mut References,
}

impl Reader<'_> {
    fn add(&mut self, field: ProductField, description: &str) {
        self.violations.add(format!("{}.{}", self.at, field.name()), description);
    }

    fn title(&mut self, title: String) -> String {
        if self.mask.has(ProductField::Title) && title.trim().is_empty() {
            self.add(ProductField::Title, "must not be empty");
        }
        title
    }

    fn slug(&mut self, slug: &str) -> Option<Slug> {
        if slug.is_empty() || !self.mask.has(ProductField::Slug) {
            return None;
        }
        self.violations.take(&format!("{}.slug", self.at), Slug::parse(slug))
    }

    fn time(
        &mut self,
        field: ProductField,
        time: Option<prost_types::Timestamp>,
    ) -> Option<jiff::Timestamp> {
        let time = time.filter(|_| self.mask.has(field));
        time::from_wire(time, &|| format!("{}.{}", self.at, field.name()), self.violations)
    }

    fn categories(&mut self, names: &[String]) -> Vec<CategoryId> {
        if !self.mask.has(ProductField::Categories) {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut categories = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let field = format!("{}.categories[{index}]", self.at);
            if !seen.insert(name) {
                self.violations.add(&field, "stands in the list for the second time");
            }
            if let Some(category) = self.violations.take(&field, CategoryId::from_name(name)) {
                self.references.add_category(field, category.clone());
                categories.push(category);
            }
        }
        categories
    }

    fn tags(&mut self, tags: Vec<String>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for (index, tag) in tags.iter().enumerate() {
            if self.mask.has(ProductField::Tags) && !seen.insert(tag) {
                let field = format!("{}.tags[{index}]", self.at);
                self.violations.add(field, "stands in the list for the second time");
            }
        }
        tags
    }

    fn attributes(
        &mut self,
        given: BTreeMap<String, wire::AttributeValue>,
    ) -> BTreeMap<String, AttributeValue> {
        use wire::attribute_value::Value;
        let whole = self.mask.has(ProductField::Attributes);
        let named: BTreeSet<_> = self.mask.attributes().collect();
        let mut attributes = BTreeMap::new();
        for (name, value) in given.into_iter().filter(|(name, _)| whole || named.contains(&**name))
        {
            let value = match value.value {
                Some(Value::Text(text)) => AttributeValue::Text(text),
                Some(Value::Number(number)) if number.is_finite() => AttributeValue::Number(number),
                // The members of the contract's message, so that a fault is told once.
                Some(Value::Number(_)) => {
                    let field = format!("{}.attributes[{name:?}].number", self.at);
                    self.violations.add(field, "must be a finite number");
                    continue;
                }
                None => {
                    let field = format!("{}.attributes[{name:?}].value", self.at);
                    self.violations.add(field, "must be a text or a number");
                    continue;
                }
            };
            attributes.insert(name, value);
        }
        attributes
    }

    fn options(&mut self, given: Vec<wire::Option>) -> Vec<ProductOption> {
        if !self.mask.has(ProductField::Options) {
            return Vec::new();
        }
        let mut names = BTreeSet::new();
        for (index, option) in given.iter().enumerate() {
            let field = format!("{}.options[{index}]", self.at);
            if !names.insert(&option.name) {
                self.violations.add(format!("{field}.name"), "is the name of another option too");
            }
            let mut values = BTreeSet::new();
            for (value_index, value) in option.values.iter().enumerate() {
                if !values.insert(value) {
                    let field = format!("{field}.values[{value_index}]");
                    self.violations.add(field, "stands in the list for the second time");
                }
            }
        }
        let option =
            |option: wire::Option| ProductOption { name: option.name, values: option.values };
        given.into_iter().map(option).collect()
    }

    fn images(&mut self, given: Vec<wire::Image>) -> Vec<Image> {
        if !self.mask.has(ProductField::Images) {
            return Vec::new();
        }
        for (index, image) in given.iter().enumerate() {
            let field = format!("{}.images[{index}].uri", self.at);
            if is_picture_address(&image.uri) {
                self.references.add_picture(field, image.uri.clone());
            } else {
                let rule = "must start with `/pictures/` or `https://`, without spaces and `..`";
                self.violations.add(field, rule);
            }
        }
        let image =
            |image: wire::Image| Image { uri: image.uri, alternative_text: image.alternative_text };
        given.into_iter().map(image).collect()
    }
}

fn is_picture_address(uri: &str) -> bool {
    let rest = uri.strip_prefix("/pictures/").or_else(|| uri.strip_prefix("https://"));
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '\\' | '"' | '<' | '>' | '`');
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain))
        && !uri.split('/').any(|part| part == "..")
}
