//! A product as it stands in the editor's form: texts, not yet parsed, so that a refused form shows exactly what was typed.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use proto::catalog::{
    AttributeValue, Image, Option as ProductOption, Product, attribute_value::Value,
};
use serde_json::json;

use crate::pages::{fields::Fields, format, problems::Problem};

/// The fields of the form, each by the name it has in the contract.
pub(crate) const FIELDS: [(&str, &str); 11] = [
    ("title", "Title"),
    ("slug", "Address"),
    ("brand", "Brand"),
    ("description", "Description"),
    ("categories", "Categories"),
    ("tags", "Tags"),
    ("attributes", "Attributes"),
    ("options", "Options"),
    ("images", "Pictures"),
    ("publish_time", "Public from"),
    ("unpublish_time", "Public until"),
];

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entries {
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) brand: String,
    pub(crate) description: String,
    pub(crate) categories: Vec<String>,
    /// One a line.
    pub(crate) tags: String,
    pub(crate) attributes: Vec<AttributeEntry>,
    /// Name, and values one a line.
    pub(crate) options: Vec<(String, String)>,
    /// Address, and what it shows.
    pub(crate) images: Vec<(String, String)>,
    pub(crate) publish_time: String,
    pub(crate) unpublish_time: String,
}

/// One line of the attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AttributeEntry {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) number: bool,
}

impl Entries {
    /// The form of a product.
    pub(crate) fn of(product: &Product) -> Self {
        let attributes = product.attributes.iter().map(|(name, value)| AttributeEntry {
            name: name.clone(),
            value: match &value.value {
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Text(text)) => text.clone(),
                None => String::new(),
            },
            number: matches!(value.value, Some(Value::Number(_))),
        });
        let options = product.options.iter().map(|one| (one.name.clone(), one.values.join("\n")));
        let images =
            product.images.iter().map(|one| (one.uri.clone(), one.alternative_text.clone()));
        Self {
            title: product.title.clone(),
            slug: product.slug.clone(),
            brand: product.brand.clone(),
            description: product.description.clone(),
            categories: product.categories.clone(),
            tags: product.tags.join("\n"),
            attributes: attributes.collect(),
            options: options.collect(),
            images: images.collect(),
            publish_time: time_entry(product.publish_time.as_ref()),
            unpublish_time: time_entry(product.unpublish_time.as_ref()),
        }
    }

    /// The form as it was sent, by the editor or by the page of a conflict.
    pub(crate) fn sent(fields: &Fields) -> Self {
        let pairs = |left, right| zipped(fields, left, right);
        Self {
            title: fields.get("title").to_owned(),
            slug: fields.get("slug").to_owned(),
            brand: fields.get("brand").to_owned(),
            description: fields.get("description").to_owned(),
            categories: fields.all("categories").flat_map(lines).collect(),
            tags: lines(fields.get("tags")).collect::<Vec<_>>().join("\n"),
            attributes: match fields.find("attributes") {
                Some(json) => attributes_of_json(json),
                None => attributes_sent(fields),
            },
            options: fields
                .find("options")
                .map_or_else(|| pairs("option_name", "option_values"), pairs_of_json),
            images: fields
                .find("images")
                .map_or_else(|| pairs("image_uri", "image_text"), pairs_of_json),
            publish_time: fields.get("publish_time").to_owned(),
            unpublish_time: fields.get("unpublish_time").to_owned(),
        }
    }

    /// The product that was meant, or all that cannot be read.
    pub(crate) fn read(&self) -> Result<Product, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut wrong = |field: &str, text: String| {
            problems.push(Problem { field: field.to_owned(), text });
        };
        let mut attributes = std::collections::BTreeMap::new();
        for entry in self.attributes.iter().filter(|entry| !entry.name.is_empty()) {
            match entry.read() {
                Some(value) => drop(attributes.insert(entry.name.clone(), value)),
                None => wrong(
                    "attributes",
                    format!("“{}” is not a number, as {} should be.", entry.value, entry.name),
                ),
            }
        }
        let mut time = |field: &str, entry: &str| match read_time(entry) {
            Ok(time) => time,
            Err(()) => {
                wrong(
                    field,
                    "This is not a day and time. Write it as 2026-12-24 18:00.".to_owned(),
                );
                None
            }
        };
        let publish_time = time("publish_time", &self.publish_time);
        let unpublish_time = time("unpublish_time", &self.unpublish_time);
        if !problems.is_empty() {
            return Err(problems);
        }
        let image = |(uri, text): &(String, String)| Image {
            uri: uri.clone(),
            alternative_text: text.clone(),
        };
        let option = |(name, values): &(String, String)| ProductOption {
            name: name.clone(),
            values: lines(values).collect(),
        };
        Ok(Product {
            title: self.title.clone(),
            slug: self.slug.clone(),
            brand: self.brand.clone(),
            description: self.description.clone(),
            categories: self.categories.iter().map(|id| category_name(id)).collect(),
            tags: lines(&self.tags).collect(),
            attributes,
            options: self.options.iter().map(option).collect(),
            images: self.images.iter().map(image).collect(),
            publish_time,
            unpublish_time,
            ..Product::default()
        })
    }

    /// One field as a text that is equal when the field is, and that `sent` reads back.
    pub(crate) fn canonical(&self, field: &str) -> String {
        match field {
            "title" => self.title.clone(),
            "slug" => self.slug.clone(),
            "brand" => self.brand.clone(),
            "description" => self.description.clone(),
            "categories" => {
                let ids: Vec<String> = self.categories.iter().map(|id| category_name(id)).collect();
                ids.join("\n")
            }
            "tags" => self.tags.clone(),
            "attributes" => {
                let mut all: Vec<_> = self.attributes.iter().collect();
                all.sort_by(|one, other| one.name.cmp(&other.name));
                json!(all.iter().map(|one| (&one.name, &one.value, one.number)).collect::<Vec<_>>())
                    .to_string()
            }
            "options" => json!(self.options).to_string(),
            "images" => json!(self.images).to_string(),
            "publish_time" => self.publish_time.clone(),
            "unpublish_time" => self.unpublish_time.clone(),
            _ => String::new(),
        }
    }

    /// One field as people read it.
    pub(crate) fn shown(&self, field: &str) -> String {
        let pairs = |pairs: &[(String, String)]| {
            let line =
                |(left, right): &(String, String)| format!("{left}: {}", right.replace('\n', ", "));
            pairs.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        match field {
            "categories" => {
                let ids: Vec<&str> =
                    self.categories.iter().map(|name| crate::pages::names::id_of(name)).collect();
                ids.join(", ")
            }
            "attributes" => {
                let line = |one: &AttributeEntry| format!("{}: {}", one.name, one.value);
                self.attributes.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            "options" => pairs(&self.options),
            "images" => pairs(&self.images),
            "publish_time" | "unpublish_time" => self.canonical(field).replace('T', " "),
            _ => self.canonical(field),
        }
    }
}

impl AttributeEntry {
    fn read(&self) -> Option<AttributeValue> {
        let value = if self.number {
            let number: f64 = self.value.replace(',', ".").parse().ok()?;
            Value::Number(Some(number).filter(|number| number.is_finite())?)
        } else {
            Value::Text(self.value.clone())
        };
        Some(AttributeValue { value: Some(value) })
    }
}

fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned)
}

fn category_name(id: &str) -> String {
    if id.starts_with("categories/") { id.to_owned() } else { format!("categories/{id}") }
}

fn zipped(fields: &Fields, left: &str, right: &str) -> Vec<(String, String)> {
    let pairs = fields.all(left).zip(fields.all(right));
    pairs
        .filter(|(left, right)| !left.is_empty() || !right.is_empty())
        .map(|(left, right)| (left.to_owned(), right.to_owned()))
        .collect()
}

fn attributes_sent(fields: &Fields) -> Vec<AttributeEntry> {
    let pairs = fields.all("attribute_name").zip(fields.all("attribute_value"));
    let kinds = fields.all("attribute_kind").chain(std::iter::repeat("text"));
    pairs
        .zip(kinds)
        .filter(|((name, value), _)| !name.is_empty() || !value.is_empty())
        .map(|((name, value), kind)| AttributeEntry {
            name: name.to_owned(),
            value: value.to_owned(),
            number: kind == "number",
        })
        .collect()
}

fn attributes_of_json(json: &str) -> Vec<AttributeEntry> {
    let all: Vec<(String, String, bool)> = serde_json::from_str(json).unwrap_or_default();
    all.into_iter().map(|(name, value, number)| AttributeEntry { name, value, number }).collect()
}

fn pairs_of_json(json: &str) -> Vec<(String, String)> {
    serde_json::from_str(json).unwrap_or_default()
}

fn time_entry(time: Option<&prost_types::Timestamp>) -> String {
    time.and_then(format::timestamp).map(format::local_input).unwrap_or_default()
}

/// Reads what a `datetime-local` input sends, or what people type where there is none; UTC.
fn read_time(entry: &str) -> Result<Option<prost_types::Timestamp>, ()> {
    if entry.is_empty() {
        return Ok(None);
    }
    let at: DateTime = entry.replace(' ', "T").parse().map_err(|_| ())?;
    let at: Timestamp = at.to_zoned(TimeZone::UTC).map_err(|_| ())?.timestamp();
    Ok(Some(prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let mut body = form_urlencoded::Serializer::new(String::new());
        Fields::parse(body.extend_pairs(pairs).finish().as_bytes())
    }

    fn product() -> Product {
        let number = AttributeValue { value: Some(Value::Number(0.35)) };
        let text = AttributeValue { value: Some(Value::Text("35".into())) };
        Product {
            title: "Mug <35 cl>".into(),
            slug: "mug".into(),
            description: "One\n\nTwo".into(),
            categories: vec!["categories/kitchen".into()],
            tags: vec!["a, b".into(), "c".into()],
            attributes: [("volume".to_owned(), number), ("code".to_owned(), text)].into(),
            options: vec![ProductOption {
                name: "Colour".into(),
                values: vec!["white".into(), "blue".into()],
            }],
            images: vec![Image {
                uri: "/pictures/mug.svg".into(),
                alternative_text: "A mug".into(),
            }],
            publish_time: Some(prost_types::Timestamp { seconds: 1_790_000_000, nanos: 0 }),
            ..Default::default()
        }
    }

    #[test]
    fn a_product_comes_back_from_its_form_as_it_was() {
        let entries = Entries::of(&product());
        assert_eq!(entries.read().unwrap(), product());
        let merged: Vec<(&str, String)> =
            FIELDS.map(|(name, _)| (name, entries.canonical(name))).into();
        let pairs: Vec<(&str, &str)> =
            merged.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(Entries::sent(&fields(&pairs)).read().unwrap(), product());
    }

    #[test]
    fn what_cannot_be_read_is_told_and_kept() {
        let entries = Entries::sent(&fields(&[
            ("title", "Mug"),
            ("attribute_name", "volume"),
            ("attribute_value", "a lot"),
            ("attribute_kind", "number"),
            ("publish_time", "tomorrow"),
        ]));
        let problems = entries.read().unwrap_err();
        assert_eq!(
            problems.iter().map(|one| one.field.as_str()).collect::<Vec<_>>(),
            ["attributes", "publish_time"]
        );
        assert_eq!(
            (entries.attributes[0].value.as_str(), entries.publish_time.as_str()),
            ("a lot", "tomorrow")
        );
    }

    #[test]
    fn empty_lines_are_left_out() {
        let entries = Entries::sent(&fields(&[
            ("option_name", ""),
            ("option_values", ""),
            ("tags", "a\r\n\r\n b "),
        ]));
        assert!(entries.options.is_empty());
        assert_eq!(entries.tags, "a\nb");
    }
}
