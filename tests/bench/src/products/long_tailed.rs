//! A shop of any size, made from a seed: words, brands, attributes, variants and prices with long tails, as real shops have them.
//!
//! The same seed and number always make the same product, whichever others are made, on every machine.

use std::collections::BTreeMap;

use proto::{
    catalog::{
        AttributeValue, CreateProductRequest, Option as ProductOption, Price, Product, Variant,
        attribute_value::Value,
    },
    google::r#type::Money,
};

use super::Chance;

/// How many words, brands and attributes there are.
const WORDS: u64 = 60_000;
const BRANDS: u64 = 3_000;
const ATTRIBUTES: u64 = 300;

/// Syllables of which words are made: none of them means anything.
const STARTS: [&str; 16] = [
    "ba", "cor", "del", "fen", "gar", "hol", "kel", "lin", "mar", "nor", "pel", "ros", "sol",
    "tam", "ver", "win",
];
const MIDDLES: [&str; 16] =
    ["a", "be", "di", "e", "fo", "i", "ka", "lu", "mi", "na", "o", "pa", "re", "sa", "ti", "vo"];
const ENDS: [&str; 16] = [
    "ber", "dan", "der", "fin", "gel", "ket", "len", "ler", "mon", "nel", "per", "rin", "sor",
    "tel", "ton", "wick",
];

/// Makes products.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LongTailed {
    seed: u64,
}

impl LongTailed {
    /// The shop of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The request that creates a product.
    pub(crate) fn request(&self, number: u64) -> CreateProductRequest {
        CreateProductRequest {
            product_id: format!("made-{number:07}"),
            product: Some(self.product(number)),
            ..CreateProductRequest::default()
        }
    }

    fn product(&self, number: u64) -> Product {
        let mut chance = Chance::new(self.seed.wrapping_mul(0x9E37_79B9).wrapping_add(number << 1));
        let brand = capital(&word(WORDS + rank(&mut chance, BRANDS)));
        let length = 3 + chance.below(6);
        let title: Vec<_> = (0..length).map(|_| word(rank(&mut chance, WORDS))).collect();
        let sentence = 5 + chance.below(60);
        let description: Vec<_> = (0..sentence).map(|_| word(rank(&mut chance, WORDS))).collect();
        let variants = 1 + rank(&mut chance, 12);
        let sizes: Vec<_> = (1..=variants).map(|size| format!("size {size}")).collect();
        let options = vec![ProductOption { name: "Size".to_owned(), values: sizes.clone() }];
        let price = price(&mut chance);
        let variant = |(index, size): (u64, String)| Variant {
            sku: format!("{}-{number:07}-{index}", brand.get(..3).unwrap_or("X").to_uppercase()),
            option_values: if variants > 1 { vec![size] } else { Vec::new() },
            prices: vec![Price {
                amount: Some(cents(price + index * 100)),
                compare_at_amount: None,
            }],
            ..Variant::default()
        };
        Product {
            title: format!("{brand} {} {number}", capital(&title.join(" "))),
            slug: format!("made-{number}"),
            description: format!("{}.", capital(&description.join(" "))),
            attributes: attributes(&mut chance),
            options: if variants > 1 { options } else { Vec::new() },
            variants: (0..).zip(sizes).map(variant).collect(),
            brand,
            ..Product::default()
        }
    }
}

/// A rank below `end`, the low ones far more often: Zipf's law, by the inverse of its integral.
fn rank(chance: &mut Chance, end: u64) -> u64 {
    let share = chance.below(1 << 53) as f64 / (1_u64 << 53) as f64;
    let rank = ((end as f64 + 1.0).powf(share)) as u64;
    rank.clamp(1, end) - 1
}

/// The word of a rank: no two ranks have the same, and frequent words are short.
fn word(rank: u64) -> String {
    let at = |place: u64| usize::try_from(place % 16).unwrap_or_default();
    let mut text = STARTS[at(rank)].to_owned();
    let mut rest = rank / 16;
    while rest >= 16 {
        text.push_str(MIDDLES[at(rest)]);
        rest /= 16;
    }
    text.push_str(ENDS[at(rest)]);
    text
}

fn attributes(chance: &mut Chance) -> BTreeMap<String, AttributeValue> {
    let count = 2 + rank(chance, 20);
    let attribute = |_| {
        let name = rank(chance, ATTRIBUTES);
        let value = if name.is_multiple_of(3) {
            Value::Number(rank(chance, 500) as f64)
        } else {
            Value::Text(word(rank(chance, 40)))
        };
        (word(2 * WORDS + name), AttributeValue { value: Some(value) })
    };
    (0..count).map(attribute).collect()
}

/// Most cost little, some very much.
fn price(chance: &mut Chance) -> u64 {
    99 + rank(chance, 500_000)
}

fn cents(cents: u64) -> Money {
    Money {
        currency_code: "EUR".to_owned(),
        units: i64::try_from(cents / 100).unwrap_or_default(),
        nanos: i32::try_from(cents % 100 * 10_000_000).unwrap_or_default(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_seed_and_a_number_always_make_the_same_product() {
        assert_eq!(LongTailed::new(7).request(42), LongTailed::new(7).request(42));
        assert_ne!(LongTailed::new(7).request(42), LongTailed::new(8).request(42));
    }

    #[test]
    fn what_must_be_unique_is() {
        let all: Vec<_> = (0..2_000).map(|number| LongTailed::new(1).product(number)).collect();
        let slugs: HashSet<_> = all.iter().map(|product| &product.slug).collect();
        let skus = all.iter().flat_map(|product| &product.variants).map(|variant| &variant.sku);
        let count = all.iter().map(|product| product.variants.len()).sum::<usize>();
        assert_eq!((slugs.len(), skus.collect::<HashSet<_>>().len()), (2_000, count));
        let words: HashSet<_> = (0..130_000).map(word).collect();
        assert_eq!(words.len(), 130_000);
    }

    #[test]
    fn frequent_words_are_far_more_frequent() {
        let mut chance = Chance::new(3);
        let ranks: Vec<_> = (0..10_000).map(|_| rank(&mut chance, WORDS)).collect();
        let first = ranks.iter().filter(|rank| **rank == 0).count();
        assert!((300..1_200).contains(&first), "{first} of 10,000 are the most frequent word");
        assert!(ranks.iter().any(|rank| *rank > WORDS / 2));
    }
}
