//! The bodies that are transcoded, as JSON in the order of the schema's fields.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// How many items the page has.
const ITEMS: u64 = 20;
/// How deep the nested message goes: within everybody's limits.
const DEPTH: usize = 40;

/// A JSON text, and the message that it is.
#[derive(Clone, Debug)]
pub struct Body {
    /// What it is called in the results.
    pub what: &'static str,
    /// The full name of its message.
    pub message: &'static str,
    /// The text.
    pub json: String,
    /// Its wire bytes are those of an ordinary encoder, field by field in the order of their numbers.
    pub is_sorted: bool,
}

impl Body {
    fn new(what: &'static str, message: &'static str, json: String) -> Self {
        Self { what, message, json, is_sorted: true }
    }

    /// The two that the targets speak of.
    pub fn aimed() -> [Self; 2] {
        [Self::item(), Self::page()]
    }

    /// What is hard in one way each.
    pub fn hard() -> [Self; 4] {
        [Self::unsorted(), Self::texts(), Self::floats(), Self::nest()]
    }

    /// One product, of about 600 bytes.
    pub fn item() -> Self {
        Self::new("one product", "goods.v1.Item", object(&members(1)))
    }

    /// A page of them, of about 10 kB.
    pub fn page() -> Self {
        let items: Vec<String> = (1..=ITEMS).map(|number| object(&members(number))).collect();
        let items = items.join(",");
        let json =
            format!(r#"{{"items":[{items}],"nextPageToken":"AAECAwQFBgc","totalSize":"48211"}}"#);
        Self::new("page of 20", "goods.v1.Page", json)
    }

    /// The product with its members from last to first: read in this order, its wire bytes are not sorted either.
    pub fn unsorted() -> Self {
        let mut members = members(1);
        members.reverse();
        let what = "one product, its fields from last to first";
        Self { is_sorted: false, ..Self::new(what, "goods.v1.Item", object(&members)) }
    }

    /// The product with one member that its message does not have.
    pub fn with_unknown() -> Self {
        let mut members = members(1);
        members.insert(5, ("colourOfTheLid", json!("blue")));
        Self::new("one product with an unknown field", "goods.v1.Item", object(&members))
    }

    /// Texts in which every eighth letter is escaped.
    pub fn texts() -> Self {
        let line = "4\" wide,\told\\new\n\u{1}".repeat(12);
        let json = json!({ "lines": vec![line; 10] }).to_string();
        Self::new("texts full of escapes", "goods.v1.Texts", json)
    }

    /// A thousand numbers with all their digits.
    pub fn floats() -> Self {
        let values: Vec<f64> = (1..=1_000_u32).map(|n| f64::from(n).sqrt() * 1e3).collect();
        Self::new("1,000 floats", "goods.v1.Floats", json!({ "values": values }).to_string())
    }

    /// Messages in messages.
    pub fn nest() -> Self {
        let json = (0..DEPTH).fold(json!({ "name": "kernel" }).to_string(), |inner, level| {
            format!(r#"{{"name":"shell {level}","inner":{inner}}}"#)
        });
        Self::new("messages nested 41 deep", "goods.v1.Nest", json)
    }
}

fn members(number: u64) -> Vec<(&'static str, Value)> {
    vec![
        ("name", json!(format!("items/blue-kettle-{number}"))),
        ("title", json!(format!("Kettle \"Aldern\" {number}, blue"))),
        (
            "description",
            json!(
                "A small kettle for every day.\nHolds 1.2 l, boils in two minutes, and \"whistles\"."
            ),
        ),
        ("size", json!({ "width": 18, "height": 22, "depth": 16, "unit": "cm" })),
        ("tags", json!(["kitchen", "stainless steel", "gift idea"])),
        ("labels", json!({ "colour": "blue", "material": "steel", "origin": "Elmont" })),
        ("ratings", json!([5, 4, 5, 3, 300, 1, 4, number])),
        ("digest", json!("3q2+7wECAwQFBgcICQoLDA0ODxAREhMU")),
        ("weight", json!(1.275 + number as f64 / 64.0)),
        ("state", json!("STATE_ACTIVE")),
        ("sold", json!((12_345_678_901 + number).to_string())),
        ("createTime", json!("2026-03-04T05:06:07.891Z")),
    ]
}

fn object(members: &[(&str, Value)]) -> String {
    let mut text = String::from("{");
    for (number, (name, value)) in members.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        // A `String` takes everything.
        let _written = write!(text, "{comma}\"{name}\":{value}");
    }
    text + "}"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_are_as_long_as_the_results_say() {
        let [item, page] = Body::aimed().map(|body| body.json.len());
        assert!((500..700).contains(&item), "{item}");
        assert!((9_500..12_500).contains(&page), "{page}");
    }
}
