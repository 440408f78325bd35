//! What differs between two states of a product, field by field, in texts that people read.

use super::{
    AttributeValue, CategoryId, Gtin, Image, Price, Product, ProductField, ProductOption, Sku,
    Variant, VariantField,
};

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its path, such as `title`, `attributes.colour`, `variants/white.prices`, or `variants/white` for a variant that came or went.
    pub field: String,
    /// What it was, one text for each element; none: it had no value.
    pub old: Vec<String>,
    /// What it is.
    pub new: Vec<String>,
}

/// A product with its variants at one time.
type Whole<'a> = (&'a Product, &'a [Variant]);

/// The fields in which a product differs from an earlier state of itself, in the order of the contract; without one, all that have a value.
pub fn differences(old: Option<Whole<'_>>, new: Whole<'_>) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |field: String, old: Vec<String>, new: Vec<String>| {
        if old != new {
            found.push(Difference { field, old, new });
        }
    };
    let of_old = |text: &dyn Fn(&Product) -> Vec<String>| {
        old.map_or_else(Vec::new, |(product, _)| text(product))
    };
    let state = |product: &Product| vec![product.state.name().to_owned()];
    compare("state".to_owned(), of_old(&state), state(new.0));
    for field in ProductField::ALL {
        if field != ProductField::Attributes {
            let texts = |product: &Product| texts_of(product, field);
            compare(field.name().to_owned(), of_old(&texts), texts(new.0));
            continue;
        }
        for name in attribute_names(old.map(|(product, _)| product), new.0) {
            let text = |product: &Product| attribute(product, name);
            compare(format!("attributes.{name}"), of_old(&text), text(new.0));
        }
    }
    let deleted =
        |product: &Product| product.delete_time.iter().map(ToString::to_string).collect::<Vec<_>>();
    compare("delete_time".to_owned(), of_old(&deleted), deleted(new.0));
    add_variants(old.map_or(&[], |(_, variants)| variants), new.1, &mut found);
    found
}

fn texts_of(product: &Product, field: ProductField) -> Vec<String> {
    let text = |text: &str| if text.is_empty() { vec![] } else { vec![text.to_owned()] };
    let time = |time: Option<jiff::Timestamp>| time.iter().map(ToString::to_string).collect();
    match field {
        ProductField::Title => text(&product.title),
        ProductField::Slug => text(product.slug.as_str()),
        ProductField::Description => text(&product.description),
        ProductField::Brand => text(&product.brand),
        ProductField::Categories => product.categories.iter().map(CategoryId::name).collect(),
        ProductField::Tags => product.tags.clone(),
        ProductField::Attributes => Vec::new(),
        ProductField::Options => product.options.iter().map(option).collect(),
        ProductField::Images => product.images.iter().map(image).collect(),
        ProductField::PublishTime => time(product.window.start),
        ProductField::UnpublishTime => time(product.window.end),
    }
}

fn attribute_names<'a>(old: Option<&'a Product>, new: &'a Product) -> Vec<&'a str> {
    let of_old = old.into_iter().flat_map(|product| product.attributes.keys());
    let mut names: Vec<_> = of_old.chain(new.attributes.keys()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn attribute(product: &Product, name: &str) -> Vec<String> {
    let text = |value: &AttributeValue| match value {
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Number(number) => number.to_string(),
    };
    product.attributes.get(name).map(text).into_iter().collect()
}

fn option(option: &ProductOption) -> String {
    format!("{}: {}", option.name, option.values.join(", "))
}

fn image(image: &Image) -> String {
    match image.alternative_text.as_str() {
        "" => image.uri.clone(),
        text => format!("{} ({text})", image.uri),
    }
}

fn price(price: &Price) -> String {
    match price.compare_at {
        None => price.amount.to_string(),
        Some(before) => format!("{}, before {before}", price.amount),
    }
}

fn add_variants(old: &[Variant], new: &[Variant], found: &mut Vec<Difference>) {
    let of = |variants: &[Variant], variant: &Variant| {
        variants.iter().position(|other| other.id == variant.id)
    };
    for variant in old.iter().filter(|variant| of(new, variant).is_none()) {
        let (old, new) = (summary(variant), Vec::new());
        found.push(Difference { field: format!("variants/{}", variant.id), old, new });
    }
    for variant in new {
        let Some(before) = of(old, variant).map(|index| &old[index]) else {
            let (old, new) = (Vec::new(), summary(variant));
            found.push(Difference { field: format!("variants/{}", variant.id), old, new });
            continue;
        };
        for field in VariantField::ALL {
            let (old, new) = (variant_texts(before, field), variant_texts(variant, field));
            if old != new {
                let field = format!("variants/{}.{}", variant.id, field.name());
                found.push(Difference { field, old, new });
            }
        }
    }
}

fn variant_texts(variant: &Variant, field: VariantField) -> Vec<String> {
    match field {
        VariantField::Sku => variant.sku.iter().map(Sku::as_str).map(str::to_owned).collect(),
        VariantField::Gtins => variant.gtins.iter().map(Gtin::as_str).map(str::to_owned).collect(),
        VariantField::OptionValues => variant.option_values.clone(),
        VariantField::Prices => variant.prices.iter().map(price).collect(),
    }
}

/// All that a variant says, which may be nothing but that it is there.
fn summary(variant: &Variant) -> Vec<String> {
    let order =
        [VariantField::OptionValues, VariantField::Sku, VariantField::Gtins, VariantField::Prices];
    let texts: Vec<_> = order.into_iter().flat_map(|field| variant_texts(variant, field)).collect();
    if texts.is_empty() { vec![variant.id.to_string()] } else { texts }
}
