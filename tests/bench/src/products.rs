//! Products to measure with: made from a seed, the same in every run and on every machine.
//!
//! They imitate no real shop. Their sizes are those of ordinary products: a few hundred bytes, one variant, one price.

pub(crate) mod long_tailed;

use std::{fs::File, io::BufReader, path::Path};

use anyhow::{Context as _, Result, bail};
use proto::{
    catalog::{
        AttributeValue, CreateProductRequest, Price, Product, Variant, attribute_value::Value,
    },
    google::r#type::Money,
};
use shelf::load::{Chunks, Lines};

const KINDS: [&str; 8] =
    ["Lamp", "Kettle", "Chair", "Notebook", "Vase", "Clock", "Blanket", "Tray"];
const LOOKS: [&str; 8] = ["small", "tall", "round", "plain", "bright", "folding", "heavy", "light"];
const COLOURS: [&str; 8] = ["white", "blue", "green", "black", "grey", "red", "sand", "moss"];
const MAKERS: [&str; 8] =
    ["Aldern", "Brookmoor", "Calder", "Dunsel", "Elmont", "Fenwick", "Garrow", "Hale"];

/// The products of a file for `shelf load`, or `count` made ones where there is none.
pub(crate) fn taken(file: Option<&Path>, count: u64) -> Result<Vec<CreateProductRequest>> {
    let Some(file) = file else {
        return Ok((0..count).map(|number| request("bench", number)).collect());
    };
    let text = File::open(file).with_context(|| format!("`{}` cannot be read", file.display()))?;
    let mut products = Vec::new();
    for chunk in Chunks::new(Lines::new(BufReader::new(text))) {
        let chunk = chunk?;
        if !chunk.faults.is_empty() {
            bail!(
                "`{}` has lines that are no CreateProductRequest; see `shelf load`",
                file.display()
            );
        }
        products.extend(chunk.lines.into_iter().map(|line| line.request));
    }
    Ok(products)
}

/// The request that creates product `number` of a series.
pub(crate) fn request(series: &str, number: u64) -> CreateProductRequest {
    let product = product(series, number);
    CreateProductRequest {
        product_id: format!("{series}-{number}"),
        product: Some(product),
        ..CreateProductRequest::default()
    }
}

/// Product `number` of a series: no two have the same title, slug or sku.
pub(crate) fn product(series: &str, number: u64) -> Product {
    let mut chance = Chance::new(number);
    let (kind, look) = (chance.one_of(&KINDS), chance.one_of(&LOOKS));
    let (colour, maker) = (chance.one_of(&COLOURS), chance.one_of(&MAKERS));
    let price = Money {
        currency_code: "EUR".to_owned(),
        units: i64::try_from(chance.below(400)).unwrap_or_default() + 1,
        nanos: 990_000_000,
    };
    Product {
        title: format!("{kind} {series} {number}, {look}"),
        description: format!("A {look} {colour} {} for every day.", kind.to_lowercase()),
        brand: maker.to_owned(),
        attributes: [("colour".to_owned(), text(colour))].into(),
        variants: vec![Variant {
            sku: format!("{series}-{number}"),
            prices: vec![Price { amount: Some(price), compare_at_amount: None }],
            ..Variant::default()
        }],
        ..Product::default()
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue { value: Some(Value::Text(value.to_owned())) }
}

/// Numbers that look random and are always the same (SplitMix64).
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_of<'a>(&mut self, words: &[&'a str; 8]) -> &'a str {
        let place = self.below(8);
        words[usize::try_from(place).unwrap_or_default()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_always_makes_the_same_product() {
        assert_eq!(product("bench", 7), product("bench", 7));
    }

    #[test]
    fn two_numbers_differ_in_all_that_must_be_unique() {
        let (one, other) = (product("bench", 1), product("bench", 2));
        assert_ne!(one.title, other.title);
        assert_ne!(one.variants[0].sku, other.variants[0].sku);
    }
}
