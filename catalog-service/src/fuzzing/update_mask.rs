//! An update under a mask: what the mask does not name stays, and doing it again changes nothing more.

use std::collections::BTreeSet;

use jiff::Timestamp;
use prost::Message as _;
use proto::catalog::UpdateProductRequest;

use crate::{
    domain::{
        Actor, AttributeValue, CategoryId, Image, NewProduct, Product, ProductAction, ProductField,
        ProductFields, ProductId, ProductOption, References, Slug, Uid, Violations, Window,
    },
    encoding::product::{fields, mask},
};

/// A change touches the fields that its mask names, or without one those that are set, and no other; the second time it changes nothing.
///
/// The input is an `UpdateProductRequest`.
///
/// # Panics
/// Where that does not hold.
pub fn update_mask(input: &[u8]) {
    let Ok(request) = UpdateProductRequest::decode(input) else { return };
    let message = request.product.unwrap_or_default();
    let paths = request.update_mask.as_ref().map_or(&[][..], |mask| &mask.paths);
    let mask = match mask(&message, request.update_mask.as_ref()) {
        Ok(mask) => mask,
        Err(error) => {
            let fields = ProductField::ALL.map(ProductField::name);
            assert!(paths.contains(&error.path) && !fields.contains(&error.path.as_str()));
            return;
        }
    };
    let allowed = allowed(paths, &message);
    let mut violations = Violations::default();
    let fields = fields(message, &mask, "product", &mut violations, &mut References::default());
    if !violations.is_empty() {
        return;
    }
    let before = product();
    let update = ProductAction::Update { fields: Box::new(fields), mask };
    let once = after(&update, &before);
    for path in once.changed_fields(&before) {
        let field = path.split_once('.').map_or(path.as_str(), |(field, _)| field);
        let named = allowed.contains(&path) || allowed.contains(field);
        assert!(named, "`{path}` is changed under {paths:?}");
    }
    let twice = after(&update, &once);
    assert_eq!(twice.changed_fields(&once), [""; 0]);
    assert_eq!(stamped_as(&twice, &once), once);
    // Whatever no caller may change.
    let kept = Product {
        title: before.title.clone(),
        description: before.description.clone(),
        brand: before.brand.clone(),
        categories: before.categories.clone(),
        tags: before.tags.clone(),
        attributes: before.attributes.clone(),
        options: before.options.clone(),
        images: before.images.clone(),
        window: before.window,
        ..stamped_as(&once, &before)
    };
    assert_eq!(kept, before);
}

/// The paths that may change, read from the request once more; `*`, and no mask, are written out.
fn allowed(paths: &[String], message: &proto::catalog::Product) -> BTreeSet<String> {
    let all = ProductField::ALL.map(|field| field.name().to_owned());
    if paths.iter().any(|path| path == "*") {
        return all.into();
    }
    if !paths.is_empty() {
        let bare = |path: &String| match path.strip_prefix("attributes.") {
            Some(name) => format!("attributes.{}", name.trim_matches('`')),
            None => path.clone(),
        };
        return paths.iter().map(bare).collect();
    }
    let set = [
        !message.title.is_empty(),
        !message.slug.is_empty(),
        !message.description.is_empty(),
        !message.brand.is_empty(),
        !message.categories.is_empty(),
        !message.tags.is_empty(),
        !message.attributes.is_empty(),
        !message.options.is_empty(),
        !message.images.is_empty(),
        message.publish_time.is_some(),
        message.unpublish_time.is_some(),
    ];
    all.into_iter().zip(set).filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
}

fn after(update: &ProductAction, current: &Product) -> Product {
    let actor = Actor { name: "users/bob".into(), display_name: "Bob".into() };
    let now = current.update_time;
    let after = update.apply(current, &actor, now).expect("it is not deleted");
    let after = after.expect("an update is always a new version");
    assert_eq!(after.version, current.version + 1);
    after
}

/// The product with the version and the author of another one, which every write changes.
fn stamped_as(product: &Product, other: &Product) -> Product {
    let (version, update_actor) = (other.version, other.update_actor.clone());
    Product { version, update_actor, update_time: other.update_time, ..product.clone() }
}

/// A product that has something in every field.
fn product() -> Product {
    let time = |seconds| Timestamp::from_second(seconds).expect("a time");
    let text = |text: &str| AttributeValue::Text(text.into());
    let image = Image { uri: "/pictures/a.svg".into(), alternative_text: "A".into() };
    let size = ProductOption { name: "Size".into(), values: vec!["S".into(), "L".into()] };
    let fields = ProductFields {
        title: "Kettle".into(),
        slug: Slug::parse("kettle").ok(),
        description: "Boils.".into(),
        brand: "Acme".into(),
        categories: CategoryId::parse("home").into_iter().collect(),
        tags: vec!["new".into()],
        attributes: [("colour".into(), text("red")), ("a.b".into(), text("c"))].into(),
        options: vec![size],
        images: vec![image],
        window: Window { start: Some(time(1_800_000_000)), end: Some(time(1_900_000_000)) },
    };
    let id = ProductId::parse("kettle").expect("an id");
    let actor = Actor { name: "users/ada".into(), display_name: "Ada".into() };
    let new = NewProduct { id: Some(id.clone()), fields, variants: Vec::new() };
    new.draft(id, Uid::new("uid"), actor, time(1_790_000_000))
}
