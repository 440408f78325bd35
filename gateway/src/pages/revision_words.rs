//! What a change did, in words: of a history's entry, and of each field.

use proto::catalog::{self, Product, ProductRevision, change::Kind, product_revision::Change};

/// How many fields a sentence names.
const NAMED: usize = 3;

/// What a revision did.
pub(crate) fn what(revision: &ProductRevision) -> String {
    let product = revision.product.as_ref();
    let variant = || revision.changed_fields.first().map_or("", String::as_str);
    match revision.change() {
        Change::Created => "Created".to_owned(),
        Change::Deleted => "Deleted".to_owned(),
        Change::Undeleted => "Restored after it was deleted".to_owned(),
        Change::Published => "Published".to_owned(),
        Change::Unpublished => "Unpublished".to_owned(),
        Change::Archived => "Archived".to_owned(),
        Change::VariantCreated => format!("Added {}", label(variant(), product)),
        Change::VariantDeleted => "Removed a variant".to_owned(),
        Change::RolledBack => {
            format!("Went back to version {}", super::history::number(&revision.restored_revision))
        }
        Change::Updated | Change::Unspecified => changed(&revision.changed_fields, product),
    }
}

/// What a change in the feed did.
pub(crate) fn done(change: &catalog::Change) -> String {
    let is_variant = change.resource.contains("/variants/");
    let words = match change.kind() {
        Kind::Created if is_variant => "Added a variant",
        Kind::Deleted if is_variant => "Removed a variant",
        Kind::Created => "Created",
        Kind::Deleted => "Deleted",
        Kind::Undeleted => "Restored after it was deleted",
        Kind::Expunged => "Deleted for good",
        Kind::Published => "Published",
        Kind::Unpublished => "Unpublished",
        Kind::Archived => "Archived",
        Kind::RolledBack => "Went back to an earlier version",
        Kind::Updated if change.changed_fields == ["parent"] => "Moved",
        Kind::Updated | Kind::Unspecified => return changed(&change.changed_fields, None),
    };
    words.to_owned()
}

fn changed(fields: &[String], product: Option<&Product>) -> String {
    let mut labels: Vec<String> = Vec::new();
    for field in fields {
        let label = label(field, product);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let more = labels.len().saturating_sub(NAMED);
    labels.truncate(NAMED);
    match (labels.as_slice(), more) {
        ([], _) => "Saved without a change".to_owned(),
        (named, 0) => format!("Changed {}", listed(named)),
        (named, more) => format!("Changed {} and {more} more", named.join(", ")),
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => names.concat(),
    }
}

/// What the field of a path is called. Variants are named as the product now has them.
pub(crate) fn label(path: &str, product: Option<&Product>) -> String {
    if let Some(name) = path.strip_prefix("attributes.") {
        return format!("attribute “{name}”");
    }
    let Some(path) = path.strip_prefix("variants/") else { return of_product(path).to_owned() };
    let (id, field) = path.split_once('.').unwrap_or((path, ""));
    match (of_variant(field), variant_name(id, product)) {
        ("", Some(name)) => format!("variant {name}"),
        ("", None) => "a variant".to_owned(),
        (field, Some(name)) if has_several(product) => format!("{field} of {name}"),
        (field, _) => field.to_owned(),
    }
}

fn of_product(field: &str) -> &str {
    match field {
        "slug" => "address in the shop",
        "images" => "pictures",
        "publish_time" => "public from",
        "unpublish_time" => "public until",
        "delete_time" => "deleted",
        "parent" => "place",
        "display_name" => "name",
        "default_currency" => "currency",
        "default_language" => "language",
        other => other,
    }
}

fn of_variant(field: &str) -> &str {
    match field {
        "sku" => "SKU",
        "gtins" => "GTINs",
        "option_values" => "values",
        "prices" => "price",
        other => other,
    }
}

fn has_several(product: Option<&Product>) -> bool {
    product.is_some_and(|product| product.variants.len() > 1)
}

/// What a buyer would call a variant; none: the product has no such variant, or nothing to call it by.
fn variant_name(id: &str, product: Option<&Product>) -> Option<String> {
    let of = |name: &str| name.rsplit('/').next() == Some(id);
    let variant = product?.variants.iter().find(|variant| of(&variant.name))?;
    match (variant.option_values.as_slice(), variant.sku.as_str()) {
        ([], "") => None,
        ([], sku) => Some(sku.to_owned()),
        (values, _) => Some(values.join(", ")),
    }
}

/// Begins a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use proto::catalog::Variant;
    use rstest::rstest;

    use super::*;

    fn revision(change: Change, fields: &[&str], variants: &[&str]) -> ProductRevision {
        let variant = |colour: &&str| Variant {
            name: format!("products/mug/variants/{colour}"),
            option_values: vec![(*colour).to_owned()],
            ..Default::default()
        };
        ProductRevision {
            change: change.into(),
            changed_fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            restored_revision: "products/mug/revisions/3".to_owned(),
            product: Some(Product {
                variants: variants.iter().map(variant).collect(),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    #[rstest]
    #[case(Change::Created, &[], "Created")]
    #[case(Change::Updated, &[], "Saved without a change")]
    #[case(Change::Updated, &["title"], "Changed title")]
    #[case(Change::Updated, &["title", "slug"], "Changed title and address in the shop")]
    #[case(Change::Updated, &["variants/white.prices"], "Changed price of white")]
    #[case(Change::Updated, &["variants/gone.prices"], "Changed price")]
    #[case(Change::Updated, &["attributes.net weight"], "Changed attribute “net weight”")]
    #[case(
        Change::Updated,
        &["title", "brand", "tags", "images", "slug"],
        "Changed title, brand, tags and 2 more"
    )]
    #[case(Change::VariantCreated, &["variants/blue"], "Added variant blue")]
    #[case(Change::VariantDeleted, &["variants/gone"], "Removed a variant")]
    #[case(Change::RolledBack, &["title"], "Went back to version 3")]
    fn a_change_is_told_in_words(
        #[case] change: Change,
        #[case] fields: &[&str],
        #[case] expected: &str,
    ) {
        assert_eq!(what(&revision(change, fields, &["white", "blue"])), expected);
    }

    #[rstest]
    #[case("products/mug", Kind::Created, &[], "Created")]
    #[case("products/mug/variants/white", Kind::Created, &["variants/white"], "Added a variant")]
    #[case("products/mug/variants/white", Kind::Deleted, &["variants/white"], "Removed a variant")]
    #[case("products/mug/variants/white", Kind::Updated, &["variants/white.prices"], "Changed price")]
    #[case("products/mug", Kind::Expunged, &[], "Deleted for good")]
    #[case("categories/mugs", Kind::Updated, &["parent"], "Moved")]
    #[case("categories/mugs", Kind::Updated, &["title", "parent"], "Changed title and place")]
    #[case("shop", Kind::Updated, &["display_name"], "Changed name")]
    fn an_entry_of_the_feed_is_told_in_words(
        #[case] resource: &str,
        #[case] kind: Kind,
        #[case] fields: &[&str],
        #[case] expected: &str,
    ) {
        let change = catalog::Change {
            kind: kind.into(),
            resource: resource.to_owned(),
            changed_fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            ..Default::default()
        };
        assert_eq!(done(&change), expected);
    }

    #[test]
    fn an_only_variant_is_the_product_itself() {
        let only = revision(Change::Updated, &["variants/white.prices"], &["white"]);
        assert_eq!(what(&only), "Changed price");
    }
}
